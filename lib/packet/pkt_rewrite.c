/* SPDX-License-Identifier: BSD-3-Clause */
#include <stddef.h>

#include "pkt_rewrite.h"

void
pkt_ip4_checksum_set(struct rte_mbuf *m)
{
	struct rte_ipv4_hdr *ip = pkt_ip4(m);

	ip->hdr_checksum = 0;
	ip->hdr_checksum = (uint16_t)~rte_raw_cksum(ip, rte_ipv4_hdr_len(ip));
}

/* The header's 16-bit word at that offset. */
static void
set_word(struct rte_ipv4_hdr *ip, size_t offset, uint16_t to)
{
	uint16_t *word = (uint16_t *)ip + offset / 2;

	ip->hdr_checksum = pkt_sum_replace(ip->hdr_checksum, *word, to);
	*word = to;
}

void
pkt_tos_set(struct rte_mbuf *m, uint8_t tos)
{
	if (pkt(m)->family == AF_INET) {
		struct rte_ipv4_hdr *ip = pkt_ip4(m);

		set_word(ip, 0, rte_cpu_to_be_16(ip->version_ihl << 8 | tos));
	} else {
		struct ip6_hdr *ip = pkt_ip6(m);

		ip->ip6_flow = (ip->ip6_flow & rte_cpu_to_be_32(0xf00fffff)) |
			       rte_cpu_to_be_32((uint32_t)tos << 20);
	}
}

void
pkt_ttl_set(struct rte_mbuf *m, uint8_t ttl)
{
	if (pkt(m)->family == AF_INET) {
		struct rte_ipv4_hdr *ip = pkt_ip4(m);

		set_word(ip, offsetof(struct rte_ipv4_hdr, time_to_live),
			 rte_cpu_to_be_16(ttl << 8 | ip->next_proto_id));
	} else {
		pkt_ip6(m)->ip6_hlim = ttl;
	}
}

void
pkt_len_set(struct rte_mbuf *m, uint16_t len)
{
	struct pkt *p = pkt(m);

	if (p->family == AF_INET)
		set_word(pkt_ip4(m), offsetof(struct rte_ipv4_hdr, total_length),
			 rte_cpu_to_be_16(len));
	else
		pkt_ip6(m)->ip6_plen = rte_cpu_to_be_16(len - sizeof(struct ip6_hdr));
	p->len = len;
}
