/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Private to lib/conntrack: items of one size that live at fixed places, numbered, handed out without
 * allocating. The control lcore reserves them in chunks; lanes take and give back through caches of their
 * own, so that the pool's lock is taken once for many.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <rte_spinlock.h>

#include "base_lane.h"

#define CT_POOL_CHUNK 16384u /* items */
#define CT_POOL_CHUNKS 1024u /* 16,777,216 items at most */
#define CT_POOL_CACHE 64u    /* items a lane keeps at most */

struct ct_pool_cache {
	uint32_t nb;
	uint32_t item[CT_POOL_CACHE];
} __rte_cache_aligned;

struct ct_pool {
	/* All lanes read: */
	const char *name;
	uint32_t size;      /* bytes of an item, a multiple of a cache line */
	uint32_t nb_chunks; /* reserved */
	char *chunk[CT_POOL_CHUNKS];
	/* All lanes write, under the lock: */
	rte_spinlock_t lock __rte_cache_aligned;
	uint32_t nb_free, nb_room; /* in free[], besides the caches */
	uint32_t high;             /* no item from here on was ever handed out */
	uint32_t *free;
	struct ct_pool_cache cache[LANE_MAX];
} __rte_cache_aligned;

_Static_assert(offsetof(struct ct_pool, lock) % RTE_CACHE_LINE_SIZE == 0 &&
		       offsetof(struct ct_pool, cache) % RTE_CACHE_LINE_SIZE == 0,
	       "who looks for items does not read what others write");

#define CT_POOL_NONE UINT32_MAX

/* That have room for nb items. */
static inline uint32_t
ct_pool_chunks(uint32_t nb)
{
	return (nb + CT_POOL_CHUNK - 1) / CT_POOL_CHUNK;
}

/* Control: at least nb items from now on. 0 or -ENOMEM: what was there stays. */
int ct_pool_reserve(struct ct_pool *p, uint32_t nb);
/* CT_POOL_NONE: none is left. lane: LANE_MAX for control. */
uint32_t ct_pool_get(struct ct_pool *p, unsigned lane);
void ct_pool_put(struct ct_pool *p, unsigned lane, uint32_t item);

static inline void *
ct_pool_at(const struct ct_pool *p, uint32_t item)
{
	return p->chunk[item / CT_POOL_CHUNK] + (size_t)(item % CT_POOL_CHUNK) * p->size;
}

static inline uint32_t
ct_pool_items(const struct ct_pool *p)
{
	return p->nb_chunks * CT_POOL_CHUNK;
}
