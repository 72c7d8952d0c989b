/* SPDX-License-Identifier: BSD-3-Clause */
/* Sending: marked packets and SYNs of a flood. A worker's; connections are begun in pg_connect.c. */
#include <rte_cycles.h>
#include <rte_ethdev.h>
#include <rte_tcp.h>

#include "pg_connect.h"
#include "pg_run.h"

struct rte_mbuf *
pg_buffer(struct pg_worker *w, uint16_t len)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(w->run->pool);

	if (m == NULL) {
		pg_count(&w->count.no_buffer, 1);
		return NULL;
	}
	m->data_len = len;
	m->pkt_len = len;
	return m;
}

static struct rte_mbuf *
build_marked(struct pg_worker *w, uint32_t flow, const struct pg_tuple *t)
{
	uint16_t len = w->frame.size[w->size_turn];
	struct rte_mbuf *m = pg_buffer(w, len);

	if (m == NULL)
		return NULL;
	if (++w->size_turn == w->frame.nb_sizes)
		w->size_turn = 0;
	pg_frame_build(&w->frame, rte_pktmbuf_mtod(m, uint8_t *), len, t, flow, w->run->seq[flow]++,
		       w->run->id);
	return m;
}

/* The number of a SYN says whose it is and of which flow, whatever was translated. */
static struct rte_mbuf *
build_syn(struct pg_worker *w, uint32_t flow, const struct pg_tuple *t)
{
	struct pg_segment s = { .seq = (uint32_t)w->run->id << 24 | flow,
				.flags = RTE_TCP_SYN_FLAG };
	struct rte_mbuf *m = pg_buffer(w, 0);

	if (m == NULL)
		return NULL;
	m->data_len = pg_frame_segment(&w->frame, rte_pktmbuf_mtod(m, uint8_t *), t, &s);
	m->pkt_len = m->data_len;
	return m;
}

/* The flows of a burst are drawn first: with many of them each is a place in memory that is far away. */
static void
build(struct pg_worker *w, unsigned nb)
{
	bool flood = w->run->o->mode == PG_SYN_FLOOD;
	uint32_t flow[PG_BURST];
	struct pg_tuple t;

	for (unsigned i = 0; i < nb; i++) {
		flow[i] = pg_spread_next(&w->spread);
		rte_prefetch0(&w->run->seq[flow[i]]);
	}
	for (unsigned i = 0; i < nb; i++) {
		struct rte_mbuf *m;

		pg_flow_tuple(&w->run->o->flows, flow[i], &t);
		m = flood ? build_syn(w, flow[i], &t) : build_marked(w, flow[i], &t);
		if (m == NULL)
			return;
		w->pending[w->nb_pending++] = m;
	}
}

/* What the driver does not take stays pending, with its number; its time is written anew when it leaves. */
static unsigned
hand_over(struct pg_worker *w, uint64_t now)
{
	uint64_t bytes[PG_BURST + 1];
	unsigned nb;

	bytes[0] = 0;
	for (unsigned i = 0; i < w->nb_pending; i++) {
		if (w->run->o->mode == PG_STREAM)
			pg_frame_stamp(&w->frame, rte_pktmbuf_mtod(w->pending[i], uint8_t *), now);
		bytes[i + 1] = bytes[i] + w->pending[i]->pkt_len + PG_FCS;
	}
	nb = rte_eth_tx_burst(w->run->side[0].port, w->queue[0], w->pending, w->nb_pending);
	pg_count(&w->count.sent, nb);
	pg_count(&w->count.sent_bytes, bytes[nb]);
	if (nb < w->nb_pending)
		pg_count(&w->count.tx_full, 1);
	if (nb > 0)
		w->last_sent = now;
	w->nb_pending -= nb;
	memmove(w->pending, w->pending + nb, w->nb_pending * sizeof(w->pending[0]));
	w->left -= nb;
	return nb;
}

unsigned
pg_send(struct pg_worker *w)
{
	uint64_t now = rte_rdtsc();
	unsigned due, nb;

	if (w->left == 0)
		return 0;
	if (w->run->o->mode == PG_CONNECTIONS)
		return pg_connect_begin(w, now);
	if (w->nb_pending == 0) {
		due = pg_pace_due(&w->pace, now, RTE_MIN(w->left, w->run->o->burst));
		if (due == 0)
			return 0;
		build(w, due);
	}
	nb = hand_over(w, rte_rdtsc());
	pg_pace_sent(&w->pace, nb);
	return nb;
}
