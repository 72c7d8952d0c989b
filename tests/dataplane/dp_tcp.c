/* SPDX-License-Identifier: BSD-3-Clause */
#include <rte_ether.h>
#include <rte_ip.h>
#include <rte_tcp.h>

#include "dp.h"
#include "dp_tcp.h"

void
dp_tcp_give(const struct dp_tcp *s)
{
	struct {
		struct rte_ether_hdr eth;
		struct rte_ipv4_hdr ip;
		struct rte_tcp_hdr tcp;
		uint8_t padding[6];
	} __rte_packed __rte_aligned(2) f = {
		.eth = { .dst_addr = { { 2, 0, 0, 0, 0, 0x10 + s->side } },
			 .src_addr = { { 2, 0, 0, 0, 1, s->side } },
			 .ether_type = RTE_BE16(RTE_ETHER_TYPE_IPV4) },
		.ip = { .version_ihl = 0x45,
			.total_length = RTE_BE16(40),
			.time_to_live = 64,
			.next_proto_id = IPPROTO_TCP,
			.src_addr = rte_cpu_to_be_32(s->src),
			.dst_addr = rte_cpu_to_be_32(s->dst) },
		.tcp = { .src_port = rte_cpu_to_be_16(s->sport),
			 .dst_port = rte_cpu_to_be_16(s->dport),
			 .sent_seq = rte_cpu_to_be_32(s->seq),
			 .recv_ack = rte_cpu_to_be_32(s->ack),
			 .data_off = 0x50,
			 .tcp_flags = s->flags,
			 .rx_win = RTE_BE16(1000) },
	};

	f.ip.hdr_checksum = rte_ipv4_cksum(&f.ip);
	f.tcp.cksum = rte_ipv4_udptcp_cksum(&f.ip, &f.tcp);
	dp_give(s->side, &f, sizeof(f));
}
