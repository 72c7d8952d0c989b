/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ICMP and ICMPv6 packets before their own flow is looked up: what is malformed, what is never tracked
 * (discovery, multicast listeners), and errors, which belong to the connection of the packet they quote.
 */
#pragma once

#include "ct.h"
#include "hook.h"

enum ct_icmp {
	CT_ICMP_FLOW,      /* none of these: to be tracked like a packet of any protocol */
	CT_ICMP_RELATED,   /* ct_set() was called: the connection that the error is about */
	CT_ICMP_UNTRACKED, /* pkt.ct is CT_INFO_UNTRACKED now */
	CT_ICMP_INVALID,   /* no connection; ct_stat.error was counted */
	CT_ICMP_UNKNOWN,   /* an error about what the table does not have; nothing counted */
};

/*
 * Worker, from ct_track(): an IPv4 packet of ICMP or an IPv6 packet of ICMPv6 with PKT_L4. zones: the packet's for
 * either direction, by enum ct_dir. check_sum: as for ct_proto.valid. After CT_ICMP_UNKNOWN *inner is the tuple to
 * find a connection by that this burst made and that is not confirmed yet: the quoted one inverted, in the zone
 * of replies, as errors are mostly about what came first. Who does not wait for one counts ct_stat.error and
 * takes the packet as CT_ICMP_INVALID.
 */
enum ct_icmp ct_icmp_error(struct rte_mbuf *m, const struct hook_ctx *ctx,
			   const uint16_t zones[CT_DIRS], bool check_sum, struct ct_tuple *inner);
