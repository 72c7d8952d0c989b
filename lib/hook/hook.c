/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Hook lists: one immutable object per generation (slot "hooks"); the entries themselves are shared
 * between generations by reference count, so that their counters live on.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>

#include "base_counter.h"
#include "hook.h"
#include "hook_profile.h"

#define REPEAT_MAX 16 /* VERDICT_REPEAT of one function for one packet; then it is dropped */

DROP_REASON(repeat, "hook-repeat", "a hook function asked for too many repetitions");

struct hook_count {
	uint64_t seen, dropped;
	uint64_t cycles, timed;
} __rte_cache_aligned;

struct hook_entry {
	hook_fn *fn;
	void *priv;
	const char *name;
	int priority;
	unsigned refs;
	uint64_t cycles_before, timed_before; /* control: what is not to be shown any more */
	uint64_t credit;                      /* hook_credit(); control */
	struct hook_count count[LANE_MAX];
};

unsigned hook_gen_slot;

#define REPLAYABLE_MAX 16

static hook_fn *replayable[REPLAYABLE_MAX];
static unsigned nb_replayable;

void
hook_replayable(hook_fn *fn)
{
	if (nb_replayable == REPLAYABLE_MAX)
		abort();
	replayable[nb_replayable++] = fn;
}

static bool
is_replayable(hook_fn *fn)
{
	for (unsigned i = 0; i < nb_replayable; i++)
		if (replayable[i] == fn)
			return true;
	return false;
}

static void
see_replayable(struct hook_list *l)
{
	l->replayable = true;
	for (unsigned i = 0; i < l->nb; i++)
		l->replayable &= is_replayable(l->entry[i]->fn);
}

void
hook_credit(const struct hook_list *list, uint64_t packets)
{
	for (unsigned i = 0; i < list->nb; i++)
		list->entry[i]->credit += packets;
}

static void
table_free(void *obj)
{
	struct hook_table *t = obj;

	for (unsigned i = 0; i < HOOK_FAMILIES * HOOK_POINTS; i++) {
		struct hook_list *l = &t->list[0][0] + i;

		for (unsigned j = 0; j < l->nb; j++)
			if (--l->entry[j]->refs == 0)
				free(l->entry[j]);
	}
	free(t);
}

RTE_INIT(hook_init)
{
	hook_gen_slot = gen_slot("hooks", table_free);
}

static struct hook_table *
table_copy(const struct gen *draft)
{
	const struct hook_table *old = draft->slot[hook_gen_slot];
	struct hook_table *t = calloc(1, sizeof(*t));

	if (t == NULL)
		abort();
	if (old == NULL)
		return t;
	*t = *old;
	for (unsigned i = 0; i < HOOK_FAMILIES * HOOK_POINTS; i++) {
		struct hook_list *l = &t->list[0][0] + i;

		for (unsigned j = 0; j < l->nb; j++)
			l->entry[j]->refs++;
	}
	return t;
}

int
hook_register(struct gen *draft, enum hook_family family, enum hook_point point, int priority,
	      const char *name, hook_fn *fn, void *priv)
{
	struct hook_table *t = table_copy(draft);
	struct hook_list *l = &t->list[family][point];
	struct hook_entry *e;
	unsigned at = 0;

	for (unsigned i = 0; i < l->nb; i++) {
		if (strcmp(l->entry[i]->name, name) == 0) {
			table_free(t);
			return -EEXIST;
		}
		if (l->entry[i]->priority <= priority)
			at = i + 1;
	}
	e = l->nb < HOOK_LIST_MAX ? aligned_alloc(RTE_CACHE_LINE_SIZE, sizeof(*e)) : NULL;
	if (e == NULL) {
		table_free(t);
		return -ENOSPC;
	}
	memset(e, 0, sizeof(*e));
	e->fn = fn;
	e->priv = priv;
	e->name = name;
	e->priority = priority;
	e->refs = 1;
	memmove(&l->entry[at + 1], &l->entry[at], (l->nb - at) * sizeof(l->entry[0]));
	l->entry[at] = e;
	l->nb++;
	see_replayable(l);
	gen_draft_set(draft, hook_gen_slot, t);
	return 0;
}

int
hook_unregister(struct gen *draft, enum hook_family family, enum hook_point point, const char *name)
{
	struct hook_table *t = table_copy(draft);
	struct hook_list *l = &t->list[family][point];

	for (unsigned i = 0; i < l->nb; i++) {
		if (strcmp(l->entry[i]->name, name) != 0)
			continue;
		l->entry[i]->refs--; /* the copy's; the old table still holds one */
		memmove(&l->entry[i], &l->entry[i + 1], (l->nb - i - 1) * sizeof(l->entry[0]));
		l->nb--;
		see_replayable(l);
		gen_draft_set(draft, hook_gen_slot, t);
		return 0;
	}
	table_free(t);
	return -ENOENT;
}

/* One packet asked for the function again: call it for that packet alone until it is content. */
static verdict_t
repeat(const struct hook_entry *e, const struct hook_ctx *ctx, struct rte_mbuf *m)
{
	for (unsigned i = 0; i < REPEAT_MAX; i++) {
		verdict_t v = VERDICT_ACCEPT;

		e->fn(ctx, e->priv, &m, 1, &v);
		if (v != VERDICT_REPEAT)
			return v;
	}
	return VERDICT_DROP_FOR(DROP(repeat));
}

static void
count(struct hook_count *c, uint16_t seen, uint16_t dropped)
{
	__atomic_store_n(&c->seen, c->seen + seen, __ATOMIC_RELAXED);
	__atomic_store_n(&c->dropped, c->dropped + dropped, __ATOMIC_RELAXED);
}

/* Mostly all go on: seen four verdicts at a time. verdicts beyond n are 0 up to a multiple of four. */
static inline bool
all_accepted(const verdict_t *verdicts, uint16_t n)
{
	uint64_t any = 0, four;

	for (uint16_t i = 0; i < n; i += 4) {
		memcpy(&four, verdicts + i, sizeof(four));
		any |= four;
	}
	return any == 0;
}

static uint16_t
run_entry(struct hook_entry *e, const struct hook_ctx *ctx, struct rte_mbuf **pkts, uint16_t n,
	  verdict_t *verdicts)
{
	uint16_t kept = 0, dropped = 0, waiting = 0;

	memset(verdicts, 0, RTE_ALIGN_CEIL(n, 4) * sizeof(*verdicts));
	e->fn(ctx, e->priv, pkts, n, verdicts);
	if (likely(all_accepted(verdicts, n))) {
		count(&e->count[ctx->lane], n, 0);
		return n;
	}
	for (uint16_t i = 0; i < n; i++) {
		verdict_t v = verdicts[i];

		if (unlikely(v == VERDICT_REPEAT))
			v = repeat(e, ctx, pkts[i]);
		if (likely(v == VERDICT_ACCEPT)) {
			pkts[kept++] = pkts[i];
		} else if (v >= VERDICT_DROP) {
			drop_pkt(ctx->lane, v - VERDICT_DROP, pkts[i]);
			dropped++;
		} else {
			waiting += v == VERDICT_WAIT;
		}
	}
	count(&e->count[ctx->lane], n - waiting, dropped);
	return kept;
}

/* The same for a list, from that priority on, with the cycles of each function counted. */
static __rte_noinline uint16_t
walk_timed(const struct hook_list *list, int priority, const struct hook_ctx *ctx,
	   struct rte_mbuf **pkts, uint16_t n)
{
	uint64_t since = rte_rdtsc(), now;
	verdict_t verdicts[64];

	for (unsigned i = 0; i < list->nb && n > 0; i++) {
		struct hook_count *c = &list->entry[i]->count[ctx->lane];
		uint16_t came = n;

		if (list->entry[i]->priority < priority)
			continue;
		n = run_entry(list->entry[i], ctx, pkts, n, verdicts);
		now = rte_rdtsc();
		__atomic_store_n(&c->cycles, c->cycles + now - since, __ATOMIC_RELAXED);
		__atomic_store_n(&c->timed, c->timed + came, __ATOMIC_RELAXED);
		since = now;
	}
	return n;
}

uint16_t
hook_walk(const struct hook_list *list, const struct hook_ctx *ctx, struct rte_mbuf **pkts,
	  uint16_t n)
{
	verdict_t verdicts[64];

	if (unlikely(__atomic_load_n(&hook_profile_on, __ATOMIC_RELAXED)))
		return walk_timed(list, INT_MIN, ctx, pkts, n);
	for (unsigned i = 0; i < list->nb && n > 0; i++)
		n = run_entry(list->entry[i], ctx, pkts, n, verdicts);
	return n;
}

uint16_t
hook_walk_from(const struct hook_list *list, int priority, const struct hook_ctx *ctx,
	       struct rte_mbuf **pkts, uint16_t n)
{
	verdict_t verdicts[64];

	if (unlikely(__atomic_load_n(&hook_profile_on, __ATOMIC_RELAXED)))
		return walk_timed(list, priority, ctx, pkts, n);
	for (unsigned i = 0; i < list->nb && n > 0; i++)
		if (list->entry[i]->priority >= priority)
			n = run_entry(list->entry[i], ctx, pkts, n, verdicts);
	return n;
}

const char *
hook_point_name(enum hook_point point)
{
	static const char *const names[] = { "PREROUTING", "INPUT", "FORWARD", "OUTPUT",
					     "POSTROUTING" };

	return names[point];
}

const char *
hook_family_name(enum hook_family family)
{
	return family == HOOK_IP4 ? "ip" : "ip6";
}

static struct hook_info
info(const struct hook_entry *e, enum hook_family family, enum hook_point point)
{
	struct hook_info i = {
		.family = family,
		.point = point,
		.priority = e->priority,
		.name = e->name,
		.packets = e->credit,
	};

	for (unsigned lane = 0; lane < lane_count(); lane++) {
		i.packets += __atomic_load_n(&e->count[lane].seen, __ATOMIC_RELAXED);
		i.dropped += __atomic_load_n(&e->count[lane].dropped, __ATOMIC_RELAXED);
		i.cycles += __atomic_load_n(&e->count[lane].cycles, __ATOMIC_RELAXED);
		i.timed += __atomic_load_n(&e->count[lane].timed, __ATOMIC_RELAXED);
	}
	i.cycles -= e->cycles_before;
	i.timed -= e->timed_before;
	return i;
}

void
hook_each(void (*fn)(const struct hook_info *info, void *arg), void *arg)
{
	counter_settle();
	for (int f = 0; f < HOOK_FAMILIES; f++) {
		for (int p = 0; p < HOOK_POINTS; p++) {
			const struct hook_list *l = hook_list_get(gen_current(), f, p);

			for (unsigned i = 0; l != NULL && i < l->nb; i++) {
				struct hook_info one = info(l->entry[i], f, p);

				fn(&one, arg);
			}
		}
	}
}

void
hook_count_cycles_anew(void)
{
	const struct hook_table *t = gen_current()->slot[hook_gen_slot];

	for (unsigned i = 0; t != NULL && i < HOOK_FAMILIES * HOOK_POINTS; i++) {
		const struct hook_list *l = &t->list[0][0] + i;

		for (unsigned j = 0; j < l->nb; j++) {
			struct hook_info one = info(l->entry[j], 0, 0);

			l->entry[j]->cycles_before += one.cycles;
			l->entry[j]->timed_before += one.timed;
		}
	}
}
