/* SPDX-License-Identifier: BSD-3-Clause */
#include <rte_icmp.h>
#include <rte_tcp.h>
#include <rte_udp.h>

#include "pg_answer.h"
#include "pg_checksum.h"
#include "pg_mark.h"

#define TTL 64

static void
swap(uint8_t *a, uint8_t *b, unsigned n)
{
	uint8_t was[16];

	memcpy(was, a, n);
	memcpy(a, b, n);
	memcpy(b, was, n);
}

/* Changes a 16-bit word that the checksum covers. */
static void
write16(uint16_t *sum, uint8_t *at, uint16_t now)
{
	*sum = pg_checksum_change(*sum, at, &now, 1);
	memcpy(at, &now, sizeof(now));
}

/* The answer acknowledges what came and goes on where the other side expects it. */
static void
turn_tcp(uint16_t *sum, uint8_t *p, const struct pg_seen *s)
{
	struct rte_tcp_hdr *tcp = (void *)(p + s->l4);
	rte_be32_t was[2] = { tcp->sent_seq, tcp->recv_ack }, now[2];

	now[0] = was[1];
	now[1] = rte_cpu_to_be_32(rte_be_to_cpu_32(was[0]) + s->end - s->payload);
	tcp->sent_seq = now[0];
	tcp->recv_ack = now[1];
	*sum = pg_checksum_change(*sum, was, now, 4);
}

static void
turn_ip(uint8_t *p, const struct pg_seen *s)
{
	struct rte_ipv4_hdr *ip4 = (void *)(p + sizeof(struct rte_ether_hdr));
	struct rte_ipv6_hdr *ip6 = (void *)ip4;

	if (s->v6) {
		swap((uint8_t *)&ip6->src_addr, (uint8_t *)&ip6->dst_addr, 16);
		ip6->hop_limits = TTL;
		return;
	}
	swap((uint8_t *)&ip4->src_addr, (uint8_t *)&ip4->dst_addr, 4);
	write16(&ip4->hdr_checksum, &ip4->time_to_live,
		rte_cpu_to_be_16(TTL << 8 | ip4->next_proto_id));
}

void
pg_turn(uint8_t *p, const struct pg_seen *s)
{
	struct rte_ether_hdr *eth = (void *)p;
	struct pg_mark *mark = (void *)(p + s->payload);
	uint8_t *l4 = p + s->l4;
	bool icmp = s->proto == IPPROTO_ICMP || s->proto == IPPROTO_ICMPV6;
	unsigned at = icmp                      ? offsetof(struct rte_icmp_hdr, icmp_cksum)
		      : s->proto == IPPROTO_TCP ? offsetof(struct rte_tcp_hdr, cksum)
						: offsetof(struct rte_udp_hdr, dgram_cksum);
	uint16_t sum;

	memcpy(&sum, l4 + at, sizeof(sum));
	bool none = s->proto == IPPROTO_UDP && sum == 0;

	swap(eth->src_addr.addr_bytes, eth->dst_addr.addr_bytes, sizeof(eth->src_addr));
	turn_ip(p, s);
	write16(&sum, (uint8_t *)&mark->magic, rte_cpu_to_be_16(PG_MARK_RETURN));
	if (icmp)
		write16(&sum, l4, rte_cpu_to_be_16(s->v6 ? 129 << 8 : 0));
	else
		swap(l4, l4 + 2, 2);
	if (s->proto == IPPROTO_TCP)
		turn_tcp(&sum, p, s);
	if (s->proto == IPPROTO_UDP)
		sum = none ? 0 : pg_checksum_not_zero(sum);
	memcpy(l4 + at, &sum, sizeof(sum));
}
