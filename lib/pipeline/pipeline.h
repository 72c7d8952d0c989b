/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The packet's walk. Workers call pipeline_rx() for every burst a queue gave and
 * pipeline_handed_over() every round; both leave the frames in the lane's transmit buffers, which
 * the worker flushes (port_tx.h).
 */
#pragma once

#include <stdint.h>

#include <rte_mbuf.h>

#include "base_err.h"
#include "base_gen.h"
#include "base_lane.h"

/* Control lcore, after EAL, lanes, rcu, pools, neighbours and routes; before workers run. */
int pipeline_init(struct err *e);

/* Worker: takes all n (<= PKT_BURST) frames that came in by the port. now: clock_ms(). */
void pipeline_rx(unsigned lane, const struct gen *gen, uint64_t now, uint16_t port,
		 struct rte_mbuf **pkts, uint16_t n);

/*
 * Worker: goes on with packets that were handed to this lane (from the control lcore's timers).
 * Returns how many there were.
 */
unsigned pipeline_handed_over(unsigned lane, const struct gen *gen, uint64_t now);

/*
 * Any thread: hands a packet to a lane; pkt(m)->entry says where it goes on. false: the lane's ring
 * is full, the packet is counted as dropped and freed.
 */
bool pipeline_hand_over(unsigned lane, struct rte_mbuf *m);

/* Control lcore, every 100 ms: answers that had to wait. now: clock_ms(). */
void pipeline_tick(uint64_t now);

/*
 * Where all packets are. received + originated = sent + delivered + dropped + absorbed + parked + queued,
 * when nothing is in flight.
 */
struct pipeline_totals {
	uint64_t received; /* by ports */
	uint64_t
		originated; /* made by the box: errors, answers, ARP, ND, fragments beyond the first; what the host sent */
	uint64_t sent; /* given to devices */
	uint64_t
		delivered; /* ended at the box itself: answered, read or given to the host, not dropped */
	uint64_t dropped;  /* sum of all drop reasons */
	uint64_t absorbed; /* fragments that became part of a datagram, which counts as one */
	uint64_t parked;   /* waiting for a neighbour or for other fragments now */
	uint64_t queued;   /* in hand-over rings now */
};
struct pipeline_totals pipeline_totals(void);
