/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Whether the source of a received IPv4 packet is believable, as Linux's fib_validate_source()
 * judges it: our own addresses, rp_filter, accept_local. Workers.
 */
#pragma once

#include "walk.h"

enum source4 {
	SOURCE4_OK,
	SOURCE4_MARTIAN,     /* never a source, or one of our own */
	SOURCE4_UNREACHABLE, /* rp_filter: its packets would not come this way */
};

/* Once a burst: do packets of the port need source4_validate() even when they look ordinary? */
bool source4_strict(uint16_t port);

/*
 * out: port it is to leave by; 0: it is for the box. *on_link (may be NULL): the sender is a station on
 * the link it came in by; only found out where a redirect could follow (out is that port), or with
 * rp_filter.
 */
enum source4 source4_validate(const struct walk *w, const struct rte_mbuf *m, uint16_t out,
			      bool *on_link);

/*
 * The same for something that is no IPv4 packet: k->dst is the source to be judged, k->src what it is
 * sent to; k->mark is looked at only with src_valid_mark.
 */
struct route_key;
enum source4 source4_judge(const struct walk *w, uint16_t in, uint16_t out, struct route_key *k,
			   bool *on_link);

/* Network order: ours, a broadcast or a multicast address; everything but a unicast one elsewhere. */
bool source4_special(const struct hook_ctx *ctx, uint32_t addr);
