/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How often what lies behind a route look-up has changed: what next hops' ids mean, neighbours' addresses, and that a
 * neighbour is to be noted as used anew. For workers that keep what they found there from burst to burst: they ask
 * before the look-up, and forget when the number is another one. Ports are of the generation. Any thread.
 */
#pragma once

#include <stdint.h>

#include <rte_common.h>

extern struct way_epoch {
	uint64_t changes;
} __rte_cache_aligned way_epoch_now;

static inline uint64_t
way_epoch(void)
{
	return __atomic_load_n(&way_epoch_now.changes, __ATOMIC_ACQUIRE);
}

/* After the change is there to be seen. */
static inline void
way_changed(void)
{
	__atomic_fetch_add(&way_epoch_now.changes, 1, __ATOMIC_RELEASE);
}
