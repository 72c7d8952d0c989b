/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The neighbour table's insides. Private to lib/route.
 *
 * Readers walk bucket chains without locks. Workers and control add under the table's lock; only
 * control takes entries out, and they come back to the free list after a grace period. What an
 * entry knows (state, address, queue, times) changes under the entry's own lock.
 * The locks are made of compiler atomics rather than rte_spinlock, so that a thread sanitizer sees
 * them. Order: entry before the pool of headers; the table's lock is never taken under an entry's.
 */
#pragma once

#include <rte_pause.h>

#include "neigh.h"

/* States with a usable address, and those that need no doubt. */
#define NEIGH_CONNECTED (NUD_PERMANENT | NUD_NOARP | NUD_REACHABLE)
#define NEIGH_VALID (NEIGH_CONNECTED | NUD_PROBE | NUD_STALE | NUD_DELAY)

struct neigh_entry {
	struct neigh n;           /* first: what others see */
	struct neigh_entry *next; /* of the bucket; atomic */
	uint32_t lock;
	uint8_t live;    /* atomic: is in the table; cleared under the lock */
	uint32_t probes; /* solicitations sent in this state */
	bool router;
	bool has_mac; /* mac is set (also in FAILED, as in Linux, for show) */
	struct rte_ether_addr mac;
	uint16_t parked;
	uint32_t refs;                /* next hops; control lcore */
	struct rte_mbuf *head, *tail; /* parked packets, linked by mbuf->next */
	uint64_t deadline;            /* ms: when the timer looks next; atomic */
	uint64_t since;               /* ms: the state began */
	uint64_t confirmed, updated;  /* ms */
} __rte_cache_aligned;

static inline void
neigh_lock(uint32_t *lock)
{
	while (__atomic_exchange_n(lock, 1, __ATOMIC_ACQUIRE) != 0)
		while (__atomic_load_n(lock, __ATOMIC_RELAXED) != 0)
			rte_pause();
}

static inline void
neigh_unlock(uint32_t *lock)
{
	__atomic_store_n(lock, 0, __ATOMIC_RELEASE);
}

static inline struct neigh_entry *
neigh_entry(struct neigh *n)
{
	return (struct neigh_entry *)n;
}

static inline uint8_t
neigh_state(const struct neigh_entry *e)
{
	return __atomic_load_n(&e->n.state, __ATOMIC_RELAXED);
}

/* Entries by number: [0, neigh_slots()) have been in use at some time. Control lcore. */
struct neigh_entry *neigh_slot(unsigned i);
unsigned neigh_slots(void);
/* Entries of the family but permanent ones. Any thread. */
unsigned neigh_count(uint8_t family);
/* Under the entry's lock, before it enters the state: permanent ones are not counted. */
void neigh_count_exempt(const struct neigh_entry *e, uint8_t state);
/* Finds or makes the entry for the operator, who is bound by NEIGH_MAX alone. NULL: table full. */
struct neigh *neigh_get_free(uint16_t port, const struct ip_addr *addr);

/* Control: takes the retired entry out of the table; it is freed after a grace period. */
void neigh_remove(struct neigh_entry *e);
/* A next hop's hold: the entry stays in the table. NULL: table full. */
struct neigh *neigh_hold(uint16_t port, const struct ip_addr *gw);
void neigh_release(struct neigh *n);

/* A frame header, from a bounded pool; NULL: pool empty. Any lane. */
struct neigh_l2 *neigh_l2_get(void);
/* Workers may still read it: free after the next grace period. Any lane. */
void neigh_l2_retire(const struct neigh_l2 *l2);
/* Control: hands what was retired on to rcu_defer(). */
void neigh_l2_reap(void);

/* Under the entry's lock. */
void neigh_enter(struct neigh_entry *e, uint8_t state, uint64_t now);
/* Makes l2 from mac and the port's own address. false: no header or no port. */
bool neigh_set_mac(struct neigh_entry *e, const struct gen *gen, const struct rte_ether_addr *mac);
void neigh_clear_l2(struct neigh_entry *e);
/* Moves at most max parked packets to out, oldest first. */
unsigned neigh_unpark(struct neigh_entry *e, struct rte_mbuf **out, unsigned max);

/* Control, under the lock: nobody uses the entry any more; neigh_remove() must follow. */
void neigh_retire(struct neigh_entry *e);
/*
 * Control, lock not held: the entry knows nothing any more and goes unless a next hop holds it; its
 * packets are dropped and counted.
 */
void neigh_forget(struct neigh_entry *e, uint64_t now);
