/* SPDX-License-Identifier: BSD-3-Clause */
#include <rte_tcp.h>

#include "pkt_build.h"
#include "pkt_build_ip.h"
#include "pkt_checksum.h"

/* The bytes the offender takes in sequence space. */
static uint32_t
sequence_len(const struct rte_mbuf *about, const struct rte_tcp_hdr *tcp)
{
	int data = pkt_l4_len(about) - (tcp->data_off >> 4) * 4;

	return data + !!(tcp->tcp_flags & RTE_TCP_SYN_FLAG) + !!(tcp->tcp_flags & RTE_TCP_FIN_FLAG);
}

bool
pkt_build_tcp_reset(struct rte_mbuf *m, const struct rte_mbuf *about)
{
	const struct pkt *a = pkt_const(about);
	const struct rte_tcp_hdr *in = pkt_l4(about);
	bool v4 = a->family == AF_INET;
	struct pkt_ip_spec spec = {
		.src = v4 ? (const void *)&pkt_ip4(about)->dst_addr : &pkt_ip6(about)->ip6_dst,
		.dst = v4 ? (const void *)&pkt_ip4(about)->src_addr : &pkt_ip6(about)->ip6_src,
		.family = a->family,
		.proto = IPPROTO_TCP,
		.ttl = pkt_default_ttl(a->family),
		.df = v4,
		.payload = sizeof(struct rte_tcp_hdr),
	};
	struct rte_tcp_hdr *out;

	if (a->proto != IPPROTO_TCP || pkt_l4_len(about) < sizeof(*in) ||
	    in->tcp_flags & RTE_TCP_RST_FLAG)
		return false;
	out = pkt_build_ip(m, &spec);
	out->src_port = in->dst_port;
	out->dst_port = in->src_port;
	out->data_off = sizeof(*out) / 4 << 4;
	out->tcp_flags = RTE_TCP_RST_FLAG;
	if (in->tcp_flags & RTE_TCP_ACK_FLAG) {
		out->sent_seq = in->recv_ack;
	} else {
		out->tcp_flags |= RTE_TCP_ACK_FLAG;
		out->recv_ack =
			rte_cpu_to_be_32(rte_be_to_cpu_32(in->sent_seq) + sequence_len(about, in));
	}
	out->cksum = pkt_l4_checksum(m);
	pkt(m)->sport = out->src_port;
	pkt(m)->dport = out->dst_port;
	return true;
}
