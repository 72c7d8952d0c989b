/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The table of paths. Workers that note a new one hold the lock; those that take one read it without. All are made void
 * together: then a grace period passes, what was counted by them is added to the rules' counters, and their places
 * are free. Meanwhile nothing is noted.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_spinlock.h>

#include "base_gen.h"
#include "base_mem.h"
#include "base_param.h"
#include "base_rcu.h"
#include "ct_table.h"
#include "rule_path.h"

#define SLOTS (2 * RULE_PATHS) /* of the two hash tables */
#define ID_LAST 0xfff00000u    /* numbers begin anew here, when no entry has one */

/* What workers need not know of a way. */
struct way {
	uint32_t hash;
	uint32_t first; /* of its hits */
	uint16_t nb;
	uint8_t family, in, out;
	struct count settled; /* of what lanes counted */
};

static struct {
	rte_spinlock_t lock;
	uint64_t epoch;
	bool open; /* paths may be noted */
	uint32_t next_id;
	uint32_t nb_paths, nb_ways, nb_hits;
	uint64_t made, forgotten, full;
	struct way *way;
	uint32_t *hits;
	uint32_t *way_slot, *path_slot;                 /* way; id of a path; 0: nothing */
	const struct hook_list *list[HOOK_FAMILIES][3]; /* that the ways lead through */
} table = { .epoch = 1, .next_id = 1 };

struct rule_path *rule_paths;
struct rule_residuals *rule_way_residuals;
struct count *rule_way_counts[LANE_MAX];

uint64_t
rule_path_epoch(void)
{
	return __atomic_load_n(&table.open, __ATOMIC_ACQUIRE)
		       ? __atomic_load_n(&table.epoch, __ATOMIC_ACQUIRE)
		       : 0;
}

static uint32_t
mix(uint32_t h, uint32_t v)
{
	h = (h ^ v) * 0x9e3779b1u;
	return h ^ h >> 15;
}

static uint32_t
hash_of(const struct rule_way *w)
{
	uint32_t h = mix(mix(w->family, w->in), w->out);

	for (unsigned i = 0; i < w->nb; i++)
		h = mix(h, w->hits[i]);
	for (unsigned i = 0; i < w->residuals->nb; i++)
		h = mix(h, (uint32_t)(uintptr_t)w->residuals->residual[i].rule);
	return h;
}

static bool
same_residuals(const struct rule_residuals *a, const struct rule_residuals *b)
{
	if (a->nb != b->nb)
		return false;
	for (unsigned i = 0; i < a->nb; i++)
		if (a->residual[i].rule != b->residual[i].rule ||
		    a->residual[i].point != b->residual[i].point ||
		    a->residual[i].varying != b->residual[i].varying ||
		    a->residual[i].applies != b->residual[i].applies ||
		    a->residual[i].does != b->residual[i].does)
			return false;
	return true;
}

static bool
is_way(uint32_t i, const struct rule_way *w, uint32_t hash)
{
	const struct way *have = &table.way[i];

	return have->hash == hash && have->nb == w->nb && have->family == w->family &&
	       have->in == w->in && have->out == w->out &&
	       memcmp(&table.hits[have->first], w->hits, w->nb * sizeof(w->hits[0])) == 0 &&
	       same_residuals(&rule_way_residuals[i], w->residuals);
}

/* Under the lock: the way's number; RULE_WAY_NONE: no room. */
static uint32_t
find_way(const struct rule_way *w)
{
	uint32_t hash = hash_of(w), i = hash % SLOTS;

	for (; table.way_slot[i] != 0; i = (i + 1) % SLOTS)
		if (is_way(table.way_slot[i], w, hash))
			return table.way_slot[i];
	if (table.nb_ways == RULE_WAYS || table.nb_hits + w->nb > RULE_WAY_ROOM)
		return RULE_WAY_NONE;
	table.way[table.nb_ways] = (struct way){
		.hash = hash,
		.first = table.nb_hits,
		.nb = w->nb,
		.family = w->family,
		.in = w->in,
		.out = w->out,
		.settled = table.way[table.nb_ways].settled, /* of this place, not of this way */
	};
	memcpy(&table.hits[table.nb_hits], w->hits, w->nb * sizeof(w->hits[0]));
	rule_way_residuals[table.nb_ways] = *w->residuals;
	table.nb_hits += w->nb;
	table.way_slot[i] = table.nb_ways;
	return table.nb_ways++;
}

/* Under the lock: the path's number; 0: no room. */
static uint32_t
find_path(const struct rule_path *want)
{
	uint32_t i = mix(mix(want->way[0], want->way[1]), want->phase) % SLOTS;
	struct rule_path *p;

	for (; table.path_slot[i] != 0; i = (i + 1) % SLOTS) {
		p = &rule_paths[table.path_slot[i] % RULE_PATHS];
		if (memcmp(p->way, want->way, sizeof(p->way)) == 0 && p->phase == want->phase)
			return p->id;
	}
	if (table.nb_paths == RULE_PATHS || table.next_id == ID_LAST)
		return 0;
	p = &rule_paths[table.next_id % RULE_PATHS];
	memcpy((char *)p + sizeof(p->id), (const char *)want + sizeof(p->id),
	       sizeof(*p) - sizeof(p->id));
	__atomic_store_n(&p->id, table.next_id, __ATOMIC_RELEASE);
	table.path_slot[i] = table.next_id;
	table.nb_paths++;
	table.made++;
	return table.next_id++;
}

/* Under the lock. */
static uint32_t
note(uint32_t was, uint8_t phase, enum ct_dir dir, const struct rule_way *w)
{
	const struct rule_path *old = rule_path_get(was);
	struct rule_path want = { .phase = phase };
	uint32_t id;

	if (old != NULL && old->phase == phase)
		want = *old;
	want.way[dir] = w != NULL ? find_way(w) : RULE_WAY_WALK;
	want.in[dir] = w != NULL ? w->in : 0;
	want.out[dir] = w != NULL ? w->out : 0;
	want.residual[dir] = w != NULL && w->residuals->nb != 0;
	id = want.way[dir] != RULE_WAY_NONE ? find_path(&want) : 0;
	if (id == 0)
		table.full++;
	return id;
}

uint32_t
rule_path_note(uint64_t epoch, uint32_t was, uint8_t phase, enum ct_dir dir,
	       const struct rule_way *w)
{
	uint32_t id = 0;

	rte_spinlock_lock(&table.lock);
	if (table.open && table.epoch == epoch)
		id = note(was, phase, dir, w);
	rte_spinlock_unlock(&table.lock);
	return id;
}

/* From now on nothing is noted, and what was noted is not found. */
static void
shut(void)
{
	rte_spinlock_lock(&table.lock);
	__atomic_store_n(&table.epoch, table.epoch + 1, __ATOMIC_RELEASE);
	__atomic_store_n(&table.open, false, __ATOMIC_RELEASE);
	for (uint32_t i = 1; i <= table.nb_paths; i++)
		__atomic_store_n(&rule_paths[(table.next_id - i) % RULE_PATHS].id, 0,
				 __ATOMIC_RELEASE);
	rte_spinlock_unlock(&table.lock);
}

static struct count
counted(uint32_t way)
{
	struct count total = { 0 };

	for (unsigned lane = 0; lane < lane_count(); lane++) {
		const struct count *c = &rule_way_counts[lane][way];

		total.packets += __atomic_load_n(&c->packets, __ATOMIC_RELAXED);
		total.bytes += __atomic_load_n(&c->bytes, __ATOMIC_RELAXED);
	}
	return total;
}

/* What was counted by way since the last time, to the counters of the rules and the hooks. */
static void
settle(void)
{
	uint64_t passed[HOOK_FAMILIES] = { 0 };
	uint32_t nb;

	rte_spinlock_lock(&table.lock);
	nb = table.nb_ways;
	rte_spinlock_unlock(&table.lock);
	for (uint32_t i = RULE_WAY_FIRST; i < nb; i++) {
		struct way *w = &table.way[i];
		struct count now = counted(i), more = { now.packets - w->settled.packets,
							now.bytes - w->settled.bytes };

		if (more.packets == 0)
			continue;
		w->settled = now;
		passed[w->family] += more.packets;
		for (unsigned h = 0; h < w->nb; h++)
			counter_credit(table.hits[w->first + h], more);
	}
	for (unsigned f = 0; f < HOOK_FAMILIES; f++)
		for (unsigned l = 0; l < RTE_DIM(table.list[f]); l++)
			if (table.list[f][l] != NULL)
				hook_credit(table.list[f][l], passed[f]);
}

static bool
clear(struct ct *ct, void *arg)
{
	__atomic_store_n(&ct->path, 0, __ATOMIC_RELAXED);
	return true;
}

/* No worker uses a way any more: all is empty, and new ones may come. */
static void
open(void)
{
	static const enum hook_point points[] = { HOOK_PREROUTING, HOOK_FORWARD, HOOK_POSTROUTING };

	settle();
	if (table.nb_paths != 0) {
		memset(table.way_slot, 0, SLOTS * sizeof(table.way_slot[0]));
		memset(table.path_slot, 0, SLOTS * sizeof(table.path_slot[0]));
		table.forgotten++;
	}
	table.nb_paths = table.nb_hits = 0;
	table.nb_ways = RULE_WAY_FIRST;
	if (table.next_id > ID_LAST - RULE_PATHS) {
		rcu_reader_begin();
		ct_each(clear, NULL);
		rcu_reader_end();
		table.next_id = 1;
	}
	for (unsigned f = 0; f < HOOK_FAMILIES; f++)
		for (unsigned l = 0; l < RTE_DIM(points); l++)
			table.list[f][l] = hook_list_get(gen_current(), f, points[l]);
	rte_spinlock_lock(&table.lock);
	__atomic_store_n(&table.open, true, __ATOMIC_RELEASE);
	rte_spinlock_unlock(&table.lock);
}

void
rule_path_forget(void)
{
	bool any;

	rte_spinlock_lock(&table.lock);
	any = table.nb_paths != 0;
	/* Without paths there is nothing that anybody could use: what is on its way is not noted. */
	if (!any)
		__atomic_store_n(&table.epoch, table.epoch + 1, __ATOMIC_RELEASE);
	rte_spinlock_unlock(&table.lock);
	if (!any)
		return;
	shut();
	rcu_wait();
	open();
}

int
rule_path_init(void)
{
	rule_paths = calloc(RULE_PATHS, sizeof(rule_paths[0]));
	rule_way_residuals = calloc(RULE_WAYS, sizeof(rule_way_residuals[0]));
	table.way = calloc(RULE_WAYS, sizeof(table.way[0]));
	table.hits = calloc(RULE_WAY_ROOM, sizeof(table.hits[0]));
	table.way_slot = calloc(SLOTS, sizeof(table.way_slot[0]));
	table.path_slot = calloc(SLOTS, sizeof(table.path_slot[0]));
	if (rule_paths == NULL || rule_way_residuals == NULL || table.way == NULL ||
	    table.hits == NULL || table.way_slot == NULL || table.path_slot == NULL)
		return -ENOMEM;
	for (unsigned lane = 0; lane < lane_count(); lane++) {
		/* Pages come as the lane writes to them, near it. */
		rule_way_counts[lane] = calloc(RULE_WAYS, sizeof(struct count));
		if (rule_way_counts[lane] == NULL)
			return -ENOMEM;
	}
	gen_on_commit(shut, open);
	param_on_write(rule_path_forget);
	counter_settled_by(settle);
	open();
	return 0;
}

struct rule_path_info
rule_path_info(void)
{
	struct rule_path_info i;

	rte_spinlock_lock(&table.lock);
	i = (struct rule_path_info){ .paths = table.nb_paths,
				     .ways = table.nb_ways - RULE_WAY_FIRST,
				     .hits = table.nb_hits,
				     .made = table.made,
				     .forgotten = table.forgotten,
				     .full = table.full };
	rte_spinlock_unlock(&table.lock);
	return i;
}

/* Pages are taken as they are used. */
static struct mem_use
path_memory(void)
{
	size_t each_way = sizeof(struct way) + sizeof(struct rule_residuals) +
			  lane_count() * sizeof(struct count);
	size_t used, all;

	if (rule_paths == NULL)
		return (struct mem_use){ 0 };
	used = table.nb_paths * sizeof(rule_paths[0]) + table.nb_ways * each_way +
	       table.nb_hits * sizeof(table.hits[0]);
	all = RULE_PATHS * sizeof(rule_paths[0]) + RULE_WAYS * each_way +
	      RULE_WAY_ROOM * sizeof(table.hits[0]) + 2 * SLOTS * sizeof(table.way_slot[0]);
	return (struct mem_use){ .used = used, .reserved = all };
}

MEM_USER(paths, "flow-paths", "what packets of known flows meet, and how many took each way",
	 path_memory)
