/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * L4 checksums over whole packets, in software, and the test whether one is right. Any lane.
 */
#pragma once

#include <stdbool.h>

#include "pkt.h"

/*
 * true unless the packet carries a TCP, UDP, ICMP or ICMPv6 checksum that is wrong. Uses the NIC's
 * answer where it says "good". Fragments and other protocols: true. A UDP checksum of zero is right
 * on IPv4.
 */
bool pkt_l4_checksum_ok(const struct rte_mbuf *m);

/* The checksum to write (network order) into an L4 header whose checksum field is zero now. */
uint16_t pkt_l4_checksum(const struct rte_mbuf *m);

/* The one's complement sum of the L4 bytes that are there, in however many segments; not folded. */
uint32_t pkt_l4_sum(const struct rte_mbuf *m);
