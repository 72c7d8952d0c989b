/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Grace periods (rte_rcu_qsbr). Workers read shared state without locks and say "quiescent" once
 * per burst; a worker is offline whenever it sleeps. The control lcore waits or defers.
 */
#pragma once

#include <stdbool.h>

#include <rte_rcu_qsbr.h>

#include "base_lane.h"

extern struct rte_rcu_qsbr *rcu;

/* Control lcore, after EAL and lane_set_count(). 0 or -ENOMEM. */
int rcu_init(void);
/* Control lcore: waits until every online worker has passed a quiescent state. */
void rcu_wait(void);
/* Control lcore: fn(p) after a grace period, at the latest in the next rcu_reap() that follows it. */
void rcu_defer(void (*fn)(void *), void *p);
/* Control lcore, from its loop: runs what is due without waiting. */
void rcu_reap(void);

/*
 * Any thread: has every reader been quiescent since rte_rcu_qsbr_start() gave the token? What they read before may
 * be written then. (DPDK remembers the last token without ordering, which processors forgive and ThreadSanitizer
 * does not.)
 */
static inline bool
rcu_passed(uint64_t token)
{
	if (rte_rcu_qsbr_check(rcu, token, false) != 1)
		return false;
#if defined(RTE_FORCE_INTRINSICS)
	for (unsigned i = 0; i < rcu->max_threads; i++)
		__atomic_load_n(&rcu->qsbr_cnt[i].cnt, __ATOMIC_ACQUIRE);
#endif
	return true;
}

/*
 * Control lcore: reads what workers take away, as a worker does. Must not wait (rcu_wait(), gen_commit())
 * before the end; a long reader pauses now and then, and keeps nothing over that.
 */
#define RCU_READER LANE_MAX

static inline void
rcu_reader_begin(void)
{
	rte_rcu_qsbr_thread_online(rcu, RCU_READER);
}

static inline void
rcu_reader_pause(void)
{
	rte_rcu_qsbr_quiescent(rcu, RCU_READER);
}

static inline void
rcu_reader_end(void)
{
	rte_rcu_qsbr_thread_offline(rcu, RCU_READER);
}

/* Worker of that lane. */
static inline void
rcu_online(unsigned lane)
{
	rte_rcu_qsbr_thread_online(rcu, lane);
}

static inline void
rcu_offline(unsigned lane)
{
	rte_rcu_qsbr_thread_offline(rcu, lane);
}

static inline void
rcu_quiescent(unsigned lane)
{
	rte_rcu_qsbr_quiescent(rcu, lane);
}
