/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Packets handed to a lane from outside its bursts: a bounded ring per lane, many producers, the lane
 * consumes. And the sums over all lanes.
 */
#include <errno.h>
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>
#include <stdio.h>

#include "base_ring.h"
#include "ct_sweep.h"
#include "pkt_reasm.h"
#include "pipeline.h"
#include "flow.h"
#include "walk.h"

#define RING_SIZE 1024

DROP_REASON(ring_full, "handover-full", "too many packets handed to one lane at once");
DROP_REASON(neigh_failed, "neigh-failed", "the next hop does not answer");

static struct rte_ring *rings[LANE_MAX];
/* Made by the control lcore, which has no lane. */
static uint64_t control_originated;

int
pipeline_init(struct err *e)
{
	for (unsigned lane = 0; lane < lane_count(); lane++) {
		char name[32];

		snprintf(name, sizeof(name), "handover%u", lane);
		rings[lane] = rte_ring_create(name, RING_SIZE, lane_socket(lane), RING_F_SC_DEQ);
		if (rings[lane] == NULL)
			return err_set(e, -ENOMEM,
				       "no memory for hand-over rings: give EAL more (-m MB, or "
				       "sysctl vm.nr_hugepages)");
	}
	hook_emit.icmp_error = icmp_error;
	hook_emit.local_out = originate;
	neighbour_init();
	nd_dad_init();
	if (flow_init() != 0)
		return err_set(e, -ENOMEM, "no memory for the flow cache");
	return pkt_reasm_init(e);
}

/* Not one that was received or counted before and has only waited. */
static bool
is_new(struct rte_mbuf *m)
{
	return pkt(m)->entry == PKT_ENTRY_XMIT || pkt(m)->entry == PKT_ENTRY_LOCAL_OUT;
}

bool
pipeline_hand_over(unsigned lane, struct rte_mbuf *m)
{
	if (rte_ring_mp_enqueue(rings[lane], m) == 0)
		return true;
	if (is_new(m))
		__atomic_fetch_add(&control_originated, 1, __ATOMIC_RELAXED);
	drop_shared(DROP(ring_full), m);
	return false;
}

static void
unreachable(struct walk *w, struct rte_mbuf *m)
{
	if (pkt(m)->family == AF_INET)
		icmp_error(&w->ctx, m, ICMP_DEST_UNREACH, ICMP_HOST_UNREACH, 0);
	else
		icmp_error(&w->ctx, m, ICMP6_DST_UNREACH, ICMP6_DST_UNREACH_ADDR, 0);
	walk_drop(w, DROP(neigh_failed), m);
}

static void
go_on(struct walk *w, struct rte_mbuf *m)
{
	switch (pkt(m)->entry) {
	case PKT_ENTRY_UNREACH:
		unreachable(w, m);
		break;
	case PKT_ENTRY_WAITED:
		walk_transmit(w, m);
		break;
	default:
		/* Its port is chosen, but the next hop's id may be another's by now. */
		if (pkt(m)->flags & PKT_ROUTED)
			pkt(m)->nh = route6_on_link(w->ctx.gen, pkt(m)->out);
		originate(&w->ctx, m);
	}
}

unsigned
pipeline_handed_over(unsigned lane, const struct gen *gen, uint64_t now)
{
	struct walk w = {
		.ctx = { .gen = gen, .now = now, .lane = lane },
		.ports = port_table_get(gen),
		.lane = &walk_lanes[lane],
	};
	void *pkts[PKT_BURST];
	unsigned n, expired = 0;

	ct_sweep(lane, now);
	if (unlikely(lane == 0 && pkt_reasm_due(now)))
		expired = reassemble_expire(&w);
	n = rte_ring_sc_dequeue_burst(rings[lane], pkts, PKT_BURST, NULL);
	if (likely(n + expired == 0))
		return 0;
	for (unsigned i = 0; i < n; i++) {
		struct rte_mbuf *m = pkts[i];

		pkt(m)->burst_pos = i;
		go_on(&w, m);
	}
	originate_drain(&w);
	walk_burst_end(&w);
	return n + expired;
}

struct pipeline_totals
pipeline_totals(void)
{
	struct pkt_reasm_stats reassembly = pkt_reasm_stats();
	struct pipeline_totals t = {
		.originated = __atomic_load_n(&control_originated, __ATOMIC_RELAXED),
		.parked = neigh_parked() + reassembly.waiting,
		.absorbed = reassembly.absorbed,
		.queued = port_tx_queued(),
	};

	for (unsigned lane = 0; lane < lane_count(); lane++) {
		const struct walk_lane *l = &walk_lanes[lane];

		t.received += __atomic_load_n(&l->received, __ATOMIC_RELAXED);
		t.originated += __atomic_load_n(&l->originated, __ATOMIC_RELAXED);
		t.delivered += __atomic_load_n(&l->delivered, __ATOMIC_RELAXED);
		t.sent += __atomic_load_n(&port_tx_lanes[lane].sent, __ATOMIC_RELAXED);
		t.delivered += __atomic_load_n(&port_tx_lanes[lane].delivered, __ATOMIC_RELAXED);
		t.queued += ring_count(rings[lane]);
	}
	for (unsigned i = 0; i < drop_nb(); i++)
		t.dropped += drop_total(i);
	return t;
}
