/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <stdio.h>

#include <rte_byteorder.h>
#include <rte_common.h>

#include "pg_range.h"

/* The part of an address that ranges count in: all of IPv4, the lower half of IPv6. */
static uint64_t
low(const struct ip_addr *a)
{
	return a->family == AF_INET ? rte_be_to_cpu_32(a->v4) : rte_be_to_cpu_64(a->q[1]);
}

static int
set_prefix(struct pg_range *r, struct ip_prefix *p)
{
	unsigned host_bits = ip_addr_bits(p->addr.family) - p->len;
	bool whole = host_bits < 2;
	uint64_t nb = host_bits < 32 ? 1ull << host_bits : 1ull << 32;

	r->first = p->addr;
	ip_addr_mask(&r->first, p->len);
	if (!whole) {
		nb -= p->addr.family == AF_INET ? 2 : 1;
		r->first = p->addr.family == AF_INET
				   ? ip_addr_v4(rte_cpu_to_be_32(low(&r->first) + 1))
				   : r->first;
		if (p->addr.family == AF_INET6)
			r->first.v6[15] |= 1;
	}
	r->nb = RTE_MIN(nb, (uint64_t)PG_RANGE_MAX);
	return 0;
}

static int
set_first_last(struct pg_range *r, const struct ip_addr *first, const struct ip_addr *last)
{
	if (first->family != last->family || low(last) < low(first) ||
	    (first->family == AF_INET6 && first->q[0] != last->q[0]))
		return -EINVAL;
	r->first = *first;
	r->nb = RTE_MIN(low(last) - low(first), (uint64_t)PG_RANGE_MAX - 1) + 1;
	return 0;
}

static int
parse(struct pg_range *r, const char *text)
{
	const char *dash = strchr(text, '-');
	char head[IP_ADDR_TEXT];
	struct ip_prefix p;
	struct ip_addr last;

	if (dash == NULL)
		return ip_prefix_parse(text, AF_UNSPEC, &p) == 0 ? set_prefix(r, &p) : -EINVAL;
	if (dash - text >= IP_ADDR_TEXT)
		return -EINVAL;
	snprintf(head, sizeof(head), "%.*s", (int)(dash - text), text);
	if (ip_addr_parse(head, AF_UNSPEC, &p.addr) != 0 ||
	    ip_addr_parse(dash + 1, AF_UNSPEC, &last) != 0)
		return -EINVAL;
	return set_first_last(r, &p.addr, &last);
}

int
pg_range_parse(struct pg_range *r, const char *option, const char *text, struct err *e)
{
	if (parse(r, text) != 0)
		return err_set(e, -EINVAL,
			       "%s: \"%s\" is no range of addresses: expected ADDRESS, FIRST-LAST "
			       "(of one /64 in IPv6) or ADDRESS/LENGTH",
			       option, text);
	if (ip_addr_is_multicast(&r->first) || ip_addr_is_zero(&r->first))
		return err_set(e, -EINVAL, "%s: %s: expected unicast addresses", option, text);
	return 0;
}

struct ip_addr
pg_range_at(const struct pg_range *r, uint32_t i)
{
	struct ip_addr a = r->first;

	if (a.family == AF_INET)
		a.v4 = rte_cpu_to_be_32(rte_be_to_cpu_32(a.v4) + i);
	else
		a.q[1] = rte_cpu_to_be_64(rte_be_to_cpu_64(a.q[1]) + i);
	return a;
}

bool
pg_range_has(const struct pg_range *r, const struct ip_addr *a)
{
	if (a->family != r->first.family || (a->family == AF_INET6 && a->q[0] != r->first.q[0]))
		return false;
	return low(a) - low(&r->first) < r->nb;
}
