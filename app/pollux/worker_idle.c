/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a lane does while nothing comes in: poll on, sleep for growing microseconds, or wait for Rx
 * interrupts. Called by the lane's worker; offline for RCU whenever it sleeps, so that the control
 * lcore never waits for a sleeper.
 */
#include <errno.h>
#include <sys/prctl.h>
#include <time.h>

#include <rte_cycles.h>
#include <rte_epoll.h>
#include <rte_ethdev.h>
#include <rte_interrupts.h>
#include <rte_pause.h>

#include "app.h"
#include "base_rcu.h"
#include "port_lane.h"

#define PATIENCE_US 50 /* polls on that long after the last packet */
#define NAP_MAX_US 100
#define WAIT_MS 10 /* longest wait for an interrupt: handed-over packets and `stop` need the lane */
#define EVENTS 8

void
idle_init(struct idle *i, unsigned lane)
{
	*i = (struct idle){ .lane = lane, .nap = 1, .watched = UINT64_MAX };
	i->patience = rte_get_tsc_hz() / 1000000 * PATIENCE_US;
	i->busy_tsc = rte_rdtsc();
	/* Sleeps of a microsecond must not become 50. */
	prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);
}

void
idle_busy_again(struct idle *i)
{
	i->busy_tsc = 0; /* stamped at the first empty round: busy rounds stay cheap */
	i->nap = 1;
}

static void
sleep_us(struct idle *i)
{
	struct timespec t = { .tv_nsec = i->nap * 1000L };

	rcu_offline(i->lane);
	nanosleep(&t, NULL);
	rcu_online(i->lane);
	i->nap = RTE_MIN(2 * i->nap, (unsigned)NAP_MAX_US);
}

/* Some devices (net_tap) have an interrupt that needs no switching on: its file descriptor. */
static bool
watch_queue(const struct port_rxq *q)
{
	int rc = rte_eth_dev_rx_intr_ctl_q(q->dpdk_id, q->queue, RTE_EPOLL_PER_THREAD,
					   RTE_INTR_EVENT_ADD, NULL);

	if (rc != 0 && rc != -EEXIST)
		return false;
	rc = rte_eth_dev_rx_intr_enable(q->dpdk_id, q->queue);
	return rc == 0 || rc == -ENOTSUP;
}

/* Sets up the interrupts of all queues of the lane; false: one of them has none. */
static bool
watch(struct idle *i, const struct gen *gen)
{
	const struct port_table *t = port_table_get(gen);

	if (i->watched == gen->number)
		return i->can_irq;
	i->watched = gen->number;
	i->can_irq = !port_lane_is_heir(t, i->lane) && t->nb_rxq[i->lane] > 0;
	for (unsigned k = 0; k < t->nb_rxq[i->lane] && i->can_irq; k++)
		i->can_irq = watch_queue(&t->rxq[i->lane][k]);
	return i->can_irq;
}

static void
interrupts(const struct gen *gen, unsigned lane, bool on)
{
	const struct port_table *t = port_table_get(gen);

	for (unsigned k = 0; k < t->nb_rxq[lane]; k++) {
		const struct port_rxq *q = &t->rxq[lane][k];

		if (on)
			rte_eth_dev_rx_intr_enable(q->dpdk_id, q->queue);
		else
			rte_eth_dev_rx_intr_disable(q->dpdk_id, q->queue);
	}
}

static bool
something_waits(const struct gen *gen, unsigned lane)
{
	const struct port_table *t = port_table_get(gen);

	for (unsigned k = 0; k < t->nb_rxq[lane]; k++) {
		const struct port_rxq *q = &t->rxq[lane][k];

		/* Devices that cannot count say -ENOTSUP: the wait's time-out covers the race. */
		if (rte_eth_rx_queue_count(q->dpdk_id, q->queue) > 0)
			return true;
	}
	return false;
}

static void
wait_irq(struct idle *i, const struct gen *gen)
{
	struct rte_epoll_event events[EVENTS];

	interrupts(gen, i->lane, true);
	if (!something_waits(gen, i->lane)) {
		rcu_offline(i->lane);
		rte_epoll_wait(RTE_EPOLL_PER_THREAD, events, EVENTS, WAIT_MS);
		rcu_online(i->lane);
	}
	/* The old generation may be gone by now: ask anew which queues are ours. */
	interrupts(gen_current(), i->lane, false);
}

void
idle_round(struct idle *i, const struct gen *gen)
{
	enum port_idle mode = port_idle();
	struct port_lane *stats = &port_lanes[i->lane];
	uint64_t now = rte_rdtsc();

	if (mode == PORT_IDLE_IRQ && !watch(i, gen))
		mode = PORT_IDLE_SLEEP;
	__atomic_store_n(&stats->idle, mode, __ATOMIC_RELAXED);
	if (i->busy_tsc == 0)
		i->busy_tsc = now;
	if (mode == PORT_IDLE_POLL || now - i->busy_tsc < i->patience) {
		rte_pause();
		return;
	}
	port_lane_add(&stats->slept, 1);
	if (mode == PORT_IDLE_IRQ)
		wait_irq(i, gen);
	else
		sleep_us(i);
}
