/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which flow comes next, and its frame. A flow has a client, 10.0.1.0 and up, one of 256 servers,
 * 198.18.0.0 and up, and a port of the client's; no two have server and port in common. To port
 * 53. Answers go back there, or to 203.0.113.0 where a translation to that address is expected.
 */
#include <string.h>

#include <rte_byteorder.h>
#include <rte_cycles.h>
#include <rte_ether.h>
#include <rte_hash_crc.h>
#include <rte_ip.h>
#include <rte_mbuf.h>
#include <rte_tcp.h>
#include <rte_udp.h>

#include "replay.h"

#define CLIENTS RTE_IPV4(10, 0, 1, 0)
#define SERVERS RTE_IPV4(198, 18, 0, 0)
#define OUTSIDE RTE_IPV4(203, 0, 113, 0)
#define SPREAD RTE_IPV4(32, 0, 0, 0)
#define PORT_TO 53
#define PORTS_FROM 1024

#define L3 RTE_ETHER_HDR_LEN
#define L4_IP4 (L3 + 20)
#define L4_IP6 (L3 + 40)

/* Of twelve frames seven are of 64 bytes on the wire, four of 594, one of 1,518. */
static const uint16_t imix_length[REPLAY_SHAPES] = { 60, 590, 1514 };
static const uint8_t imix_turn[12] = { 0, 1, 0, 0, 1, 0, 2, 0, 1, 0, 0, 1 };

static uint32_t
fold(uint32_t sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	return (sum & 0xffff) + (sum >> 16);
}

static uint32_t
halves(uint32_t word)
{
	return (word >> 16) + (word & 0xffff);
}

static void
put16(uint8_t *at, uint32_t value)
{
	*(unaligned_uint16_t *)at = rte_cpu_to_be_16((uint16_t)value);
}

static void
put32(uint8_t *at, uint32_t value)
{
	*(unaligned_uint32_t *)at = rte_cpu_to_be_32(value);
}

static uint32_t
common_divisor(uint32_t a, uint32_t b)
{
	return b == 0 ? a : common_divisor(b, a % b);
}

static struct replay_cursor
cursor(uint32_t n)
{
	return (struct replay_cursor){ .n = n, .step = 1 };
}

/* From the second lap on by steps near the golden section, which meet every flow once. */
static void
next_lap(struct replay_cursor *c)
{
	c->lap++;
	c->done = c->at = 0;
	for (c->step = (uint32_t)(c->n * 0.618); c->step > 1; c->step--)
		if (common_divisor(c->step, c->n) == 1)
			break;
	if (c->step == 0)
		c->step = 1;
}

static inline uint32_t
advance(struct replay_cursor *c)
{
	uint32_t at = c->at;

	if (unlikely(++c->done == c->n)) {
		next_lap(c);
		return at;
	}
	c->at += c->step;
	if (c->at >= c->n)
		c->at -= c->n;
	return at;
}

static void
shape_ip4(struct replay_shape *s, bool tcp)
{
	uint8_t *d = s->bytes, proto = tcp ? IPPROTO_TCP : IPPROTO_UDP;
	uint32_t total = s->length - L3, l4 = s->length - L4_IP4;

	put16(d + 12, RTE_ETHER_TYPE_IPV4);
	d[L3] = RTE_IPV4_VHL_DEF;
	put16(d + L3 + 2, total);
	d[L3 + 8] = 64;
	d[L3 + 9] = proto;
	s->ip_sum = (RTE_IPV4_VHL_DEF << 8) + total + (64 << 8) + proto;
	s->l4_sum = proto + l4;
	if (tcp) {
		d[L4_IP4 + 12] = 5 << 4;
		put16(d + L4_IP4 + 14, 65535);
		s->l4_sum += (5 << 12) + 65535;
	} else {
		put16(d + L4_IP4 + 4, l4);
		s->l4_sum += l4;
	}
}

/* Clients are 2001:db8:1::/96, servers 2001:db8:2::/96; both halves of a word are summed here. */
static void
shape_ip6(struct replay_shape *s)
{
	uint8_t *d = s->bytes;
	uint32_t l4 = s->length - L4_IP6;

	put16(d + 12, RTE_ETHER_TYPE_IPV6);
	d[L3] = 6 << 4;
	put16(d + L3 + 4, l4);
	d[L3 + 6] = IPPROTO_UDP;
	d[L3 + 7] = 64;
	for (unsigned i = 0; i < 2; i++)
		put32(d + L3 + 8 + 16 * i, 0x20010db8);
	put16(d + L4_IP6 + 4, l4);
	s->l4_sum = 2 * halves(0x20010db8) + 1 + 2 + IPPROTO_UDP + 2 * l4;
}

void
replay_flow_start(struct replay_rxq *q, const uint8_t mac[6])
{
	static const uint8_t from[6] = { 2, 0, 0, 0, 1, 1 };
	const struct replay_plan *p = q->plan;
	uint32_t own = p->flows / q->stride + (q->first < p->flows % q->stride);

	q->forth = q->back = cursor(RTE_MAX(own, 1u));
	q->turn = 0;
	q->fresh = q->since = 0;
	for (unsigned i = 0; i < REPLAY_SHAPES; i++) {
		struct replay_shape *s = &q->shape[i];

		memset(s, 0, sizeof(*s));
		s->length = p->ip6 ? L4_IP6 + sizeof(struct rte_udp_hdr) : imix_length[i];
		memcpy(s->bytes, mac, 6);
		memcpy(s->bytes + 6, from, 6);
		if (p->ip6)
			shape_ip6(s);
		else
			shape_ip4(s, p->tcp);
	}
	q->packet_type = RTE_PTYPE_L2_ETHER | (p->ip6 ? RTE_PTYPE_L3_IPV6 : RTE_PTYPE_L3_IPV4) |
			 (p->tcp ? RTE_PTYPE_L4_TCP : RTE_PTYPE_L4_UDP);
}

static inline uint32_t
server(const struct replay_plan *p, uint32_t flow)
{
	if (p->spread)
		return SPREAD | (uint32_t)(flow * 2654435761u) >> 3;
	return (p->ip6 ? 0 : SERVERS) + flow % REPLAY_SERVERS;
}

static inline struct replay_ends
ends(const struct replay_plan *p, uint32_t flow, bool back)
{
	uint32_t client = p->ip6 ? 256 + flow : CLIENTS + (flow & 0xffffff);
	uint16_t port = (uint16_t)(PORTS_FROM + flow / REPLAY_SERVERS);
	struct replay_ends e = { .back = back };

	if (back) {
		e.src = server(p, flow);
		e.dst = p->answers == REPLAY_TRANSLATED ? OUTSIDE : client;
		e.sport = PORT_TO;
		e.dport = port;
	} else {
		e.src = client;
		e.dst = server(p, flow);
		e.sport = port;
		e.dport = PORT_TO;
	}
	return e;
}

/*
 * A connection as both ends would have it: SYN, SYN+ACK, then segments each way in turn, which
 * acknowledge those of the lap before. All carry a few bytes, the first two as well (RFC 9293 3.4).
 */
static inline void
talk(struct replay_ends *e, uint32_t lap)
{
	e->seq = e->ack = 1 + lap * REPLAY_TCP_DATA;
	e->flags = RTE_TCP_ACK_FLAG | RTE_TCP_PSH_FLAG;
	if (unlikely(lap == 0)) {
		e->flags = e->back ? RTE_TCP_SYN_FLAG | RTE_TCP_ACK_FLAG : RTE_TCP_SYN_FLAG;
		e->seq = 0;
		e->ack = e->back ? 1 + REPLAY_TCP_DATA : 0;
	}
}

static inline void
write_tcp(uint8_t *l4, const struct replay_ends *e, uint32_t sum)
{
	put32(l4 + 4, e->seq);
	put32(l4 + 8, e->ack);
	l4[13] = e->flags;
	sum += halves(e->seq) + halves(e->ack) + e->flags;
	put16(l4 + 16, ~fold(sum));
}

static inline void
write_frame(uint8_t *d, const struct replay_shape *s, const struct replay_ends *e, bool ip6,
	    bool tcp)
{
	uint32_t sum = halves(e->src) + halves(e->dst);
	uint8_t *l4 = d + (ip6 ? L4_IP6 : L4_IP4);

	memcpy(d, s->bytes, REPLAY_BYTES);
	if (ip6) {
		d[L3 + 13] = 1 + e->back;
		d[L3 + 29] = 2 - e->back;
		put32(d + L3 + 20, e->src);
		put32(d + L3 + 36, e->dst);
	} else {
		put16(d + L3 + 10, ~fold(s->ip_sum + sum));
		put32(d + L3 + 12, e->src);
		put32(d + L3 + 16, e->dst);
	}
	put16(l4, e->sport);
	put16(l4 + 2, e->dport);
	sum += s->l4_sum + e->sport + e->dport;
	if (tcp)
		write_tcp(l4, e, sum);
	else
		put16(l4 + 6, ~fold(sum));
}

/* First every flow begins, then every one is answered, then bursts go both ways in turn. */
static struct replay_cursor *
direction(struct replay_rxq *q, uint16_t *n)
{
	struct replay_cursor *c;

	if (q->plan->answers == REPLAY_ONE_WAY)
		return &q->forth;
	if (q->forth.lap == 0)
		c = &q->forth;
	else if (q->back.lap == 0)
		c = &q->back;
	else
		return (q->turn_back = !q->turn_back) ? &q->back : &q->forth;
	*n = RTE_MIN(*n, c->n - c->done);
	return c;
}

/* Beside flows that go both ways: only in bursts of clients, so twice as often there. */
static inline bool
fresh_turn(struct replay_rxq *q, const struct replay_cursor *c)
{
	if (c != &q->forth || q->back.lap == 0)
		return false;
	q->since += 2 * q->plan->fresh;
	if (q->since < 100)
		return false;
	q->since -= 100;
	return true;
}

/* What a NIC would say of it; its hash is the flow's, the same both ways. */
static inline void
describe(const struct replay_rxq *q, struct rte_mbuf *m, const struct replay_shape *s,
	 uint32_t flow)
{
	*replay_rearm(m) = q->rearm;
	m->ol_flags = q->ol_flags;
	m->packet_type = q->packet_type;
	m->pkt_len = m->data_len = s->length;
	m->hash.rss = rte_hash_crc_4byte(flow, 0);
}

static __rte_always_inline void
burst(struct replay_rxq *q, struct rte_mbuf **pkts, uint16_t n, struct replay_cursor *c, bool ip6,
      bool tcp)
{
	const struct replay_plan *p = q->plan;

	for (uint16_t i = 0; i < n; i++) {
		struct rte_mbuf *m = pkts[i];
		const struct replay_shape *s = &q->shape[0];
		uint32_t lap = c->lap, flow;
		struct replay_ends e;

		if (unlikely(p->fresh != 0) && fresh_turn(q, c))
			flow = p->flows + q->first + q->stride * q->fresh++;
		else
			flow = q->first + q->stride * advance(c);
		e = ends(p, flow, c == &q->back);
		if (tcp)
			talk(&e, lap);
		if (p->imix) {
			s = &q->shape[imix_turn[q->turn]];
			q->turn = (uint16_t)(q->turn == 11 ? 0 : q->turn + 1);
		}
		write_frame((uint8_t *)m->buf_addr + RTE_PKTMBUF_HEADROOM, s, &e, ip6, tcp);
		describe(q, m, s, flow);
	}
}

uint16_t
replay_flow_burst(struct replay_rxq *q, struct rte_mbuf **pkts, uint16_t n)
{
	struct replay_cursor *c = direction(q, &n);

	if (unlikely(rte_mempool_get_bulk(q->pool, (void **)pkts, n) != 0)) {
		q->no_buffer++;
		return 0;
	}
	if (q->plan->ip6)
		burst(q, pkts, n, c, true, false);
	else if (q->plan->tcp)
		burst(q, pkts, n, c, false, true);
	else
		burst(q, pkts, n, c, false, false);
	return n;
}
