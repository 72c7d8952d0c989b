/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Neighbours: (port, address) -> Ethernet header. Workers read without locks; a packet whose
 * neighbour has no address yet is parked in a bounded queue of that neighbour (Linux's
 * unres_qlen_bytes). Slow-path changes take the entry's spinlock; timers run on the control lcore.
 */
#pragma once

#include <stdbool.h>

#include <rte_ether.h>
#include <rte_mbuf.h>
#include <rte_spinlock.h>

#include "base_addr.h"
#include "base_err.h"
#include "base_gen.h"
#include "base_str.h"

/* The frame header to write in front of a packet: immutable, freed after a grace period. */
struct neigh_l2 {
	uint8_t bytes[16]; /* destination, source, ethertype, 2 bytes of padding */
};

struct neigh {
	const struct neigh_l2 *l2; /* atomic; NULL: no address known, park */
	uint64_t used;		   /* ms, written by workers at most once a second */
	uint16_t port;
	struct ip_addr addr;
	/* the rest is neigh.c's own */
	uint8_t state;
	rte_spinlock_t lock;
	struct neigh_private *own;
};

static inline const struct neigh_l2 *
neigh_l2(const struct neigh *n)
{
	return __atomic_load_n(&n->l2, __ATOMIC_ACQUIRE);
}

/* Worker: the entry for a destination on the link, lock-free; NULL when there is none yet. */
struct neigh *neigh_find(uint16_t port, const struct ip_addr *addr);
/* Worker or control: finds or makes the entry (state none). NULL: table full (counted by caller). */
struct neigh *neigh_get(uint16_t port, const struct ip_addr *addr);

/*
 * Worker: parks the packet (which becomes the table's) and says whether a solicitation is due now
 * (first packet of an unresolved neighbour). When the address has become known meanwhile, or the
 * queue is full, nothing is parked and the result says so.
 */
enum neigh_park { NEIGH_PARKED, NEIGH_PARKED_SOLICIT, NEIGH_KNOWN, NEIGH_FULL };
enum neigh_park neigh_park(struct neigh *n, struct rte_mbuf *m, uint64_t now);

/*
 * Worker: an ARP reply/request or ND message told the address. solicited: it answers our question
 * (confirms reachability), else it makes STALE. override: may replace a known different address.
 * Packets that waited are moved to out (at most max), returned: how many. They are the caller's.
 */
unsigned neigh_learn(struct neigh *n, const struct gen *gen, const struct rte_ether_addr *mac,
		     bool solicited, bool override, uint64_t now, struct rte_mbuf **out, unsigned max);

#define NEIGH_PARK_MAX 101 /* packets per neighbour: about what Linux's 212,992 bytes hold */

/*
 * Upward calls of the timer, filled by the pipeline; control lcore. solicit: send one question
 * (unicast to mac when not NULL). failed: these packets' next hop does not answer; takes them.
 */
struct neigh_ops {
	void (*solicit)(const struct neigh *n, const struct rte_ether_addr *mac);
	void (*failed)(struct rte_mbuf **pkts, unsigned n);
};
extern struct neigh_ops neigh_ops;

/* Control lcore, every 100 ms. */
void neigh_timer(uint64_t now);
int neigh_init(struct err *e);
uint64_t neigh_parked(void); /* packets parked now; for the sum rule */
