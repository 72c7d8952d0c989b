/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Private to ct_index_tag.c and ct_tag_find.c: the index by buckets of tags. A bucket is one cache line with eight places; a
 * place has 16 bits of the key's hash, and which entry and direction it stands for. The key is in the entry alone, so that a
 * look-up reads a bucket and the line of the entry that its packet needs anyway.
 *
 * What a bucket has no place for is in more buckets, linked behind it. Nothing ever moves: a reader that looks
 * while others write sees all that is in the index. A writer fills the place, then sets its tag; it clears the tag to take the
 * place out, which may be filled anew at once: who still reads it meets an entry with another key. A linked bucket
 * is given back when it is the last one and empty: who still stands in it has seen all of its own.
 */
#pragma once

#include <rte_common.h>

#include "ct_index.h"
#include "ct_pool.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#define CT_TAG_PLACES 8u

struct ct_tag_bucket {
	union {
		uint16_t tag[CT_TAG_PLACES]; /* 0: free */
		uint64_t tags[2];
	};
	uint32_t place[CT_TAG_PLACES]; /* number of the entry << 1 | direction */
	uint32_t next;                 /* 1 + number of the bucket behind it in more[]; 0: none */
	uint32_t free;                 /* the same of those that are given back */
} __rte_cache_aligned;

_Static_assert(sizeof(struct ct_tag_bucket) == 64, "a cache line");

struct ct_tag_index {
	struct ct_index index;
	uint32_t nb; /* buckets that hashes lead to */
	struct ct_tag_bucket *bucket;
	struct ct_tag_bucket *more;
	const struct ct_pool *pool;
	/* Writers' alone: */
	uint32_t used_more __rte_cache_aligned; /* of more[], were ever used */
	uint32_t nb_more;                       /* in more[] */
	uint32_t free_more;                     /* given back, linked: 1 + number; 0: none */
};

static inline struct ct_tag_index *
ct_tag_of(const struct ct_index *index)
{
	return (struct ct_tag_index *)(uintptr_t)index;
}

/* The bucket is chosen by the lower half of a hash folded, the tag is from the upper one. */
static inline struct ct_tag_bucket *
ct_tag_bucket(const struct ct_tag_index *x, uint64_t hash)
{
	return &x->bucket[(uint64_t)(uint32_t)(hash ^ hash >> 32) * x->nb >> 32];
}

static inline uint16_t
ct_tag(uint64_t hash)
{
	uint16_t tag = hash >> 48;

	return tag != 0 ? tag : 1;
}

/* The bucket behind it, or NULL. */
static inline struct ct_tag_bucket *
ct_tag_next(const struct ct_tag_index *x, const struct ct_tag_bucket *b)
{
	uint32_t next = __atomic_load_n(&b->next, __ATOMIC_ACQUIRE);

	return unlikely(next != 0) ? &x->more[next - 1] : NULL;
}

/* The places with that tag: the bit 2 * n says it of place n. */
static inline uint32_t
ct_tag_match(const struct ct_tag_bucket *b, uint16_t tag)
{
	uint64_t low = __atomic_load_n(&b->tags[0], __ATOMIC_ACQUIRE);
	uint64_t high = __atomic_load_n(&b->tags[1], __ATOMIC_ACQUIRE);
#if defined(__SSE2__)
	__m128i same = _mm_cmpeq_epi16(_mm_set_epi64x(high, low), _mm_set1_epi16(tag));

	return _mm_movemask_epi8(same) & 0x5555;
#else
	uint32_t mask = 0;

	for (unsigned i = 0; i < CT_TAG_PLACES / 2; i++) {
		mask |= (uint32_t)((uint16_t)(low >> (16 * i)) == tag) << (2 * i);
		mask |= (uint32_t)((uint16_t)(high >> (16 * i)) == tag) << (2 * i + 8);
	}
	return mask;
#endif
}

/* Of a mask of ct_tag_match(), not 0. */
static inline unsigned
ct_tag_first(uint32_t mask)
{
	return __builtin_ctz(mask) / 2;
}

static inline uint32_t
ct_tag_place(const struct ct_tag_bucket *b, unsigned n)
{
	return __atomic_load_n(&b->place[n], __ATOMIC_ACQUIRE);
}

/* Readers: ct_tag_find.c. */
uint64_t ct_tag_find4(const struct ct_index *index, const void *key);
uint64_t ct_tag_find6(const struct ct_index *index, const void *key);
void ct_tag_find_many4(const struct ct_index *index, const void *keys, unsigned n, uint64_t *found);
void ct_tag_find_many6(const struct ct_index *index, const void *keys, unsigned n, uint64_t *found);
