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

uint64_t ct_hash_secret[8] __rte_cache_aligned;

static int
no_memory(uint32_t max, struct err *e)
{
	return err_set(e, -ENOMEM,
		       "connection tracking: no memory for %u connections; lower "
		       "net.netfilter.nf_conntrack_max",
		       max);
}

/* Items of the pool, for max connections and for what waits to be freed. */
static uint32_t
items_for(uint32_t max)
{
	return ct_pool_chunks(max + CT_WAITING) * CT_POOL_CHUNK;
}

/* Memory for max connections' entries: all of it, or none. */
static int
reserve(enum hook_family family, uint32_t max, struct err *e)
{
	struct ct_table *t = &ct_tables[family];
	size_t before = mem_heap_bytes();
	int rc = 0;

	/* The times of the sweep first: entries are used as soon as they are in the pool. */
	if (ct_sweep_reserve(family, items_for(max)) != 0 ||
	    ct_pool_reserve(&t->pool, items_for(max)) != 0)
		rc = no_memory(max, e);
	t->bytes_entries += mem_heap_bytes() - before;
	return rc;
}

/* An index for max connections, and their entries' memory. NULL: with text. */
static struct ct_index *
make(enum hook_family family, const struct ct_index_ops *ops, uint32_t max, struct err *e)
{
	struct ct_index *index = ops->create(family, items_for(max));

	if (index == NULL) {
		no_memory(max, e);
		return NULL;
	}
	if (reserve(family, max, e) == 0)
		return index;
	ops->destroy(index);
	return NULL;
}

int
ct_table_create(enum hook_family family, struct err *e)
{
	struct ct_table *t = &ct_tables[family];
	struct ct_index *index;

	if (ct_table_exists(family))
		return ct_table_grow(family, ct_max(), e);
	if (ct_hash_secret[0] == 0 &&
	    getrandom(ct_hash_secret, sizeof(ct_hash_secret), 0) != sizeof(ct_hash_secret))
		return err_set(e, -EIO, "connection tracking: no random numbers from the system");
	if (t->waiting == NULL)
		t->waiting = calloc(CT_WAITING, sizeof(*t->waiting));
	if (t->waiting == NULL)
		return err_set(e, -ENOMEM, "connection tracking: no memory");
	index = make(family, ct_index_wanted(family), ct_max(), e);
	if (index == NULL)
		return -ENOMEM;
	t->capacity = ct_max();
	__atomic_store_n(&t->index[CT_INDEX_NOW], index, __ATOMIC_RELEASE);
	return 0;
}

/* Some entries from item first on into the next index. */
static int
copy_some(struct ct_table *t, uint32_t first)
{
	struct ct_index *next = t->index[CT_INDEX_NEXT];
	int rc = 0;

	rte_spinlock_lock(&t->lock);
	for (uint32_t i = first; i < first + COPY_BATCH && rc == 0; i++) {
		struct ct *ct = ct_pool_at(&t->pool, i);

		if ((ct_status(ct) & (CT_CONFIRMED | CT_DYING)) == CT_CONFIRMED)
			rc = next->ops->put(next, ct);
	}
	rte_spinlock_unlock(&t->lock);
	return rc;
}

/* The index that is not used any more; what waits knows its places in the other one. */
static struct ct_index *
take_place(struct ct_table *t, bool filled)
{
	struct ct_index *old;

	rte_spinlock_lock(&t->lock);
	old = t->index[filled ? CT_INDEX_NOW : CT_INDEX_NEXT];
	if (filled)
		__atomic_store_n(&t->index[CT_INDEX_NOW], t->index[CT_INDEX_NEXT],
				 __ATOMIC_RELEASE);
	t->index[CT_INDEX_NEXT] = NULL;
	for (uint32_t i = t->first; i != t->last; i++) {
		struct ct_waiting *w = &t->waiting[i % CT_WAITING];

		if (filled) {
			w->pos[CT_INDEX_NOW] = w->pos[CT_INDEX_NEXT];
			w->in >>= CT_INDEX_NEXT;
		}
		w->in &= 1u << CT_INDEX_NOW;
	}
	rte_spinlock_unlock(&t->lock);
	return old;
}

/* Another index takes the place of the one that is used, all writers writing to both meanwhile. */
static int
replace(struct ct_table *t, struct ct_index *next, struct err *e)
{
	int rc = 0;

	rte_spinlock_lock(&t->lock);
	t->index[CT_INDEX_NEXT] = next;
	rte_spinlock_unlock(&t->lock);
	for (uint32_t i = 0; i < ct_pool_items(&t->pool) && rc == 0; i += COPY_BATCH)
		rc = copy_some(t, i);
	next = take_place(t, rc == 0);
	rcu_wait();
	next->ops->destroy(next);
	return rc == 0 ? 0 : err_set(e, rc, "connection tracking: the new index is full");
}

int
ct_table_grow(enum hook_family family, uint32_t max, struct err *e)
{
	struct ct_table *t = &ct_tables[family];
	struct ct_index *next;
	int rc;

	if (!ct_table_exists(family) || max <= t->capacity)
		return 0;
	next = make(family, t->index[CT_INDEX_NOW]->ops, max, e);
	if (next == NULL)
		return -ENOMEM;
	rc = replace(t, next, e);
	if (rc == 0)
		t->capacity = max;
	return rc;
}

int
ct_table_index(enum hook_family family, const struct ct_index_ops *ops, struct err *e)
{
	struct ct_table *t = &ct_tables[family];
	struct ct_index *next;

	if (!ct_table_exists(family) || t->index[CT_INDEX_NOW]->ops == ops)
		return 0;
	next = make(family, ops, t->capacity, e);
	return next != NULL ? replace(t, next, e) : -ENOMEM;
}

bool
ct_table_exists(enum hook_family family)
{
	return ct_tables[family].index[CT_INDEX_NOW] != NULL;
}

static size_t
index_bytes(enum hook_family family)
{
	const struct ct_index *index = ct_tables[family].index[CT_INDEX_NOW];

	return index != NULL ? index->ops->bytes(index) : 0;
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
		.bytes_index = index_bytes(family),
	};

	if (t->capacity != 0)
		info.bytes_per_flow = (double)(info.bytes_entries + info.bytes_index) / t->capacity;
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
	size_t bytes = index_bytes(HOOK_IP4) + index_bytes(HOOK_IP6);

	return (struct mem_use){ bytes, bytes };
}

MEM_USER(index, "connection-index", "finds connections by their tuples", index_memory)
