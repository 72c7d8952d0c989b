/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Neighbours: (port, address) -> Ethernet header. Workers read without locks; a packet whose
 * neighbour has no address yet is parked in a bounded queue of that neighbour (Linux's
 * unres_qlen_bytes). Slow-path changes take the entry's spinlock; timers run on the control lcore.
 */
#pragma once

#include <linux/neighbour.h>
#include <stdbool.h>

#include <rte_ether.h>
#include <rte_mbuf.h>

#include "base_addr.h"
#include "base_err.h"
#include "base_gen.h"
#include "base_str.h"

/* The frame header to write in front of a packet: immutable, freed after a grace period. */
struct neigh_l2 {
	uint8_t bytes[16]; /* destination, source, ethertype, 2 bytes of padding */
} __rte_aligned(16);

struct neigh {
	const struct neigh_l2 *l2; /* atomic; NULL: no address known, park */
	uint64_t used;             /* ms, written by workers with neigh_use() */
	struct ip_addr addr;
	uint16_t port;
	uint8_t state; /* NUD_*, atomic; written under the entry's lock */
		       /* the rest is in neigh_table.h */
};

static inline const struct neigh_l2 *
neigh_l2(const struct neigh *n)
{
	return __atomic_load_n(&n->l2, __ATOMIC_ACQUIRE);
}

/* Worker: a packet was sent by this entry. Writes at most once a second, so the line stays shared. */
static inline void
neigh_use(struct neigh *n, uint64_t now)
{
	if (now - __atomic_load_n(&n->used, __ATOMIC_RELAXED) >= 1000)
		__atomic_store_n(&n->used, now, __ATOMIC_RELAXED);
}

/* Worker: the entry for a destination on the link, lock-free; NULL when there is none yet. */
struct neigh *neigh_find(uint16_t port, const struct ip_addr *addr);
/*
 * Worker or control: finds or makes the entry (state none). NULL: gc_thresh3 of the family are there
 * (counted by caller).
 */
struct neigh *neigh_get(uint16_t port, const struct ip_addr *addr);

#define NEIGH_MAX 8192        /* entries in all; net.ipv4.neigh.default.gc_thresh3 */
#define NEIGH_PARK_MAX 101    /* packets per neighbour: about what Linux's 212,992 bytes hold */
#define NEIGH_PARK_TOTAL 4096 /* packets parked in all */

/*
 * Worker: parks the packet (which becomes the table's) and says whether a solicitation is due now
 * (first packet of an unresolved neighbour). A full queue of this neighbour (unres_qlen) loses its
 * oldest packet (as in Linux), counted on the lane as "neigh-queue-full". Nothing is parked, and the
 * packet stays the caller's, when the address has become known meanwhile (NEIGH_KNOWN: l2 is there),
 * when NEIGH_PARK_TOTAL packets wait (NEIGH_FULL), and with mcast_solicit=0 (NEIGH_UNASKED).
 */
enum neigh_park { NEIGH_PARKED, NEIGH_PARKED_SOLICIT, NEIGH_KNOWN, NEIGH_FULL, NEIGH_UNASKED };
enum neigh_park neigh_park(unsigned lane, struct neigh *n, struct rte_mbuf *m, uint64_t now);

/*
 * Worker: an ARP reply/request or ND message told the address (mac NULL: the one that is known). flags:
 * NEIGH_SOLICITED: it answers our question
 * (confirms reachability), else it makes STALE. NEIGH_OVERRIDE: may replace a known different address; an
 * ARP reply (IPv4, without it) still may when the last change is a second old.
 * Packets that waited are moved to out in the order they came, at most max (NEIGH_PARK_MAX holds
 * them all), returned: how many. They are the caller's, who sends them by neigh_l2() before any
 * packet it meets later.
 */
unsigned neigh_learn(struct neigh *n, const struct gen *gen, const struct rte_ether_addr *mac,
		     unsigned flags, uint64_t now, struct rte_mbuf **out, unsigned max);
#define NEIGH_SOLICITED 1
#define NEIGH_OVERRIDE 2
#define NEIGH_ROUTER 4    /* ND: it says that it is a router */
#define NEIGH_NO_ROUTER 8 /* and that it is none */

/* Worker: the address needs no asking: it is that of everybody, or of a group. */
void neigh_noarp(struct neigh *n, const struct gen *gen, const struct rte_ether_addr *mac,
		 uint64_t now);

/*
 * Upward calls, filled by the pipeline; control lcore. solicit: send one question (unicast to mac
 * when not NULL); waiting: the source of what waits, NULL: nothing does. failed: these packets' next hop does not answer; takes them. resolved: the
 * operator gave the address of n for which these packets waited: send them; takes them.
 */
struct neigh_ops {
	void (*solicit)(const struct neigh *n, const struct rte_ether_addr *mac,
			const struct ip_addr *waiting);
	void (*failed)(struct rte_mbuf **pkts, unsigned n);
	void (*resolved)(const struct neigh *n, struct rte_mbuf **pkts, unsigned nb);
};
extern struct neigh_ops neigh_ops;

/* Control lcore, every 100 ms. */
void neigh_timer(uint64_t now);
int neigh_init(struct err *e);
uint64_t neigh_parked(void); /* packets parked now; for the sum rule */

/* What `ip neigh` shows of one entry. */
struct neigh_info {
	struct ip_addr addr;
	uint16_t port;
	uint8_t state; /* NUD_* */
	bool has_mac;
	bool router;
	bool proxy; /* an entry of neigh_proxy.h: has no state */
	struct rte_ether_addr mac;
	uint64_t used, confirmed, updated; /* ms */
	unsigned probes, refs;
};

/* Control lcore: all entries (also NUD_NONE), in the table's order. fn must not change entries. */
void neigh_walk(void (*fn)(const struct neigh_info *i, void *arg), void *arg);

/* As `ip neigh add|replace|change` does; flags of route_rib.h's kind. mac NULL: none given. */
#define NEIGH_CREATE 1
#define NEIGH_EXCL 2
#define NEIGH_REPLACE 4
struct neigh_set {
	uint16_t port;
	struct ip_addr addr;
	const struct rte_ether_addr *mac;
	uint8_t state; /* NUD_* */
	bool router;
};
/* -EEXIST, -ENOENT, -EINVAL (text), -ENOBUFS (table full). now: clock_ms(). */
int neigh_set(const struct neigh_set *s, unsigned flags, uint64_t now, struct err *e);
/* -ENOENT. */
int neigh_del(uint16_t port, const struct ip_addr *addr);
/* Forgets what is known on the port (family 0: both); a permanent entry stays unless all. */
void neigh_flush_port(uint16_t port, uint8_t family, bool all);
