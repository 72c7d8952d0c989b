/* SPDX-License-Identifier: BSD-3-Clause */
/* ARP (RFC 826) and neighbour discovery (RFC 4861) frames. */
#include <netinet/icmp6.h>
#include <string.h>

#include <rte_arp.h>

#include "pkt_build.h"
#include "pkt_checksum.h"

static void
put_eth(struct rte_mbuf *m, const struct rte_ether_addr *dst, const struct rte_ether_addr *src,
	uint16_t type)
{
	struct rte_ether_hdr *eth = pkt_eth(m);

	eth->dst_addr = *dst;
	eth->src_addr = *src;
	eth->ether_type = rte_cpu_to_be_16(type);
}

void
pkt_build_arp(struct rte_mbuf *m, const struct pkt_arp *a)
{
	static const struct rte_ether_addr bcast = { { 255, 255, 255, 255, 255, 255 } };
	struct rte_arp_hdr *arp;

	rte_pktmbuf_append(m, RTE_ETHER_HDR_LEN + sizeof(*arp));
	put_eth(m, a->eth_dst ? a->eth_dst : &bcast, a->sha, RTE_ETHER_TYPE_ARP);
	arp = rte_pktmbuf_mtod_offset(m, struct rte_arp_hdr *, RTE_ETHER_HDR_LEN);
	*arp = (struct rte_arp_hdr){
		.arp_hardware = rte_cpu_to_be_16(RTE_ARP_HRD_ETHER),
		.arp_protocol = rte_cpu_to_be_16(RTE_ETHER_TYPE_IPV4),
		.arp_hlen = RTE_ETHER_ADDR_LEN,
		.arp_plen = 4,
		.arp_opcode = rte_cpu_to_be_16(a->op),
	};
	arp->arp_data.arp_sha = *a->sha;
	arp->arp_data.arp_sip = a->sip;
	if (a->tha != NULL)
		arp->arp_data.arp_tha = *a->tha;
	arp->arp_data.arp_tip = a->tip;
}

/* A message of `target` and one link-layer option; the rest of both messages is the same. */
static void
build_nd(struct rte_mbuf *m, const struct pkt_nd *nd, uint8_t type, uint8_t option)
{
	unsigned len = sizeof(struct nd_neighbor_solicit) + 8;
	struct pkt *p = pkt(m);
	struct nd_neighbor_solicit *msg;
	struct ip6_hdr *ip;
	uint8_t *opt;

	rte_pktmbuf_append(m, p->l3 + sizeof(*ip) + len);
	put_eth(m, nd->dmac, nd->smac, RTE_ETHER_TYPE_IPV6);
	ip = pkt_ip6(m);
	*ip = (struct ip6_hdr){ 0 };
	ip->ip6_vfc = 0x60;
	ip->ip6_plen = rte_cpu_to_be_16(len);
	ip->ip6_nxt = IPPROTO_ICMPV6;
	ip->ip6_hlim = 255;
	memcpy(&ip->ip6_src, nd->src, 16);
	memcpy(&ip->ip6_dst, nd->dst, 16);
	p->family = AF_INET6;
	p->proto = IPPROTO_ICMPV6;
	p->len = sizeof(*ip) + len;
	p->l4 = p->l3 + sizeof(*ip);
	p->flags |= PKT_L4;
	p->ip6_nexthdr_off = offsetof(struct ip6_hdr, ip6_nxt);
	msg = pkt_l4(m);
	*msg = (struct nd_neighbor_solicit){ .nd_ns_hdr = { .icmp6_type = type } };
	msg->nd_ns_reserved = nd->flags;
	memcpy(&msg->nd_ns_target, nd->target, 16);
	opt = (uint8_t *)(msg + 1);
	opt[0] = option;
	opt[1] = 1;
	memcpy(opt + 2, nd->smac, 6);
	msg->nd_ns_cksum = pkt_l4_checksum(m);
	p->dport = *(uint16_t *)msg;
}

void
pkt_build_ns(struct rte_mbuf *m, const struct pkt_nd *nd)
{
	build_nd(m, nd, ND_NEIGHBOR_SOLICIT, ND_OPT_SOURCE_LINKADDR);
}

void
pkt_build_na(struct rte_mbuf *m, const struct pkt_nd *nd)
{
	build_nd(m, nd, ND_NEIGHBOR_ADVERT, ND_OPT_TARGET_LINKADDR);
}
