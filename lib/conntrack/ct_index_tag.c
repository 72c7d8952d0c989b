/* SPDX-License-Identifier: BSD-3-Clause */
/* The index by buckets of tags (ct_tag.h): made, and written to, under the table's lock. */
#include <errno.h>

#include <rte_malloc.h>

#include "ct_fetch.h"
#include "ct_hash.h"
#include "ct_own.h"
#include "ct_table.h"
#include "ct_tag.h"

/*
 * When all entries are in use: then four buckets of a thousand need another one, for which there is room many times.
 */
#define KEYS_A_BUCKET 3
#define BUCKETS_FOR_MORE 16 /* a bucket of more[] for so many */
#define BUCKETS_MIN 64

static void
destroy(struct ct_index *index)
{
	struct ct_tag_index *x = ct_tag_of(index);

	rte_free(x->bucket);
	rte_free(x->more);
	rte_free(x);
}

static struct ct_index *
create(enum hook_family family, uint32_t entries)
{
	struct ct_tag_index *x = rte_zmalloc("ct-index", sizeof(*x), RTE_CACHE_LINE_SIZE);
	size_t size = sizeof(struct ct_tag_bucket);

	if (x == NULL)
		return NULL;
	x->index = (struct ct_index){ .ops = &ct_tag_ops[family], .family = family };
	x->pool = ct_entries(family);
	x->nb = RTE_MAX(entries * CT_DIRS / KEYS_A_BUCKET, (uint32_t)BUCKETS_MIN);
	x->nb_more = x->nb / BUCKETS_FOR_MORE;
	x->bucket = rte_zmalloc("ct-index", x->nb * size, size);
	x->more = rte_zmalloc("ct-index", x->nb_more * size, size);
	if (x->bucket != NULL && x->more != NULL)
		return &x->index;
	destroy(&x->index);
	return NULL;
}

static size_t
bytes(const struct ct_index *index)
{
	const struct ct_tag_index *x = ct_tag_of(index);

	return sizeof(*x) + ((size_t)x->nb + x->nb_more) * sizeof(struct ct_tag_bucket);
}

static inline uint64_t
hash_of(const struct ct *ct, unsigned dir)
{
	return ct->family == AF_INET6 ? ct_hash6_wide(ct_index_key6(ct, dir))
				      : ct_hash4_wide(&ct->key[dir]);
}

/* In the bucket, with that tag. CT_TAG_PLACES: not there. */
static unsigned
find_place(const struct ct_tag_bucket *b, uint16_t tag, uint32_t place)
{
	for (uint32_t mask = ct_tag_match(b, tag); mask != 0; mask &= mask - 1)
		if (b->place[ct_tag_first(mask)] == place)
			return ct_tag_first(mask);
	return CT_TAG_PLACES;
}

static inline void
fill(struct ct_tag_bucket *b, unsigned n, uint16_t tag, uint32_t place)
{
	__atomic_store_n(&b->place[n], place, __ATOMIC_RELEASE);
	__atomic_store_n(&b->tag[n], tag, __ATOMIC_RELEASE);
}

/* A bucket of more[], empty and linked to nothing. NULL: all are used. */
static struct ct_tag_bucket *
take_more(struct ct_tag_index *x)
{
	struct ct_tag_bucket *b;

	if (x->free_more != 0) {
		b = &x->more[x->free_more - 1];
		x->free_more = b->free;
		return b;
	}
	return x->used_more < x->nb_more ? &x->more[x->used_more++] : NULL;
}

/* Readers may stand in it still, and find that it is the last one, as it was; its link is not touched. */
static void
give_more(struct ct_tag_index *x, struct ct_tag_bucket *b)
{
	b->free = x->free_more;
	x->free_more = b - x->more + 1;
}

/* Behind the last bucket of a full chain. */
static int
extend(struct ct_tag_index *x, struct ct_tag_bucket *last, uint16_t tag, uint32_t place)
{
	struct ct_tag_bucket *b = take_more(x);

	if (b == NULL)
		return -ENOSPC;
	fill(b, 0, tag, place);
	__atomic_store_n(&last->next, b - x->more + 1, __ATOMIC_RELEASE);
	return 0;
}

/* What is there already stays there alone: an index that is being filled meets entries that came meanwhile. */
static int
put_key(struct ct_tag_index *x, uint64_t hash, uint32_t place)
{
	struct ct_tag_bucket *b = ct_tag_bucket(x, hash), *last = b, *at = NULL;
	uint16_t tag = ct_tag(hash);
	unsigned n = 0;

	for (; b != NULL; last = b, b = ct_tag_next(x, b)) {
		uint32_t room = at == NULL ? ct_tag_match(b, 0) : 0;

		if (unlikely(find_place(b, tag, place) != CT_TAG_PLACES))
			return 0;
		if (room != 0) {
			at = b;
			n = ct_tag_first(room);
		}
	}
	if (unlikely(at == NULL))
		return extend(x, last, tag, place);
	fill(at, n, tag, place);
	return 0;
}

static int
put(struct ct_index *index, struct ct *ct)
{
	struct ct_tag_index *x = ct_tag_of(index);
	int rc = 0;

	/* The reply first: who finds the original finds a whole entry. */
	for (unsigned d = CT_DIRS; d-- > 0;)
		if (put_key(x, hash_of(ct, d), ct_number(ct) << 1 | d) != 0)
			rc = -ENOSPC;
	return rc;
}

/* The last buckets of a chain, where they are empty. */
static void
shorten(struct ct_tag_index *x, struct ct_tag_bucket *first)
{
	struct ct_tag_bucket *before = first, *last = ct_tag_next(x, first), *next;

	while (last != NULL && (next = ct_tag_next(x, last)) != NULL) {
		before = last;
		last = next;
	}
	if (last == NULL || (last->tags[0] | last->tags[1]) != 0)
		return;
	__atomic_store_n(&before->next, 0, __ATOMIC_RELEASE);
	give_more(x, last);
	if (before != first)
		shorten(x, first);
}

static void
take_key(struct ct_tag_index *x, uint64_t hash, uint32_t place)
{
	struct ct_tag_bucket *first = ct_tag_bucket(x, hash);

	for (struct ct_tag_bucket *b = first; b != NULL; b = ct_tag_next(x, b)) {
		unsigned n = find_place(b, ct_tag(hash), place);

		if (n == CT_TAG_PLACES)
			continue;
		__atomic_store_n(&b->tag[n], 0, __ATOMIC_RELEASE);
		if (unlikely(b != first))
			shorten(x, first);
		return;
	}
}

static void
take_out(struct ct_index *index, const struct ct *ct, struct ct_index_pos *pos)
{
	for (unsigned d = 0; d < CT_DIRS; d++)
		take_key(ct_tag_of(index), hash_of(ct, d), ct_number(ct) << 1 | d);
}

static void
warm4(const struct ct_index *index, const void *keys, unsigned n)
{
	const struct ct_key4 *k = keys;

	for (unsigned i = 0; i < n; i++)
		ct_fetch(ct_tag_bucket(ct_tag_of(index), ct_hash4_wide(&k[i])));
}

static void
warm6(const struct ct_index *index, const void *keys, unsigned n)
{
	const struct ct_tuple *k = keys;

	for (unsigned i = 0; i < n; i++)
		ct_fetch(ct_tag_bucket(ct_tag_of(index), ct_hash6_wide(&k[i])));
}

const struct ct_index_ops ct_tag_ops[HOOK_FAMILIES] = {
	[HOOK_IP4] = { create, destroy, bytes, put, take_out, NULL, ct_tag_find4, ct_tag_find_many4,
		       warm4 },
	[HOOK_IP6] = { create, destroy, bytes, put, take_out, NULL, ct_tag_find6, ct_tag_find_many6,
		       warm6 },
};
