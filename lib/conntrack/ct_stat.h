/* SPDX-License-Identifier: BSD-3-Clause */
/* What tracking counts by lane, as `conntrack -S` prints it. One writer a lane; control has the last. */
#pragma once

#include <stdint.h>

#include <rte_common.h>

#include "base_lane.h"

struct ct_stat {
	uint64_t found, invalid, insert, insert_failed, drop, early_drop, error, search_restart,
		clash_resolve, chaintoolong;
	/* expectations */
	uint64_t expect_new, expect_create, expect_delete;
	/* not Linux's */
	uint64_t full;       /* packets of new connections there was no room for */
	uint64_t no_ext;     /* extensions there was no memory for */
	uint64_t event_lost; /* events that found their ring full */
	uint64_t log_lost;   /* of these: those that were to be logged */
} __rte_cache_aligned;

extern struct ct_stat ct_stats[LANE_MAX + 1];

#define CT_STAT_INC(lane, field) \
	__atomic_store_n(&ct_stats[lane].field, ct_stats[lane].field + 1, __ATOMIC_RELAXED)
