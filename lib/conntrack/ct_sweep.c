/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Expiry: an array, one word an entry of the pool, says when the entry itself has to be looked at; packets that
 * prolong an entry do not touch it, nor those that shorten a long timeout: every entry is looked at once a minute at
 * least. Every lane sweeps a part of its own.
 */
#include <errno.h>

#include <rte_malloc.h>

#include "base_clock.h"
#include "ct_expect.h"
#include "ct_fetch.h"
#include "ct_nat_ops.h"
#include "ct_own.h"
#include "ct_pool.h"
#include "ct_proto.h"
#include "ct_sweep.h"
#include "ct_table.h"

#define PERIOD_MS 1024 /* for all entries */
#define PIECE 512      /* entries looked at in one go */
#define BATCH 16

struct wheel {
	uint32_t items;
	uint32_t *chunk[CT_POOL_CHUNKS]; /* ct_time, by item; chunks as those of the pool */
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
	uint32_t never = ct_sweep_never(ct_time(clock_ms()));

	while (w->items < items) {
		uint32_t *at = rte_malloc("ct-sweep", CT_POOL_CHUNK * sizeof(*at), 0);

		if (at == NULL)
			return -ENOMEM;
		for (uint32_t i = 0; i < CT_POOL_CHUNK; i++)
			at[i] = never;
		w->chunk[w->items / CT_POOL_CHUNK] = at;
		__atomic_store_n(&w->items, w->items + CT_POOL_CHUNK, __ATOMIC_RELEASE);
	}
	return 0;
}

/* As many as there are chunks for: they grow while workers sweep. */
static inline uint32_t
items_of(const struct wheel *w)
{
	return __atomic_load_n(&w->items, __ATOMIC_ACQUIRE);
}

static inline uint32_t *
at_of(const struct wheel *w, uint32_t item)
{
	return &w->chunk[item / CT_POOL_CHUNK][item % CT_POOL_CHUNK];
}

void
ct_sweep_set(const struct ct *ct, uint32_t at)
{
	struct wheel *w = &wheels[ct->family == AF_INET6 ? HOOK_IP6 : HOOK_IP4];

	__atomic_store_n(at_of(w, ct_number(ct)), at, __ATOMIC_RELAXED);
}

/* When to look at an entry that expires then. */
static inline uint32_t
when(uint32_t expires, uint32_t now)
{
	int32_t left = expires - now;

	return now + RTE_MIN(RTE_MAX(left, 0), (int32_t)CT_SWEEP_EVERY);
}

void
ct_sweep_watch(const struct ct *ct, uint32_t now)
{
	ct_sweep_set(ct, when(__atomic_load_n(&ct->expires, __ATOMIC_RELAXED), now));
}

bool
ct_sweep_likely(enum hook_family family, uint32_t item, uint32_t now)
{
	uint32_t at = __atomic_load_n(at_of(&wheels[family], item), __ATOMIC_RELAXED);

	return (int32_t)(at - now) <= (int32_t)CT_SWEEP_EVERY;
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

/* ct_refresh() writes expires, then the word: whoever is last here has seen the other. */
static void
again_later(const struct ct *ct, uint32_t *at, uint32_t now)
{
	uint32_t expires;

	do {
		expires = __atomic_load_n(&ct->expires, __ATOMIC_RELAXED);
		__atomic_store_n(at, when(expires, now), __ATOMIC_SEQ_CST);
	} while (__atomic_load_n(&ct->expires, __ATOMIC_SEQ_CST) != expires);
}

static void
look(unsigned lane, enum hook_family family, uint32_t item, struct ct *ct, uint32_t now)
{
	uint32_t *at = at_of(&wheels[family], item);
	uint32_t status = ct_status(ct);

	if ((status & (CT_CONFIRMED | CT_DYING)) != CT_CONFIRMED)
		__atomic_store_n(at, ct_sweep_never(now), __ATOMIC_RELAXED);
	else if (ct_expired(ct, now))
		ct_remove(lane, ct);
	else
		again_later(ct, at, now);
}

/* Entries to look at, a few together: their lines, and those that removing them reads, come at the same time. */
struct batch {
	unsigned nb;
	uint32_t item[BATCH];
	struct ct *ct[BATCH];
};

static void
warm(const struct batch *b, enum hook_family family, uint32_t now)
{
	struct ct *ended[BATCH];
	unsigned n = 0;

	for (unsigned i = 0; i < b->nb; i++)
		if (ct_status(b->ct[i]) & CT_CONFIRMED && ct_expired(b->ct[i], now))
			ended[n++] = b->ct[i];
	if (n == 0)
		return;
	ct_warm(family, ended, n, 1u << CT_ORIGINAL | 1u << CT_REPLY);
	if (ct_nat_ops != NULL)
		ct_nat_ops->warm(ended, n);
}

static void
look_at(unsigned lane, enum hook_family family, struct batch *b, uint32_t now)
{
	warm(b, family, now);
	for (unsigned i = 0; i < b->nb; i++)
		look(lane, family, b->item[i], b->ct[i], now);
	b->nb = 0;
}

static void
add(struct batch *b, enum hook_family family, uint32_t item)
{
	struct ct *ct = ct_pool_at(ct_entries(family), item);

	ct_fetch(ct);
	ct_fetch((const char *)ct + RTE_CACHE_LINE_SIZE);
	b->item[b->nb] = item;
	b->ct[b->nb++] = ct;
}

/* n items on from where the lane was. */
static void
sweep_some(unsigned lane, enum hook_family family, uint32_t n, uint32_t now)
{
	const struct wheel *w = &wheels[family];
	uint32_t items = items_of(w), part = items / lane_count() + 1;
	uint32_t *next = &sweepers[lane].next[family];
	struct batch batch = { .nb = 0 };

	for (uint32_t k = 0; k < n; k++) {
		uint32_t item = lane * part + *next;

		if (*next >= part || item >= items) {
			*next = 0;
			break;
		}
		if (due(at_of(w, item), now))
			add(&batch, family, item);
		if (batch.nb == BATCH)
			look_at(lane, family, &batch, now);
		(*next)++;
	}
	if (batch.nb != 0)
		look_at(lane, family, &batch, now);
}

void
ct_sweep(unsigned lane, uint64_t now_ms)
{
	struct sweeper *s = &sweepers[lane];
	uint64_t passed = RTE_MIN(now_ms - s->last, (uint64_t)PERIOD_MS);

	if (likely(passed == 0))
		return;
	s->last = now_ms;
	ct_reclaim(lane);
	for (unsigned f = 0; f < HOOK_FAMILIES; f++) {
		uint32_t items = items_of(&wheels[f]), part = items / lane_count() + 1;

		if (items != 0)
			sweep_some(lane, f, part * passed / PERIOD_MS + PIECE, ct_time(now_ms));
	}
	if (unlikely(__atomic_load_n(&ct_nb_expects, __ATOMIC_RELAXED) != 0))
		ct_expect_sweep(lane, ct_time(now_ms));
}
