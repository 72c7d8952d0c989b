/* SPDX-License-Identifier: BSD-3-Clause */
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>
#include <string.h>

#include "pkt_build.h"
#include "pkt_build_ip.h"
#include "pkt_checksum.h"

/* The first 8 bytes of ICMP and ICMPv6 errors have the same layout. */
struct icmp_error {
	uint8_t type, code;
	uint16_t checksum;
	uint32_t info;
};

void
pkt_build_icmp_error(struct rte_mbuf *m, const struct rte_mbuf *about, const void *saddr,
		     const struct pkt_icmp_error *e)
{
	const struct pkt *a = pkt_const(about);
	bool v4 = a->family == AF_INET;
	unsigned room = v4 ? PKT_ICMP4_ERROR_MAX - sizeof(struct rte_ipv4_hdr)
			   : PKT_ICMP6_ERROR_MAX - sizeof(struct ip6_hdr);
	unsigned quote = RTE_MIN(a->len, room - e->options - sizeof(struct icmp_error));
	struct pkt_ip_spec spec = {
		.src = saddr,
		.dst = v4 ? (const void *)&pkt_ip4(about)->src_addr : &pkt_ip6(about)->ip6_src,
		.family = a->family,
		.proto = v4 ? IPPROTO_ICMP : IPPROTO_ICMPV6,
		.tos = e->tos,
		.ttl = e->ttl,
		.payload = sizeof(struct icmp_error) + quote,
	};
	struct icmp_error *icmp = pkt_build_ip(m, &spec);

	icmp->type = e->type;
	icmp->code = e->code;
	icmp->info = rte_cpu_to_be_32(e->info);
	memcpy(icmp + 1, rte_pktmbuf_mtod_offset(about, void *, a->l3), quote);
	icmp->checksum = pkt_l4_checksum(m);
	pkt(m)->dport = *(uint16_t *)icmp;
}
