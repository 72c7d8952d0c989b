/* SPDX-License-Identifier: BSD-3-Clause */
#include <sched.h>

#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_pause.h>

#include "base_rcu.h"
#include "dp.h"
#include "dp_sync.h"
#include "dp_workers.h"

static bool stop;

static int
worker(void *arg)
{
	unsigned lane = (uintptr_t)arg;
	unsigned idle = 0;

	DP_TAKES(&stop);
	rcu_online(lane);
	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
		idle = dp_round(lane) != 0 ? 0 : idle + 1;
		rcu_quiescent(lane);
		if (idle > 100) { /* the other thread of this core may want to run */
			rcu_offline(lane);
			sched_yield();
			rcu_online(lane);
		}
	}
	rcu_offline(lane);
	DP_HANDS_OFF(&stop);
	return 0;
}

bool
dp_workers_start(void)
{
	uintptr_t lane = 0;
	unsigned lcore;

	__atomic_store_n(&stop, false, __ATOMIC_RELAXED);
	DP_HANDS_OFF(&stop);
	RTE_LCORE_FOREACH_WORKER(lcore)
		if (rte_eal_remote_launch(worker, (void *)lane++, lcore) != 0)
			return false;
	return lane == lane_count();
}

static void
drain(void)
{
	for (unsigned side = 0; side < DP_SIDES; side++)
		dp_flush(side);
}

void
dp_workers_pace(unsigned many)
{
	while (dp_unread(0) + dp_unread(1) > many)
		rte_delay_us_sleep(100);
	drain();
}

void
dp_workers_stop(uint64_t received)
{
	for (int i = 0; i < 2000; i++) {
		struct pipeline_totals t = pipeline_totals();

		if (t.received >= received && t.queued == 0)
			break;
		rte_delay_us_sleep(1000);
		drain();
	}
	__atomic_store_n(&stop, true, __ATOMIC_RELAXED);
	rte_eal_mp_wait_lcore();
	DP_TAKES(&stop);
	dp_run(); /* what was still in a hand-over ring */
	drain();
}
