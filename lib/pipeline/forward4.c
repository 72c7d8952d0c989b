/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * IPv4 packets that may not be forwarded, in the order of Linux's ip_forward(): not for our MAC
 * alone, no TTL left, too long and not to be fragmented.
 */
#include <netinet/ip_icmp.h>

#include "forward4.h"
#include "options4.h"

DROP_REASON(l2_multi, "ip4-l2-broadcast",
	    "frame to a group MAC address with a unicast destination");
DROP_REASON(ttl, "ip4-ttl-exceeded", "TTL used up");
DROP_REASON(strict, "ip4-strict-route",
	    "strict source route whose next station is not on a link of ours");
DROP_REASON(too_big, "ip4-too-big", "longer than the MTU with DF set");
DROP_REASON(no_port, "ip4-port-gone", "the port it was routed to is gone");

void
forward4_refuse(struct walk *w, struct rte_mbuf *m, const struct nexthop *nh)
{
	const struct port *port = w->ports->by_index[nh->port];

	if (pkt(m)->flags & (PKT_L2_BCAST | PKT_L2_MCAST)) {
		walk_drop(w, DROP(l2_multi), m);
	} else if (pkt_ip4(m)->time_to_live <= 1) {
		icmp_error(&w->ctx, m, ICMP_TIME_EXCEEDED, ICMP_EXC_TTL, 0);
		walk_drop(w, DROP(ttl), m);
	} else if (port == NULL) {
		walk_drop(w, DROP(no_port), m);
	} else {
		icmp_error(&w->ctx, m, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED,
			   walk_mtu(nh, port, AF_INET));
		walk_drop(w, DROP(too_big), m);
	}
}

void
forward4_broadcast(struct walk *w, struct rte_mbuf *m, const struct nexthop *nh)
{
	static const struct rte_ether_addr all = { { 255, 255, 255, 255, 255, 255 } };
	struct ip_addr dst = ip_addr_v4(pkt_ip4(m)->dst_addr);
	struct neigh *n = neigh_get(nh->port, &dst);

	if (n != NULL)
		neigh_noarp(n, w->ctx.gen, &all, w->ctx.now);
}

bool
forward4_check_slow(struct walk *w, struct rte_mbuf *m, const struct nexthop *nh)
{
	struct pkt *p = pkt(m);

	p->out = nh->port;
	if (p->flags & (PKT_L2_BCAST | PKT_L2_MCAST)) {
		forward4_refuse(w, m, nh);
		return false;
	}
	if (p->options & OPTIONS4_STRICT && nh->gw.family != AF_UNSPEC &&
	    pkt_ip4(m)->time_to_live > 1) {
		icmp_error(&w->ctx, m, ICMP_DEST_UNREACH, ICMP_SR_FAILED, 0);
		walk_drop(w, DROP(strict), m);
		return false;
	}
	if (!forward4_check(w, m, nh))
		return false;
	if (nh->type == NEXTHOP_BROADCAST)
		forward4_broadcast(w, m, nh);
	return true;
}

void
forward4_options(struct walk *w, struct rte_mbuf **pkts, uint16_t n)
{
	for (uint16_t i = 0; i < n; i++)
		if (pkt(pkts[i])->flags & PKT_OPTIONS)
			options4_forward(w, pkts[i]);
}
