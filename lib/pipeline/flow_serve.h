/* SPDX-License-Identifier: BSD-3-Clause */
/* Private to flow.c: one packet by the way that is known, a family at a time. Inline: it is the inside of the loop. */
#pragma once

#include "ct_replay.h"
#include "flow.h"
#include "forward_fast.h"
#include "nat_packet.h"
#include "rule_path.h"
#include "source4.h"

/* A packet that may be served. */
struct flow {
	struct ct *ct;
	const struct rule_path *path;
	enum ct_dir dir;
};

struct flow_burst {
	struct walk *w;
	bool check_sum;
	bool strict; /* the source of each packet is judged */
	unsigned nb;
	uint8_t miss[PKT_BURST]; /* by packet: enum flow_miss; FLOW_MISSES: the next of flow[] */
	struct flow flow[PKT_BURST];
	uint64_t nh[PKT_BURST];
	union {
		uint32_t v4[PKT_BURST];
		uint8_t v6[PKT_BURST][16];
	} to; /* where it goes, translated */
	struct forward_hops *hops;
};

static inline struct forward_hop *
flow_hop(struct flow_burst *f, unsigned i, bool v4)
{
	rte_be32_t to = v4 ? rte_cpu_to_be_32(f->to.v4[i]) : 0;

	return forward_hop(f->w, f->hops, f->nh[i], v4 ? (const void *)&to : f->to.v6[i], !v4);
}

/* It leads out of the known port, and the packet fits; else why it is not served. */
static inline enum flow_miss
flow_route(const struct flow *s, const struct forward_hop *h, const struct pkt *p)
{
	if (unlikely(h->out == 0 || h->out == p->in))
		return FLOW_ROUTE;
	if (unlikely(h->out != s->path->out[s->dir]))
		return FLOW_UNKNOWN;
	if (unlikely(h->most == 0))
		return FLOW_NEIGHBOUR;
	return likely(p->len <= h->most && !nat_left(s->ct, s->dir, h->out)) ? FLOW_MISSES
									     : FLOW_ROUTE;
}

static inline void
flow_rewrite(const struct flow *s, struct rte_mbuf *m, bool v4)
{
	uint32_t nat = ct_status(s->ct) & CT_NAT_MASK;

	if (nat & nat_bit(NAT_DST, s->dir)) {
		if (v4)
			nat_plain4(m, s->ct, s->dir, NAT_DST);
		else
			nat_plain6(m, s->ct, s->dir, NAT_DST);
	}
	if (nat & nat_bit(NAT_SRC, s->dir)) {
		if (v4)
			nat_plain4(m, s->ct, s->dir, NAT_SRC);
		else
			nat_plain6(m, s->ct, s->dir, NAT_SRC);
	}
}

/* FLOW_MISSES: it has been sent; else nothing was done. late: others are on the ordinary walk, ahead of it. */
static __rte_always_inline enum flow_miss
flow_serve(struct flow_burst *f, unsigned i, struct rte_mbuf *m, bool late, bool v4)
{
	const struct flow *s = &f->flow[i];
	struct walk *w = f->w;
	struct pkt *p = pkt(m);
	struct forward_hop *h = flow_hop(f, i, v4);
	struct ct_pkt c = {
		.ctx = &w->ctx, .m = m, .ct = s->ct, .now = ct_time(w->ctx.now), .dir = s->dir
	};
	const struct rule_residuals *left = &rule_way_residuals[s->path->way[s->dir]];
	enum flow_miss miss = flow_route(s, h, p);

	if (unlikely(miss != FLOW_MISSES))
		return miss;
	if (v4 && unlikely(f->strict) && source4_validate(w, m, h->out, NULL) != SOURCE4_OK)
		return FLOW_ROUTE;
	if (unlikely(s->path->residual[s->dir]) && !rule_residual_ask(left, &w->ctx, m))
		return FLOW_DIFFERS;
	if (unlikely(!ct_replay(&c, f->check_sum)))
		return FLOW_PROTOCOL;
	rule_way_count(w->ctx.lane, s->path->way[s->dir], p->len);
	if (unlikely(s->path->residual[s->dir]))
		rule_residual_do(left, &w->ctx, m);
	/* Before translation: its checksum is half of the word that this reads. */
	if (v4)
		forward_write4(w, h, m, pkt_ip4(m));
	else
		forward_write6(w, h, m, pkt_ip6(m));
	flow_rewrite(s, m, v4);
	p->out = h->out;
	w->hold |= late;
	walk_transmit(w, m);
	return FLOW_MISSES;
}

static inline enum flow_miss
flow_serve4(struct flow_burst *f, unsigned i, struct rte_mbuf *m, bool late)
{
	return flow_serve(f, i, m, late, true);
}

static inline enum flow_miss
flow_serve6(struct flow_burst *f, unsigned i, struct rte_mbuf *m, bool late)
{
	return flow_serve(f, i, m, late, false);
}
