/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where a worker's cycles go, while net.pollux.profile is 1: TSC cycles of each hook function
 * (struct hook_info), and of the three parts of a burst's way, of which the walk contains the hook
 * functions. Workers count for themselves; while it is 0 they look at one word a burst.
 */
#pragma once

#include <stdint.h>

#include <rte_branch_prediction.h>
#include <rte_cycles.h>

enum hook_stage { HOOK_STAGE_RECEIVE, HOOK_STAGE_WALK, HOOK_STAGE_SEND, HOOK_STAGES };

extern int hook_profile_on;

/* Workers: the time, or 0 while nothing is measured. */
static inline uint64_t
hook_profile_begin(void)
{
	return likely(!__atomic_load_n(&hook_profile_on, __ATOMIC_RELAXED)) ? 0 : rte_rdtsc();
}

uint64_t hook_profile_count(unsigned lane, enum hook_stage stage, uint64_t since, uint16_t n);

/* Workers: that stage is through for n packets. The time, for the next one. */
static inline uint64_t
hook_profile_stage(unsigned lane, enum hook_stage stage, uint64_t since, uint16_t n)
{
	return likely(since == 0) ? 0 : hook_profile_count(lane, stage, since, n);
}

/* Control lcore: since it was last set to 1. */
void hook_profile_read(enum hook_stage stage, uint64_t *cycles, uint64_t *packets);
const char *hook_stage_name(enum hook_stage stage); /* "receive" */
