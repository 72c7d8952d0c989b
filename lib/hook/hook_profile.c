/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Counters of lanes are their own: what is to begin anew is remembered as what it began from, on the
 * control lcore.
 */
#include <string.h>

#include "base_lane.h"
#include "base_param.h"
#include "hook.h"
#include "hook_profile.h"

struct stage_count {
	uint64_t cycles, packets;
};

static struct lane_stages {
	struct stage_count stage[HOOK_STAGES];
} __rte_cache_aligned lanes[LANE_MAX];

static struct stage_count before[HOOK_STAGES];

int hook_profile_on;

static struct stage_count
total(enum hook_stage stage)
{
	struct stage_count sum = { 0 };

	for (unsigned lane = 0; lane < lane_count(); lane++) {
		const struct stage_count *c = &lanes[lane].stage[stage];

		sum.cycles += __atomic_load_n(&c->cycles, __ATOMIC_RELAXED);
		sum.packets += __atomic_load_n(&c->packets, __ATOMIC_RELAXED);
	}
	return sum;
}

static void
changed(struct param *p)
{
	if (param_get(p) != 0 && !hook_profile_on) {
		for (unsigned i = 0; i < HOOK_STAGES; i++)
			before[i] = total(i);
		hook_count_cycles_anew();
	}
	__atomic_store_n(&hook_profile_on, param_get(p), __ATOMIC_RELAXED);
}

PARAM_INT_CALL(profile, "net.pollux.profile", 0, 0, 1, changed,
	       "measure where workers' cycles go, which costs some; setting it to 1 begins anew "
	       "(show profile)")

uint64_t
hook_profile_count(unsigned lane, enum hook_stage stage, uint64_t since, uint16_t n)
{
	struct stage_count *c = &lanes[lane].stage[stage];
	uint64_t now = rte_rdtsc();

	__atomic_store_n(&c->cycles, c->cycles + now - since, __ATOMIC_RELAXED);
	__atomic_store_n(&c->packets, c->packets + n, __ATOMIC_RELAXED);
	return now;
}

void
hook_profile_read(enum hook_stage stage, uint64_t *cycles, uint64_t *packets)
{
	struct stage_count sum = total(stage);

	*cycles = sum.cycles - before[stage].cycles;
	*packets = sum.packets - before[stage].packets;
}

const char *
hook_stage_name(enum hook_stage stage)
{
	static const char *const names[] = { "receive", "walk", "send" };

	return names[stage];
}
