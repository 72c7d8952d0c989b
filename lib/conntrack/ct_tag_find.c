/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Looking up in the index by tags, without locks: of a burst first all buckets are on their way, then the entries whose
 * tags fit, then keys are compared. Inlined for each family.
 */
#include <rte_prefetch.h>

#include "ct_hash.h"
#include "ct_tag.h"

/* Where a burst's keys are looked for. */
struct look {
	const struct ct_tag_bucket *bucket;
	const struct ct *ct; /* whose tag fits first; NULL: none */
	uint32_t mask, place;
	uint16_t tag;
};

static __rte_always_inline uint64_t
hash_of(enum hook_family family, const void *key)
{
	return family == HOOK_IP4 ? ct_hash4_wide(key) : ct_hash6_wide(key);
}

static __rte_always_inline const void *
key_at(enum hook_family family, const void *keys, unsigned i)
{
	return family == HOOK_IP4 ? (const void *)((const struct ct_key4 *)keys + i)
				  : (const void *)((const struct ct_tuple *)keys + i);
}

/* The sizes of items as numbers that the compiler knows. */
static __rte_always_inline const struct ct *
entry_of(enum hook_family family, const struct ct_tag_index *x, uint32_t place)
{
	uint32_t item = place >> 1;
	size_t size =
		family == HOOK_IP4 ? sizeof(struct ct) : RTE_CACHE_LINE_ROUNDUP(sizeof(struct ct6));

	return (const void *)(x->pool->chunk[item / CT_POOL_CHUNK] + item % CT_POOL_CHUNK * size);
}

static __rte_always_inline const void *
its_key(enum hook_family family, const struct ct *ct, unsigned dir)
{
	return family == HOOK_IP4 ? (const void *)&ct->key[dir]
				  : (const void *)ct_index_key6(ct, dir);
}

static __rte_always_inline bool
same_key(enum hook_family family, const void *a, const void *b)
{
	uint64_t p[5], q[5];
	size_t size = family == HOOK_IP4 ? sizeof(struct ct_key4) : sizeof(struct ct_tuple);

	memcpy(p, a, size);
	memcpy(q, b, size);
	if (family == HOOK_IP4)
		return ((p[0] ^ q[0]) | (p[1] ^ q[1])) == 0;
	return ((p[0] ^ q[0]) | (p[1] ^ q[1]) | (p[2] ^ q[2]) | (p[3] ^ q[3]) | (p[4] ^ q[4])) == 0;
}

static __rte_always_inline bool
is_it(enum hook_family family, const struct ct *ct, uint32_t place, const void *key)
{
	return same_key(family, its_key(family, ct, place & 1), key);
}

/* From the places of the mask on, and through the buckets behind. */
static __rte_always_inline uint64_t
go_on(enum hook_family family, const struct ct_tag_index *x, const struct ct_tag_bucket *b,
      uint16_t tag, uint32_t mask, const void *key)
{
	for (;;) {
		for (; mask != 0; mask &= mask - 1) {
			uint32_t place = ct_tag_place(b, ct_tag_first(mask));
			const struct ct *ct = entry_of(family, x, place);

			if (is_it(family, ct, place, key))
				return (uintptr_t)ct | (place & 1);
		}
		b = ct_tag_next(x, b);
		if (likely(b == NULL))
			return 0;
		mask = ct_tag_match(b, tag);
	}
}

static __rte_noinline uint64_t
go_on4(const struct ct_tag_index *x, const struct look *l, const void *key)
{
	return go_on(HOOK_IP4, x, l->bucket, l->tag, l->mask & (l->mask - 1), key);
}

static __rte_noinline uint64_t
go_on6(const struct ct_tag_index *x, const struct look *l, const void *key)
{
	return go_on(HOOK_IP6, x, l->bucket, l->tag, l->mask & (l->mask - 1), key);
}

static __rte_always_inline uint64_t
find(enum hook_family family, const struct ct_index *index, const void *key)
{
	const struct ct_tag_index *x = ct_tag_of(index);
	uint64_t hash = hash_of(family, key);
	const struct ct_tag_bucket *b = ct_tag_bucket(x, hash);

	return go_on(family, x, b, ct_tag(hash), ct_tag_match(b, ct_tag(hash)), key);
}

uint64_t
ct_tag_find4(const struct ct_index *index, const void *key)
{
	return find(HOOK_IP4, index, key);
}

uint64_t
ct_tag_find6(const struct ct_index *index, const void *key)
{
	return find(HOOK_IP6, index, key);
}

/* The bucket is there: the entry that probably has the key is fetched. */
static __rte_always_inline void
aim(enum hook_family family, const struct ct_tag_index *x, struct look *l)
{
	l->ct = NULL;
	l->mask = ct_tag_match(l->bucket, l->tag);
	if (l->mask == 0)
		return;
	l->place = ct_tag_place(l->bucket, ct_tag_first(l->mask));
	l->ct = entry_of(family, x, l->place);
	rte_prefetch0(l->ct);
	if (family == HOOK_IP6) {
		const struct ct_tuple *key = ct_index_key6(l->ct, l->place & 1);

		rte_prefetch0(key);
		rte_prefetch0((const char *)(key + 1) - 1);
	}
}

static __rte_always_inline uint64_t
settle(enum hook_family family, const struct ct_tag_index *x, const struct look *l, const void *key)
{
	if (likely(l->ct != NULL)) {
		if (likely(is_it(family, l->ct, l->place, key)))
			return (uintptr_t)l->ct | (l->place & 1);
	} else if (likely(ct_tag_next(x, l->bucket) == NULL)) {
		return 0;
	}
	return family == HOOK_IP4 ? go_on4(x, l, key) : go_on6(x, l, key);
}

static __rte_always_inline void
find_many(enum hook_family family, const struct ct_index *index, const void *keys, unsigned n,
	  uint64_t *found)
{
	const struct ct_tag_index *x = ct_tag_of(index);
	struct look look[PKT_BURST];

	for (unsigned i = 0; i < n; i++) {
		uint64_t hash = hash_of(family, key_at(family, keys, i));

		look[i].bucket = ct_tag_bucket(x, hash);
		look[i].tag = ct_tag(hash);
		rte_prefetch0(look[i].bucket);
	}
	for (unsigned i = 0; i < n; i++)
		aim(family, x, &look[i]);
	for (unsigned i = 0; i < n; i++)
		found[i] = settle(family, x, &look[i], key_at(family, keys, i));
}

void
ct_tag_find_many4(const struct ct_index *index, const void *keys, unsigned n, uint64_t *found)
{
	find_many(HOOK_IP4, index, keys, n, found);
}

void
ct_tag_find_many6(const struct ct_index *index, const void *keys, unsigned n, uint64_t *found)
{
	find_many(HOOK_IP6, index, keys, n, found);
}
