/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Transmission: device queues, and rings to the lanes that own one. Called by workers at the end of
 * bursts. A ring has many producers and one consumer, its lane; rings are made by the control lcore
 * and stay until exit.
 */
#include <errno.h>
#include <stdio.h>

#include <rte_errno.h>
#include <rte_pause.h>

#include "base_drop.h"
#include "base_rcu.h"
#include "base_ring.h"
#include "pkt.h"
#include "port_own.h"
#include "port_tx.h"

#define RING_SIZE 1024
#define TX_RETRIES 8

DROP_REASON(tx_full, "tx-full", "the device's transmit queue stayed full");
DROP_REASON(host_full, "host-full", "the host's interface is down or took no more");
DROP_REASON(tx_ring_full, "tx-hand-over-full",
	    "ring to the lane that owns the transmit queue is full");
DROP_REASON(port_down, "tx-port-down", "the port to leave by is down or gone");

struct port_tx_lane port_tx_lanes[LANE_MAX];

static struct rte_ring *rings[LANE_MAX];

static struct rte_ring *
ring_of(unsigned lane)
{
	return __atomic_load_n(&rings[lane], __ATOMIC_ACQUIRE);
}

int
port_tx_rings(const struct port *p, struct err *e)
{
	for (unsigned lane = 0; lane < lane_count(); lane++) {
		unsigned heir = p->tx_lane[lane];
		struct rte_ring *ring;
		char name[32];

		if (heir == lane || rings[heir] != NULL)
			continue;
		snprintf(name, sizeof(name), "tx_hand_over_%u", heir);
		ring = rte_ring_create(name, RING_SIZE, lane_socket(heir), RING_F_SC_DEQ);
		if (ring == NULL)
			return err_set(e, -ENOMEM, "port %s: no memory for a hand-over ring: %s",
				       p->name, rte_strerror(rte_errno));
		__atomic_store_n(&rings[heir], ring, __ATOMIC_RELEASE);
	}
	return 0;
}

void
port_tx_rings_free(void)
{
	void *m;

	for (unsigned lane = 0; lane < LANE_MAX; lane++) {
		if (rings[lane] == NULL)
			continue;
		while (rte_ring_dequeue(rings[lane], &m) == 0)
			rte_pktmbuf_free(m);
		rte_ring_free(rings[lane]);
		rings[lane] = NULL;
	}
}

uint64_t
port_tx_queued(void)
{
	uint64_t total = 0;

	for (unsigned lane = 0; lane < lane_count(); lane++)
		if (ring_of(lane) != NULL)
			total += ring_count(ring_of(lane));
	return total;
}

static void
drop_rest(unsigned lane, uint16_t reason, struct rte_mbuf **pkts, unsigned n)
{
	if (n == 0)
		return;
	drop_add(lane, reason, n);
	rte_pktmbuf_free_bulk(pkts, n);
}

static void
transmit(unsigned lane, const struct port *p, struct rte_mbuf **pkts, uint16_t n)
{
	uint16_t queue = p->tx_queue[lane], sent = 0;
	struct port_tx_lane *l = &port_tx_lanes[lane];
	uint64_t *counter = likely(p->host_of == 0) ? &l->sent : &l->delivered;

	for (unsigned i = 0; i < TX_RETRIES && sent < n; i++) {
		if (i > 0)
			rte_pause();
		sent += rte_eth_tx_burst(p->dpdk_id, queue, pkts + sent, n - sent);
	}
	__atomic_store_n(counter, *counter + sent, __ATOMIC_RELAXED);
	drop_rest(lane, p->host_of == 0 ? DROP(tx_full) : DROP(host_full), pkts + sent, n - sent);
}

static void
hand_over(unsigned lane, const struct port *p, struct rte_mbuf **pkts, uint16_t n)
{
	struct rte_ring *ring = ring_of(p->tx_lane[lane]);
	unsigned taken;

	for (unsigned i = 0; i < n; i++)
		pkt(pkts[i])->out = p->index;
	taken = rte_ring_enqueue_burst(ring, (void **)pkts, n, NULL);
	drop_rest(lane, DROP(tx_ring_full), pkts + taken, n - taken);
}

void
port_tx_drain(unsigned lane, const struct gen *gen, uint16_t port)
{
	struct port_tx_lane *l = &port_tx_lanes[lane];
	struct port_tx_buffer *b = &l->buffer[port];
	const struct port *p = port_or_twin(port_table_get(gen), port);
	uint16_t n = b->n;

	l->dirty &= ~(1ull << port);
	b->n = 0;
	if (unlikely(p == NULL || !p->up))
		drop_rest(lane, DROP(port_down), b->pkts, n);
	else if (likely(p->tx_lane[lane] == lane))
		transmit(lane, p, b->pkts, n);
	else
		hand_over(lane, p, b->pkts, n);
}

unsigned
port_tx_handed_over(unsigned lane, const struct gen *gen)
{
	struct rte_ring *ring = ring_of(lane);
	struct rte_mbuf *pkts[PKT_BURST];
	unsigned n;

	if (likely(ring == NULL))
		return 0;
	n = rte_ring_sc_dequeue_burst(ring, (void **)pkts, PKT_BURST, NULL);
	for (unsigned i = 0; i < n; i++)
		port_tx(lane, gen, pkt(pkts[i])->out, pkts[i]);
	return n;
}
