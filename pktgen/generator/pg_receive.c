/* SPDX-License-Identifier: BSD-3-Clause */
/* Receiving: what came is read, counted, and answered if it asks for that. A worker's. */
#include <rte_cycles.h>
#include <rte_ethdev.h>
#include <rte_tcp.h>

#include "pg_connect.h"
#include "pg_mark.h"
#include "pg_reader.h"
#include "pg_run.h"

/* Of one received packet. */
struct arrival {
	struct pg_worker *w;
	unsigned side; /* of run->side */
	uint64_t now;
	struct rte_mbuf *m;
	uint8_t *p;
	struct pg_seen seen;
};

/* As it was on the wire: what is shorter than Ethernet allows was filled up there. */
static uint64_t
wire_bytes(const struct rte_mbuf *m)
{
	return RTE_MAX(m->pkt_len + PG_FCS, (uint32_t)PG_SIZE_MIN);
}

static void
add_latency(struct pg_histogram *h, uint64_t now, uint64_t then)
{
	/* Clocks of two sockets may differ by some cycles. */
	pg_histogram_add(h, now > then ? now - then : 0);
}

/* true: it is to leave again, turned around. */
static bool
out_arrived(struct arrival *a, const struct pg_mark *mark, uint32_t flow)
{
	struct pg_worker *w = a->w;
	enum pg_arrival how = pg_track_arrived(&w->run->track[flow], rte_be_to_cpu_32(mark->seq));

	pg_count(&w->count.received, 1);
	pg_count(&w->count.received_bytes, wire_bytes(a->m));
	pg_count(&w->count.late, how == PG_LATE);
	pg_count(&w->count.twice, how == PG_TWICE);
	if (w->run->o->check && !pg_checksums_right(a->p, &a->seen))
		pg_count(&w->count.bad_checksum, 1);
	add_latency(&w->latency, a->now, mark->tsc);
	if (!w->run->o->turn)
		return false;
	pg_turn(a->p, &a->seen);
	pg_count(&w->count.turned, 1);
	return true;
}

static bool
marked(struct arrival *a)
{
	struct pg_worker *w = a->w;
	struct pg_mark mark;
	uint32_t flow;

	memcpy(&mark, a->p + a->seen.payload, sizeof(mark));
	flow = rte_be_to_cpu_32(mark.flow_run) >> 8;
	if (mark.flow_run != pg_mark_flow_run(flow, w->run->id)) {
		pg_count(&w->count.stale, 1);
		return false;
	}
	if (w->run->o->mode == PG_STREAM && flow < w->run->o->flows.nb) {
		if (mark.magic == rte_cpu_to_be_16(PG_MARK_OUT) && a->side == w->run->nb_sides - 1)
			return out_arrived(a, &mark, flow);
		if (mark.magic == rte_cpu_to_be_16(PG_MARK_RETURN) && a->side == 0) {
			pg_count(&w->count.returned, 1);
			add_latency(&w->back, a->now, mark.tsc);
			return false;
		}
	}
	pg_count(&w->count.other, 1);
	return false;
}

static void
flooded(struct arrival *a)
{
	struct pg_worker *w = a->w;
	const struct rte_tcp_hdr *tcp = (const void *)(a->p + a->seen.l4);
	uint32_t seq = rte_be_to_cpu_32(tcp->sent_seq);

	if ((tcp->tcp_flags & (RTE_TCP_SYN_FLAG | RTE_TCP_ACK_FLAG)) == RTE_TCP_SYN_FLAG &&
	    a->side == w->run->nb_sides - 1 && seq >> 24 == w->run->id) {
		pg_count(&w->count.received, 1);
		pg_count(&w->count.received_bytes, wire_bytes(a->m));
		if (w->run->o->check && !pg_checksums_right(a->p, &a->seen))
			pg_count(&w->count.bad_checksum, 1);
	} else if (a->side == 0 && (tcp->tcp_flags & RTE_TCP_RST_FLAG)) {
		pg_count(&w->count.resets, 1);
	} else if (a->side == 0 && (tcp->tcp_flags & RTE_TCP_SYN_FLAG)) {
		pg_count(&w->count.answers, 1);
	} else {
		pg_count(&w->count.other, 1);
	}
}

static void
segment(struct arrival *a)
{
	switch (a->w->run->o->mode) {
	case PG_SYN_FLOOD:
		flooded(a);
		break;
	case PG_CONNECTIONS:
		pg_connect_arrived(a->w, a->side, a->p, &a->seen, a->now);
		break;
	default:
		pg_count(&a->w->count.other, 1);
		break;
	}
}

/* true: the buffer holds an answer now. */
static bool
asked(struct arrival *a)
{
	uint16_t len;

	if (a->m->nb_segs > 1 || rte_pktmbuf_tailroom(a->m) + a->m->data_len < PG_QUESTION_LEN)
		return false;
	len = pg_answer(&a->w->run->side[a->side].host, a->p, &a->seen);
	if (len == 0)
		return false;
	a->m->data_len = RTE_MAX(len, PG_SIZE_MIN - PG_FCS);
	a->m->pkt_len = a->m->data_len;
	pg_count(&a->w->count.asked, 1);
	return true;
}

static bool
arrived(struct arrival *a)
{
	bool idle = a->w->phase == PG_IDLE;

	a->p = rte_pktmbuf_mtod(a->m, uint8_t *);
	pg_read(a->p, a->m->data_len, &a->seen);
	switch (a->seen.kind) {
	case PG_ARP_REQUEST:
	case PG_ND_SOLICIT:
		return asked(a);
	case PG_MARKED:
		return !idle && marked(a);
	case PG_SEGMENT:
		if (!idle)
			segment(a);
		return false;
	case PG_ICMP_ERROR:
		pg_count(&a->w->count.icmp_errors, !idle);
		return false;
	default:
		pg_count(&a->w->count.other, !idle);
		return false;
	}
}

static void
send_replies(struct pg_worker *w, unsigned side)
{
	struct pg_replies *r = &w->replies;
	unsigned nb;

	if (r->nb == 0)
		return;
	nb = rte_eth_tx_burst(w->run->side[side].port, w->queue[side], r->m, r->nb);
	if (nb < r->nb) {
		pg_count(&w->count.reply_lost, r->nb - nb);
		rte_pktmbuf_free_bulk(r->m + nb, r->nb - nb);
	}
	r->nb = 0;
}

static unsigned
receive_side(struct pg_worker *w, unsigned side)
{
	struct rte_mbuf *m[PG_BURST], *done[PG_BURST];
	unsigned nb, nb_done = 0;
	struct arrival a = { .w = w, .side = side };

	nb = rte_eth_rx_burst(w->run->side[side].port, w->queue[side], m, PG_BURST / 2);
	if (nb == 0)
		return 0;
	a.now = rte_rdtsc();
	for (unsigned i = 0; i < nb; i++)
		rte_prefetch0(rte_pktmbuf_mtod(m[i], void *));
	for (unsigned i = 0; i < nb; i++) {
		a.m = m[i];
		if (arrived(&a))
			w->replies.m[w->replies.nb++] = m[i];
		else
			done[nb_done++] = m[i];
	}
	rte_pktmbuf_free_bulk(done, nb_done);
	send_replies(w, side);
	return nb;
}

unsigned
pg_receive(struct pg_worker *w)
{
	unsigned nb = 0;

	for (unsigned side = 0; side < w->run->nb_sides; side++)
		if (w->queue[side] != PG_NO_QUEUE)
			nb += receive_side(w, side);
	return nb;
}
