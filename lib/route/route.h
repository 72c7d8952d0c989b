/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Routes of both families. Control keeps every route (a RIB, route_rib.h); workers look up next hop
 * ids in rte_fib / rte_fib6, of which there are two instances each: the idle one is updated, swapped
 * in, and after a grace period the other follows (rte_fib is not safe against concurrent updates).
 */
#pragma once

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
};

/* Immutable once published; freed after a grace period. */
struct nexthop {
	uint8_t type;        /* enum nexthop_type */
	uint16_t port;       /* leaves by; local and broadcast: the port that has the address */
	uint16_t mtu;        /* bytes; 0: the port's */
	struct neigh *neigh; /* of the gateway; NULL when the destination itself is on the link */
	struct ip_addr gw;   /* AF_UNSPEC: destination is on the link */
	struct ip_addr src;  /* preferred source for what the box sends there; AF_UNSPEC: none */
};

extern const struct nexthop *nexthop_table[NEXTHOP_MAX];

/* Any lane: never NULL for an id that a lookup of the same burst gave. */
static inline const struct nexthop *
nexthop_get(uint32_t id)
{
	return __atomic_load_n(&nexthop_table[id], __ATOMIC_ACQUIRE);
}

/* The instances that workers read now; route_fib.c swaps them. */
extern struct rte_fib *route_fib4;
extern struct rte_fib6 *route_fib6;

/* Workers. dst in HOST byte order. n <= 64. ids come as rte_fib gives them, 64 bits wide. */
static inline void
route4_lookup(const uint32_t *dst, uint64_t *ids, unsigned n)
{
	struct rte_fib *fib = __atomic_load_n(&route_fib4, __ATOMIC_ACQUIRE);

	rte_fib_lookup_bulk(fib, (uint32_t *)(uintptr_t)dst, ids, n);
}

/* Workers. Global addresses only: link-local ones have no route, see route6_on_link(). */
static inline void
route6_lookup(uint8_t (*dst)[16], uint64_t *ids, unsigned n)
{
	struct rte_fib6 *fib = __atomic_load_n(&route_fib6, __ATOMIC_ACQUIRE);

	/* uint8_t[16] up to DPDK 24.07, struct rte_ipv6_addr after: void * serves both. */
	rte_fib6_lookup_bulk(fib, (void *)(uintptr_t)dst, ids, n);
}

/* The next hop "on the link of this port" for fe80::/10 and ff02::/16 destinations; 0: none. */
uint32_t route6_on_link(const struct gen *gen, uint16_t port);

/*
 * Control lcore, before workers and ports, after rcu_init() and neigh_init(). 0 or -ENOMEM.
 * Takes about 150 MB in four instances (2-byte next hops, 32 MB first-level table each).
 */
int route_init(struct err *e);
