/* SPDX-License-Identifier: BSD-3-Clause */
#include <rte_ethdev.h>
#include <rte_tcp.h>

#include "pg_connect.h"

#define SYN RTE_TCP_SYN_FLAG
#define ACK RTE_TCP_ACK_FLAG
#define FIN RTE_TCP_FIN_FLAG
#define RST RTE_TCP_RST_FLAG
#define PSH RTE_TCP_PSH_FLAG

/* A segment that came, in host byte order. */
struct segment {
	uint32_t seq, ack, payload;
	uint8_t flags;
	struct pg_tuple t; /* as it came: src is who sent it */
};

static void
read_segment(const uint8_t *p, const struct pg_seen *s, struct segment *g)
{
	const struct rte_tcp_hdr *tcp = (const void *)(p + s->l4);
	const uint8_t *addrs = p + sizeof(struct rte_ether_hdr) + (s->v6 ? 8 : 12);
	uint32_t v4[2];

	g->seq = rte_be_to_cpu_32(tcp->sent_seq);
	g->ack = rte_be_to_cpu_32(tcp->recv_ack);
	g->payload = s->end - s->payload;
	g->flags = tcp->tcp_flags;
	g->t.sport = rte_be_to_cpu_16(tcp->src_port);
	g->t.dport = rte_be_to_cpu_16(tcp->dst_port);
	if (s->v6) {
		g->t.src = ip_addr_v6(addrs);
		g->t.dst = ip_addr_v6(addrs + 16);
	} else {
		memcpy(v4, addrs, sizeof(v4));
		g->t.src = ip_addr_v4(v4[0]);
		g->t.dst = ip_addr_v4(v4[1]);
	}
}

static struct rte_mbuf *
build(struct pg_worker *w, const struct pg_tuple *t, const struct pg_segment *s)
{
	struct rte_mbuf *m = pg_buffer(w, 0);

	if (m == NULL)
		return NULL;
	m->data_len = pg_frame_segment(&w->frame, rte_pktmbuf_mtod(m, uint8_t *), t, s);
	m->pkt_len = m->data_len;
	return m;
}

static void
reply(struct pg_worker *w, const struct pg_tuple *t, uint8_t flags, uint32_t seq, uint32_t ack,
      uint16_t payload)
{
	struct pg_segment s = { .seq = seq, .ack = ack, .flags = flags, .payload = payload };
	struct rte_mbuf *m = build(w, t, &s);

	if (m != NULL)
		w->replies.m[w->replies.nb++] = m;
}

static void
open_one(struct pg_worker *w, uint32_t flow, uint64_t now)
{
	struct pg_connection *c = &w->run->connection[flow];
	struct pg_segment s = { .seq = flow << PG_CONNECT_SEQ_BITS, .flags = SYN };
	struct rte_mbuf *m;
	struct pg_tuple t;

	if (c->state != PG_CLOSED && now - c->begun < w->run->timeout) {
		pg_count(&w->count.busy, 1);
		return;
	}
	pg_count(&w->count.timed_out, c->state != PG_CLOSED);
	pg_flow_tuple(&w->run->o->flows, flow, &t);
	m = build(w, &t, &s);
	*c = (struct pg_connection){ now, m == NULL ? PG_CLOSED : PG_SYN_SENT };
	if (m == NULL)
		return;
	w->pending[w->nb_pending++] = m;
	pg_count(&w->count.opened, 1);
	w->left--;
}

/* SYNs that the driver does not take are tried again in the next round, before others are due. */
unsigned
pg_connect_begin(struct pg_worker *w, uint64_t now)
{
	unsigned due = 0, nb;

	if (w->nb_pending == 0) {
		due = pg_pace_due(&w->pace, now, RTE_MIN(w->left, w->run->o->burst));
		pg_pace_sent(&w->pace, due);
		for (unsigned i = 0; i < due; i++)
			open_one(w, pg_spread_next(&w->spread), now);
	}
	if (w->nb_pending == 0)
		return 0;
	nb = rte_eth_tx_burst(w->run->side[0].port, w->queue[0], w->pending, w->nb_pending);
	w->nb_pending -= nb;
	pg_count(&w->count.tx_full, w->nb_pending > 0);
	memmove(w->pending, w->pending + nb, w->nb_pending * sizeof(w->pending[0]));
	w->last_sent = now;
	return nb;
}

static void
finish(struct pg_worker *w, struct pg_connection *c, const struct pg_tuple *t,
       const struct segment *g)
{
	reply(w, t, FIN | ACK, g->ack, g->seq + g->payload, 0);
	c->state = PG_FIN_SENT;
}

static void
established(struct pg_worker *w, struct pg_connection *c, const struct pg_tuple *t,
	    const struct segment *g, uint64_t now)
{
	uint16_t data = w->run->o->data;

	pg_count(&w->count.established, 1);
	pg_histogram_add(&w->latency, now - c->begun);
	reply(w, t, ACK, g->ack, g->seq + 1, 0);
	if (data == 0) {
		reply(w, t, FIN | ACK, g->ack, g->seq + 1, 0);
		c->state = PG_FIN_SENT;
	} else {
		reply(w, t, PSH | ACK, g->ack, g->seq + 1, data);
		c->state = PG_REQUEST_SENT;
	}
}

/* false: no connection that one of the clients has. */
static bool
client_arrived(struct pg_worker *w, const struct segment *g, uint64_t now)
{
	uint32_t flow = (g->ack - 1) >> PG_CONNECT_SEQ_BITS;
	uint32_t acked = (g->ack - 1) & ((1 << PG_CONNECT_SEQ_BITS) - 1);
	unsigned data = w->run->o->data;
	struct pg_connection *c;
	struct pg_tuple t;

	if (flow >= w->run->o->flows.nb || !(g->flags & ACK))
		return false;
	pg_flow_tuple(&w->run->o->flows, flow, &t);
	if (t.sport != g->t.dport || t.dport != g->t.sport || !ip_addr_equal(&t.src, &g->t.dst) ||
	    !ip_addr_equal(&t.dst, &g->t.src))
		return false;
	c = &w->run->connection[flow];
	if (c->state == PG_CLOSED) {
		pg_count(&w->count.twice, 1);
	} else if (g->flags & RST) {
		pg_count(&w->count.refused, 1);
		c->state = PG_CLOSED;
	} else if (c->state == PG_SYN_SENT && (g->flags & SYN) && acked == 0) {
		established(w, c, &t, g, now);
	} else if (c->state == PG_REQUEST_SENT && acked == data && g->payload == data) {
		finish(w, c, &t, g);
	} else if (c->state == PG_FIN_SENT && (g->flags & FIN) && acked == data + 1) {
		reply(w, &t, ACK, g->ack, g->seq + g->payload + 1, 0);
		pg_histogram_add(&w->back, now - c->begun);
		pg_count(&w->count.completed, 1);
		c->state = PG_CLOSED;
	} else {
		pg_count(&w->count.twice, 1);
	}
	return true;
}

/* A server's first number follows from the client's, so that the ACK of the handshake proves itself. */
static uint32_t
server_number(uint32_t client)
{
	return client * 2654435761u + 12345;
}

/* Segments of handshakes and data are answered; the MAC address is that of whoever sent them. */
static void
server_arrived(struct pg_worker *w, unsigned side, const uint8_t *p, const struct segment *g)
{
	const struct rte_ether_hdr *eth = (const void *)p;
	struct pg_tuple t = { g->t.dst, g->t.src, g->t.dport, g->t.sport };
	unsigned nb = w->replies.nb;
	struct rte_ether_hdr *out;

	if ((g->flags & (SYN | ACK | RST)) == SYN) {
		pg_count(&w->count.received, 1);
		reply(w, &t, SYN | ACK, server_number(g->seq), g->seq + 1, 0);
	} else if (g->flags & (SYN | RST)) {
		pg_count(&w->count.other, 1);
	} else if (g->flags & FIN) {
		reply(w, &t, FIN | ACK, g->ack, g->seq + g->payload + 1, 0);
	} else if (g->payload > 0) {
		reply(w, &t, PSH | ACK, g->ack, g->seq + g->payload, g->payload);
	} else {
		pg_count(&w->count.accepted, g->ack == server_number(g->seq - 1) + 1);
	}
	if (w->replies.nb == nb)
		return;
	out = rte_pktmbuf_mtod(w->replies.m[nb], struct rte_ether_hdr *);
	out->dst_addr = eth->src_addr;
	out->src_addr = w->run->side[side].host.mac;
}

void
pg_connect_arrived(struct pg_worker *w, unsigned side, uint8_t *p, const struct pg_seen *s,
		   uint64_t now)
{
	bool server = side == w->run->nb_sides - 1;
	struct segment g;

	if (w->run->o->check && !pg_checksums_right(p, s)) {
		pg_count(&w->count.bad_checksum, 1);
		return;
	}
	read_segment(p, s, &g);
	if (side == 0 && client_arrived(w, &g, now))
		return;
	if (server && g.payload <= PG_CONNECT_DATA_MAX)
		server_arrived(w, side, p, &g);
	else
		pg_count(&w->count.other, 1);
}
