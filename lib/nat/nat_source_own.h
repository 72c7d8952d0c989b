/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Private to nat_source.c and nat_source_make.c: buckets of connections by a hash of their source. Buckets and links are
 * numbers of entries, 1 + ct_number(); 0: none. Who changes a list holds the lock of its hash, which is the same in a larger
 * table.
 */
#pragma once

#include <rte_spinlock.h>

#include "ct_hash.h"
#include "nat_source.h"

#define NAT_SOURCE_LOCKS 256u

struct nat_buckets {
	uint32_t nb; /* a power of two, at least NAT_SOURCE_LOCKS */
	uint32_t head[];
};

/* next: a larger table that is being filled, new connections enter it; NULL: none. */
struct nat_sources {
	struct nat_buckets *next, *now; /* NULL: not made */
	rte_spinlock_t lock[NAT_SOURCE_LOCKS];
};

extern struct nat_sources nat_sources[HOOK_FAMILIES];

/* Of a tuple without what is not its source; its key's is the same. */
uint32_t nat_source_hash(const struct ct_tuple *t, uint16_t zone);

static inline uint32_t
nat_source_hash4(const struct ct_key4 *k)
{
	return ct_hash_words(k->src, k->sport | (uint64_t)k->zone << 16 | (uint64_t)k->proto << 32);
}

/* Links are written under a lock; hints read them without. */
static inline void
nat_source_set(uint32_t *link, uint32_t number)
{
	__atomic_store_n(link, number, __ATOMIC_RELAXED);
}

static inline uint32_t
nat_source_get(const uint32_t *link)
{
	return __atomic_load_n(link, __ATOMIC_RELAXED);
}

/* Under the lock of its hash: the entry becomes the first of the list. */
void nat_source_link(struct nat_buckets *b, struct ct *ct, uint32_t hash);
/* Under the lock: out of its list, whose first one it is or not. */
void nat_source_unlink(struct nat_buckets *b, struct ct *ct, uint32_t hash);

static inline rte_spinlock_t *
nat_source_lock(struct nat_sources *s, uint32_t hash)
{
	return &s->lock[hash % NAT_SOURCE_LOCKS];
}
