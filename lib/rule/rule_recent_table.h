/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a list of -m recent holds. Entries are numbered from 1 in one piece of memory, chained by the hash of their address
 * (in the order in which they came) and by when they were seen last. Who calls has the list's lock, worker or control. For
 * rule_recent*.c alone.
 */
#pragma once

#include <rte_spinlock.h>

#include "rule_recent.h"

struct rule_recent_entry {
	struct rule_recent_key key;
	uint32_t nb, at; /* times, 0: it is free; and where the next one goes */
	uint32_t next;   /* of the chain, or of those that are free */
	uint32_t older, newer;
};

struct rule_recent {
	struct rule_recent *next;
	uint32_t rules;
	char name[RULE_RECENT_NAME];
	union rule_addr mask;
	uint32_t seed;
	uint32_t room, times, nb_heads; /* times, nb_heads: powers of two */
	size_t bytes;
	rte_spinlock_t lock __rte_cache_aligned;
	uint32_t nb, free;
	uint32_t oldest, newest;
	uint64_t replaced;
	uint32_t *heads;
	struct rule_recent_entry *entries; /* [room + 1] */
	uint64_t *stamps;                  /* [room + 1][times], in ticks */
};

/* The times at which an entry was seen, rule_recent.times of them: a ring. */
static inline uint64_t *
rule_recent_stamps(const struct rule_recent *r, uint32_t n)
{
	return &r->stamps[(size_t)n * r->times];
}

/* The address's entry, 0: there is none. With a TTL: one that was seen with it, or with any. */
uint32_t rule_recent_look(struct rule_recent *r, const struct rule_recent_key *key, uint8_t ttl);
/* Its number; of a full list the one not seen for the longest time goes. */
uint32_t rule_recent_add(struct rule_recent *r, const struct rule_recent_key *key, uint64_t tick);
/* Once more, now. */
void rule_recent_seen(struct rule_recent *r, uint32_t n, uint64_t tick);
void rule_recent_forget(struct rule_recent *r, uint32_t n);
void rule_recent_forget_all(struct rule_recent *r);
