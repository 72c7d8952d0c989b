/* SPDX-License-Identifier: BSD-3-Clause */
#include <netinet/ip6.h>
#include <string.h>

#include <rte_arp.h>
#include <rte_ip.h>

#include "base_addr.h"
#include "dp_frame.h"

static void
ethernet(struct dp_frame *f, unsigned side, uint16_t type)
{
	struct rte_ether_hdr *eth = (void *)f->bytes;

	*eth = (struct rte_ether_hdr){ .dst_addr = { { 2, 0, 0, 0, 0, 0x10 + side } },
				       .src_addr = { { 2, 0, 0, 0, 1, side } },
				       .ether_type = rte_cpu_to_be_16(type) };
}

static unsigned
l4_len(const struct dp_ip *s)
{
	return (s->proto == IPPROTO_TCP ? 20 : 8) + s->payload;
}

/* Ports or type and code, a length or an offset where one belongs; checksum at *csum. */
static unsigned
fill_l4(uint8_t *l4, const struct dp_ip *s)
{
	unsigned len = l4_len(s);

	memset(l4, 0, len);
	l4[0] = s->sport >> 8;
	l4[1] = s->sport;
	if (s->proto == IPPROTO_ICMP || s->proto == IPPROTO_ICMPV6)
		return 2;
	l4[2] = s->dport >> 8;
	l4[3] = s->dport;
	if (s->proto == IPPROTO_TCP) {
		uint32_t numbers[2] = { rte_cpu_to_be_32(s->seq), rte_cpu_to_be_32(s->ack) };

		memcpy(l4 + 4, numbers, sizeof(numbers));
		l4[12] = 0x50;
		l4[13] = s->flags != 0 ? s->flags : 2; /* SYN */
		l4[14] = s->win >> 8;
		l4[15] = s->win;
		return 16;
	}
	l4[4] = len >> 8;
	l4[5] = len;
	return 6;
}

static void
put_checksum(uint8_t *l4, unsigned at, unsigned len, uint32_t sum)
{
	uint16_t csum;

	sum += rte_raw_cksum(l4, len);
	sum = (sum & 0xffff) + (sum >> 16);
	csum = ~((sum & 0xffff) + (sum >> 16));
	memcpy(l4 + at, &csum, 2);
}

static uint32_t
pseudo(const void *addrs, unsigned n, uint8_t proto, unsigned len)
{
	uint16_t tail[2] = { rte_cpu_to_be_16(proto), rte_cpu_to_be_16(len) };

	if (proto == IPPROTO_ICMP)
		return 0;
	return rte_raw_cksum(addrs, n) + rte_raw_cksum(tail, 4);
}

struct dp_frame
dp_ip(const struct dp_ip *s)
{
	struct dp_frame f = { .len = 0 };
	struct ip_addr src, dst;
	unsigned l4 = l4_len(s), at;

	ip_addr_parse(s->src, AF_UNSPEC, &src);
	ip_addr_parse(s->dst, src.family, &dst);
	if (src.family == AF_INET) {
		struct rte_ipv4_hdr *ip = (void *)(f.bytes + 14);

		ethernet(&f, s->side, RTE_ETHER_TYPE_IPV4);
		*ip = (struct rte_ipv4_hdr){ .version_ihl = 0x45,
					     .type_of_service = s->tos,
					     .total_length = rte_cpu_to_be_16(20 + l4),
					     .packet_id = rte_cpu_to_be_16(s->id),
					     .fragment_offset = rte_cpu_to_be_16(
						     s->frag | (s->df ? 0x4000 : 0)),
					     .time_to_live = s->ttl,
					     .next_proto_id = s->proto,
					     .src_addr = src.v4,
					     .dst_addr = dst.v4 };
		ip->hdr_checksum = rte_ipv4_cksum(ip);
		at = fill_l4(f.bytes + 34, s);
		put_checksum(f.bytes + 34, at, l4, pseudo(&ip->src_addr, 8, s->proto, l4));
		f.len = 34 + l4;
	} else {
		struct ip6_hdr *ip = (void *)(f.bytes + 14);

		ethernet(&f, s->side, RTE_ETHER_TYPE_IPV6);
		*ip = (struct ip6_hdr){ 0 };
		ip->ip6_flow = rte_cpu_to_be_32(6u << 28 | (uint32_t)s->tos << 20);
		ip->ip6_plen = rte_cpu_to_be_16(l4);
		ip->ip6_nxt = s->proto;
		ip->ip6_hlim = s->ttl;
		memcpy(&ip->ip6_src, src.v6, 16);
		memcpy(&ip->ip6_dst, dst.v6, 16);
		at = fill_l4(f.bytes + 54, s);
		put_checksum(f.bytes + 54, at, l4, pseudo(&ip->ip6_src, 32, s->proto, l4));
		f.len = 54 + l4;
	}
	return f;
}

struct dp_frame
dp_arp(unsigned side, uint16_t op, const char *sha, const char *sip, const char *tip)
{
	struct dp_frame f = { .len = 42 };
	struct rte_arp_hdr *arp = (void *)(f.bytes + 14);
	struct ip_addr a, b;

	ip_addr_parse(sip, AF_INET, &a);
	ip_addr_parse(tip, AF_INET, &b);
	ethernet(&f, side, RTE_ETHER_TYPE_ARP);
	*arp = (struct rte_arp_hdr){ .arp_hardware = rte_cpu_to_be_16(1),
				     .arp_protocol = rte_cpu_to_be_16(RTE_ETHER_TYPE_IPV4),
				     .arp_hlen = 6,
				     .arp_plen = 4,
				     .arp_opcode = rte_cpu_to_be_16(op) };
	rte_ether_unformat_addr(sha, &arp->arp_data.arp_sha);
	arp->arp_data.arp_sip = a.v4;
	arp->arp_data.arp_tip = b.v4;
	return f;
}
