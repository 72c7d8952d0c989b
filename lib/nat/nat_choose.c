/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Chooses what a connection is translated to, in the order in which Linux's get_unique_tuple() tries: what it has, what
 * its source has already, the address by a hash of both ends, its own port, another one.
 */
#include <rte_jhash.h>
#include <rte_random.h>

#include "ct_expect.h"
#include "nat_choose.h"
#include "nat_home.h"
#include "nat_source.h"

#define ATTEMPTS_MAX 128u
#define ATTEMPTS_FEW 16u
#define ATTEMPTS_HARD 32u /* so few are left: ended connections make way */
#define HOME_ATTEMPTS 32u /* looked up, of HOME_PORTS */
#define HOME_PORTS 1024u

static bool
address_in_range(const struct nat_range *r, const union ct_addr *a, uint8_t family)
{
	if (family == AF_INET)
		return rte_be_to_cpu_32(a->v4) >= rte_be_to_cpu_32(r->min_addr.v4) &&
		       rte_be_to_cpu_32(a->v4) <= rte_be_to_cpu_32(r->max_addr.v4);
	return memcmp(a, &r->min_addr, sizeof(*a)) >= 0 && memcmp(a, &r->max_addr, sizeof(*a)) <= 0;
}

/* What counts as the port. NULL: the protocol has none. */
static uint16_t *
port_of(struct ct_tuple *t, enum nat_manip manip)
{
	switch (t->proto) {
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		return &t->sport;
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
	case IPPROTO_SCTP:
	case IPPROTO_DCCP:
	case IPPROTO_GRE:
		return manip == NAT_SRC ? &t->sport : &t->dport;
	default:
		return NULL;
	}
}

static bool
port_in_range(const struct nat_range *r, const struct ct_tuple *tuple, enum nat_manip manip)
{
	struct ct_tuple t = *tuple;
	const uint16_t *port = port_of(&t, manip);

	return port == NULL ||
	       (rte_be_to_cpu_16(*port) >= r->min_port && rte_be_to_cpu_16(*port) <= r->max_port);
}

bool
nat_in_range(const struct nat_range *r, const struct ct_tuple *t, enum nat_manip manip)
{
	if (r->flags & NAT_MAP_IPS &&
	    !address_in_range(r, manip == NAT_SRC ? &t->src : &t->dst, t->family))
		return false;
	return !(r->flags & NAT_PROTO_SPECIFIED) || port_in_range(r, t, manip);
}

/*
 * The address: clients spread over the range, each one stays with its own, and with --persistent whatever it talks to.
 * The hash is Jenkins', as in Linux, which therefore takes the same one.
 */
static void
choose_address(struct ct_tuple *t, const struct nat_range *r, enum nat_manip manip, uint16_t zone)
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

/* Ports that may be tried: min, and how many. 0: there is nothing to choose. */
static uint32_t
ports_to_try(const struct nat_seek *s, uint8_t proto, uint16_t port, uint16_t *min)
{
	const struct nat_range *r = s->range;

	if (proto == IPPROTO_GRE && !(ct_status(s->ct) & CT_EXPECTED))
		return 0;
	if (r->flags & NAT_PROTO_SPECIFIED) {
		*min = RTE_MIN(r->min_port, r->max_port);
		return RTE_MAX(r->min_port, r->max_port) - *min + 1u;
	}
	if (proto == IPPROTO_ICMP || proto == IPPROTO_ICMPV6) {
		*min = 0;
		return 65536;
	}
	if (proto == IPPROTO_GRE) {
		*min = 1;
		return 65535;
	}
	if (s->manip == NAT_DST)
		return 0;
	/* Ports below 512 tell rsh and its kin who may come in: they stay there (BSD's convention). */
	*min = port < 512 ? 1 : port < 1024 ? 600 : 1024;
	return port < 512 ? 511 : port < 1024 ? 424 : 64512;
}

/* One with which replies come in on this lane, if there is one nearby. */
static bool
choose_home(const struct nat_seek *s, struct ct_tuple *t, uint16_t min, uint32_t size, uint16_t off)
{
	uint32_t tried = 0;
	struct nat_home h;

	if (s->manip != NAT_SRC || s->range->flags & NAT_PROTO_OFFSET ||
	    !nat_home_matters(&h, s->ctx, t))
		return false;
	for (uint32_t i = 0; i < RTE_MIN(size, HOME_PORTS) && tried < HOME_ATTEMPTS; i++, off++) {
		t->sport = rte_cpu_to_be_16(min + off % size);
		if (!nat_home_is(&h, t->sport))
			continue;
		if (!nat_used(s, t))
			return true;
		tried++;
	}
	return false;
}

/* Another port. It starts anywhere (or where --to-destination's shift says), and tries the next ones. */
static bool
choose_port(const struct nat_seek *s, struct ct_tuple *t)
{
	uint16_t *port = port_of(t, s->manip), min, off = 0;
	uint32_t size, attempts;

	if (port == NULL)
		return false;
	size = ports_to_try(s, t->proto, rte_be_to_cpu_16(*port), &min);
	if (size == 0)
		return false;
	if (s->range->flags & NAT_PROTO_OFFSET)
		off = rte_be_to_cpu_16(*port) - s->range->base_port;
	else if (s->range->flags & NAT_PROTO_RANDOM_ALL || s->manip != NAT_DST)
		off = rte_rand();
	if (choose_home(s, t, min, size, off))
		return true;
	for (attempts = RTE_MIN(size, ATTEMPTS_MAX);; attempts /= 2, off = rte_rand()) {
		for (uint32_t i = 0; i < attempts; i++, off++) {
			*port = rte_cpu_to_be_16(min + off % size);
			if (attempts - i > ATTEMPTS_HARD ? !nat_used(s, t) : !nat_used_harder(s, t))
				return true;
		}
		if (attempts >= size || attempts < ATTEMPTS_FEW)
			return false;
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
	choose_address(tuple, r, s->manip, ct_expect_zone(s->ct));
	if (has_only_port(s, tuple))
		return s->manip == NAT_DST || nat_free(s, tuple);
	return keep_port(s, tuple) || choose_port(s, tuple);
}
