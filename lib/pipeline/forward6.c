/* SPDX-License-Identifier: BSD-3-Clause */
/* What an IPv6 packet must pass between routing and FORWARD, in the order of Linux's ip6_forward(). */
#include <netinet/icmp6.h>

#include "addr_conf6.h"
#include "walk.h"

DROP_REASON(not_forwarding, "ip6-forwarding-off",
	    "not for us, and neither net.ipv6.conf.all.forwarding nor the port's force_forwarding "
	    "is set");
DROP_REASON(l2_multi, "ip6-l2-multicast",
	    "frame to a group MAC address with a unicast destination");
DROP_REASON(hop_limit, "ip6-hop-limit", "hop limit used up");
DROP_REASON(bad_source, "ip6-no-source", "IPv6 source is unspecified: cannot be forwarded");
DROP_REASON(scope, "ip6-beyond-scope", "IPv6 source is link-local: cannot be forwarded");
DROP_REASON(too_big, "ip6-too-big", "longer than the MTU");
DROP_REASON(no_port, "ip6-port-gone", "the port it was routed to is gone");

#define IP6_MIN_MTU 1280

/*
 * What only counts when the packet changes ports: Linux looks at the source in that case alone, and
 * in the other one tells it of the better way. false: the packet was dropped.
 */
static bool
check_source(struct walk *w, struct rte_mbuf *m)
{
	const struct in6_addr *src = &pkt_ip6(m)->ip6_src;

	if (unlikely(IN6_IS_ADDR_UNSPECIFIED(src))) {
		walk_drop(w, DROP(bad_source), m);
	} else if (unlikely(IN6_IS_ADDR_LINKLOCAL(src))) {
		icmp_error(&w->ctx, m, ICMP6_DST_UNREACH, ICMP6_DST_UNREACH_BEYONDSCOPE, 0);
		walk_drop(w, DROP(scope), m);
	} else {
		return true;
	}
	return false;
}

bool
forward6_check(struct walk *w, struct rte_mbuf *m)
{
	struct ip6_hdr *ip = pkt_ip6(m);
	const struct pkt *p = pkt(m);
	const struct port *port = w->ports->by_index[p->out];

	if (unlikely(!addr_forwards6(p->in))) {
		walk_drop(w, DROP(not_forwarding), m);
	} else if (unlikely(p->flags & (PKT_L2_BCAST | PKT_L2_MCAST))) {
		walk_drop(w, DROP(l2_multi), m);
	} else if (unlikely(ip->ip6_hlim <= 1)) {
		icmp_error(&w->ctx, m, ICMP6_TIME_EXCEEDED, ICMP6_TIME_EXCEED_TRANSIT, 0);
		walk_drop(w, DROP(hop_limit), m);
	} else if (unlikely(port == NULL)) {
		walk_drop(w, DROP(no_port), m);
	} else if (likely(p->in != p->out) && !check_source(w, m)) {
		return false;
	} else {
		if (unlikely(p->in == p->out))
			redirect6(w, m);
		if (likely(p->len <= port->mtu6) || p->len <= IP6_MIN_MTU ||
		    (p->frag_max != 0 && p->frag_max <= RTE_MAX(port->mtu6, IP6_MIN_MTU))) {
			ip->ip6_hlim--;
			return true;
		}
		/* The MTU of a route counts at the end of the walk only (output.c). */
		icmp_error(&w->ctx, m, ICMP6_PACKET_TOO_BIG, 0, RTE_MAX(port->mtu6, IP6_MIN_MTU));
		walk_drop(w, DROP(too_big), m);
	}
	return false;
}
