/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Private to lib/conntrack: the ring events go through, and those of a lane that are not whole yet. One producer
 * (the lane), one consumer (the control lcore, which is the last lane's producer too).
 */
#pragma once

#include "base_lane.h"
#include "ct_event_read.h"

#define CT_EVENT_SLOTS 4096u /* a power of two */
#define CT_EVENT_OPEN 64u    /* connections of a burst whose events are not whole yet */

struct ct_event_open {
	struct ct *ct;
	struct ct_event_record record;
};

struct ct_event_ring {
	uint32_t head; /* the producer's: next slot to fill */
	uint32_t nb_open;
	struct ct_event_open open[CT_EVENT_OPEN]; /* in the order of their first event */
	uint32_t tail __rte_cache_aligned;        /* the consumer's: next slot to read */
	struct ct_event_record slot[CT_EVENT_SLOTS] __rte_cache_aligned;
};

/* NULL: nobody has ever listened. */
extern struct ct_event_ring *ct_event_rings[LANE_MAX + 1];
extern uint32_t ct_event_portid; /* see ct_event_by() */
extern bool ct_event_logged;     /* see ct_event_log() */

/* ct_expect_event, once somebody has listened. */
void ct_event_expect(unsigned lane, const struct ct_expect *e, bool gone);
