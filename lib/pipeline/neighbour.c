/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Asking for neighbours and what follows from answers. Workers ask for the first packet that waits;
 * repetitions and failures come from the control lcore's timer and are handed to lane 0.
 */
#include <rte_arp.h>

#include "pipeline.h"
#include "pkt_build.h"
#include "pkt_pool.h"
#include "walk.h"

/*
 * The source of a question: that of the waiting packet when it is ours (Linux's arp_announce 0 and
 * ndisc_solicit()), else one that fits; IPv6 then uses the link-local one.
 */
static struct ip_addr
source_for(const struct gen *gen, const struct neigh *n, const struct rte_mbuf *waiting)
{
	struct ip_addr src = { .family = AF_UNSPEC };

	if (waiting != NULL)
		src = n->addr.family == AF_INET ? ip_addr_v4(pkt_ip4(waiting)->src_addr)
						: ip_addr_v6(&pkt_ip6(waiting)->ip6_src);
	if (src.family != AF_UNSPEC && addr_is_own(gen, &src))
		return src;
	if (n->addr.family == AF_INET)
		return addr_select(gen, n->port, &n->addr);
	return addr_link_local(gen, n->port);
}

static void
build_ns(struct rte_mbuf *m, const struct neigh *n, const struct port *port, const uint8_t *src,
	 bool unicast)
{
	uint8_t group[16] = { 0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff };
	struct pkt_nd spec = {
		.mac = &port->mac,
		.src = src,
		.dst = unicast ? n->addr.v6 : group,
		.target = n->addr.v6,
	};

	memcpy(group + 13, n->addr.v6 + 13, 3);
	pkt_build_ns(m, &spec);
	pkt(m)->flags |= PKT_ROUTED;
}

/* Fills m with a question to the neighbour. mac: ask it alone. false: we have no address to ask from. */
static bool
build_question(const struct gen *gen, const struct neigh *n, const struct rte_ether_addr *mac,
	       const struct rte_mbuf *waiting, struct rte_mbuf *m)
{
	const struct port *port = port_get(gen, n->port);
	struct ip_addr src = source_for(gen, n, waiting);

	if (port == NULL || !port->up || src.family == AF_UNSPEC)
		return false;
	pkt(m)->out = n->port;
	if (n->addr.family == AF_INET) {
		struct pkt_arp spec = {
			.op = RTE_ARP_OP_REQUEST,
			.sha = &port->mac,
			.sip = src.v4,
			.tip = n->addr.v4,
			.eth_dst = mac,
		};

		pkt_build_arp(m, &spec);
		pkt(m)->entry = PKT_ENTRY_XMIT;
	} else {
		build_ns(m, n, port, src.v6, mac != NULL);
		pkt(m)->nh = route6_on_link(gen, n->port);
		pkt(m)->entry = PKT_ENTRY_LOCAL_OUT;
	}
	return true;
}

void
neighbour_ask(struct walk *w, const struct neigh *n, const struct rte_mbuf *waiting)
{
	struct rte_mbuf *m = originate_alloc(&w->ctx, waiting);

	if (m == NULL)
		return;
	if (build_question(w->ctx.gen, n, NULL, waiting, m))
		originate(&w->ctx, m);
	else
		rte_pktmbuf_free(m);
}

void
neighbour_learned(struct walk *w, const struct rte_mbuf *teacher, struct neigh *n,
		  const struct rte_ether_addr *mac, bool solicited, bool override)
{
	struct rte_mbuf *waiting[NEIGH_PARK_MAX];
	unsigned nb = neigh_learn(n, w->ctx.gen, mac, solicited, override, w->ctx.now, waiting,
				  NEIGH_PARK_MAX);

	/* They have been through every hook: only the last stage is left, in this packet's place. */
	for (unsigned i = 0; i < nb; i++)
		pkt(waiting[i])->burst_pos = pkt_const(teacher)->burst_pos;
	output_to(w, n, waiting, nb);
}

/* Control lcore. */
static void
timer_solicit(const struct neigh *n, const struct rte_ether_addr *mac)
{
	struct rte_mbuf *m = pkt_alloc(0);

	if (m == NULL)
		return; /* asks again in a second */
	if (build_question(gen_current(), n, mac, NULL, m))
		pipeline_hand_over(0, m);
	else
		rte_pktmbuf_free(m);
}

/* Control lcore: they are handed to lane 0, with a next hop that has an address now. */
static void
operator_resolved(const struct neigh *n, struct rte_mbuf **pkts, unsigned nb)
{
	for (unsigned i = 0; i < nb; i++) {
		pkt(pkts[i])->entry = PKT_ENTRY_OUTPUT;
		pipeline_hand_over(0, pkts[i]);
	}
}

/* Control lcore. */
static void
timer_failed(struct rte_mbuf **pkts, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		pkt(pkts[i])->entry = PKT_ENTRY_UNREACH;
		pipeline_hand_over(0, pkts[i]);
	}
}

void
neighbour_init(void)
{
	neigh_ops.solicit = timer_solicit;
	neigh_ops.failed = timer_failed;
	neigh_ops.resolved = operator_resolved;
}
