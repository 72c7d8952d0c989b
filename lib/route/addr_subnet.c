/* SPDX-License-Identifier: BSD-3-Clause */
#include "addr_subnet.h"

#include "addr_table.h"

/* The network of an address is that of its peer where it has one. */
static bool
in_subnet(const struct addr *of, const struct ip_addr *a)
{
	struct ip_prefix subnet = of->prefix;

	if (of->peer.family != AF_UNSPEC)
		subnet.addr = of->peer;
	return ip_prefix_contains(&subnet, a);
}

bool
addr_same_subnet4(const struct gen *gen, uint16_t port, const struct ip_addr *a,
		  const struct ip_addr *b)
{
	const struct addr_table *t = addr_table_get(gen);

	for (unsigned i = t->first[port]; i < t->first[port + 1]; i++)
		if (t->of[i].prefix.addr.family == AF_INET && in_subnet(&t->of[i], a) &&
		    (b == NULL || in_subnet(&t->of[i], b)))
			return true;
	return false;
}

bool
addr_port_has4(const struct gen *gen, uint16_t port)
{
	const struct addr_table *t = addr_table_get(gen);

	for (unsigned i = t->first[port]; i < t->first[port + 1]; i++)
		if (t->of[i].prefix.addr.family == AF_INET)
			return true;
	return false;
}

bool
addr_confirm4(const struct gen *gen, uint16_t port, const struct ip_addr *local,
	      const struct ip_addr *peer, uint8_t scope)
{
	const struct addr_table *t = addr_table_get(gen);
	unsigned from = port != 0 ? t->first[port] : 0, to = port != 0 ? t->first[port + 1] : t->n;

	for (unsigned i = from; i < to; i++)
		if (ip_addr_equal(&t->of[i].prefix.addr, local) && t->of[i].scope <= scope &&
		    (peer == NULL || in_subnet(&t->of[i], peer)))
			return true;
	return false;
}

uint32_t
addr_broadcast_mask(const struct gen *gen, uint16_t port, uint32_t broadcast)
{
	const struct addr_table *t = addr_table_get(gen);

	for (unsigned i = t->first[port]; i < t->first[port + 1]; i++) {
		const struct addr *a = &t->of[i];
		struct ip_addr mask = ip_addr_v4(UINT32_MAX);

		if (a->secondary || a->broadcast.family != AF_INET || a->broadcast.v4 != broadcast)
			continue;
		ip_addr_mask(&mask, a->prefix.len);
		return mask.v4;
	}
	return 0;
}
