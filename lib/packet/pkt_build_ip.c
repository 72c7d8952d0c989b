/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdbool.h>
#include <string.h>

#include <rte_random.h>

#include "base_param.h"
#include "pkt_build.h"
#include "pkt_build_ip.h"
#include "pkt_chain.h"
#include "pkt_rewrite.h"

PARAM_INT(default_ttl, "net.ipv4.ip_default_ttl", 64, 1, 255, "TTL of what the box sends")

uint8_t
pkt_default_ttl(uint8_t family)
{
	return family == AF_INET ? param_get(&default_ttl) : 0;
}

static void
put_ip4(struct rte_mbuf *m, const struct pkt_ip_spec *s)
{
	struct rte_ipv4_hdr *ip = pkt_ip4(m);

	*ip = (struct rte_ipv4_hdr){
		.version_ihl = 0x45,
		.type_of_service = s->tos,
		.total_length = rte_cpu_to_be_16(sizeof(*ip) + s->payload),
		/* RFC 6864: an atomic datagram needs no ID; others get one that cannot be guessed. */
		.packet_id = s->df ? 0 : (uint16_t)rte_rand(),
		.fragment_offset = s->df ? rte_cpu_to_be_16(RTE_IPV4_HDR_DF_FLAG) : 0,
		.time_to_live = s->ttl,
		.next_proto_id = s->proto,
	};
	memcpy(&ip->src_addr, s->src, 4);
	memcpy(&ip->dst_addr, s->dst, 4);
	pkt_ip4_checksum_set(m);
}

static void
put_ip6(struct rte_mbuf *m, const struct pkt_ip_spec *s)
{
	struct ip6_hdr *ip = pkt_ip6(m);

	*ip = (struct ip6_hdr){ 0 };
	ip->ip6_flow = rte_cpu_to_be_32(6u << 28 | (uint32_t)s->tos << 20);
	ip->ip6_plen = rte_cpu_to_be_16(s->payload);
	ip->ip6_nxt = s->proto;
	ip->ip6_hlim = s->ttl;
	memcpy(&ip->ip6_src, s->src, 16);
	memcpy(&ip->ip6_dst, s->dst, 16);
}

void *
pkt_build_ip(struct rte_mbuf *m, const struct pkt_ip_spec *s)
{
	struct pkt *p = pkt(m);
	unsigned hlen = s->family == AF_INET ? sizeof(struct rte_ipv4_hdr) : sizeof(struct ip6_hdr);

	if (!pkt_chain_extend(m, p->l3 + hlen + s->payload))
		return NULL;
	p->family = s->family;
	p->proto = s->proto;
	p->len = hlen + s->payload;
	p->l4 = p->l3 + hlen;
	p->flags |= PKT_L4;
	p->ip6_nexthdr_off = s->family == AF_INET ? 0 : offsetof(struct ip6_hdr, ip6_nxt);
	if (s->family == AF_INET)
		put_ip4(m, s);
	else
		put_ip6(m, s);
	return memset(pkt_l4(m), 0, RTE_MIN(s->payload, pkt_linear(m) - hlen));
}
