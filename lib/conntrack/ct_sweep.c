/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Expiry: an array, one word an entry of the pool, says when the entry itself has to be looked at; packets that
 * prolong an entry do not touch it, so that it may be early, never late. Every lane sweeps a part of its own.
 */
#include <errno.h>

#include <rte_malloc.h>

#include "base_rcu.h"
#include "ct_expect.h"
#include "ct_own.h"
#include "ct_pool.h"
#include "ct_proto.h"
#include "ct_sweep.h"
#include "ct_table.h"

#define PERIOD_MS 1024 /* for all entries */
#define PIECE 512      /* entries looked at in one go */
#define INDEX6 (1u << 31)

struct wheel {
	uint32_t items;
	uint32_t *at; /* ct_time, by item */
};
static struct wheel wheels[HOOK_FAMILIES];

static struct sweeper {
	uint64_t last;                /* ms */
	uint32_t next[HOOK_FAMILIES]; /* item within the lane's part */
} __rte_cache_aligned sweepers[LANE_MAX];

int
ct_sweep_reserve(enum hook_family family, uint32_t items)
{
	struct wheel *w = &wheels[family];
	uint32_t *at, *old = w->at;

	if (items <= w->items)
		return 0;
	at = rte_malloc("ct-sweep", items * sizeof(*at), RTE_CACHE_LINE_SIZE);
	if (at == NULL)
		return -ENOMEM;
	for (uint32_t i = 0; i < items; i++)
		at[i] = i < w->items ? old[i] : ct_sweep_never(ct_time(clock_ms()));
	__atomic_store_n(&w->at, at, __ATOMIC_RELEASE);
	__atomic_store_n(&w->items, items, __ATOMIC_RELEASE);
	if (old != NULL)
		rcu_defer(rte_free, old);
	return 0;
}

void
ct_sweep_set(const struct ct *ct, uint32_t at)
{
	struct wheel *w = &wheels[ct->index & INDEX6 ? HOOK_IP6 : HOOK_IP4];

	__atomic_store_n(&w->at[ct->index & ~INDEX6], at, __ATOMIC_RELAXED);
}

void
ct_sweep_sooner(const struct ct *ct, uint32_t expires)
{
	ct_sweep_set(ct, expires);
}

static inline bool
due(const uint32_t *at, uint32_t now)
{
	return (int32_t)(__atomic_load_n(at, __ATOMIC_RELAXED) - now) <= 0;
}

static void
look(unsigned lane, enum hook_family family, uint32_t item, uint32_t now)
{
	struct ct *ct = ct_pool_at(ct_entries(family), item);
	uint32_t status = ct_status(ct);

	if ((status & (CT_CONFIRMED | CT_DYING)) != CT_CONFIRMED)
		__atomic_store_n(&wheels[family].at[item], ct_sweep_never(now), __ATOMIC_RELAXED);
	else if (ct_expired(ct, now))
		ct_remove(lane, ct);
	else
		__atomic_store_n(&wheels[family].at[item],
				 __atomic_load_n(&ct->expires, __ATOMIC_RELAXED), __ATOMIC_RELAXED);
}

/* n items on from where the lane was. */
static void
sweep_some(unsigned lane, enum hook_family family, uint32_t n, uint32_t now)
{
	const struct wheel *w = &wheels[family];
	uint32_t part = w->items / lane_count() + 1;
	uint32_t *next = &sweepers[lane].next[family];

	for (uint32_t k = 0; k < n; k++) {
		uint32_t item = lane * part + *next;

		if (*next >= part || item >= w->items) {
			*next = 0;
			return;
		}
		if (due(&w->at[item], now))
			look(lane, family, item, now);
		(*next)++;
	}
}

void
ct_sweep(unsigned lane, uint64_t now_ms)
{
	struct sweeper *s = &sweepers[lane];
	uint64_t passed = RTE_MIN(now_ms - s->last, (uint64_t)PERIOD_MS);

	if (likely(passed == 0))
		return;
	s->last = now_ms;
	for (unsigned f = 0; f < HOOK_FAMILIES; f++) {
		uint32_t part = wheels[f].items / lane_count() + 1;

		if (wheels[f].items != 0)
			sweep_some(lane, f, part * passed / PERIOD_MS + PIECE, ct_time(now_ms));
	}
	if (unlikely(__atomic_load_n(&ct_nb_expects, __ATOMIC_RELAXED) != 0))
		ct_expect_sweep(lane, ct_time(now_ms));
}
