/* SPDX-License-Identifier: BSD-3-Clause */
/* See set_table.h. */
#include "set_table.h"

#include <errno.h>
#include <string.h>

#include <rte_malloc.h>

#include "base_rcu.h"

#define SET_TOMB (UINT64_C(1) << 32)
#define FIRST_CHUNK 64u

static uint32_t
slot_entry(uint64_t slot)
{
	return (uint32_t)(slot >> 32) - 2;
}

static bool
slot_used(uint64_t slot)
{
	return slot >> 32 > 1;
}

static size_t
index_bytes(uint32_t buckets)
{
	return sizeof(struct set_index) + (size_t)buckets * sizeof(struct set_bucket);
}

static struct set_index *
index_new(uint32_t buckets)
{
	struct set_index *x = rte_zmalloc("set-index", index_bytes(buckets), RTE_CACHE_LINE_SIZE);

	if (x != NULL)
		x->mask = buckets - 1;
	return x;
}

int
set_table_init(struct set_table *t, unsigned words, unsigned entry_bytes, uint32_t seed,
	       uint32_t room)
{
	uint32_t buckets = rte_align32pow2(RTE_MIN(room, 1u << 24) / SET_SLOTS + 1);

	rte_spinlock_init(&t->lock);
	t->seed = seed;
	t->words = words;
	t->hashed = words;
	t->entry_bytes = entry_bytes;
	t->free = t->limbo = t->leaving = SET_NONE;
	t->index = index_new(buckets);
	return t->index != NULL ? 0 : -ENOMEM;
}

static void
old_free(struct set_index *x)
{
	while (x != NULL) {
		struct set_index *next = x->next;

		rte_free(x);
		x = next;
	}
}

void
set_table_free(struct set_table *t)
{
	old_free(t->old);
	rte_free(t->index);
	for (unsigned i = 0; i < SET_CHUNKS; i++)
		rte_free(t->chunk[i]);
}

uint64_t
set_table_bytes(const struct set_table *t)
{
	const struct set_index *x = __atomic_load_n(&t->index, __ATOMIC_ACQUIRE);
	uint64_t bytes = index_bytes(x->mask + 1);

	for (unsigned i = 0; i < SET_CHUNKS; i++)
		if (__atomic_load_n(&t->chunk[i], __ATOMIC_RELAXED) != NULL)
			bytes += (uint64_t)(FIRST_CHUNK << i) * t->entry_bytes;
	return bytes;
}

static inline bool
same_words(const uint32_t *stored, const uint32_t *key, unsigned words)
{
	for (unsigned i = 0; i < words; i++)
		if (__atomic_load_n(&stored[i], __ATOMIC_RELAXED) != key[i])
			return false;
	return true;
}

static inline bool
same_key(const struct set_table *t, const uint32_t *stored, const uint32_t *key)
{
	return t->covers != NULL ? t->covers(stored, key) : same_words(stored, key, t->words);
}

/* begin: the hashed words will do. */
static inline uint32_t
find(const struct set_table *t, const uint32_t *key, uint32_t hash, bool begin)
{
	const struct set_index *x = __atomic_load_n(&t->index, __ATOMIC_ACQUIRE);

	for (uint32_t b = hash, i = 0; i <= x->mask; b++, i++) {
		const struct set_bucket *bucket = &x->bucket[b & x->mask];

		for (unsigned s = 0; s < SET_SLOTS; s++) {
			uint64_t slot = __atomic_load_n(&bucket->slot[s], __ATOMIC_ACQUIRE);

			if (slot == 0)
				return SET_NONE;
			if ((uint32_t)slot != hash || !slot_used(slot))
				continue;
			if (t->words == 1)
				return slot_entry(slot);
			const uint32_t *stored = set_table_entry(t, slot_entry(slot))->key;

			if (begin ? same_words(stored, key, t->hashed) : same_key(t, stored, key))
				return slot_entry(slot);
		}
	}
	return SET_NONE;
}

uint32_t
set_table_find(const struct set_table *t, const uint32_t *key, uint32_t hash)
{
	return find(t, key, hash, false);
}

bool
set_table_begins(const struct set_table *t, const uint32_t *key, uint32_t hash)
{
	return find(t, key, hash, true) != SET_NONE;
}

/* What was taken out and nobody looks at any more becomes free. */
static void
reclaim(struct set_table *t)
{
	if (t->leaving != SET_NONE && !rcu_passed(t->token))
		return;
	t->free = t->leaving;
	t->leaving = t->limbo;
	t->limbo = SET_NONE;
	if (t->leaving != SET_NONE)
		t->token = rte_rcu_qsbr_start(rcu);
}

static struct set_entry *
fresh(struct set_table *t, uint32_t n)
{
	unsigned level = 31 - __builtin_clz(n + FIRST_CHUNK), i = level - 6;

	if (i >= SET_CHUNKS)
		return NULL;
	if (t->chunk[i] == NULL) {
		char *chunk =
			rte_zmalloc("set-entries", (size_t)(FIRST_CHUNK << i) * t->entry_bytes,
				    RTE_CACHE_LINE_SIZE);

		if (chunk == NULL)
			return NULL;
		__atomic_store_n(&t->chunk[i], chunk, __ATOMIC_RELEASE);
	}
	__atomic_store_n(&t->next, n + 1, __ATOMIC_RELEASE);
	return set_table_entry(t, n);
}

uint32_t
set_table_new(struct set_table *t, const uint32_t *key)
{
	uint32_t n;
	struct set_entry *e;

	if (t->free == SET_NONE && (t->leaving != SET_NONE || t->limbo != SET_NONE))
		reclaim(t);
	n = t->free != SET_NONE ? t->free : t->next;
	e = n == t->next ? fresh(t, n) : set_table_entry(t, n);
	if (e == NULL)
		return SET_NONE;
	if (n == t->free)
		t->free = e->key[0];
	memset(e, 0, t->entry_bytes);
	for (unsigned i = 0; i < t->words; i++)
		__atomic_store_n(&e->key[i], key[i], __ATOMIC_RELAXED);
	return n;
}

static void
give_back(struct set_table *t, uint32_t n)
{
	struct set_entry *e = set_table_entry(t, n);

	__atomic_store_n(&e->flags, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&e->key[0], t->limbo, __ATOMIC_RELAXED);
	t->limbo = n;
}

/* The first free slot on the hash's way; tombs are free. */
static void
put(struct set_index *x, uint64_t slot)
{
	for (uint32_t b = (uint32_t)slot;; b++)
		for (unsigned s = 0; s < SET_SLOTS; s++) {
			uint64_t *place = &x->bucket[b & x->mask].slot[s];

			if (slot_used(*place))
				continue;
			x->filled += *place == 0;
			__atomic_store_n(place, slot, __ATOMIC_RELEASE);
			return;
		}
}

/* Replaced indexes go when no reader has them any more. */
static void
retire(struct set_table *t, struct set_index *x)
{
	struct set_index **p = &t->old;

	while (*p != NULL) {
		struct set_index *old = *p;

		if (rcu_passed(old->token)) {
			*p = old->next;
			rte_free(old);
		} else {
			p = &old->next;
		}
	}
	if (x == NULL)
		return;
	x->token = rte_rcu_qsbr_start(rcu);
	x->next = t->old;
	t->old = x;
}

/* A new index without tombs, with room for twice what is there. */
static int
grow(struct set_table *t)
{
	struct set_index *now = t->index, *x;

	x = index_new(rte_align32pow2((t->nb + 1) * 2 / SET_SLOTS + 1) * 2);
	if (x == NULL)
		return -ENOMEM;
	for (uint32_t b = 0; b <= now->mask; b++)
		for (unsigned s = 0; s < SET_SLOTS; s++)
			if (slot_used(now->bucket[b].slot[s]))
				put(x, now->bucket[b].slot[s]);
	__atomic_store_n(&t->index, x, __ATOMIC_RELEASE);
	retire(t, now);
	return 0;
}

int
set_table_enter(struct set_table *t, uint32_t n, uint32_t hash)
{
	struct set_index *x = t->index;
	uint64_t slots = (uint64_t)(x->mask + 1) * SET_SLOTS;

	/* Up to seven eighths; a look-up that finds nothing passes few full buckets then. */
	if (x->filled >= slots - slots / 8 - 1 && grow(t) != 0) {
		give_back(t, n);
		return -ENOMEM;
	}
	if (t->old != NULL)
		retire(t, NULL);
	set_table_entry(t, n)->flags |= SET_ENTRY_LIVE;
	put(t->index, hash | (uint64_t)(n + 2) << 32);
	__atomic_store_n(&t->nb, t->nb + 1, __ATOMIC_RELAXED);
	return 0;
}

void
set_table_remove(struct set_table *t, uint32_t n, uint32_t hash)
{
	struct set_index *x = t->index;
	uint64_t slot = hash | (uint64_t)(n + 2) << 32;

	for (uint32_t b = hash;; b++) {
		struct set_bucket *bucket = &x->bucket[b & x->mask];

		for (unsigned s = 0; s < SET_SLOTS; s++) {
			if (bucket->slot[s] == 0)
				return; /* it is not there: nobody asks for that */
			if (bucket->slot[s] != slot)
				continue;
			/* The last one of its bucket leaves nothing: who comes here would have ended behind it. */
			bool last = s + 1 < SET_SLOTS && bucket->slot[s + 1] == 0;

			x->filled -= last;
			__atomic_store_n(&bucket->slot[s], last ? 0 : SET_TOMB, __ATOMIC_RELEASE);
			__atomic_store_n(&t->nb, t->nb - 1, __ATOMIC_RELAXED);
			give_back(t, n);
			return;
		}
	}
}

void
set_table_clear(struct set_table *t)
{
	struct set_index *x = t->index;

	for (uint32_t b = 0; b <= x->mask; b++)
		for (unsigned s = 0; s < SET_SLOTS; s++) {
			uint64_t *slot = &x->bucket[b].slot[s];

			if (slot_used(*slot))
				give_back(t, slot_entry(*slot));
			__atomic_store_n(slot, 0, __ATOMIC_RELEASE);
		}
	x->filled = 0;
	__atomic_store_n(&t->nb, 0, __ATOMIC_RELAXED);
}
