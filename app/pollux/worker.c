/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The loop of a worker lcore: queues in, pipeline, buffers out, quiescent. Reads one generation per
 * round and keeps nothing of it. Never locks, allocates or logs.
 */
#include <errno.h>

#include <rte_cycles.h>
#include <rte_ethdev.h>
#include <rte_launch.h>
#include <rte_lcore.h>

#include "app.h"
#include "base_clock.h"
#include "base_rcu.h"
#include "hook_profile.h"
#include "pipeline.h"
#include "port_lane.h"
#include "port_tx.h"

#define RX_BURST 32

static bool stop;

static unsigned
poll_queues(unsigned lane, const struct gen *gen, uint64_t now)
{
	const struct port_table *t = port_table_get(gen);
	struct rte_mbuf *pkts[RX_BURST];
	unsigned total = 0;

	for (unsigned i = 0; i < t->nb_rxq[lane]; i++) {
		const struct port_rxq *q = &t->rxq[lane][i];
		uint64_t since = hook_profile_begin();
		uint16_t n = rte_eth_rx_burst(q->dpdk_id, q->queue, pkts, RX_BURST);

		if (n == 0)
			continue;
		since = hook_profile_stage(lane, HOOK_STAGE_RECEIVE, since, n);
		port_lane_add(&port_lanes[lane].received[q->port], n);
		pipeline_rx(lane, gen, now, q->port, pkts, n);
		since = hook_profile_stage(lane, HOOK_STAGE_WALK, since, n);
		port_tx_flush(lane, gen);
		hook_profile_stage(lane, HOOK_STAGE_SEND, since, n);
		total += n;
	}
	return total;
}

static unsigned
one_round(unsigned lane, const struct gen *gen)
{
	uint64_t now = clock_ms();
	unsigned received = poll_queues(lane, gen, now);
	unsigned others = port_tx_handed_over(lane, gen) + pipeline_handed_over(lane, gen, now);

	if (others != 0)
		port_tx_flush(lane, gen);
	if (received != 0)
		port_lane_add(&port_lanes[lane].packets, received);
	return received + others;
}

static int
run(void *arg)
{
	unsigned lane = (uintptr_t)arg;
	struct port_lane *stats = &port_lanes[lane];
	struct idle idle;

	idle_init(&idle, lane);
	rcu_online(lane);
	while (!__atomic_load_n(&stop, __ATOMIC_ACQUIRE)) {
		const struct gen *gen = gen_current();
		unsigned n = one_round(lane, gen);

		port_lane_add(&stats->rounds, 1);
		if (n != 0) {
			idle_busy_again(&idle);
		} else {
			port_lane_add(&stats->empty, 1);
			idle_round(&idle, gen);
		}
		rcu_quiescent(lane);
	}
	rcu_offline(lane);
	return 0;
}

int
workers_lanes(struct err *e)
{
	unsigned lcore, lane = 0;

	if (rte_lcore_count() < 2)
		return err_set(e, -EINVAL,
			       "at least two lcores are needed, one of them for control; on a "
			       "single CPU: --lcores 0@0,1@0");
	if (rte_lcore_count() - 1 > LANE_MAX)
		return err_set(e, -E2BIG, "%u worker lcores, at most %d are possible",
			       rte_lcore_count() - 1, LANE_MAX);
	lane_set_count(rte_lcore_count() - 1);
	RTE_LCORE_FOREACH_WORKER(lcore) {
		lane_set_socket(lane, (int)rte_lcore_to_socket_id(lcore));
		port_lanes[lane++].lcore = lcore;
	}
	return 0;
}

int
workers_start(struct err *e)
{
	for (uintptr_t lane = 0; lane < lane_count(); lane++) {
		int rc = rte_eal_remote_launch(run, (void *)lane, port_lanes[lane].lcore);

		if (rc != 0)
			return err_set(e, rc, "lcore %u does not start", port_lanes[lane].lcore);
	}
	return 0;
}

void
workers_stop(void)
{
	__atomic_store_n(&stop, true, __ATOMIC_RELEASE);
	rte_eal_mp_wait_lcore();
}
