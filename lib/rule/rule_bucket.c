/* SPDX-License-Identifier: BSD-3-Clause */
/* Buckets and rates of -m hashlimit, with Linux's arithmetic and units. Called by rule_hashlimit.c under a lock. */
#include "rule_bucket.h"

#define CREDITS_A_TICK (UINT64_C(1) << 39)
#define CREDITS_A_UNIT UINT64_C(137438953) /* ticks of a second * CREDITS_A_TICK / SCALE */
#define BYTE_CREDITS_A_TICK (UINT64_C(1) << 24)
#define BYTE_CREDITS_MAX (RULE_HASHLIMIT_TICKS * BYTE_CREDITS_A_TICK) /* of a second */

uint64_t
rule_hashlimit_credits(uint64_t avg)
{
	return avg * CREDITS_A_UNIT;
}

uint64_t
rule_hashlimit_bytes(uint32_t avg)
{
	uint64_t units = avg != 0 ? UINT32_MAX / avg : UINT32_MAX;

	return (units - 1) << RULE_HASHLIMIT_BYTES_SHIFT;
}

void
rule_bucket_begin(struct rule_bucket *b, const struct rule_hashlimit_cfg *c, uint64_t tick)
{
	bool bytes = c->mode & RULE_HASHLIMIT_BYTES;

	b->at = tick;
	if (c->mode & RULE_HASHLIMIT_RATE) {
		b->interval = c->interval;
		b->over = 0;
		b->now = 0;
		b->rate = bytes         ? rule_hashlimit_bytes(c->avg)
			  : c->avg != 0 ? RULE_HASHLIMIT_SCALE / c->avg
					: 0;
		b->burst = !bytes          ? b->rate + c->burst
			   : c->burst != 0 ? c->burst * b->rate
					   : b->rate;
	} else if (bytes) {
		b->credit = BYTE_CREDITS_MAX;
		b->cap = c->burst; /* how often it may be filled up at once */
		b->cost = (uint64_t)(uint32_t)c->avg * BYTE_CREDITS_MAX >> 32;
	} else {
		b->credit = b->cap = rule_hashlimit_credits(c->avg * c->burst);
		b->cost = rule_hashlimit_credits(c->avg);
	}
}

void
rule_bucket_catch_up(struct rule_bucket *b, const struct rule_hashlimit_cfg *c, uint64_t tick)
{
	bool bytes = c->mode & RULE_HASHLIMIT_BYTES;
	uint64_t ticks = tick - b->at, cap = bytes ? BYTE_CREDITS_MAX : b->cap, more;

	/* The clock of one lane may be a burst behind another's. */
	if (tick <= b->at)
		return;
	if (c->mode & RULE_HASHLIMIT_RATE) {
		uint64_t interval = (uint64_t)b->interval * RULE_HASHLIMIT_TICKS;

		if (ticks < interval)
			return;
		b->at = tick;
		b->over = b->now * interval > ticks * b->rate;
		b->now = 0;
		return;
	}
	b->at = tick;
	more = b->credit + ticks * (bytes ? BYTE_CREDITS_A_TICK : CREDITS_A_TICK);
	b->credit = more > cap || more < b->credit ? cap : more;
}

static uint64_t
byte_cost(struct rule_bucket *b, uint32_t len)
{
	uint64_t cost = ((len >> RULE_HASHLIMIT_BYTES_SHIFT) + 1) * b->cost;

	cost = RTE_MIN(cost, BYTE_CREDITS_MAX);
	if (b->credit < cost && b->cap != 0) {
		b->cap--;
		b->credit = BYTE_CREDITS_MAX;
	}
	return cost;
}

bool
rule_bucket_charge(struct rule_bucket *b, uint8_t mode, uint32_t len)
{
	uint64_t cost;

	if (mode & RULE_HASHLIMIT_RATE) {
		b->now += mode & RULE_HASHLIMIT_BYTES ? len : 1;
		return !b->over && b->now <= b->burst;
	}
	cost = mode & RULE_HASHLIMIT_BYTES ? byte_cost(b, len) : b->cost;
	if (b->credit < cost)
		return false;
	b->credit -= cost;
	return true;
}
