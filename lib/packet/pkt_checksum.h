/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * L4 checksums over whole packets, in software, and the test whether one is right. Any lane.
 */
#pragma once

#include <stdbool.h>

#include "pkt.h"

/*
 * true unless the packet carries a checksum that is wrong, or is too short for one: TCP, UDP-Lite and DCCP
 * with their coverage, SCTP, ICMP, ICMPv6, UDP. UDP without one is right, on IPv6 too: tracking lets it pass, it is
 * receivers who must not take it (RFC 8200 8.1). Fragments and other protocols: true.
 */
bool pkt_l4_checksum_summed(const struct rte_mbuf *m);

/*
 * The same, but of plain TCP and UDP the NIC's answer is taken where it says "good"; drivers say so of all frames without
 * an error, also of those that they could not look into, and of a fragment it says nothing about the datagram.
 */
static inline bool
pkt_l4_checksum_ok(const struct rte_mbuf *m)
{
	uint64_t nic = m->ol_flags & RTE_MBUF_F_RX_L4_CKSUM_MASK;
	const struct pkt *p = pkt_const(m);

	if (likely((nic == RTE_MBUF_F_RX_L4_CKSUM_GOOD || nic == RTE_MBUF_F_RX_L4_CKSUM_NONE) &&
		   (p->proto == IPPROTO_TCP || p->proto == IPPROTO_UDP) &&
		   !(p->flags & PKT_REASSEMBLED) && pkt_l4_len(m) >= 8 &&
		   p->l4 - p->l3 == (p->family == AF_INET ? 20 : 40)))
		return true;
	return pkt_l4_checksum_summed(m);
}

/* The checksum to write (network order) into an L4 header whose checksum field is zero now. */
uint16_t pkt_l4_checksum(const struct rte_mbuf *m);

/* The one's complement sum of the L4 bytes that are there, in however many segments. */
uint16_t pkt_l4_sum(const struct rte_mbuf *m);

/*
 * SCTP's checksum as it stands in the header that is at offset off of the data, over all to the packet's end. The header
 * is there, in the first segment.
 */
uint32_t pkt_sctp_checksum(const struct rte_mbuf *m, uint32_t off);

/* Is the checksum among the first len L4 bytes right, with that protocol's number in the pseudo header? */
bool pkt_l4_sums_up(const struct rte_mbuf *m, uint32_t len, uint8_t proto);
