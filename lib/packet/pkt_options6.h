/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The options in IPv6 hop-by-hop and destination options headers (RFC 8200 section 4.2). This router knows
 * router alert, jumbo payload, IOAM and CALIPSO, as far as Linux does when none of them is set up. Pure; any lane.
 */
#pragma once

#include <stdbool.h>

#include "pkt.h"

struct pkt_options6 {
	enum { PKT_OPTIONS6_OK, PKT_OPTIONS6_DROP, PKT_OPTIONS6_PROBLEM } verdict;
	/* PROBLEM: of the ICMPv6 parameter problem; pointer in bytes from the IP header. */
	uint8_t code;
	uint32_t pointer;
	uint32_t end; /* OK: where the next header begins, from the IP header */
};

/* off: of the header in m, from the IP header. Limits: net.ipv6.max_hbh_*, net.ipv6.max_dst_*. */
struct pkt_options6 pkt_options6(const struct rte_mbuf *m, uint32_t off, bool hop_by_hop);
