/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The walk of a packet, top to bottom. Runs on workers, a burst at a time; everything it reads is
 * in the generation or is lock-free state, everything it writes belongs to the lane.
 */
#include <netinet/icmp6.h>

#include "addr_conf6.h"
#include "flow.h"
#include "forward_plain.h"
#include "pipeline.h"
#include "pkt_plain.h"
#include "rule.h"
#include "walk.h"

#define RUNS_MAX 4 /* in a burst, of plain packets; the rest is walked, plain or not */

DROP_REASON(port_down, "port-down", "the port it came in by is down");

struct walk_lane walk_lanes[LANE_MAX];

static const struct {
	void (*route)(struct walk *, struct rte_mbuf **, uint16_t, struct batch *, struct batch *);
	void (*local)(struct walk *, struct rte_mbuf **, uint16_t);
} stages[HOOK_FAMILIES] = {
	[HOOK_IP4] = { input4_route, local4_deliver },
	[HOOK_IP6] = { input6_route, local6_deliver },
};

/* Past PREROUTING, to the wire or to the box. */
static void
walk_routed(struct walk *w, enum hook_family family, struct batch *b)
{
	struct batch forward, local;

	forward.n = local.n = 0;
	stages[family].route(w, b->pkts, b->n, &forward, &local);
	if (local.n != 0) {
		local.n = walk_hook(w, HOOK_INPUT, local.pkts, local.n);
		local.n = host_deliver(w, local.pkts, local.n);
		stages[family].local(w, local.pkts, local.n);
	}
	if (forward.n == 0)
		return;
	forward.n = walk_hook(w, HOOK_FORWARD, forward.pkts, forward.n);
	if (unlikely(w->options4) && family == HOOK_IP4)
		forward4_options(w, forward.pkts, forward.n);
	forward.n = walk_hook(w, HOOK_POSTROUTING, forward.pkts, forward.n);
	output(w, forward.pkts, forward.n);
}

/* One family's packets of a burst, from the wire to the wire. */
static void
walk_ip(struct walk *w, enum hook_family family, struct batch *b)
{
	w->ctx.family = family;
	if (family == HOOK_IP6 && unlikely(!addr_has_ip6(pkt(b->pkts[0])->in))) {
		input6_disabled(w, b->pkts, b->n);
		return;
	}
	flow_burst(w, family, b);
	if (b->n == 0)
		return;
	b->n = walk_hook(w, HOOK_PREROUTING, b->pkts, b->n);
	do {
		if (likely(b->n != 0))
			walk_routed(w, family, b);
		b->n = walk_hook_again(w, HOOK_PREROUTING, b->pkts);
	} while (unlikely(b->n != 0));
}

/*
 * A burst equals its packets one after another. Families are walked one after the other; where both
 * are there, their frames are put back in order before they leave.
 */
static void
walk_both(struct walk *w, struct batch *ip)
{
	w->hold |= ip[HOOK_IP4].n != 0 && ip[HOOK_IP6].n != 0;
	for (int family = 0; family < HOOK_FAMILIES; family++) {
		if (ip[family].n != 0)
			walk_ip(w, family, &ip[family]);
		ip[family].n = 0;
	}
}

static void
release_held(struct walk *w)
{
	struct walk_lane *l = w->lane;

	walk_sort(l->held, l->nb_held);
	for (unsigned i = 0; i < l->nb_held; i++)
		port_tx(w->ctx.lane, w->ctx.gen, pkt(l->held[i])->out, l->held[i]);
	l->nb_held = 0;
}

/* Neighbour discovery: solicitations, advertisements, redirects (RFC 4861). */
static bool
is_discovery(const struct pkt *p)
{
	uint8_t type = ((const uint8_t *)&p->dport)[0];

	return p->proto == IPPROTO_ICMPV6 && p->flags & PKT_L4 && type >= ND_ROUTER_SOLICIT &&
	       type <= ND_REDIRECT;
}

/* What the burst made the box say, in its place: a question for the neighbour of one answer before the next answer. */
static void
answer(struct walk *w)
{
	w->hold = true;
	originate_drain(w);
}

/* What came before a frame that tells of a neighbour is through, answers included: it must not profit from that. */
static void
finish_earlier(struct walk *w, struct batch *ip)
{
	walk_both(w, ip);
	if (w->lane->nb_waiting != 0)
		answer(w);
}

/* Of frames that are neither plain IPv4 nor IPv6. */
static void
sort_odd(struct walk *w, const struct port *port, struct rte_mbuf *m, uint8_t burst_pos,
	 struct batch *ip)
{
	uint16_t reason;
	enum pkt_kind kind = pkt_parse(m, port->index, &port->mac, &reason);

	pkt(m)->burst_pos = burst_pos;
	if (likely(kind <= PKT_KIND_IP6)) {
		if (kind == PKT_KIND_IP6 && is_discovery(pkt(m)))
			finish_earlier(w, ip);
		batch_add(&ip[kind], m);
	} else if (kind == PKT_KIND_IP6_OPTIONS) {
		if (exthdr6_hop_by_hop(w, m))
			batch_add(&ip[HOOK_IP6], m);
	} else if (kind == PKT_KIND_ARP) {
		finish_earlier(w, ip);
		arp_receive(w, m);
	} else {
		walk_drop(w, reason, m);
	}
}

/* Parses the frames and sorts them by what they are. */
static void
sort(struct walk *w, const struct port *port, struct rte_mbuf **pkts, uint16_t n, struct batch *ip)
{
	const struct pkt_plain frame4 = pkt_plain_frame(&port->mac, 4);
	const struct pkt_plain frame6 = pkt_plain_frame(&port->mac, 6);

	for (uint16_t i = 0; i < n && i < 4; i++)
		rte_prefetch0(rte_pktmbuf_mtod(pkts[i], void *));
	for (uint16_t i = 0; i < n; i++) {
		struct rte_mbuf *m = pkts[i];
		uint8_t burst_pos = 2 * i + 1; /* before it: room for redirects */

		if (i + 4 < n) {
			rte_prefetch0(rte_pktmbuf_mtod(pkts[i + 4], void *));
			rte_prefetch0(pkt(pkts[i + 4]));
		}
		if (likely(pkt_plain4_parse(m, &frame4, port->index))) {
			pkt(m)->burst_pos = burst_pos;
			batch_add(&ip[HOOK_IP4], m);
		} else if (pkt_plain6_parse(m, &frame6, port->index)) {
			pkt(m)->burst_pos = burst_pos;
			batch_add(&ip[HOOK_IP6], m);
		} else {
			sort_odd(w, port, m, burst_pos, ip);
		}
	}
}

/* What came in by no port that is up: the host's packets by a twin, or what was on its way in. */
static void
receive_other(struct walk *w, uint16_t port_index, struct rte_mbuf **pkts, uint16_t n)
{
	const struct port *twin = w->ports->twin[port_index];

	if (twin != NULL) {
		host_receive(w, twin, pkts, n);
		walk_burst_end(w);
		return;
	}
	walk_count(&w->lane->received, n);
	for (uint16_t i = 0; i < n; i++)
		walk_drop(w, DROP(port_down), pkts[i]);
}

/* The whole walk. */
static void
walk_all(struct walk *w, const struct port *port, struct rte_mbuf **pkts, uint16_t n)
{
	struct batch ip[HOOK_FAMILIES];

	w->options4 = w->hold = false;
	ip[HOOK_IP4].n = ip[HOOK_IP6].n = 0;
	sort(w, port, pkts, n, ip);
	walk_both(w, ip);
	if (unlikely(w->lane->nb_waiting != 0))
		answer(w);
	if (unlikely(w->hold))
		release_held(w);
	if (unlikely(w->recording)) {
		flow_burst_end(w->ctx.lane);
		w->recording = false;
	}
	walk_burst_end(w);
}

void
pipeline_rx(unsigned lane, const struct gen *gen, uint64_t now, uint16_t port_index,
	    struct rte_mbuf **pkts, uint16_t n)
{
	struct walk w = {
		.ctx = { .gen = gen, .now = now, .lane = lane },
		.ports = port_table_get(gen),
		.lane = &walk_lanes[lane],
	};
	const struct port *port = w.ports->by_index[port_index];
	struct forward_plain plain;

	if (unlikely(port == NULL || !port->up)) {
		receive_other(&w, port_index, pkts, n);
		return;
	}
	walk_count(&w.lane->received, n);
	if (unlikely(rule_walk_alone(gen))) {
		for (uint16_t i = 0; i < n; i++)
			walk_all(&w, port, pkts + i, 1);
		return;
	}
	if (!forward_plain_begin(&w, port, pkts, n, &plain)) {
		walk_all(&w, port, pkts, n);
		return;
	}
	for (uint16_t i = 0, next, runs = 1; i < n; i = next, runs++) {
		i = forward_plain_run(&w, &plain, pkts, i, n);
		if (likely(i == n))
			return;
		next = runs < RUNS_MAX ? forward_plain_next(&plain, i, n) : n;
		walk_all(&w, port, pkts + i, next - i);
	}
}
