/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tables of -m hashlimit. Entries are numbered from 1 in one piece of memory and chained by the hash of their key, in as
 * many chains as there may be entries: the size that a rule asks for says only how many these are. An entry that was not
 * asked for as long as `expire` is gone from the next moment on at which Linux would collect such entries; it is taken out
 * when somebody comes by.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <rte_jhash.h>
#include <rte_random.h>
#include <rte_spinlock.h>

#include "base_clock.h"
#include "base_mem.h"
#include "rule_bucket.h"
#include "rule_hashlimit_key.h"
#include "rule_host.h"

DROP_REASON(full, "rule-hashlimit-full",
	    "match hashlimit: the table has as many entries as it may (--hashlimit-htable-max)");
DROP_REASON(no_key, "rule-hashlimit-malformed",
	    "match hashlimit: the packet is too short for its ports");

#define SIZE 8192u /* of a table in a machine of a gigabyte or more */
#define SWEEP 32u  /* heads looked at for entries that are gone, when none is free */
#define SWEEPS 64u /* times that one packet does so, at most */

struct entry {
	struct rule_hashlimit_key key;
	uint32_t next;
	uint64_t expires; /* tick */
	struct rule_bucket bucket;
};

struct head {
	rte_spinlock_t lock;
	uint32_t first;
};

struct rule_hashlimit {
	struct rule_hashlimit *next;
	uint32_t rules;
	char name[RULE_HASHLIMIT_NAME];
	uint8_t family;
	struct rule_hashlimit_cfg cfg;
	union rule_addr smask, dmask;
	uint64_t made;                 /* tick */
	uint32_t seed, room, nb_heads; /* nb_heads: a power of two */
	struct head *heads;
	struct entry *entries;
	rte_spinlock_t lock __rte_cache_aligned; /* of what follows */
	uint32_t nb, free, unused;               /* unused: entries from here on never were */
	uint64_t sweep_step;                     /* of the last search for entries that are gone */
	uint32_t swept, sweep_at;                /* heads that it has seen; where it goes on */
	uint64_t full;
};

static struct rule_hashlimit *tables;

static struct mem_use
memory(void)
{
	struct mem_use u = { 0, 0 };

	for (const struct rule_hashlimit *t = tables; t != NULL; t = t->next) {
		u.reserved += sizeof(*t) + t->nb_heads * sizeof(*t->heads) +
			      ((size_t)t->room + 1) * sizeof(*t->entries);
		u.used += t->nb * sizeof(*t->entries);
	}
	return u;
}

MEM_USER(hashlimit, "hashlimit", "tables of -m hashlimit", memory)

static void
table_free(struct rule_hashlimit *t)
{
	free(t->heads);
	free(t->entries);
	free(t);
}

static struct rule_hashlimit *
table_new(const char *name, enum hook_family family, const struct rule_hashlimit_cfg *cfg)
{
	struct rule_hashlimit *t = aligned_alloc(RTE_CACHE_LINE_SIZE, sizeof(*t));
	uint32_t size = cfg->size != 0 ? cfg->size : SIZE;

	if (t == NULL)
		return NULL;
	memset(t, 0, sizeof(*t));
	memcpy(t->name, name, strlen(name));
	t->family = family;
	t->cfg = *cfg;
	t->smask = rule_host_mask(cfg->src_len);
	t->dmask = rule_host_mask(cfg->dst_len);
	t->made = clock_ms() / RULE_HASHLIMIT_TICK_MS;
	t->seed = rte_rand();
	size = RTE_MIN(size, RULE_HASHLIMIT_ENTRIES_MAX);
	t->room = cfg->max != 0 ? RTE_MAX(cfg->max, size) : 8 * size;
	t->room = RTE_MIN(t->room, RULE_HASHLIMIT_ENTRIES_MAX);
	t->nb_heads = rte_align32pow2(t->room);
	t->unused = 1;
	rte_spinlock_init(&t->lock);
	t->heads = calloc(t->nb_heads, sizeof(*t->heads));
	t->entries = calloc((size_t)t->room + 1, sizeof(*t->entries));
	if (t->heads != NULL && t->entries != NULL)
		return t;
	table_free(t);
	return NULL;
}

struct rule_hashlimit *
rule_hashlimit_find(const char *name, enum hook_family family)
{
	struct rule_hashlimit *t = tables;

	while (t != NULL && (t->family != family || strcmp(t->name, name) != 0))
		t = t->next;
	return t;
}

struct rule_hashlimit *
rule_hashlimit_next(const struct rule_hashlimit *t)
{
	return t == NULL ? tables : t->next;
}

int
rule_hashlimit_get(const char *name, enum hook_family family, const struct rule_hashlimit_cfg *cfg,
		   struct rule_hashlimit **out)
{
	struct rule_hashlimit *t = rule_hashlimit_find(name, family);

	/* It is the name of a file in Linux. */
	if (strchr(name, '/') != NULL || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return -EINVAL;
	if (t == NULL) {
		t = table_new(name, family, cfg);
		if (t == NULL)
			return -ENOMEM;
		t->next = tables;
		tables = t;
	} else if ((t->cfg.mode ^ cfg->mode) & RULE_HASHLIMIT_RATE) {
		return -EINVAL; /* its entries count something else */
	}
	t->rules++;
	*out = t;
	return 0;
}

void
rule_hashlimit_put(struct rule_hashlimit *t)
{
	struct rule_hashlimit **at = &tables;

	if (--t->rules > 0)
		return;
	while (*at != t)
		at = &(*at)->next;
	*at = t->next;
	table_free(t);
}

/* Entries are collected at whole steps after the table was made. */
static uint64_t
step_ticks(const struct rule_hashlimit *t)
{
	return RTE_MAX(t->cfg.gc_ms / RULE_HASHLIMIT_TICK_MS, 1u);
}

static bool
is_gone(const struct rule_hashlimit *t, const struct entry *e, uint64_t tick)
{
	uint64_t step = step_ticks(t);

	return tick >= e->expires &&
	       tick >= t->made + (e->expires - t->made + step - 1) / step * step;
}

static void
put_free(struct rule_hashlimit *t, uint32_t n)
{
	rte_spinlock_lock(&t->lock);
	t->entries[n].next = t->free;
	t->free = n;
	t->nb--;
	rte_spinlock_unlock(&t->lock);
}

/* Takes out of a locked head what is gone. */
static void
collect(struct rule_hashlimit *t, struct head *h, uint64_t tick)
{
	for (uint32_t *at = &h->first; *at != 0;) {
		uint32_t n = *at;

		if (!is_gone(t, &t->entries[n], tick)) {
			at = &t->entries[n].next;
			continue;
		}
		*at = t->entries[n].next;
		put_free(t, n);
	}
}

static uint32_t
take_free(struct rule_hashlimit *t)
{
	uint32_t n;

	rte_spinlock_lock(&t->lock);
	n = t->free;
	if (n != 0)
		t->free = t->entries[n].next;
	else if (t->unused <= t->room)
		n = t->unused++;
	t->nb += n != 0;
	rte_spinlock_unlock(&t->lock);
	return n;
}

/* Where to look on for entries that are gone: within a step there is nothing new behind one round. */
static bool
next_heads(struct rule_hashlimit *t, uint64_t tick, uint32_t *at)
{
	uint64_t step = tick > t->made ? (tick - t->made) / step_ticks(t) : 0;
	bool more;

	rte_spinlock_lock(&t->lock);
	if (step > t->sweep_step) {
		t->sweep_step = step;
		t->swept = 0;
	}
	*at = t->sweep_at;
	/* The clock of one lane may be a burst behind another's. */
	more = step == t->sweep_step && t->swept < t->nb_heads;
	if (more) {
		t->swept += SWEEP;
		t->sweep_at = (t->sweep_at + SWEEP) & (t->nb_heads - 1);
	}
	rte_spinlock_unlock(&t->lock);
	return more;
}

/*
 * Somebody else may hold a head, and want the one that the caller holds: those are left out. false: there was nothing to
 * look at.
 */
static bool
collect_some(struct rule_hashlimit *t, const struct head *held, uint64_t tick)
{
	uint32_t at;

	if (!next_heads(t, tick, &at))
		return false;
	for (uint32_t i = at; i < at + SWEEP; i++) {
		struct head *h = &t->heads[i & (t->nb_heads - 1)];

		if (h == held || !rte_spinlock_trylock(&h->lock))
			continue;
		collect(t, h, tick);
		rte_spinlock_unlock(&h->lock);
	}
	return true;
}

/* The key's entry, in a locked head; NULL: there is no room. */
static struct entry *
entry_of(struct rule_hashlimit *t, struct head *h, const struct rule_hashlimit_key *key,
	 uint64_t tick)
{
	struct entry *e;
	uint32_t n;

	collect(t, h, tick);
	for (n = h->first; n != 0; n = t->entries[n].next)
		if (memcmp(&t->entries[n].key, key, sizeof(*key)) == 0) {
			rule_bucket_catch_up(&t->entries[n].bucket, &t->cfg, tick);
			return &t->entries[n];
		}
	n = take_free(t);
	for (unsigned i = 0; n == 0 && i < SWEEPS && collect_some(t, h, tick); i++)
		n = take_free(t);
	if (n == 0)
		return NULL;
	e = &t->entries[n];
	e->key = *key;
	e->next = h->first;
	h->first = n;
	rule_bucket_begin(&e->bucket, &t->cfg, tick);
	return e;
}

static bool
drop(struct rule_packet *rp, uint16_t reason)
{
	rp->hotdrop = true;
	rp->why = VERDICT_DROP_FOR(reason);
	return false;
}

bool
rule_hashlimit_match(struct rule_hashlimit *t, uint8_t mode, struct rule_packet *rp)
{
	uint64_t tick = rp->ctx->now / RULE_HASHLIMIT_TICK_MS;
	bool within = false;
	struct entry *e;
	struct head *h;
	struct rule_hashlimit_key key;

	if (!rule_hashlimit_key(rp, t->cfg.mode, &t->smask, &t->dmask, &key))
		return drop(rp, DROP(no_key));
	h = &t->heads[rte_jhash(&key, sizeof(key), t->seed) & (t->nb_heads - 1)];
	rte_spinlock_lock(&h->lock);
	e = entry_of(t, h, &key, tick);
	if (e != NULL) {
		e->expires = tick + t->cfg.expire_ms / RULE_HASHLIMIT_TICK_MS;
		within = rule_bucket_charge(&e->bucket, mode, rp->p->len);
	}
	rte_spinlock_unlock(&h->lock);
	if (unlikely(e == NULL)) {
		__atomic_fetch_add(&t->full, 1, __ATOMIC_RELAXED);
		return drop(rp, DROP(full));
	}
	return within != !!(mode & RULE_HASHLIMIT_ABOVE);
}

struct rule_hashlimit_info
rule_hashlimit_info(const struct rule_hashlimit *t)
{
	return (struct rule_hashlimit_info){
		.name = t->name,
		.family = t->family,
		.entries = __atomic_load_n(&t->nb, __ATOMIC_RELAXED),
		.room = t->room,
		.rules = t->rules,
		.full = __atomic_load_n(&t->full, __ATOMIC_RELAXED),
	};
}

static void
print_addr(struct str *out, uint8_t family, const union rule_addr *a, uint16_t port)
{
	for (unsigned i = 0; family == HOOK_IP6 && i < 16; i += 2)
		str_printf(out, "%s%02x%02x", i == 0 ? "" : ":", a->v6[i], a->v6[i + 1]);
	if (family == HOOK_IP4)
		str_printf(out, "%u.%u.%u.%u", a->v6[0], a->v6[1], a->v6[2], a->v6[3]);
	str_printf(out, ":%u", pkt_host16(port));
}

static void
print_entry(const struct rule_hashlimit *t, struct entry *e, uint64_t tick, struct str *out)
{
	rule_bucket_catch_up(&e->bucket, &t->cfg, tick);
	str_printf(out, "%" PRId64 " ", (int64_t)(e->expires - tick) / RULE_HASHLIMIT_TICKS);
	print_addr(out, t->family, &e->key.src, e->key.sport);
	str_add(out, "->");
	print_addr(out, t->family, &e->key.dst, e->key.dport);
	str_printf(out, " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", e->bucket.credit, e->bucket.cap,
		   e->bucket.cost);
}

void
rule_hashlimit_print(struct rule_hashlimit *t, struct str *out)
{
	uint64_t tick = clock_ms() / RULE_HASHLIMIT_TICK_MS;

	for (uint32_t i = 0; i < t->nb_heads; i++) {
		struct head *h = &t->heads[i];

		rte_spinlock_lock(&h->lock);
		collect(t, h, tick);
		for (uint32_t n = h->first; n != 0; n = t->entries[n].next)
			print_entry(t, &t->entries[n], tick, out);
		rte_spinlock_unlock(&h->lock);
	}
}
