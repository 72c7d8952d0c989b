/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The writer of headers on the way through. Any lane; the mbuf must be the caller's alone.
 */
#pragma once

#include <string.h>

#include "pkt.h"

/* One less TTL, checksum kept right (RFC 1624). The TTL must be above 1. */
static inline void
pkt_ttl_dec(struct rte_ipv4_hdr *ip)
{
	/* TTL is the high byte of its word: the sum falls by 0x0100, so the complement grows by it. */
	uint32_t sum = (uint32_t)ip->hdr_checksum + rte_cpu_to_be_16(0x0100);

	ip->hdr_checksum = sum + (sum >= 0xffff);
	ip->time_to_live--;
}

/* Writes the 14 bytes of l2 (16 readable) in front of the IP header. */
static inline void
pkt_l2_write(struct rte_mbuf *m, const uint8_t l2[16])
{
	uint8_t *eth = rte_pktmbuf_mtod(m, uint8_t *);

	memcpy(eth, l2, 8);
	memcpy(eth + 6, l2 + 6, 8);
}

/* Sets the IPv4 TOS / IPv6 traffic class byte, checksum kept right. */
void pkt_tos_set(struct rte_mbuf *m, uint8_t tos);
/* Recomputes the IPv4 header checksum. */
void pkt_ip4_checksum_set(struct rte_mbuf *m);
