/* SPDX-License-Identifier: BSD-3-Clause */
#include <rte_icmp.h>
#include <rte_tcp.h>
#include <rte_udp.h>

#include "pg_checksum.h"
#include "pg_frame.h"
#include "pg_mark.h"

#define ICMP_ECHO 8
#define ICMP6_ECHO 128
#define WINDOW 65535

/* Of each protocol: number in IPv4 and IPv6, header length, where its checksum is. */
static const struct {
	uint8_t v4, v6, len, sum;
} protos[] = {
	[PG_UDP] = { IPPROTO_UDP, IPPROTO_UDP, 8, 6 },
	[PG_TCP] = { IPPROTO_TCP, IPPROTO_TCP, 20, 16 },
	[PG_ICMP] = { IPPROTO_ICMP, IPPROTO_ICMPV6, 8, 2 },
};

static void
init_l4(struct pg_frame *f)
{
	struct rte_tcp_hdr *tcp = (void *)(f->head + f->l4);
	struct rte_icmp_hdr *icmp = (void *)(f->head + f->l4);

	if (f->proto == PG_ICMP)
		icmp->icmp_type = f->v6 ? ICMP6_ECHO : ICMP_ECHO;
	if (f->proto != PG_TCP)
		return;
	/* One segment of an open connection, over and over: within any window. */
	tcp->sent_seq = rte_cpu_to_be_32(1);
	tcp->recv_ack = rte_cpu_to_be_32(1);
	tcp->data_off = 5 << 4;
	tcp->tcp_flags = RTE_TCP_ACK_FLAG | RTE_TCP_PSH_FLAG;
	tcp->rx_win = rte_cpu_to_be_16(WINDOW);
}

void
pg_frame_init(struct pg_frame *f, bool v6, enum pg_proto proto, uint8_t ttl)
{
	struct rte_ether_hdr *eth = (void *)f->head;
	struct rte_ipv4_hdr *ip4 = (void *)(eth + 1);
	struct rte_ipv6_hdr *ip6 = (void *)(eth + 1);

	*f = (struct pg_frame){ .v6 = v6, .proto = proto };
	f->ip_proto = v6 ? protos[proto].v6 : protos[proto].v4;
	f->l4 = sizeof(*eth) + (v6 ? sizeof(*ip6) : sizeof(*ip4));
	f->headers = f->l4 + protos[proto].len;
	f->sum = f->l4 + protos[proto].sum;
	if (v6) {
		eth->ether_type = rte_cpu_to_be_16(RTE_ETHER_TYPE_IPV6);
		ip6->vtc_flow = rte_cpu_to_be_32(6u << 28);
		ip6->proto = f->ip_proto;
		ip6->hop_limits = ttl;
	} else {
		eth->ether_type = rte_cpu_to_be_16(RTE_ETHER_TYPE_IPV4);
		ip4->version_ihl = RTE_IPV4_VHL_DEF;
		ip4->next_proto_id = f->ip_proto;
		ip4->time_to_live = ttl;
	}
	init_l4(f);
}

void
pg_frame_macs(struct pg_frame *f, const struct rte_ether_addr *dst,
	      const struct rte_ether_addr *src)
{
	struct rte_ether_hdr *eth = (void *)f->head;

	eth->dst_addr = *dst;
	eth->src_addr = *src;
}

unsigned
pg_frame_min(const struct pg_frame *f)
{
	unsigned min = f->headers + PG_MARK_LEN + PG_FCS;

	return min < PG_SIZE_MIN ? PG_SIZE_MIN : min;
}

void
pg_frame_sizes(struct pg_frame *f, unsigned size)
{
	/* Mixed well: no long run of one size. */
	static const uint16_t imix[PG_SIZES] = { 64,   594, 64,  64, 594, 64,
						 1518, 64,  594, 64, 594, 64 };

	f->nb_sizes = size != 0 ? 1 : PG_SIZES;
	for (unsigned i = 0; i < f->nb_sizes; i++) {
		unsigned one = size != 0 ? size : imix[i];

		f->size[i] = (one < pg_frame_min(f) ? pg_frame_min(f) : one) - PG_FCS;
	}
}

double
pg_frame_mean(const struct pg_frame *f)
{
	double sum = 0;

	for (unsigned i = 0; i < f->nb_sizes; i++)
		sum += f->size[i] + PG_FCS;
	return sum / f->nb_sizes;
}

/* Everything of the IP header, and L4's ports; len: the bytes from Ethernet's header on. Returns where the addresses are. */
static const void *
fill_headers(const struct pg_frame *f, uint8_t *p, uint16_t len, const struct pg_tuple *t)
{
	struct rte_ipv4_hdr *ip4 = (void *)(p + sizeof(struct rte_ether_hdr));
	struct rte_ipv6_hdr *ip6 = (void *)ip4;
	struct rte_udp_hdr *udp = (void *)(p + f->l4);
	struct rte_icmp_hdr *icmp = (void *)udp;

	memcpy(p, f->head, PG_HEADERS_MAX);
	if (f->proto == PG_ICMP) {
		icmp->icmp_ident = rte_cpu_to_be_16(t->sport);
	} else {
		udp->src_port = rte_cpu_to_be_16(t->sport);
		udp->dst_port = rte_cpu_to_be_16(t->dport);
	}
	if (f->proto == PG_UDP)
		udp->dgram_len = rte_cpu_to_be_16(len - f->l4);
	if (f->v6) {
		ip6->payload_len = rte_cpu_to_be_16(len - f->l4);
		memcpy(&ip6->src_addr, t->src.v6, 16);
		memcpy(&ip6->dst_addr, t->dst.v6, 16);
		return &ip6->src_addr;
	}
	ip4->total_length = rte_cpu_to_be_16(len - sizeof(struct rte_ether_hdr));
	ip4->src_addr = t->src.v4;
	ip4->dst_addr = t->dst.v4;
	ip4->hdr_checksum = rte_ipv4_cksum(ip4);
	return &ip4->src_addr;
}

/* Sums what is not zero: the first `bytes` of L4; its length is more, and even the pseudo header's. */
static void
write_sum(const struct pg_frame *f, uint8_t *p, uint16_t len, uint16_t bytes, const void *addrs)
{
	uint16_t sum = pg_checksum_sum(addrs, f->v6, f->ip_proto, p + f->l4, bytes);
	uint16_t short_by = rte_cpu_to_be_16(len - f->l4 - bytes);
	static const uint16_t zero;

	if (f->ip_proto != IPPROTO_ICMP)
		sum = ~pg_checksum_change(~sum, &zero, &short_by, 1);
	sum = ~sum;
	if (f->proto == PG_UDP)
		sum = pg_checksum_not_zero(sum);
	memcpy(p + f->sum, &sum, sizeof(sum));
}

void
pg_frame_build(const struct pg_frame *f, uint8_t *p, uint16_t len, const struct pg_tuple *t,
	       uint32_t flow, uint32_t seq, uint8_t run)
{
	const void *addrs = fill_headers(f, p, len, t);
	struct rte_icmp_hdr *icmp = (void *)(p + f->l4);
	struct pg_mark *mark = (void *)(p + f->headers);

	if (f->proto == PG_ICMP)
		icmp->icmp_seq_nb = rte_cpu_to_be_16(seq);
	*mark = (struct pg_mark){ .magic = rte_cpu_to_be_16(PG_MARK_OUT),
				  .flow_run = pg_mark_flow_run(flow, run),
				  .seq = rte_cpu_to_be_32(seq) };
	memset(mark + 1, 0, len - f->headers - PG_MARK_LEN);
	write_sum(f, p, len, f->headers - f->l4 + PG_MARK_LEN, addrs);
}

void
pg_frame_stamp(const struct pg_frame *f, uint8_t *p, uint64_t tsc)
{
	struct pg_mark *mark = (void *)(p + f->headers);
	uint16_t sum;

	memcpy(&sum, p + f->sum, sizeof(sum));
	sum = pg_checksum_change(sum, &mark->tsc, &tsc, 4);
	if (f->proto == PG_UDP)
		sum = pg_checksum_not_zero(sum);
	memcpy(p + f->sum, &sum, sizeof(sum));
	mark->tsc = tsc;
}

uint16_t
pg_frame_segment(const struct pg_frame *f, uint8_t *p, const struct pg_tuple *t,
		 const struct pg_segment *s)
{
	uint16_t len = f->headers + s->payload, room = len < 60 ? 60 : len;
	const void *addrs = fill_headers(f, p, len, t);
	struct rte_tcp_hdr *tcp = (void *)(p + f->l4);

	tcp->sent_seq = rte_cpu_to_be_32(s->seq);
	tcp->recv_ack = rte_cpu_to_be_32(s->ack);
	tcp->tcp_flags = s->flags;
	memset(p + f->headers, 0, room - f->headers);
	write_sum(f, p, len, f->headers - f->l4, addrs);
	return room;
}
