/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What an IPv4 packet must pass before FORWARD sees it, in the order of Linux's ip_forward(): it came
 * for our MAC alone, has TTL left, and fits or may be fragmented.
 */
#include <netinet/ip_icmp.h>

#include "pkt_rewrite.h"
#include "walk.h"

DROP_REASON(l2_multi, "ip4-l2-broadcast",
	    "frame to a group MAC address with a unicast destination");
DROP_REASON(ttl, "ip4-ttl-exceeded", "TTL used up");
DROP_REASON(too_big, "ip4-too-big", "longer than the MTU with DF set");
DROP_REASON(no_port, "ip4-port-gone", "the port it was routed to is gone");

static inline uint16_t
mtu_of(const struct port *port, const struct nexthop *nh)
{
	return nh->mtu != 0 ? nh->mtu : port->mtu;
}

static bool
too_big_with_df(const struct rte_mbuf *m, uint16_t mtu)
{
	return pkt_const(m)->len > mtu &&
	       pkt_ip4(m)->fragment_offset & rte_cpu_to_be_16(RTE_IPV4_HDR_DF_FLAG);
}

uint16_t
forward4_check(struct walk *w, struct rte_mbuf **pkts, uint16_t n)
{
	uint16_t kept = 0;

	for (uint16_t i = 0; i < n; i++) {
		struct rte_mbuf *m = pkts[i];
		struct pkt *p = pkt(m);
		const struct port *port = w->ports->by_index[p->out];
		struct rte_ipv4_hdr *ip = pkt_ip4(m);

		if (unlikely(p->flags & (PKT_L2_BCAST | PKT_L2_MCAST))) {
			walk_drop(w, DROP(l2_multi), m);
		} else if (unlikely(ip->time_to_live <= 1)) {
			icmp_error(&w->ctx, m, ICMP_TIME_EXCEEDED, ICMP_EXC_TTL, 0);
			walk_drop(w, DROP(ttl), m);
		} else if (unlikely(port == NULL)) {
			walk_drop(w, DROP(no_port), m);
		} else if (unlikely(too_big_with_df(m, mtu_of(port, nexthop_get(p->nh))))) {
			icmp_error(&w->ctx, m, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED,
				   mtu_of(port, nexthop_get(p->nh)));
			walk_drop(w, DROP(too_big), m);
		} else {
			pkt_ttl_dec(ip);
			pkts[kept++] = m;
		}
	}
	return kept;
}
