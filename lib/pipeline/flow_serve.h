/* SPDX-License-Identifier: BSD-3-Clause */
/* Private to flow.c: one packet by the way that is known, a family at a time. Inline: it is the inside of the loop. */
#pragma once

#include "ct_replay.h"
#include "flow.h"
#include "nat_packet.h"
#include "rule_path.h"

/* A packet that may be served. */
struct flow {
	struct ct *ct;
	const struct rule_path *path;
	enum ct_dir dir;
};

struct flow_burst {
	struct walk *w;
	bool check_sum;
	unsigned nb;
	uint8_t miss[PKT_BURST]; /* by packet: enum flow_miss; FLOW_MISSES: the next of flow[] */
	struct flow flow[PKT_BURST];
	uint64_t nh[PKT_BURST];
	union {
		uint32_t v4[PKT_BURST];
		uint8_t v6[PKT_BURST][16];
	} to; /* where it goes, translated */
	/* The last neighbour on a link. */
	struct neigh *neigh;
	uint64_t neigh_to[2];
	uint16_t neigh_port;
};

/* Of the address on the link, NULL: not known. */
static inline struct neigh *
flow_neighbour(struct flow_burst *f, unsigned i, const struct nexthop *nh, bool v4)
{
	uint64_t to[2] = { 0, 0 };
	struct ip_addr a;

	if (likely(nh->neigh != NULL))
		return nh->neigh;
	if (v4)
		to[0] = f->to.v4[i];
	else
		memcpy(to, f->to.v6[i], sizeof(to));
	if (f->neigh != NULL && f->neigh_port == nh->port && f->neigh_to[0] == to[0] &&
	    f->neigh_to[1] == to[1])
		return f->neigh;
	a = v4 ? ip_addr_v4(rte_cpu_to_be_32(f->to.v4[i])) : ip_addr_v6(f->to.v6[i]);
	f->neigh = neigh_find(nh->port, &a);
	f->neigh_port = nh->port;
	memcpy(f->neigh_to, to, sizeof(to));
	return f->neigh;
}

/* The next hop of the known port, to which the packet fits; else why it is not served. */
static inline enum flow_miss
flow_route(const struct flow_burst *f, unsigned i, const struct nexthop *nh, const struct pkt *p,
	   bool v4)
{
	const struct flow *s = &f->flow[i];
	const struct port *port;

	if (unlikely(nh->type != NEXTHOP_UNICAST))
		return FLOW_ROUTE;
	if (unlikely(nh->port != s->path->out[s->dir]))
		return FLOW_UNKNOWN;
	port = f->w->ports->by_index[nh->port];
	if (unlikely(port == NULL || !port->up || p->len > walk_mtu(nh, port, p->family) ||
		     (!v4 && p->len > port->mtu6) || nat_left(s->ct, s->dir, nh->port)))
		return FLOW_ROUTE;
	return FLOW_MISSES;
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
	if (v4)
		pkt_ttl_dec(pkt_ip4(m));
	else
		pkt_ip6(m)->ip6_hlim--;
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
	const struct nexthop *nh = nexthop_get(f->nh[i]);
	struct walk *w = f->w;
	struct pkt *p = pkt(m);
	struct ct_pkt c = {
		.ctx = &w->ctx, .m = m, .ct = s->ct, .now = ct_time(w->ctx.now), .dir = s->dir
	};
	enum flow_miss miss = flow_route(f, i, nh, p, v4);
	const struct neigh_l2 *l2;
	struct neigh *n;

	if (unlikely(miss != FLOW_MISSES))
		return miss;
	n = flow_neighbour(f, i, nh, v4);
	l2 = n != NULL ? neigh_l2(n) : NULL;
	if (unlikely(l2 == NULL))
		return FLOW_NEIGHBOUR;
	if (unlikely(!ct_replay(&c, f->check_sum)))
		return FLOW_PROTOCOL;
	rule_way_count(w->ctx.lane, s->path->way[s->dir], p->len);
	flow_rewrite(s, m, v4);
	neigh_use(n, w->ctx.now);
	pkt_l2_write(m, l2->bytes);
	p->out = nh->port;
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
