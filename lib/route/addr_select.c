/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The source address of what the box itself sends. Any thread; reads one generation.
 */
#include <linux/rtnetlink.h>

#include "addr_table.h"

/* IPv4: the primary of dst's subnet, else the first primary that is not narrower than scope. */
static const struct addr *
select_on4(const struct addr_table *t, uint16_t port, const struct ip_addr *dst, uint8_t scope)
{
	const struct addr *fallback = NULL;

	for (unsigned i = t->first[port]; i < t->first[port + 1]; i++) {
		const struct addr *a = &t->of[i];
		struct ip_prefix subnet = a->prefix;

		if (a->prefix.addr.family != AF_INET || a->secondary || a->scope > scope)
			continue;
		if (a->peer.family != AF_UNSPEC)
			subnet.addr = a->peer;
		if (dst->family == AF_INET && ip_prefix_contains(&subnet, dst))
			return a;
		if (fallback == NULL)
			fallback = a;
	}
	return fallback;
}

static struct ip_addr
select4(const struct addr_table *t, uint16_t port, const struct ip_addr *dst, uint8_t scope)
{
	const struct addr *a = select_on4(t, port, dst, scope);

	for (uint16_t p = 1; a == NULL && p < PORT_MAX; p++) {
		a = select_on4(t, p, dst, scope);
		if (a != NULL && a->scope == RT_SCOPE_LINK)
			a = NULL;
	}
	return a != NULL ? a->prefix.addr : (struct ip_addr){ 0 };
}

static unsigned
scope6(const struct ip_addr *a)
{
	if (ip_addr_is_multicast(a))
		return a->v6[1] & 0x0f;
	return ip_addr_is_link_local(a) ? 2 : 14;
}

static unsigned
common_bits(const struct ip_addr *a, const struct ip_addr *b, unsigned max)
{
	unsigned n = 0;

	while (n < max && !((a->v6[n / 8] ^ b->v6[n / 8]) & (0x80 >> n % 8)))
		n++;
	return n;
}

/* RFC 6724 section 5: is a better than b as a source for dst? Rules 1, 2, 3, 5 and 8. */
static bool
better6(const struct addr *a, const struct addr *b, uint16_t port, const struct ip_addr *dst)
{
	unsigned sa = scope6(&a->prefix.addr), sb = scope6(&b->prefix.addr), sd = scope6(dst);
	unsigned ca, cb;

	if (ip_addr_equal(&a->prefix.addr, dst) != ip_addr_equal(&b->prefix.addr, dst))
		return ip_addr_equal(&a->prefix.addr, dst);
	if (sa < sb)
		return sa >= sd;
	if (sb < sa)
		return sb < sd;
	if (a->deprecated != b->deprecated)
		return b->deprecated;
	if ((a->port == port) != (b->port == port))
		return a->port == port;
	ca = common_bits(&a->prefix.addr, dst, a->prefix.len);
	cb = common_bits(&b->prefix.addr, dst, b->prefix.len);
	return ca > cb;
}

static struct ip_addr
select6(const struct addr_table *t, uint16_t port, const struct ip_addr *dst)
{
	/* Link-local and multicast destinations: only addresses of the port (RFC 6724 section 4). */
	bool own_port = ip_addr_is_multicast(dst) || ip_addr_is_link_local(dst);
	const struct addr *best = NULL;

	for (unsigned i = 0; i < t->n; i++) {
		const struct addr *a = &t->of[i];

		if (a->prefix.addr.family != AF_INET6 || a->dad != ADDR_USABLE ||
		    (own_port && a->port != port))
			continue;
		/* Another link's link-local address means nothing here. */
		if (a->port != port && ip_addr_is_link_local(&a->prefix.addr))
			continue;
		if (best == NULL || better6(a, best, port, dst))
			best = a;
	}
	return best != NULL ? best->prefix.addr : (struct ip_addr){ 0 };
}

struct ip_addr
addr_select(const struct gen *gen, uint16_t port, const struct ip_addr *dst)
{
	const struct addr_table *t = addr_table_get(gen);

	return dst->family == AF_INET6 ? select6(t, port, dst)
				       : select4(t, port, dst, RT_SCOPE_LINK);
}

struct ip_addr
addr_select4_global(const struct gen *gen, uint16_t port, const struct ip_addr *dst)
{
	return select4(addr_table_get(gen), port, dst, RT_SCOPE_UNIVERSE);
}

/* Scopes as Linux counts them: 0 is global. */
static unsigned
narrow_scope6(const struct ip_addr *a)
{
	unsigned scope = scope6(a);

	return scope == 1 || scope == 2 || scope == 5 ? scope : 0;
}

struct ip_addr
addr_first(const struct gen *gen, uint16_t port, const struct ip_addr *like)
{
	const struct addr_table *t = addr_table_get(gen);
	unsigned scope = like->family == AF_INET6 ? narrow_scope6(like) : 0;

	for (unsigned i = t->first[port]; i < t->first[port + 1]; i++) {
		const struct addr *a = &t->of[i];

		if (a->prefix.addr.family != like->family || a->dad != ADDR_USABLE)
			continue;
		if (scope == 0 || narrow_scope6(&a->prefix.addr) == scope)
			return a->prefix.addr;
	}
	return (struct ip_addr){ 0 };
}
