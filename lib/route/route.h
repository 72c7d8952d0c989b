/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Routes of both families. Control keeps every route (a RIB, route_rib.h); workers look up next hop
 * ids in rte_fib / rte_fib6, of which there are two instances each: the idle one is updated, swapped
 * in, and after a grace period the other follows (rte_fib is not safe against concurrent updates).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <rte_fib.h>
#include <rte_fib6.h>

#include "base_addr.h"
#include "base_err.h"
#include "base_gen.h"
#include "base_str.h"

struct neigh;

#define NEXTHOP_MAX 65536
#define NEXTHOP_NONE 0u /* id 0: no route */

enum nexthop_type {
	NEXTHOP_NO_ROUTE, /* id 0 */
	NEXTHOP_UNICAST,
	NEXTHOP_LOCAL,       /* the box's own address */
	NEXTHOP_BROADCAST,   /* directed broadcast of a connected subnet */
	NEXTHOP_BLACKHOLE,   /* silent drop */
	NEXTHOP_UNREACHABLE, /* ICMP host unreachable (v6: no route) */
	NEXTHOP_PROHIBIT,
	NEXTHOP_THROW, /* ends the search in this table: the next rule; after the last no route */
	NEXTHOP_MULTIPATH, /* several: route_pick() gives the one for a flow */
};

/* Immutable once published; freed after a grace period. */
struct nexthop {
	uint8_t type;        /* enum nexthop_type */
	uint16_t port;       /* leaves by; local and broadcast: the port that has the address */
	uint16_t mtu;        /* bytes; 0: the port's */
	struct neigh *neigh; /* of the gateway; NULL when the destination itself is on the link */
	struct ip_addr gw;   /* AF_UNSPEC: destination is on the link */
	struct ip_addr src;  /* preferred source for what the box sends there; AF_UNSPEC: none */
	uint32_t realm; /* as `ip route add ... realm FROM/TO` gives it: FROM << 16 | TO; 0: none */
};

/* Several paths: what a NEXTHOP_MULTIPATH next hop is the start of. */
struct nexthop_group {
	struct nexthop nh;
	uint16_t n;
	struct nexthop_path {
		int32_t upper;   /* takes hashes up to this one; -1: the path is dead */
		uint16_t weight; /* 1..256 */
		uint32_t id;     /* a unicast next hop */
	} path[];
};

extern const struct nexthop *nexthop_table[NEXTHOP_MAX];

/* Any lane: never NULL for an id that a lookup of the same burst gave. */
static inline const struct nexthop *
nexthop_get(uint32_t id)
{
	return __atomic_load_n(&nexthop_table[id], __ATOMIC_ACQUIRE);
}

/* Could a packet over this next hop leave by the port? Yes when it goes nowhere at all. */
static inline bool
nexthop_by_port(const struct nexthop *nh, uint16_t port)
{
	const struct nexthop_group *g = (const struct nexthop_group *)nh;

	if (nh->type != NEXTHOP_MULTIPATH)
		return nh->port == port || nh->port == 0;
	for (unsigned i = 0; i < g->n; i++)
		if (nexthop_get(g->path[i].id)->port == port && g->path[i].upper >= 0)
			return true;
	return false;
}

/* Next hops that have a realm. Control writes. */
extern uint32_t nexthop_realms;

/* Any lane: does any route have one? Then Linux looks every packet's source up. */
static inline bool
route_has_realms(void)
{
	return __atomic_load_n(&nexthop_realms, __ATOMIC_RELAXED) != 0;
}

/* The path of a group for a flow's hash; other ids come back as they are. */
uint32_t route_pick(uint32_t id, uint32_t hash);

/*
 * What workers read now: tables local and main of a family in one; route_fib.c swaps them. The
 * default route stands beside, so that replacing it does not rewrite the whole table.
 */
struct fib_live {
	void *fib;           /* rte_fib, rte_fib6; its 0 means: */
	uint64_t default_nh; /* next hop of /0; NEXTHOP_NONE */
};
extern const struct fib_live *route_live4, *route_live6;

static inline void
route_default(const struct fib_live *live, uint64_t *ids, unsigned n)
{
	if (live->default_nh != NEXTHOP_NONE)
		for (unsigned i = 0; i < n; i++)
			ids[i] = ids[i] != NEXTHOP_NONE ? ids[i] : live->default_nh;
}

/* Workers. dst in HOST byte order. n <= 64. ids come as rte_fib gives them, 64 bits wide. */
static inline void
route4_lookup(const uint32_t *dst, uint64_t *ids, unsigned n)
{
	const struct fib_live *live = __atomic_load_n(&route_live4, __ATOMIC_ACQUIRE);

	rte_fib_lookup_bulk(live->fib, (uint32_t *)(uintptr_t)dst, ids, n);
	route_default(live, ids, n);
}

/* Workers. Global addresses only: link-local ones have no route, see route6_on_link(). */
static inline void
route6_lookup(uint8_t (*dst)[16], uint64_t *ids, unsigned n)
{
	const struct fib_live *live = __atomic_load_n(&route_live6, __ATOMIC_ACQUIRE);

	/* uint8_t[16] up to DPDK 24.07, struct rte_ipv6_addr after: void * serves both. */
	rte_fib6_lookup_bulk(live->fib, (void *)(uintptr_t)dst, ids, n);
	route_default(live, ids, n);
}

/* The next hop "on the link of this port" for fe80::/10 and ff02::/16 destinations; 0: none. */
uint32_t route6_on_link(const struct gen *gen, uint16_t port);

/*
 * Control lcore, before workers and ports, after rcu_init() and neigh_init(). 0 or -ENOMEM.
 * Takes about 150 MB in four instances (2-byte next hops, 32 MB first-level table each).
 */
int route_init(struct err *e);
