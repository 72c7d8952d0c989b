/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Events of connections and expectations, for `conntrack -E`: workers put records into rings of their lane
 * while somebody listens, the control lcore reads them (ct_event_read.h). What happens to a connection by one
 * packet is one event, as in Linux: it is sent when the packet has passed the confirmation, or at the end of the
 * burst. A full ring loses events, counted (ct_stat.event_lost); nobody waits.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct ct;

/* Linux's enum ip_conntrack_events: bits of CT --ctevents. */
enum ct_event {
	CT_EVENT_NEW,
	CT_EVENT_RELATED,
	CT_EVENT_DESTROY,
	CT_EVENT_REPLY,
	CT_EVENT_ASSURED,
	CT_EVENT_PROTOINFO,
	CT_EVENT_HELPER,
	CT_EVENT_MARK,
	CT_EVENT_SEQADJ,
	CT_EVENT_SECMARK,
	CT_EVENT_LABEL,
};

/* Bits of the events that somebody reads, or that are logged; 0: nobody listens. */
extern unsigned ct_listened;
/* What is logged of translated connections (ct_event_log()). */
#define CT_EVENTS_LOGGED (1u << CT_EVENT_NEW | 1u << CT_EVENT_RELATED | 1u << CT_EVENT_DESTROY)

/* Any lane (LANE_MAX: control): what happened to the entry; mask: bits of enum ct_event. */
void ct_event_send(unsigned lane, struct ct *ct, unsigned mask);

static inline void
ct_event(unsigned lane, struct ct *ct, unsigned mask)
{
	if (__builtin_expect(ct_listened & mask, 0))
		ct_event_send(lane, ct, mask);
}

/* Worker: a packet of the confirmed entry leaves tracking: what it caused is one event. */
void ct_event_packet(unsigned lane, struct ct *ct);
/* Worker: the burst is through; events of entries that were not confirmed are forgotten. */
void ct_event_burst_end(unsigned lane);
