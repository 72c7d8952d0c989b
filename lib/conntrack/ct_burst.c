/* SPDX-License-Identifier: BSD-3-Clause */
/* A burst's new entries and waiting packets. A lane's own; no locks. */
#include <errno.h>

#include <rte_malloc.h>

#include "base_lane.h"
#include "ct_burst.h"
#include "ct_event.h"
#include "ct_hash.h"
#include "ct_table.h"

struct ct_lane *ct_lanes[LANE_MAX + 1];
struct ct_burst *ct_bursts[LANE_MAX];

int
ct_burst_create(void)
{
	for (unsigned lane = 0; lane < lane_count(); lane++) {
		if (ct_lanes[lane] != NULL)
			continue;
		ct_lanes[lane] = rte_zmalloc_socket("ct-lane", sizeof(struct ct_lane),
						    RTE_CACHE_LINE_SIZE, lane_socket(lane));
		if (ct_lanes[lane] == NULL)
			return -ENOMEM;
		__atomic_store_n(&ct_bursts[lane], &ct_lanes[lane]->burst, __ATOMIC_RELEASE);
	}
	return 0;
}

void
ct_part_begin(struct ct_lane *l)
{
	if (l->burst.nb_new != l->part)
		memset(l->slot, 0, sizeof(l->slot));
	l->part = l->burst.nb_new;
	l->seq++;
}

static void
put(struct ct_lane *l, uint32_t hash, uint16_t index)
{
	uint32_t i = hash % CT_SLOTS;

	while (l->slot[i] != 0)
		i = (i + 1) % CT_SLOTS;
	l->slot[i] = index + 1;
}

void
ct_fresh_add(struct ct_lane *l, struct ct *ct)
{
	for (unsigned d = 0; d < CT_DIRS; d++) {
		struct ct_tuple t = ct_tuple(ct, d);

		put(l, ct_hash_tuple(&t), l->burst.nb_new);
	}
	l->fresh[l->burst.nb_new++] = ct;
}

void
ct_fresh_warm(const struct ct_lane *l, enum hook_family family)
{
	struct ct *const *first = &l->fresh[l->part];
	unsigned n = RTE_MIN(l->burst.nb_new - l->part, PKT_BURST);

	/* Their original tuples were looked up. */
	ct_warm(family, first, n, 1u << CT_REPLY);
}

/* Whether it stands apart there makes no difference. */
static bool
has_key(const struct ct *ct, const struct ct_tuple *t)
{
	struct ct_key4 mine[CT_DIRS], k;
	bool has = false;

	memcpy(mine, ct->key, sizeof(mine));
	ct_key4_of_tuple(&k, t);
	for (unsigned d = 0; d < CT_DIRS; d++) {
		mine[d].apart = k.apart = 0;
		has |= memcmp(&mine[d], &k, sizeof(k)) == 0;
	}
	return has;
}

static bool
has_tuple(const struct ct *ct, const struct ct_tuple *t)
{
	if (ct->family != t->family)
		return false;
	if (t->family == AF_INET)
		return has_key(ct, t);
	for (unsigned d = 0; d < CT_DIRS; d++) {
		struct ct_tuple own = ct_tuple(ct, d);

		if (memcmp(&own, t, sizeof(own)) == 0)
			return true;
	}
	return false;
}

/* Places of tuples that an entry no longer has name it all the same. */
static struct ct *
find(const struct ct_lane *l, const struct ct_tuple *t, uint32_t hash, const struct ct *but,
     uint16_t *index)
{
	for (uint32_t i = hash % CT_SLOTS; l->slot[i] != 0; i = (i + 1) % CT_SLOTS) {
		*index = l->slot[i] - 1;
		if (l->fresh[*index] != but && has_tuple(l->fresh[*index], t))
			return l->fresh[*index];
	}
	return NULL;
}

bool
ct_fresh_has(const struct ct_lane *l, const struct ct_tuple *t, uint32_t hash)
{
	uint16_t index;

	return l->burst.nb_new != l->part && find(l, t, hash, NULL, &index) != NULL;
}

void
ct_fresh_alter(unsigned lane, struct ct *ct, const struct ct_tuple *reply)
{
	struct ct_tuple orig = ct_tuple(ct, CT_ORIGINAL);
	struct ct_lane *l = ct_lanes[lane];
	uint16_t index;

	ct_tuple_set(ct, CT_REPLY, reply);
	if (l != NULL && find(l, &orig, ct_hash_tuple(&orig), NULL, &index) == ct)
		put(l, ct_hash_tuple(reply), index);
}

/* Those behind it in the burst are translated after it, whatever they would be without. */
bool
ct_fresh_decided(unsigned lane, const struct ct_tuple *t, const struct ct *but, uint32_t bits)
{
	const struct ct_lane *l = ct_lanes[lane];
	uint16_t index;
	struct ct *ct;

	if (l == NULL || l->burst.nb_new - l->part < 2)
		return false;
	ct = find(l, t, ct_hash_tuple(t), but, &index);
	return ct != NULL && ct_status(ct) & bits;
}

void
ct_defer(struct ct_lane *l, struct rte_mbuf **pkts, unsigned i, unsigned n, verdict_t *verdicts)
{
	for (; i < n; i++) {
		l->deferred[l->burst.nb_deferred++] = pkts[i];
		verdicts[i] = VERDICT_WAIT;
	}
}

uint16_t
ct_deferred_take(unsigned lane, struct rte_mbuf **pkts)
{
	struct ct_lane *l = ct_lanes[lane];
	uint16_t n = l->burst.nb_deferred;

	memcpy(pkts, l->deferred, n * sizeof(pkts[0]));
	l->burst.nb_deferred = 0;
	return n;
}

void
ct_burst_end(unsigned lane)
{
	struct ct_lane *l = ct_lanes[lane];

	if (unlikely(l->burst.events))
		ct_event_burst_end(lane);
	for (unsigned i = 0; i < l->burst.nb_new; i++)
		if (!(ct_status(l->fresh[i]) & CT_CONFIRMED))
			ct_free(lane, l->fresh[i]);
	l->burst.nb_new = 0;
	l->part = 0;
	memset(l->slot, 0, sizeof(l->slot));
}
