/* SPDX-License-Identifier: BSD-3-Clause */
/* ARP (RFC 826) and neighbour discovery (RFC 4861) frames. */
#include <netinet/icmp6.h>
#include <string.h>

#include <rte_arp.h>

#include "pkt_build.h"
#include "pkt_build_ip.h"
#include "pkt_checksum.h"

void
pkt_build_arp(struct rte_mbuf *m, const struct pkt_arp *a)
{
	static const struct rte_ether_addr bcast = { { 255, 255, 255, 255, 255, 255 } };
	struct rte_ether_hdr *eth;
	struct rte_arp_hdr *arp;

	rte_pktmbuf_append(m, RTE_ETHER_HDR_LEN + sizeof(*arp));
	eth = pkt_eth(m);
	eth->dst_addr = a->eth_dst ? *a->eth_dst : bcast;
	eth->src_addr = *a->sha;
	eth->ether_type = rte_cpu_to_be_16(RTE_ETHER_TYPE_ARP);
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

#define ND_OPT_NONCE 14

/* A message of `target` and at most one link-layer option; the rest of both messages is the same. */
static void
build_nd(struct rte_mbuf *m, const struct pkt_nd *nd, uint8_t type, uint8_t option)
{
	struct pkt_ip_spec spec = {
		.src = nd->src,
		.dst = nd->dst,
		.family = AF_INET6,
		.proto = IPPROTO_ICMPV6,
		.tos = nd->tos,
		.ttl = 255,
		.payload = sizeof(struct nd_neighbor_solicit) + (nd->mac != NULL ? 8 : 0) +
			   (nd->nonce != NULL ? 8 : 0),
	};
	struct nd_neighbor_solicit *msg = pkt_build_ip(m, &spec);
	uint8_t *opt = (uint8_t *)(msg + 1);

	msg->nd_ns_hdr.icmp6_type = type;
	msg->nd_ns_reserved = nd->flags;
	memcpy(&msg->nd_ns_target, nd->target, 16);
	if (nd->mac != NULL) {
		opt[0] = option;
		opt[1] = 1;
		memcpy(opt + 2, nd->mac, 6);
		opt += 8;
	}
	if (nd->nonce != NULL) {
		opt[0] = ND_OPT_NONCE;
		opt[1] = 1;
		memcpy(opt + 2, nd->nonce, 6);
	}
	msg->nd_ns_cksum = pkt_l4_checksum(m);
	pkt(m)->dport = *(uint16_t *)msg;
}

void
pkt_build_redirect(struct rte_mbuf *m, const struct pkt_redirect *r)
{
	const struct ip6_hdr *ip = pkt_ip6(r->about);
	unsigned mac_len = r->mac != NULL ? 8 : 0;
	unsigned room = PKT_ICMP6_ERROR_MAX - sizeof(*ip) - sizeof(struct nd_redirect) - mac_len;
	unsigned quote = RTE_MIN(room, pkt_const(r->about)->len + 8u) & ~7u;
	struct pkt_ip_spec spec = {
		.src = r->src,
		.dst = &ip->ip6_src,
		.family = AF_INET6,
		.proto = IPPROTO_ICMPV6,
		.tos = r->tos,
		.ttl = 255,
		.payload = sizeof(struct nd_redirect) + mac_len + quote,
	};
	struct nd_redirect *msg = pkt_build_ip(m, &spec);
	uint8_t *opt = (uint8_t *)(msg + 1);

	msg->nd_rd_type = ND_REDIRECT;
	memcpy(&msg->nd_rd_target, r->target, 16);
	msg->nd_rd_dst = ip->ip6_dst;
	if (r->mac != NULL) {
		opt[0] = ND_OPT_TARGET_LINKADDR;
		opt[1] = 1;
		memcpy(opt + 2, r->mac, 6);
		opt += 8;
	}
	opt[0] = ND_OPT_REDIRECTED_HEADER;
	opt[1] = quote / 8;
	memcpy(opt + 8, ip, quote - 8);
	msg->nd_rd_cksum = pkt_l4_checksum(m);
	pkt(m)->dport = *(uint16_t *)msg;
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
