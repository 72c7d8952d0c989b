/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How tables are made, and grow while workers use them: entries stay where they are, a larger index is filled
 * beside the one in use, all writers writing to both, and takes its place. The control lcore.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

#include <rte_malloc.h>

#include "base_mem.h"
#include "base_rcu.h"
#include "ct_hash.h"
#include "ct_limit.h"
#include "ct_sweep.h"
#include "ct_table_own.h"

#define COPY_BATCH 8 /* entries copied in one go under the lock */

uint64_t ct_hash_secret[4];

static size_t
heap_bytes(void)
{
	struct rte_malloc_socket_stats s;
	size_t sum = 0;

	for (unsigned i = 0; i < rte_socket_count(); i++)
		if (rte_malloc_get_socket_stats(rte_socket_id_by_idx(i), &s) == 0)
			sum += s.heap_allocsz_bytes;
	return sum;
}

/*
 * Buckets are for the next power of two of that many keys, in places of eight. Above four fifths of it looking for a
 * place takes long (at 96 % three times as long, when full twenty times), so that one more key has the next power.
 * With so much room no key stays without a place, and the index needs none that could be extended.
 */
static uint32_t
keys_for(uint32_t flows)
{
	uint32_t keys = CT_DIRS * flows, power = rte_align32pow2(keys);

	return keys / 4 > power / 5 ? power + 1 : keys;
}

static struct rte_hash *
make_hash(enum hook_family family, uint32_t flows)
{
	static unsigned number;
	char name[RTE_HASH_NAMESIZE];
	struct rte_hash_parameters p = {
		.name = name,
		.entries = keys_for(flows),
		.key_len = family == HOOK_IP4 ? sizeof(struct ct_key4) : sizeof(struct ct_tuple),
		.socket_id = SOCKET_ID_ANY,
		.extra_flag = RTE_HASH_EXTRA_FLAGS_RW_CONCURRENCY_LF,
	};

	snprintf(name, sizeof(name), "ct%u", number++);
	return rte_hash_create(&p);
}

static int
no_memory(uint32_t max, struct err *e)
{
	return err_set(e, -ENOMEM,
		       "connection tracking: no memory for %u connections; lower "
		       "net.netfilter.nf_conntrack_max",
		       max);
}

/* Memory for max flows, and for what waits to be freed: all of it, or none. */
static int
reserve(enum hook_family family, uint32_t max, struct rte_hash **hash, struct err *e)
{
	struct ct_table *t = &ct_tables[family];
	uint32_t items = ct_pool_chunks(max + CT_WAITING) * CT_POOL_CHUNK;
	size_t before = heap_bytes(), index;

	*hash = make_hash(family, items);
	if (*hash == NULL)
		return no_memory(max, e);
	index = heap_bytes() - before;
	before = heap_bytes();
	/* The times of the sweep first: entries are used as soon as they are in the pool. */
	if (ct_sweep_reserve(family, items) != 0 || ct_pool_reserve(&t->pool, items) != 0) {
		rte_hash_free(*hash);
		t->bytes_entries += heap_bytes() - before + index;
		return no_memory(max, e);
	}
	t->bytes_entries += heap_bytes() - before;
	t->bytes_index = index;
	t->capacity = max;
	return 0;
}

int
ct_table_create(enum hook_family family, struct err *e)
{
	struct ct_table *t = &ct_tables[family];
	struct rte_hash *hash;
	int rc;

	if (t->hash[CT_HASH] != NULL)
		return ct_table_grow(family, ct_max(), e);
	if (ct_hash_secret[0] == 0 &&
	    getrandom(ct_hash_secret, sizeof(ct_hash_secret), 0) != sizeof(ct_hash_secret))
		return err_set(e, -EIO, "connection tracking: no random numbers from the system");
	if (t->waiting == NULL)
		t->waiting = calloc(CT_WAITING, sizeof(*t->waiting));
	if (t->waiting == NULL)
		return err_set(e, -ENOMEM, "connection tracking: no memory");
	rc = reserve(family, ct_max(), &hash, e);
	if (rc == 0)
		__atomic_store_n(&t->hash[CT_HASH], hash, __ATOMIC_RELEASE);
	return rc;
}

/* Some entries from item first on into the next index. */
static int
copy_some(struct ct_table *t, uint32_t first)
{
	int rc = 0;

	rte_spinlock_lock(&t->lock);
	for (uint32_t i = first; i < first + COPY_BATCH && rc == 0; i++) {
		struct ct *ct = ct_pool_at(&t->pool, i);

		if ((ct_status(ct) & (CT_CONFIRMED | CT_DYING)) == CT_CONFIRMED)
			rc = ct_table_put(t->hash[CT_HASH_NEXT], ct);
	}
	rte_spinlock_unlock(&t->lock);
	return rc;
}

/* The index that is not used any more; what waits knows its places in the other one. */
static struct rte_hash *
take_place(struct ct_table *t, bool filled)
{
	struct rte_hash *old;

	rte_spinlock_lock(&t->lock);
	old = t->hash[filled ? CT_HASH : CT_HASH_NEXT];
	if (filled)
		__atomic_store_n(&t->hash[CT_HASH], t->hash[CT_HASH_NEXT], __ATOMIC_RELEASE);
	t->hash[CT_HASH_NEXT] = NULL;
	for (uint32_t i = t->first; i != t->last; i++) {
		struct ct_waiting *w = &t->waiting[i % CT_WAITING];

		for (unsigned d = 0; d < CT_DIRS; d++) {
			if (filled)
				w->pos[CT_HASH][d] = w->pos[CT_HASH_NEXT][d];
			w->pos[CT_HASH_NEXT][d] = -1;
		}
	}
	rte_spinlock_unlock(&t->lock);
	return old;
}

int
ct_table_grow(enum hook_family family, uint32_t max, struct err *e)
{
	struct ct_table *t = &ct_tables[family];
	struct rte_hash *next;
	int rc;

	if (t->hash[CT_HASH] == NULL || max <= t->capacity)
		return 0;
	rc = reserve(family, max, &next, e);
	if (rc != 0)
		return rc;
	rte_spinlock_lock(&t->lock);
	t->hash[CT_HASH_NEXT] = next;
	rte_spinlock_unlock(&t->lock);
	for (uint32_t i = 0; i < ct_pool_items(&t->pool) && rc == 0; i += COPY_BATCH)
		rc = copy_some(t, i);
	next = take_place(t, rc == 0);
	rcu_wait();
	rte_hash_free(next);
	return rc == 0 ? 0 : err_set(e, rc, "connection tracking: the larger index is full");
}

bool
ct_table_exists(enum hook_family family)
{
	return ct_tables[family].hash[CT_HASH] != NULL;
}

struct ct_table_info
ct_table_info(enum hook_family family)
{
	const struct ct_table *t = &ct_tables[family];
	struct ct_table_info info = {
		.entries = __atomic_load_n(&t->count, __ATOMIC_RELAXED),
		.capacity = t->capacity,
		.waiting = t->last - t->first,
		.bytes_entries = t->bytes_entries,
		.bytes_index = t->bytes_index,
	};

	if (t->capacity != 0)
		info.bytes_per_flow = (double)(t->bytes_entries + t->bytes_index) / t->capacity;
	return info;
}

static struct mem_use
entries_memory(void)
{
	struct mem_use use = { 0 };

	for (unsigned f = 0; f < HOOK_FAMILIES; f++) {
		use.used += (size_t)ct_table_info(f).entries * ct_tables[f].pool.size;
		use.reserved += ct_tables[f].bytes_entries;
	}
	return use;
}

MEM_USER(entries, "connections", "entries of connections, for nf_conntrack_max of them",
	 entries_memory)

static struct mem_use
index_memory(void)
{
	size_t bytes = ct_tables[HOOK_IP4].bytes_index + ct_tables[HOOK_IP6].bytes_index;

	return (struct mem_use){ bytes, bytes };
}

MEM_USER(index, "connection-index", "finds connections by their tuples", index_memory)
