/* SPDX-License-Identifier: BSD-3-Clause */
/* Pools of numbered items. A lane touches the lock once for half a cache of items. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_malloc.h>

#include "ct_pool.h"

#define HALF (CT_POOL_CACHE / 2)

static int
grow_free(struct ct_pool *p, uint32_t room)
{
	uint32_t *fresh = rte_malloc(p->name, room * sizeof(*fresh), RTE_CACHE_LINE_SIZE), *old;

	if (fresh == NULL)
		return -ENOMEM;
	rte_spinlock_lock(&p->lock);
	if (p->nb_free != 0)
		memcpy(fresh, p->free, p->nb_free * sizeof(*fresh));
	old = p->free;
	p->free = fresh;
	p->nb_room = room;
	rte_spinlock_unlock(&p->lock);
	rte_free(old);
	return 0;
}

/* Memory of chunks up to that number, beside what is in use; none of it when some is missing. */
static int
fetch_chunks(struct ct_pool *p, uint32_t chunks)
{
	for (uint32_t i = p->nb_chunks; i < chunks; i++) {
		p->chunk[i] =
			rte_zmalloc(p->name, (size_t)p->size * CT_POOL_CHUNK, RTE_CACHE_LINE_SIZE);
		if (p->chunk[i] != NULL)
			continue;
		while (i-- > p->nb_chunks) {
			rte_free(p->chunk[i]);
			p->chunk[i] = NULL;
		}
		return -ENOMEM;
	}
	return 0;
}

static void
add_chunk(struct ct_pool *p)
{
	uint32_t first = p->nb_chunks * CT_POOL_CHUNK;

	rte_spinlock_lock(&p->lock);
	/* The last ones on top: low numbers go out first. */
	for (uint32_t i = CT_POOL_CHUNK; i-- > 0;)
		p->free[p->nb_free++] = first + i;
	__atomic_store_n(&p->nb_chunks, p->nb_chunks + 1, __ATOMIC_RELEASE);
	rte_spinlock_unlock(&p->lock);
}

int
ct_pool_reserve(struct ct_pool *p, uint32_t nb)
{
	uint32_t chunks = ct_pool_chunks(nb);

	if (chunks <= p->nb_chunks)
		return 0;
	if (chunks > CT_POOL_CHUNKS)
		return -ENOMEM;
	if (chunks * CT_POOL_CHUNK > p->nb_room && grow_free(p, chunks * CT_POOL_CHUNK) != 0)
		return -ENOMEM;
	if (fetch_chunks(p, chunks) != 0)
		return -ENOMEM;
	while (p->nb_chunks < chunks)
		add_chunk(p);
	return 0;
}

static uint32_t
take(struct ct_pool *p, uint32_t *items, uint32_t n)
{
	rte_spinlock_lock(&p->lock);
	n = RTE_MIN(n, p->nb_free);
	for (uint32_t i = 0; i < n; i++)
		items[i] = p->free[--p->nb_free];
	for (uint32_t i = 0; i < n; i++)
		if (items[i] >= p->high)
			__atomic_store_n(&p->high, items[i] + 1, __ATOMIC_RELAXED);
	rte_spinlock_unlock(&p->lock);
	return n;
}

static void
give(struct ct_pool *p, const uint32_t *items, uint32_t n)
{
	rte_spinlock_lock(&p->lock);
	memcpy(p->free + p->nb_free, items, n * sizeof(*items));
	p->nb_free += n;
	rte_spinlock_unlock(&p->lock);
}

uint32_t
ct_pool_get(struct ct_pool *p, unsigned lane)
{
	struct ct_pool_cache *c;
	uint32_t item;

	if (lane == LANE_MAX)
		return take(p, &item, 1) == 1 ? item : CT_POOL_NONE;
	c = &p->cache[lane];
	if (c->nb == 0) {
		c->nb = take(p, c->item, HALF);
		if (c->nb == 0)
			return CT_POOL_NONE;
	}
	return c->item[--c->nb];
}

void
ct_pool_put(struct ct_pool *p, unsigned lane, uint32_t item)
{
	struct ct_pool_cache *c;

	if (lane == LANE_MAX) {
		give(p, &item, 1);
		return;
	}
	c = &p->cache[lane];
	if (c->nb == CT_POOL_CACHE) {
		give(p, c->item + HALF, HALF);
		c->nb = HALF;
	}
	c->item[c->nb++] = item;
}
