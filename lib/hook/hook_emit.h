/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How lower levels (targets, helpers) ask for packets to be sent: a table that the pipeline fills
 * at start. Workers, from within a hook function.
 */
#pragma once

#include "hook.h"

struct hook_emit {
	/*
	 * An ICMP (HOOK_IP4) or ICMPv6 error about the packet, if the rules of RFC 1122, RFC 4443 and
	 * the rate limits allow one. The packet stays the caller's. info: the header's second word in
	 * host order (next-hop MTU, pointer).
	 */
	void (*icmp_error)(const struct hook_ctx *ctx, struct rte_mbuf *about, uint8_t type,
			   uint8_t code, uint32_t info);
	/*
	 * A packet of pkt_alloc() that the box makes (struct pkt and the IP packet complete, from l3
	 * on): it is routed and walks OUTPUT and POSTROUTING after the current burst, in the place of
	 * the packet that caused it (burst_pos, to be copied from there). Takes the mbuf.
	 */
	void (*local_out)(const struct hook_ctx *ctx, struct rte_mbuf *m);
};

extern struct hook_emit hook_emit;
