/* SPDX-License-Identifier: BSD-3-Clause */
/* The lanes' side of events. A ring has one writer; nothing is locked. */
#include <time.h>

#include <rte_cycles.h>

#include "base_clock.h"
#include "base_param.h"
#include "ct_event.h"
#include "ct_event_ring.h"
#include "ct_stat.h"
#include "ct_track.h"

PARAM_INT(events, "net.netfilter.nf_conntrack_events", 2, 0, 2,
	  "send events of connections: 0 only of those that CT --ctevents names, 1 and 2 of all")

unsigned ct_listened;
bool ct_event_logged;
struct ct_event_ring *ct_event_rings[LANE_MAX + 1];
uint32_t ct_event_portid;

static struct ct_event_ring *
ring_of(unsigned lane)
{
	return __atomic_load_n(&ct_event_rings[lane], __ATOMIC_ACQUIRE);
}

static void
stamp(struct ct_event_record *r, unsigned lane)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	r->tsc = rte_rdtsc();
	r->usec = (uint64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
	r->portid = lane == LANE_MAX ? ct_event_portid : 0;
}

/* log: what is to be logged of it. */
static struct ct_event_record *
room(struct ct_event_ring *ring, unsigned lane, unsigned log)
{
	if (ring->head - __atomic_load_n(&ring->tail, __ATOMIC_ACQUIRE) == CT_EVENT_SLOTS) {
		CT_STAT_INC(lane, event_lost);
		if (log != 0)
			CT_STAT_INC(lane, log_lost);
		return NULL;
	}
	return &ring->slot[ring->head % CT_EVENT_SLOTS];
}

static void
push(struct ct_event_ring *ring)
{
	__atomic_store_n(&ring->head, ring->head + 1, __ATOMIC_RELEASE);
}

static void
deliver(struct ct_event_ring *ring, unsigned lane, unsigned i)
{
	struct ct_event_record *r = room(ring, lane, ring->open[i].record.log);

	if (r != NULL) {
		*r = ring->open[i].record;
		push(ring);
	}
	ring->nb_open--;
	memmove(&ring->open[i], &ring->open[i + 1], (ring->nb_open - i) * sizeof(ring->open[0]));
}

/* nb_open: there is none of the entry. */
static unsigned
open_of(const struct ct_event_ring *ring, const struct ct *ct)
{
	unsigned i = 0;

	while (i < ring->nb_open && ring->open[i].ct != ct)
		i++;
	return i;
}

/* What happened to an entry: for readers, and to be logged. */
struct happened {
	unsigned mask, log;
};

static void
set(struct ct_event_record *r, unsigned lane, const struct ct *ct, struct happened h)
{
	r->kind = CT_EVENT_FLOW;
	r->mask = h.mask;
	r->log = h.log;
	stamp(r, lane);
	ct_snapshot(&r->flow, ct, ct_time(clock_ms()));
}

static void
send_at_once(struct ct_event_ring *ring, unsigned lane, const struct ct *ct, struct happened h)
{
	struct ct_event_record *r = room(ring, lane, h.log);

	if (r == NULL)
		return;
	set(r, lane, ct, h);
	if ((h.mask | h.log) & 1u << CT_EVENT_DESTROY && r->flow.has & CT_HAS_TIMESTAMP)
		r->flow.stop = r->usec * 1000;
	push(ring);
}

/* Adds to what the packet has caused so far; the same twice is another packet's. */
static void
collect(struct ct_event_ring *ring, unsigned lane, struct ct *ct, struct happened h)
{
	unsigned i = open_of(ring, ct);

	if (i < ring->nb_open && ring->open[i].record.mask & h.mask) {
		deliver(ring, lane, i);
		i = ring->nb_open;
	}
	if (i == CT_EVENT_OPEN) {
		deliver(ring, lane, 0);
		i--;
	}
	if (i == ring->nb_open) {
		ring->nb_open++;
		ring->open[i] = (struct ct_event_open){ .ct = ct };
	}
	h.mask |= ring->open[i].record.mask;
	h.log |= ring->open[i].record.log;
	set(&ring->open[i].record, lane, ct, h);
	if (ct_bursts[lane] != NULL)
		ct_bursts[lane]->events = true;
}

/* Of mask, the events that the entry sends to those who read all, and those that are logged. */
static struct happened
wanted(const struct ct *ct, unsigned mask)
{
	const struct ct_ext *x = __atomic_load_n(&ct->ext, __ATOMIC_ACQUIRE);
	unsigned heard = __atomic_load_n(&ct_listened, __ATOMIC_RELAXED);
	struct happened h = { 0 };

	if (heard & ~CT_EVENTS_LOGGED) {
		if (x != NULL && x->has & CT_HAS_EVENTS)
			h.mask = mask & x->event_mask;
		else if (param_get(&events) != 0)
			h.mask = mask;
	}
	if (__atomic_load_n(&ct_event_logged, __ATOMIC_RELAXED) && ct_status(ct) & CT_NAT_MASK)
		h.log = mask & CT_EVENTS_LOGGED;
	return h;
}

void
ct_event_send(unsigned lane, struct ct *ct, unsigned mask)
{
	struct ct_event_ring *ring = ring_of(lane);
	struct happened h;
	unsigned i;

	/* Nothing happens to what has gone. */
	if (ct_status(ct) & CT_DYING && !(mask & 1u << CT_EVENT_DESTROY))
		return;
	h = wanted(ct, mask);
	if (ring == NULL || (h.mask | h.log) == 0)
		return;
	if (lane == LANE_MAX) {
		send_at_once(ring, lane, ct, h);
	} else if ((h.mask | h.log) & 1u << CT_EVENT_DESTROY) {
		i = open_of(ring, ct);
		if (i < ring->nb_open)
			deliver(ring, lane, i);
		send_at_once(ring, lane, ct, h);
	} else {
		collect(ring, lane, ct, h);
	}
}

void
ct_event_packet(unsigned lane, struct ct *ct)
{
	struct ct_event_ring *ring = ring_of(lane);
	unsigned i;

	if (ring == NULL)
		return;
	i = open_of(ring, ct);
	if (i < ring->nb_open)
		deliver(ring, lane, i);
}

void
ct_event_burst_end(unsigned lane)
{
	struct ct_event_ring *ring = ring_of(lane);

	ct_bursts[lane]->events = false;
	while (ring != NULL && ring->nb_open != 0) {
		if (ct_status(ring->open[0].ct) & CT_CONFIRMED)
			deliver(ring, lane, 0);
		else
			memmove(&ring->open[0], &ring->open[1],
				--ring->nb_open * sizeof(ring->open[0]));
	}
}

void
ct_event_expect(unsigned lane, const struct ct_expect *e, bool gone)
{
	struct ct_event_ring *ring = ring_of(lane);
	struct ct_event_record *r;

	if ((ct_listened & ~CT_EVENTS_LOGGED) == 0 || ring == NULL ||
	    (r = room(ring, lane, 0)) == NULL)
		return;
	r->log = 0;
	r->kind = gone ? CT_EVENT_EXPECT_GONE : CT_EVENT_EXPECT_NEW;
	r->mask = 0;
	stamp(r, lane);
	ct_expect_snapshot(&r->expect, e, ct_time(clock_ms()));
	push(ring);
}
