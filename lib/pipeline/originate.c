/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Packets the box makes. During a burst they only gather; afterwards they go out in the order of the
 * packets that caused them, so that a burst gives the same as its packets one after another.
 */
#include <limits.h>
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>

#include "base_ifparam.h"
#include "forward4.h"
#include "localnet.h"
#include "pkt_pool.h"
#include "walk.h"

DROP_REASON(no_mbuf, "originate-no-mbuf", "no packet memory for something the box wanted to send");
DROP_REASON(full, "originate-full", "one burst made the box send too many packets");
DROP_REASON(no_route, "originate-no-route", "no route for something the box wanted to send");
DROP_REASON(localnet, "originate-localnet",
	    "a source of 127/8, and the port it should leave by has route_localnet=0");

PARAM_INT(fwmark_reflect4, "net.ipv4.fwmark_reflect", 0, 0, 255,
	  "answers of the box carry the mark of the packet they answer")
PARAM_INT(fwmark_reflect6, "net.ipv6.fwmark_reflect", 0, INT_MIN, INT_MAX,
	  "answers of the box carry the mark of the packet they answer")
IFPARAM_INT(hop_limit, IFPARAM_CONF6, "hop_limit", IFPARAM_DEV, 64, 64, 1, 255,
	    "hop limit of what the box sends out of the port")

/* Counted on both sides, so that sums hold: originated, and dropped at once. */
static void
count_missing(const struct hook_ctx *ctx)
{
	walk_count(&walk_lanes[ctx->lane].originated, 1);
	drop_add(ctx->lane, DROP(no_mbuf), 1);
}

static bool
reflects(uint8_t family)
{
	return param_get(family == AF_INET ? &fwmark_reflect4 : &fwmark_reflect6);
}

struct rte_mbuf *
originate_alloc(const struct hook_ctx *ctx, const struct rte_mbuf *because)
{
	struct rte_mbuf *m = pkt_alloc(ctx->lane);

	if (unlikely(m == NULL)) {
		count_missing(ctx);
		return NULL;
	}
	if (because != NULL) {
		pkt(m)->burst_pos = pkt_const(because)->burst_pos;
		if (unlikely(reflects(pkt_const(because)->family)))
			pkt(m)->mark = pkt_const(because)->mark;
	}
	pkt(m)->entry = PKT_ENTRY_LOCAL_OUT;
	return m;
}

struct rte_mbuf *
originate_build(const struct hook_ctx *ctx, const struct rte_mbuf *because,
		const struct pkt_ip_spec *spec)
{
	struct rte_mbuf *m = originate_alloc(ctx, because);

	if (m == NULL || pkt_build_ip(m, spec) != NULL)
		return m;
	rte_pktmbuf_free(m);
	count_missing(ctx);
	return NULL;
}

void
originate(const struct hook_ctx *ctx, struct rte_mbuf *m)
{
	struct walk_lane *lane = &walk_lanes[ctx->lane];

	walk_count(&lane->originated, 1);
	if (unlikely(lane->nb_waiting == ORIGINATED_MAX))
		drop_pkt(ctx->lane, DROP(full), m);
	else
		lane->waiting[lane->nb_waiting++] = m;
}

/* Few packets, mostly sorted already. */
void
walk_sort(struct rte_mbuf **pkts, unsigned n)
{
	for (unsigned i = 1; i < n; i++) {
		struct rte_mbuf *m = pkts[i];
		unsigned j = i;

		for (; j > 0 && pkt(pkts[j - 1])->burst_pos > pkt(m)->burst_pos; j--)
			pkts[j] = pkts[j - 1];
		pkts[j] = m;
	}
}

/* A program of the host learns it; answers of the box itself have nobody to tell. */
static void
no_way(struct walk *w, struct rte_mbuf *m)
{
	if (pkt(m)->family == AF_INET)
		icmp_error(&w->ctx, m, ICMP_DEST_UNREACH, ICMP_NET_UNREACH, 0);
	else
		icmp_error(&w->ctx, m, ICMP6_DST_UNREACH, ICMP6_DST_UNREACH_NOROUTE, 0);
	walk_drop(w, DROP(no_route), m);
}

/* IPv6 packets start with what the port they leave by says. */
static void
put_hop_limit(struct rte_mbuf *m)
{
	if (pkt(m)->family == AF_INET6 && pkt_ip6(m)->ip6_hlim == 0)
		pkt_ip6(m)->ip6_hlim = ifparam_get(&hop_limit, pkt(m)->out);
}

/* A source of 127/8 leaves the box only where route_localnet says that this is an ordinary network. */
static bool
localnet_leaks(const struct rte_mbuf *m)
{
	return pkt_const(m)->family == AF_INET && *(const uint8_t *)&pkt_ip4(m)->src_addr == 127 &&
	       !localnet_routed(pkt_const(m)->out);
}

/* Routes what has no port yet; what is for the box itself has none. false: it was dropped here. */
static bool
route_out(struct walk *w, struct rte_mbuf *m)
{
	struct pkt *p = pkt(m);
	const struct nexthop *nh;
	struct route_key key;
	uint32_t id;

	if (p->flags & PKT_ROUTED)
		return true;
	route_key_of(&key, m);
	key.hash = route_flow_hash(m);
	/* As in Linux: answers of its own in IPv6 take the asker's traffic class along, but not by its way. */
	if (p->family == AF_INET6 && p->twin == 0)
		key.tos = 0;
	id = route_lookup_key(w->ctx.gen, &key);
	nh = nexthop_get(id);
	if (nh->type != NEXTHOP_UNICAST && nh->type != NEXTHOP_BROADCAST &&
	    nh->type != NEXTHOP_LOCAL) {
		no_way(w, m);
		return false;
	}
	p->nh = id;
	p->out = nh->type == NEXTHOP_LOCAL ? 0 : nh->port;
	if (p->out != 0 && localnet_leaks(m)) {
		walk_drop(w, DROP(localnet), m);
		return false;
	}
	p->flags |= PKT_ROUTED;
	if (nh->type == NEXTHOP_BROADCAST)
		forward4_broadcast(w, m, nh);
	return true;
}

static uint16_t
route_all(struct walk *w, struct rte_mbuf **pkts, uint16_t n)
{
	uint16_t kept = 0;

	for (uint16_t i = 0; i < n; i++)
		if (route_out(w, pkts[i]))
			pkts[kept++] = pkts[i];
	return kept;
}

/* Takes out what is for the box itself, where only the host listens. How many are left. */
static uint16_t
take_own(struct walk *w, struct rte_mbuf **pkts, uint16_t n)
{
	uint16_t kept = 0;

	for (uint16_t i = 0; i < n; i++) {
		struct rte_mbuf *m = pkts[i];

		if (pkt(m)->out != 0)
			pkts[kept++] = m;
		else if (!host_take_own(w, m, nexthop_get(pkt(m)->nh)->port))
			walk_deliver(w, m);
	}
	return kept;
}

/*
 * What a rule in OUTPUT changed: another next hop, whose port was not shown to OUTPUT, or back to the box
 * itself.
 */
static uint16_t
route_changed(struct walk *w, struct rte_mbuf **pkts, uint16_t n)
{
	uint16_t kept = 0;

	for (uint16_t i = 0; i < n; i++) {
		struct pkt *p = pkt(pkts[i]);
		const struct nexthop *nh = nexthop_get(p->nh);
		bool changed =
			p->flags & PKT_ROUTED && nh->type == NEXTHOP_UNICAST && p->out != nh->port;

		if (changed)
			p->out = nh->port;
		if (changed && localnet_leaks(pkts[i]))
			walk_drop(w, DROP(localnet), pkts[i]);
		else
			pkts[kept++] = pkts[i];
	}
	return route_all(w, pkts, kept);
}

/* From OUTPUT to the wire. */
static void
sent_on(struct walk *w, struct rte_mbuf **pkts, uint16_t n)
{
	n = route_changed(w, pkts, n);
	n = walk_hook(w, HOOK_POSTROUTING, pkts, n);
	n = take_own(w, pkts, n);
	output(w, pkts, n);
}

void
originate_elsewhere(struct walk *w, struct rte_mbuf *m)
{
	pkt(m)->flags &= ~(PKT_ROUTED | PKT_L3_MULTI);
	sent_on(w, &m, 1);
}

/* The part of Linux's ip_local_out() and ip_output(). */
static void
local_out(struct walk *w, struct batch *b)
{
	uint16_t n;

	if (b->n == 0)
		return;
	w->ctx.family = pkt(b->pkts[0])->family == AF_INET ? HOOK_IP4 : HOOK_IP6;
	n = route_all(w, b->pkts, b->n);
	for (uint16_t i = 0; i < n; i++)
		put_hop_limit(b->pkts[i]);
	n = walk_hook(w, HOOK_OUTPUT, b->pkts, n);
	do {
		sent_on(w, b->pkts, n);
		n = walk_hook_again(w, HOOK_OUTPUT, b->pkts);
	} while (unlikely(n != 0));
	b->n = 0;
}

/* Takes the packets in runs of one family; frames that are complete go straight out. */
static void
send_runs(struct walk *w, struct rte_mbuf **pkts, unsigned n)
{
	struct batch run = { .n = 0 };

	for (unsigned i = 0; i < n; i++) {
		struct rte_mbuf *m = pkts[i];

		if (run.n == PKT_BURST || pkt(m)->entry == PKT_ENTRY_XMIT ||
		    (run.n != 0 && pkt(run.pkts[0])->family != pkt(m)->family))
			local_out(w, &run);
		if (pkt(m)->entry == PKT_ENTRY_XMIT)
			walk_transmit(w, m);
		else
			batch_add(&run, m);
	}
	local_out(w, &run);
}

void
originate_drain(struct walk *w)
{
	struct walk_lane *lane = w->lane;
	struct rte_mbuf *pkts[ORIGINATED_MAX];

	/* What is sent may make more to send (a solicitation); never errors about our own. */
	while (lane->nb_waiting != 0) {
		unsigned n = lane->nb_waiting;

		memcpy(pkts, lane->waiting, n * sizeof(pkts[0]));
		lane->nb_waiting = 0;
		walk_sort(pkts, n);
		send_runs(w, pkts, n);
	}
}
