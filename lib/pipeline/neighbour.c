/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Asking for neighbours and what follows from answers. Workers ask for the first packet that waits;
 * repetitions and failures come from the control lcore's timer and are handed to lane 0.
 */
#include <limits.h>

#include <rte_arp.h>

#include "nd.h"
#include "addr_subnet.h"
#include "base_ifparam.h"
#include "pipeline.h"
#include "pkt_build.h"
#include "pkt_pool.h"
#include "pkt_rewrite.h"
#include "walk.h"

IFPARAM_INT(
	arp_announce, IFPARAM_CONF4, "arp_announce", IFPARAM_MAX, 0, 0, INT_MIN, INT_MAX,
	"ask from: 0 the waiting packet's source if ours, 1 if also in the same subnet, 2 the best")

/*
 * The source of a question: that of the waiting packet when it is ours (Linux's arp_announce 0; for
 * IPv6, ndisc_solicit() wants one of the port), else one that fits; IPv6 then uses the link-local one.
 */
static struct ip_addr
source_for(const struct gen *gen, const struct neigh *n, const struct ip_addr *waiting)
{
	if (n->addr.family == AF_INET) {
		int announce = ifparam_get(&arp_announce, n->port);

		if (waiting != NULL && addr_is_own(gen, waiting) &&
		    (announce == 0 ||
		     (announce == 1 && addr_same_subnet4(gen, n->port, &n->addr, waiting))))
			return *waiting;
		return addr_select(gen, n->port, &n->addr);
	}
	if (waiting != NULL && addr_is_of_port(gen, n->port, waiting))
		return *waiting;
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
		.tos = nd_traffic_class(n->port),
	};

	memcpy(group + 13, n->addr.v6 + 13, 3);
	pkt_build_ns(m, &spec);
	pkt(m)->flags |= PKT_ROUTED;
}

/*
 * Fills m with a question to the neighbour. mac: ask it alone. waiting: source of the packet that
 * waits. false: we have no address to ask from.
 */
static bool
build_question(const struct gen *gen, const struct neigh *n, const struct rte_ether_addr *mac,
	       const struct ip_addr *waiting, struct rte_mbuf *m)
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
neighbour_ask(struct walk *w, const struct neigh *n, const struct ip_addr *src, uint8_t burst_pos)
{
	struct rte_mbuf *m = originate_alloc(&w->ctx, NULL);

	if (m == NULL)
		return;
	pkt(m)->burst_pos = burst_pos;
	if (build_question(w->ctx.gen, n, NULL, src, m))
		originate(&w->ctx, m);
	else
		rte_pktmbuf_free(m);
}

void
neighbour_learned(struct walk *w, const struct rte_mbuf *teacher, struct neigh *n,
		  const struct rte_ether_addr *mac, unsigned flags)
{
	struct rte_mbuf *waiting[NEIGH_PARK_MAX];
	unsigned nb = neigh_learn(n, w->ctx.gen, mac, flags, w->ctx.now, waiting, NEIGH_PARK_MAX);

	/* They have been through every hook: only the last stage is left, in this packet's place. */
	for (unsigned i = 0; i < nb; i++)
		pkt(waiting[i])->burst_pos = pkt_const(teacher)->burst_pos;
	output_to(w, n, waiting, nb);
}

/* Control lcore. */
static void
timer_solicit(const struct neigh *n, const struct rte_ether_addr *mac,
	      const struct ip_addr *waiting)
{
	struct rte_mbuf *m = pkt_alloc(0);

	if (m == NULL)
		return; /* asks again in a second */
	if (build_question(gen_current(), n, mac, waiting, m))
		pipeline_hand_over(0, m);
	else
		rte_pktmbuf_free(m);
}

/* Control lcore, which alone takes frame headers away: the one that is there now stays. */
static void
operator_resolved(const struct neigh *n, struct rte_mbuf **pkts, unsigned nb)
{
	const struct neigh_l2 *l2 = neigh_l2(n);

	for (unsigned i = 0; i < nb; i++) {
		pkt_l2_write(pkts[i], l2->bytes);
		pkt(pkts[i])->entry = PKT_ENTRY_WAITED;
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
