/* SPDX-License-Identifier: BSD-3-Clause */
#include "pkt_rewrite.h"

void
pkt_ip4_checksum_set(struct rte_mbuf *m)
{
	struct rte_ipv4_hdr *ip = pkt_ip4(m);

	ip->hdr_checksum = 0;
	ip->hdr_checksum = (uint16_t)~rte_raw_cksum(ip, rte_ipv4_hdr_len(ip));
}

void
pkt_tos_set(struct rte_mbuf *m, uint8_t tos)
{
	if (pkt(m)->family == AF_INET) {
		pkt_ip4(m)->type_of_service = tos;
		pkt_ip4_checksum_set(m);
	} else {
		struct ip6_hdr *ip = pkt_ip6(m);

		ip->ip6_flow = (ip->ip6_flow & rte_cpu_to_be_32(0xf00fffff)) |
			       rte_cpu_to_be_32((uint32_t)tos << 20);
	}
}
