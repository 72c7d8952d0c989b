/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The only reader of raw bytes from the wire. Fills struct pkt and says what the frame is, or why
 * it is worth nothing. Trims Ethernet padding. Never reads beyond the data. Any lane.
 */
#pragma once

#include "pkt.h"

enum pkt_kind {
	PKT_KIND_IP4,
	PKT_KIND_IP6,
	PKT_KIND_IP6_OPTIONS, /* IPv6 with hop-by-hop options: every router reads them (pkt_options6.h) */
	PKT_KIND_ARP,
	PKT_KIND_DROP
};

/*
 * mac: the port's own address. On PKT_KIND_DROP *reason is the drop reason (base_drop.h).
 * Checks: whole headers, version, lengths, IPv4 header checksum, frame for us.
 */
enum pkt_kind pkt_parse(struct rte_mbuf *m, uint16_t in, const struct rte_ether_addr *mac,
			uint16_t *reason);

/*
 * The part from the IP header on, for packets that have no frame yet. struct pkt's l3 must be set
 * and m's data hold the packet. false: malformed, *reason says how.
 */
bool pkt_parse_ip4(struct rte_mbuf *m, uint16_t *reason);
bool pkt_parse_ip6(struct rte_mbuf *m, uint16_t *reason);

#define PKT_L4_HEADER_MAX 60u /* bytes that are read as a header: TCP with all its options */

#define PKT_JOINED6_HEADERS \
	1000 /* IP bytes in front of the upper layer's header; as many follow in the segment */

/*
 * An IPv6 datagram that was put together (pkt_reasm.h), from its first header on again. false: it is a chain with
 * more headers than the first segment has room for, or with headers cut short; it is to be dropped.
 */
bool pkt_parse_joined6(struct rte_mbuf *m);

/* An IPv6 extension header that says what follows it. */
static inline bool
pkt_is_extension6(uint8_t proto)
{
	return proto == IPPROTO_HOPOPTS || proto == IPPROTO_ROUTING || proto == IPPROTO_FRAGMENT ||
	       proto == IPPROTO_AH || proto == IPPROTO_DSTOPTS;
}

/* What is behind off IP bytes is the L4 header of proto (whatever PKT_* said of fragments and headers). */
void pkt_l4_set(struct rte_mbuf *m, uint8_t proto, uint32_t off);
