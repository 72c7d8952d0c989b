/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Chooses what a connection is translated to, in the order in which Linux's get_unique_tuple() tries: what it has, what
 * its source has already, the address by a hash of both ends, its own port, another one.
 */
#include <rte_jhash.h>

#include "ct_expect.h"
#include "nat_choose.h"
#include "nat_port.h"
#include "nat_source.h"

static bool
address_in_range(const struct nat_range *r, const union ct_addr *a, uint8_t family)
{
	if (family == AF_INET)
		return rte_be_to_cpu_32(a->v4) >= rte_be_to_cpu_32(r->min_addr.v4) &&
		       rte_be_to_cpu_32(a->v4) <= rte_be_to_cpu_32(r->max_addr.v4);
	return memcmp(a, &r->min_addr, sizeof(*a)) >= 0 && memcmp(a, &r->max_addr, sizeof(*a)) <= 0;
}

static bool
port_in_range(const struct nat_range *r, const struct ct_tuple *tuple, enum nat_manip manip)
{
	struct ct_tuple t = *tuple;
	const uint16_t *port = nat_port_of(&t, manip);

	return port == NULL ||
	       (rte_be_to_cpu_16(*port) >= r->min_port && rte_be_to_cpu_16(*port) <= r->max_port);
}

bool
nat_has_address(const struct nat_range *r, const union ct_addr *a, uint8_t family)
{
	return !(r->flags & NAT_MAP_IPS) || address_in_range(r, a, family);
}

bool
nat_in_range(const struct nat_range *r, const struct ct_tuple *t, enum nat_manip manip)
{
	if (!nat_has_address(r, manip == NAT_SRC ? &t->src : &t->dst, t->family))
		return false;
	return !(r->flags & NAT_PROTO_SPECIFIED) || port_in_range(r, t, manip);
}

/*
 * The address: clients spread over the range, each one stays with its own, and with --persistent whatever it talks to.
 * The hash is Jenkins', as in Linux, which therefore takes the same one.
 */
void
nat_choose_address(struct ct_tuple *t, const struct nat_range *r, enum nat_manip manip,
		   uint16_t zone)
{
	union ct_addr *a = manip == NAT_SRC ? &t->src : &t->dst;
	unsigned words = t->family == AF_INET ? 1 : 4;
	bool keep = r->flags & NAT_PERSISTENT, full = false;
	uint32_t hash;

	if (!(r->flags & NAT_MAP_IPS))
		return;
	if (memcmp(&r->min_addr, &r->max_addr, sizeof(r->min_addr)) == 0) {
		*a = r->min_addr;
		return;
	}
	hash = rte_jhash_32b(t->src.w, 4, keep ? 0 : t->dst.w[words - 1] ^ zone);
	for (unsigned i = 0; i < words; i++) {
		uint32_t from = full ? 0 : rte_be_to_cpu_32(r->min_addr.w[i]);
		uint32_t dist = full ? UINT32_MAX : rte_be_to_cpu_32(r->max_addr.w[i]) - from + 1;

		a->w[i] = rte_cpu_to_be_32(from + (((uint64_t)hash * dist) >> 32));
		if (a->w[i] != r->max_addr.w[i])
			full = true;
		if (!keep)
			hash ^= t->dst.w[i];
	}
}

/* Its own port, at the address that is chosen. */
static bool
keep_port(const struct nat_seek *s, struct ct_tuple *t)
{
	const struct nat_range *r = s->range;

	if (r->flags & NAT_PROTO_RANDOM_ALL)
		return false;
	if (!(r->flags & NAT_PROTO_SPECIFIED))
		return !nat_used(s, t);
	return !(r->flags & NAT_PROTO_OFFSET) && port_in_range(r, t, s->manip) && !nat_used(s, t);
}

/* It has the only port there is: Linux does not look whether others have it too. */
static bool
has_only_port(const struct nat_seek *s, const struct ct_tuple *t)
{
	const uint32_t looks = NAT_PROTO_SPECIFIED | NAT_PROTO_OFFSET | NAT_PROTO_RANDOM_ALL;
	const struct nat_range *r = s->range;

	return (r->flags & looks) == NAT_PROTO_SPECIFIED && r->min_port == r->max_port &&
	       port_in_range(r, t, s->manip);
}

bool
nat_choose(const struct nat_seek *s, struct ct_tuple *tuple)
{
	const struct nat_range *r = s->range;
	struct ct_tuple orig = *tuple;

	if (s->manip == NAT_SRC && !(r->flags & NAT_PROTO_RANDOM_ALL)) {
		if (nat_in_range(r, &orig, NAT_SRC)) {
			if (!nat_used(s, &orig))
				return true;
		} else if (nat_source_find(&orig, ct_tuple(s->ct, CT_ORIGINAL).zone, r, tuple) &&
			   !nat_used(s, tuple)) {
			return true;
		}
	}
	*tuple = orig;
	nat_choose_address(tuple, r, s->manip, ct_expect_zone(s->ct));
	if (has_only_port(s, tuple))
		return s->manip == NAT_DST || nat_free(s, tuple);
	return keep_port(s, tuple) || nat_choose_port(s, tuple);
}
