/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The flow cache. What rules, routing and translation say of a settled connection stays the same until something changes, so
 * its packets do not ask again: they are looked up as they come in, tracked, rewritten and sent, and counted once for
 * all rules that they would have hit (rule_path.h). All else takes the ordinary walk, and notes on it what the next packet
 * of its flow will meet. A burst leaves as its packets would one after another.
 *
 * Served are whole TCP segments with ACK or ACK and PSH, and UDP datagrams, without options or extension headers, of
 * connections in zone 0 that are in a phase that lasts (ct_replay.h), which pass through the box from one port to another.
 * Each packet's own are checksums, TCP's window, expiry and accounting, TTL, route, MTU and neighbour, with rp_filter its
 * source, and what rules ask or do that varies from packet to packet (rule_residual.h), or it walks.
 */
#pragma once

#include "walk.h"

/* Why a packet took the ordinary walk. */
enum flow_miss {
	FLOW_OTHER, /* no TCP or UDP that could be served: protocol, flags, fragments, options, TTL */
	FLOW_NEW,   /* no connection was found */
	FLOW_UNSETTLED, /* TCP not assured, on its way out; with a helper */
	FLOW_UNKNOWN,   /* nothing is known of its way, or it came by another port: it is noted */
	FLOW_WALK,      /* its rules do more than can be told or done as it comes in */
	FLOW_DIFFERS,   /* one says otherwise of it than of the packet that was noted */
	FLOW_ROUTE,     /* no plain route, not by the port that is known, too long */
	FLOW_NEIGHBOUR, /* whose address is not known */
	FLOW_PROTOCOL,  /* its checksum or TCP's window wants a closer look */
	FLOW_BEHIND,    /* another packet of its connection is ahead of it on the ordinary walk */
	FLOW_MISSES
};

struct flow_stat {
	uint64_t served;
	uint64_t missed[FLOW_MISSES];
};

/* Worker: serves what can be served; the rest is left in b, in order. */
void flow_burst(struct walk *w, enum hook_family family, struct batch *b);
/* Worker: the packet goes to the next hop now, its record (pkt.record) is complete. */
void flow_note(const struct walk *w, const struct nexthop *nh, struct rte_mbuf *m);
/* Worker: the burst is through. */
void flow_burst_end(unsigned lane);

/* Control, once, after lanes. 0 or -ENOMEM. */
int flow_init(void);
/* Any thread: summed over lanes. */
struct flow_stat flow_stat(void);
