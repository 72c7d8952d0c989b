/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The only reader of raw bytes from the wire. Fills struct pkt and says what the frame is, or why
 * it is worth nothing. Trims Ethernet padding. Never reads beyond the data. Any lane.
 */
#pragma once

#include "pkt.h"

enum pkt_kind { PKT_KIND_IP4, PKT_KIND_IP6, PKT_KIND_ARP, PKT_KIND_DROP };

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
