/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The table of a set: keys of one to twelve words, each with an entry. The index has buckets of one cache line, eight
 * slots each: 32 bits of a hash and an entry's number. A key of one word is its hash in another form, so that a look-up
 * of it touches one line. Entries never move; the index grows by a copy.
 *
 * Readers (workers, control) take no lock: a slot is written at once, and what is taken out is used again after a grace
 * period. Whoever writes holds the table's lock: the control lcore, and workers with target SET. A reader must be
 * online in RCU, and keeps no number of an entry over its quiescent state.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <rte_common.h>
#include <rte_spinlock.h>

#define SET_NONE UINT32_MAX /* no entry */
#define SET_SLOTS 8
#define SET_CHUNKS 26 /* of 64, 128, 256 ... entries */
#define SET_WORDS_MAX 12

struct set_bucket {
	uint64_t slot[SET_SLOTS]; /* hash | (entry + 2) << 32; 0: never used, SET_TOMB: used once */
} __rte_cache_aligned;

struct set_index {
	uint32_t mask;          /* buckets - 1 */
	uint32_t filled;        /* slots that are not 0; writers */
	struct set_index *next; /* replaced ones that wait for their grace period */
	uint64_t token;
	struct set_bucket bucket[];
};

struct set_entry {
	uint32_t flags;  /* SET_ENTRY_* */
	uint32_t key[1]; /* as many as the table says; then what the set keeps with an entry */
};

#define SET_ENTRY_LIVE 1u
#define SET_ENTRY_NOMATCH 2u

struct set_table {
	rte_spinlock_t lock; /* writers */
	uint32_t seed;
	uint16_t words;
	uint16_t entry_bytes;
	/* Is the stored key one that another stands for? NULL: only itself. */
	bool (*covers)(const uint32_t *stored, const uint32_t *key);
	uint16_t hashed; /* words of the key that the hash is of */
	struct set_index *index;
	char *chunk[SET_CHUNKS];
	uint32_t nb;             /* entries that are live */
	uint32_t next;           /* the first entry that was never used */
	uint32_t free;           /* list of entries, by key[0]; SET_NONE: none */
	uint32_t limbo, leaving; /* taken out: lately; before the grace period of token began */
	uint64_t token;
	struct set_index *old;
};

/* Control: room for so many entries at first. 0 or -ENOMEM. */
int set_table_init(struct set_table *t, unsigned words, unsigned entry_bytes, uint32_t seed,
		   uint32_t room);
/* Control: no reader is left. */
void set_table_free(struct set_table *t);
/* Bytes that it has taken. Any thread. */
uint64_t set_table_bytes(const struct set_table *t);

static inline uint32_t
set_mix(uint32_t h)
{
	h ^= h >> 16;
	h *= 0x85ebca6bu;
	h ^= h >> 13;
	h *= 0xc2b2ae35u;
	return h ^ h >> 16;
}

/* Of one word it can be taken back: two of them are never the same. */
static inline uint32_t
set_table_hash(const struct set_table *t, const uint32_t *key)
{
	uint64_t h = t->seed ^ UINT64_C(0x9e3779b97f4a7c15);

	if (t->words == 1)
		return set_mix(key[0] ^ t->seed);
	for (unsigned i = 0; i < t->hashed; i++) {
		unsigned __int128 m =
			(unsigned __int128)(h ^ key[i]) * UINT64_C(0xd6e8feb86659fd93);

		h = (uint64_t)m ^ (uint64_t)(m >> 64);
	}
	return set_mix((uint32_t)h ^ (uint32_t)(h >> 32));
}

/* The entry of that number, of those that were ever given out. */
static inline struct set_entry *
set_table_entry(const struct set_table *t, uint32_t n)
{
	unsigned level = 31 - __builtin_clz(n + 64);
	char *chunk = __atomic_load_n(&t->chunk[level - 6], __ATOMIC_ACQUIRE);

	return (struct set_entry *)(chunk + (size_t)(n + 64 - (1u << level)) * t->entry_bytes);
}

/* The key's entry, or SET_NONE. Reader or writer. */
uint32_t set_table_find(const struct set_table *t, const uint32_t *key, uint32_t hash);
/* Is there an entry with the hashed words of the key, whatever the others are? Reader or writer. */
bool set_table_begins(const struct set_table *t, const uint32_t *key, uint32_t hash);
/* Fetches the line that set_table_find() reads first. */
static inline void
set_table_prefetch(const struct set_table *t, uint32_t hash)
{
	const struct set_index *x = __atomic_load_n(&t->index, __ATOMIC_ACQUIRE);

	__builtin_prefetch(&x->bucket[hash & x->mask]);
}

/* Writer: an entry that no reader finds yet, with the key; SET_NONE: no memory. */
uint32_t set_table_new(struct set_table *t, const uint32_t *key);
/* Writer: readers find it from here on; or it is given back, and -ENOMEM. */
int set_table_enter(struct set_table *t, uint32_t n, uint32_t hash);
/* Writer: nobody finds it any more. */
void set_table_remove(struct set_table *t, uint32_t n, uint32_t hash);
/* Writer: all of them. */
void set_table_clear(struct set_table *t);
