/* SPDX-License-Identifier: BSD-3-Clause */
/* The size of the table, and early drop. */
#include "base_log.h"
#include "ct_conncount.h"
#include "ct_ext.h"
#include "ct_fetch.h"
#include "ct_limit.h"
#include "ct_nat_ops.h"
#include "ct_own.h"
#include "ct_proto.h"
#include "ct_stat.h"
#include "ct_sweep.h"
#include "ct_table.h"

#define MAX_DEFAULT 262144
#define MAX_MOST 16000000 /* items of a pool, less what waits to be freed */

/* An early drop looks at that many items, and of them at that many entries. */
#define ITEMS 1024
#define ENTRIES 32
#define AHEAD 16
#define TRIES 4 /* what it found may have left meanwhile */

/*
 * Where a lane looked last: it goes on from there, round and round. Entries take places that became free a while ago,
 * so that a new one has most of a round's time to be answered.
 */
static struct hand {
	uint32_t at[HOOK_FAMILIES];
	uint32_t ready[HOOK_FAMILIES]; /* up to there, see look_ahead() */
} __rte_cache_aligned hands[LANE_MAX];

static int max_check(const struct param *p, int value, struct err *e);
static void max_changed(struct param *p);

PARAM_DEFINE(max, .name = "net.netfilter.nf_conntrack_max", .def = MAX_DEFAULT,
	     .value = MAX_DEFAULT, .min = 1, .max = MAX_MOST, .check = max_check,
	     .changed = max_changed, .help = "connections that are tracked at most")
PARAM_DEFINE(max_too, .name = "net.nf_conntrack_max", .def = MAX_DEFAULT, .value = MAX_DEFAULT,
	     .min = 1, .max = MAX_MOST, .check = max_check, .changed = max_changed,
	     .help = "another name of net.netfilter.nf_conntrack_max")

static int
count_now(void)
{
	return ct_count();
}

PARAM_DEFINE(count, .name = "net.netfilter.nf_conntrack_count", .now = count_now,
	     .help = "connections that are tracked now")

uint32_t
ct_max(void)
{
	return param_get(&max);
}

/* Tables that are there grow before the new number is in force; a smaller one needs nothing. */
static int
max_check(const struct param *p, int value, struct err *e)
{
	for (unsigned f = 0; f < HOOK_FAMILIES; f++) {
		int rc = ct_table_grow(f, value, e);

		if (rc != 0)
			return rc;
	}
	if ((ct_table_exists(HOOK_IP4) || ct_table_exists(HOOK_IP6)) &&
	    ct_ext_reserve(ct_ext_for_all() ? value : value / 8) != 0)
		LOG(WARNING, "no memory to count, or help, so many connections");
	if (ct_conncount_grow(value) != 0)
		LOG(WARNING, "no memory for connlimit to remember so many connections");
	if (ct_nat_ops != NULL && ct_nat_ops->grow(value) != 0)
		LOG(WARNING, "no memory to find so many translated connections by their source");
	return 0;
}

static void
max_changed(struct param *p)
{
	struct param *other = p == &max ? &max_too : &max;

	if (param_get(other) != param_get(p))
		param_set(other, param_get(p));
}

/* How well an entry can be done without; 0: not at all. */
enum worth { NEEDED, ENDING, ANSWERED, UNANSWERED, EXPIRED };

static enum worth
worth(const struct ct *ct, enum hook_family family, uint32_t now)
{
	uint32_t status = ct_status(ct);
	const struct ct_proto *proto;

	if ((status & (CT_CONFIRMED | CT_DYING)) != CT_CONFIRMED)
		return NEEDED;
	if (ct_expired(ct, now))
		return EXPIRED;
	if (!(status & CT_ASSURED))
		return status & CT_SEEN_REPLY ? ANSWERED : UNANSWERED;
	proto = ct_proto(family, ct->proto);
	return proto->can_drop_early != NULL && proto->can_drop_early(ct) ? ENDING : NEEDED;
}

/*
 * Taking an entry out reads lines all over the index. Those of the next entries are fetched together, while others are
 * taken out; and before that the entries themselves.
 */
static void
look_ahead(struct hand *hand, enum hook_family family, uint32_t items)
{
	const struct ct_pool *pool = ct_entries(family);
	uint32_t *ready = &hand->ready[family], ahead = *ready - hand->at[family];
	struct ct *cts[AHEAD];
	unsigned n = 0;

	if (likely(ahead > AHEAD && ahead <= 2 * AHEAD))
		return;
	if (ahead > 2 * AHEAD)
		*ready = hand->at[family];
	for (uint32_t i = *ready; i < RTE_MIN(*ready + AHEAD, items); i++) {
		struct ct *ct = ct_pool_at(pool, i);

		if ((ct_status(ct) & (CT_CONFIRMED | CT_ASSURED)) == CT_CONFIRMED)
			cts[n++] = ct;
	}
	ct_warm(family, cts, n, 1u << CT_ORIGINAL | 1u << CT_REPLY);
	if (ct_nat_ops != NULL)
		ct_nat_ops->warm(cts, n);
	*ready += AHEAD;
	for (uint32_t i = *ready; i < RTE_MIN(*ready + AHEAD, items); i++) {
		ct_fetch(ct_pool_at(pool, i));
		ct_fetch((const char *)ct_pool_at(pool, i) + RTE_CACHE_LINE_SIZE);
	}
}

/* The best of the next few entries. */
static enum worth
look_on(struct hand *hand, enum hook_family family, uint32_t now, struct ct **best)
{
	const struct ct_pool *pool = ct_entries(family);
	uint32_t items = ct_pool_items(pool), seen = 0;
	enum worth most = NEEDED;

	for (unsigned i = 0; i < RTE_MIN(items, ITEMS); i++) {
		uint32_t item = hand->at[family] < items ? hand->at[family] : 0;
		struct ct *ct = ct_pool_at(pool, item);
		enum worth w;

		look_ahead(hand, family, items);
		hand->at[family] = item + 1;
		if (!ct_sweep_likely(family, item, now))
			continue;
		w = worth(ct, family, now);
		if (w > most) {
			most = w;
			*best = ct;
		}
		if (most >= UNANSWERED || ++seen == ENTRIES)
			break;
	}
	return most;
}

static bool
drop_early(unsigned lane, enum hook_family family, uint32_t now)
{
	for (unsigned i = 0; i < TRIES; i++) {
		struct ct *ct = NULL;
		enum worth w = look_on(&hands[lane], family, now, &ct);

		if (w == NEEDED)
			return false;
		if (!ct_remove(lane, ct))
			continue;
		if (w != EXPIRED)
			CT_STAT_INC(lane, early_drop);
		return true;
	}
	return false;
}

bool
ct_limit_room(unsigned lane, uint8_t family, uint32_t unconfirmed, uint32_t now)
{
	enum hook_family f = family == AF_INET6 ? HOOK_IP6 : HOOK_IP4;

	if (likely(ct_count() + unconfirmed < ct_max()))
		return true;
	/* The other family's connections count as well. */
	return drop_early(lane, f, now) || drop_early(lane, HOOK_FAMILIES - 1 - f, now);
}

uint64_t
ct_limit_dropped(void)
{
	uint64_t sum = 0;

	for (unsigned lane = 0; lane <= LANE_MAX; lane++)
		sum += __atomic_load_n(&ct_stats[lane].full, __ATOMIC_RELAXED);
	return sum;
}
