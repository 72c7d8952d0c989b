/* SPDX-License-Identifier: BSD-3-Clause */
/* What translation counts by lane, for `show nat`. One writer a lane; control has the last. */
#pragma once

#include <stdint.h>

#include <rte_common.h>

#include "base_lane.h"

struct nat_stat {
	uint64_t translated; /* connections that got another source, destination or port */
	uint64_t exhausted;  /* that found nothing free in their range */
	uint64_t gone;       /* masqueraded ones that went with their port or its address */
} __rte_cache_aligned;

extern struct nat_stat nat_stats[LANE_MAX + 1];

#define NAT_STAT_INC(lane, field) \
	__atomic_store_n(&nat_stats[lane].field, nat_stats[lane].field + 1, __ATOMIC_RELAXED)
