/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The index by rte_hash: keys are copied into it, readers take no lock (RTE_HASH_EXTRA_FLAGS_RW_CONCURRENCY_LF).
 */
#include <errno.h>
#include <stdio.h>

#include <rte_hash.h>
#include <rte_malloc.h>

#include "base_mem.h"
#include "ct_hash.h"
#include "ct_index.h"

struct hash_index {
	struct ct_index index;
	struct rte_hash *hash;
	size_t bytes;
};

static inline struct rte_hash *
hash_of(const struct ct_index *index)
{
	return ((const struct hash_index *)index)->hash;
}

/*
 * Buckets are for the next power of two of that many keys, in places of eight. Above four fifths of it looking for a
 * place takes long (at 96 % three times as long, when full twenty times), so that one more key has the next power.
 * With so much room no key stays without a place, and the index needs none that could be extended.
 */
static uint32_t
keys_for(uint32_t entries)
{
	uint32_t keys = CT_DIRS * entries, power = rte_align32pow2(keys);

	return keys / 4 > power / 5 ? power + 1 : keys;
}

static struct rte_hash *
make(enum hook_family family, uint32_t entries)
{
	static unsigned number;
	char name[RTE_HASH_NAMESIZE];
	struct rte_hash_parameters p = {
		.name = name,
		.entries = keys_for(entries),
		.key_len = family == HOOK_IP4 ? sizeof(struct ct_key4) : sizeof(struct ct_tuple),
		.socket_id = SOCKET_ID_ANY,
		.extra_flag = RTE_HASH_EXTRA_FLAGS_RW_CONCURRENCY_LF,
	};

	snprintf(name, sizeof(name), "ct%u", number++);
	return rte_hash_create(&p);
}

static struct ct_index *
create(enum hook_family family, uint32_t entries)
{
	size_t before = mem_heap_bytes();
	struct hash_index *x = rte_zmalloc("ct-index", sizeof(*x), 0);

	if (x == NULL)
		return NULL;
	x->index = (struct ct_index){ .ops = &ct_hash_ops[family], .family = family };
	x->hash = make(family, entries);
	if (x->hash == NULL) {
		rte_free(x);
		return NULL;
	}
	x->bytes = mem_heap_bytes() - before;
	return &x->index;
}

static void
destroy(struct ct_index *index)
{
	rte_hash_free(hash_of(index));
	rte_free(index);
}

static size_t
bytes(const struct ct_index *index)
{
	return ((const struct hash_index *)index)->bytes;
}

/* The entry's key of a direction and its hash. */
static const void *
key_of(const struct ct *ct, unsigned dir, uint32_t *hash)
{
	if (ct->family == AF_INET6) {
		const struct ct_tuple *t = ct_index_key6(ct, dir);

		*hash = ct_hash6(t);
		return t;
	}
	*hash = ct_hash4(&ct->key[dir]);
	return &ct->key[dir];
}

static int
put(struct ct_index *index, struct ct *ct)
{
	int rc = 0;

	/* The reply first: who finds the original finds a whole entry. */
	for (unsigned d = CT_DIRS; d-- > 0;) {
		void *data = (void *)((uintptr_t)ct | d);
		uint32_t h;
		const void *key = key_of(ct, d, &h);

		if (rte_hash_add_key_with_hash_data(hash_of(index), key, h, data) != 0)
			rc = -ENOSPC;
	}
	return rc;
}

static void
take_out(struct ct_index *index, const struct ct *ct, struct ct_index_pos *pos)
{
	for (unsigned d = 0; d < CT_DIRS; d++) {
		uint32_t h;
		const void *key = key_of(ct, d, &h);

		pos->of[d] = rte_hash_del_key_with_hash(hash_of(index), key, h);
	}
}

static void
release(struct ct_index *index, const struct ct_index_pos *pos)
{
	for (unsigned d = 0; d < CT_DIRS; d++)
		if (pos->of[d] >= 0)
			rte_hash_free_key_with_position(hash_of(index), pos->of[d]);
}

static uint64_t
find_hashed(const struct ct_index *index, const void *key, uint32_t hash)
{
	void *data;

	if (rte_hash_lookup_with_hash_data(hash_of(index), key, hash, &data) < 0)
		return 0;
	return (uintptr_t)data;
}

static uint64_t
find4(const struct ct_index *index, const void *key)
{
	return find_hashed(index, key, ct_hash4(key));
}

static uint64_t
find6(const struct ct_index *index, const void *key)
{
	return find_hashed(index, key, ct_hash6(key));
}

static void
find_hashed_many(const struct ct_index *index, const void **key, uint32_t *hash, unsigned n,
		 uint64_t *found)
{
	uint64_t hits = 0;

	rte_hash_lookup_with_hash_bulk_data(hash_of(index), key, hash, n, &hits, (void **)found);
	if (hits == UINT64_MAX >> (64 - n))
		return;
	for (unsigned i = 0; i < n; i++)
		if (!(hits & 1ull << i))
			found[i] = 0;
}

static void
find_many4(const struct ct_index *index, const void *keys, unsigned n, uint64_t *found)
{
	const struct ct_key4 *k = keys;
	const void *key[PKT_BURST];
	uint32_t hash[PKT_BURST];

	for (unsigned i = 0; i < n; i++) {
		key[i] = &k[i];
		hash[i] = ct_hash4(&k[i]);
	}
	find_hashed_many(index, key, hash, n, found);
}

static void
find_many6(const struct ct_index *index, const void *keys, unsigned n, uint64_t *found)
{
	const struct ct_tuple *k = keys;
	const void *key[PKT_BURST];
	uint32_t hash[PKT_BURST];

	for (unsigned i = 0; i < n; i++) {
		key[i] = &k[i];
		hash[i] = ct_hash6(&k[i]);
	}
	find_hashed_many(index, key, hash, n, found);
}

/* rte_hash fetches for a burst of look-ups alone. */
static void
warm4(const struct ct_index *index, const void *keys, unsigned n)
{
	uint64_t found[PKT_BURST];

	find_many4(index, keys, n, found);
}

static void
warm6(const struct ct_index *index, const void *keys, unsigned n)
{
	uint64_t found[PKT_BURST];

	find_many6(index, keys, n, found);
}

const struct ct_index_ops ct_hash_ops[HOOK_FAMILIES] = {
	[HOOK_IP4] = { create, destroy, bytes, put, take_out, release, find4, find_many4, warm4 },
	[HOOK_IP6] = { create, destroy, bytes, put, take_out, release, find6, find_many6, warm6 },
};
