/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Frames and IPv4. Called by the pipeline for every received frame, so the order of the tests is
 * that of their cost; IPv6 is in pkt_parse_ip6.c.
 */
#include <string.h>

#include <rte_arp.h>
#include <rte_byteorder.h>

#include "base_drop.h"
#include "pkt_parse.h"
#include "pkt_parse_l4.h"
#include "pkt_plain.h"

DROP_REASON(runt, "l2-runt", "frame shorter than an Ethernet header");
DROP_REASON(segments, "l2-segments", "frame in more than one buffer");
DROP_REASON(other_host, "l2-other-host", "frame for another unicast MAC address");
DROP_REASON(ethertype, "l2-ethertype", "ethertype that is not ARP, IPv4 or IPv6");
DROP_REASON(ip4_short, "ip4-truncated", "IPv4 header or total length beyond the frame");
DROP_REASON(ip4_header, "ip4-bad-header", "IPv4 version, header length or total length impossible");
DROP_REASON(ip4_checksum, "ip4-bad-checksum", "IPv4 header checksum wrong");
DROP_REASON(arp_bad, "arp-malformed", "ARP frame cut short or not Ethernet/IPv4");

/* Everything above the total length is padding and goes. */
static inline void
trim(struct rte_mbuf *m, uint16_t end)
{
	if (likely(m->data_len == end))
		return;
	m->data_len = end;
	m->pkt_len = end;
}

static inline bool
parse_ip4(struct rte_mbuf *m, uint16_t *reason)
{
	struct pkt *p = pkt(m);
	const struct rte_ipv4_hdr *ip = pkt_ip4(m);
	unsigned avail = m->data_len - p->l3;
	unsigned hlen, len, frag;

	if (unlikely(m->data_len < p->l3 + sizeof(*ip))) {
		*reason = DROP(ip4_short);
		return false;
	}
	hlen = (ip->version_ihl & 15) * 4;
	len = rte_be_to_cpu_16(ip->total_length);
	if (unlikely((ip->version_ihl >> 4) != 4 || hlen < sizeof(*ip) || len < hlen)) {
		*reason = DROP(ip4_header);
		return false;
	}
	if (unlikely(len > avail)) {
		*reason = DROP(ip4_short);
		return false;
	}
	if (unlikely(!pkt_ip4_checksum_ok(m, ip, hlen / 4))) {
		*reason = DROP(ip4_checksum);
		return false;
	}
	trim(m, p->l3 + len);
	p->family = AF_INET;
	p->proto = ip->next_proto_id;
	p->len = len;
	p->l4 = p->l3 + hlen;
	if (unlikely(hlen > sizeof(*ip)))
		p->flags |= PKT_OPTIONS;
	frag = rte_be_to_cpu_16(ip->fragment_offset);
	if (unlikely(frag & (RTE_IPV4_HDR_MF_FLAG | RTE_IPV4_HDR_OFFSET_MASK))) {
		p->frag_off = (frag & RTE_IPV4_HDR_OFFSET_MASK) * 8;
		p->flags |= p->frag_off ? PKT_FRAG | PKT_FRAG_LATER : PKT_FRAG;
	}
	pkt_parse_l4(m, p);
	return true;
}

bool
pkt_parse_ip4(struct rte_mbuf *m, uint16_t *reason)
{
	return parse_ip4(m, reason);
}

static inline enum pkt_kind
parse_ip6(struct rte_mbuf *m, uint16_t *reason)
{
	if (unlikely(!pkt_parse_ip6(m, reason)))
		return PKT_KIND_DROP;
	return unlikely(pkt(m)->flags & PKT_OPTIONS) ? PKT_KIND_IP6_OPTIONS : PKT_KIND_IP6;
}

void
pkt_l4_set(struct rte_mbuf *m, uint8_t proto, uint32_t off)
{
	struct pkt *p = pkt(m);

	p->flags &= ~(PKT_FRAG | PKT_FRAG_LATER | PKT_EXT_BAD);
	p->frag_off = 0;
	p->sport = p->dport = 0;
	p->proto = proto;
	p->l4 = p->l3 + off;
	pkt_parse_l4(m, p);
}

static enum pkt_kind
parse_arp(struct rte_mbuf *m, uint16_t *reason)
{
	const struct rte_arp_hdr *arp = rte_pktmbuf_mtod_offset(m, void *, RTE_ETHER_HDR_LEN);

	if (m->data_len < RTE_ETHER_HDR_LEN + sizeof(*arp) ||
	    arp->arp_hardware != rte_cpu_to_be_16(RTE_ARP_HRD_ETHER) ||
	    arp->arp_protocol != rte_cpu_to_be_16(RTE_ETHER_TYPE_IPV4) ||
	    arp->arp_hlen != RTE_ETHER_ADDR_LEN || arp->arp_plen != 4) {
		*reason = DROP(arp_bad);
		return PKT_KIND_DROP;
	}
	return PKT_KIND_ARP;
}

static inline bool
for_us(const struct rte_ether_hdr *eth, const struct rte_ether_addr *mac, struct pkt *p)
{
	if (likely(rte_is_same_ether_addr(&eth->dst_addr, mac)))
		return true;
	if (!rte_is_multicast_ether_addr(&eth->dst_addr))
		return false;
	p->flags |= rte_is_broadcast_ether_addr(&eth->dst_addr) ? PKT_L2_BCAST : PKT_L2_MCAST;
	return true;
}

enum pkt_kind
pkt_parse(struct rte_mbuf *m, uint16_t in, const struct rte_ether_addr *mac, uint16_t *reason)
{
	const struct rte_ether_hdr *eth = pkt_eth(m);
	struct pkt *p = pkt(m);

	*p = (struct pkt){ .l3 = RTE_ETHER_HDR_LEN, .in = in };
	if (unlikely(m->nb_segs != 1)) {
		*reason = DROP(segments);
		return PKT_KIND_DROP;
	}
	if (unlikely(m->data_len < RTE_ETHER_HDR_LEN)) {
		*reason = DROP(runt);
		return PKT_KIND_DROP;
	}
	if (unlikely(!for_us(eth, mac, p))) {
		*reason = DROP(other_host);
		return PKT_KIND_DROP;
	}
	if (likely(eth->ether_type == rte_cpu_to_be_16(RTE_ETHER_TYPE_IPV4)))
		return parse_ip4(m, reason) ? PKT_KIND_IP4 : PKT_KIND_DROP;
	if (eth->ether_type == rte_cpu_to_be_16(RTE_ETHER_TYPE_IPV6))
		return parse_ip6(m, reason);
	if (eth->ether_type == rte_cpu_to_be_16(RTE_ETHER_TYPE_ARP))
		return parse_arp(m, reason);
	*reason = DROP(ethertype);
	return PKT_KIND_DROP;
}
