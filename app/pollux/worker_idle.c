/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a lane does while nothing comes in: poll on, sleep for growing microseconds, or wait for Rx
 * interrupts. Called by the lane's worker; offline for RCU whenever it sleeps, so that the control
 * lcore never waits for a sleeper.
 */
#include <errno.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_ethdev.h>
#include <rte_pause.h>

#include "app.h"
#include "base_rcu.h"
#include "port_lane.h"

#define PATIENCE_US 50 /* polls on that long after the last packet */
#define NAP_MAX_US 100
#define WAIT_MS 10 /* longest wait for an interrupt: handed-over packets and `stop` need the lane */

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

/* Lists what to wait for; false: one of the lane's queues has no interrupts. */
static bool
watch(struct idle *i, const struct gen *gen)
{
	const struct port_table *t = port_table_get(gen);

	if (i->watched == gen->number)
		return i->can_irq;
	i->watched = gen->number;
	i->can_irq = !port_lane_is_heir(t, i->lane) && t->nb_rxq[i->lane] > 0;
	i->nb_fds = t->nb_rxq[i->lane];
	for (unsigned k = 0; k < i->nb_fds; k++) {
		const struct port_rxq *q = &t->rxq[i->lane][k];
		int fd = port_or_twin(t, q->port)->rx_fd[q->queue];

		i->can_irq &= fd >= 0;
		i->fds[k] = (struct pollfd){ .fd = fd, .events = POLLIN };
	}
	return i->can_irq;
}

static void
interrupts(const struct gen *gen, unsigned lane, bool on)
{
	const struct port_table *t = port_table_get(gen);

	for (unsigned k = 0; k < t->nb_rxq[lane]; k++) {
		const struct port_rxq *q = &t->rxq[lane][k];
		const struct port *p = port_or_twin(t, q->port);
		uint64_t count;

		/* -ENOTSUP: an interrupt that needs no switching on (net_tap). */
		if (on)
			rte_eth_dev_rx_intr_enable(q->dpdk_id, q->queue);
		else
			rte_eth_dev_rx_intr_disable(q->dpdk_id, q->queue);
		/* Not being readable (any more) is no error. */
		if (!on && p->rx_eventfd[q->queue] && p->rx_fd[q->queue] >= 0 &&
		    read(p->rx_fd[q->queue], &count, sizeof(count)) < 0)
			continue;
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
	interrupts(gen, i->lane, true);
	if (!something_waits(gen, i->lane)) {
		rcu_offline(i->lane);
		/*
		 * Not rte_epoll_wait(): its events point into the driver's memory, which may go while
		 * this lane is offline. Of a descriptor that has gone poll() at worst returns at once.
		 */
		poll(i->fds, i->nb_fds, WAIT_MS);
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
