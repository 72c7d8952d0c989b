/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ICMPv6 redirects that the box sends (RFC 4861 section 8.2), when and as Linux's ip6_forward() and
 * ndisc_send_redirect() do. Received ones are ignored: a router takes none.
 */
#include "nd.h"
#include "pkt_build.h"
#include "route_key.h"
#include "walk.h"

/* The neighbour's MAC into *mac; false: not known. */
static bool
mac_of(uint16_t port, const struct ip_addr *a, struct rte_ether_addr *mac)
{
	struct neigh *n = neigh_find(port, a);
	const struct neigh_l2 *l2 = n != NULL ? neigh_l2(n) : NULL;

	if (l2 != NULL)
		memcpy(mac, l2->bytes, RTE_ETHER_ADDR_LEN);
	return l2 != NULL;
}

/* The next hop to the sender, which must be a neighbour; NULL: it is none. */
static const struct nexthop *
way_back(const struct walk *w, const struct rte_mbuf *m, uint32_t *id)
{
	const struct in6_addr *src = &pkt_ip6(m)->ip6_src;
	struct route_key key = {
		.in = ROUTE_IN_SELF,
		.hash = route_flow_hash(m),
		.dst = ip_addr_v6(src),
		.proto = IPPROTO_ICMPV6,
	};
	const struct nexthop *nh;

	if (IN6_IS_ADDR_LINKLOCAL(src))
		*id = route6_on_link(w->ctx.gen, pkt_const(m)->in);
	else
		*id = route_lookup_key(w->ctx.gen, &key);
	nh = nexthop_get(*id);
	return nh->type == NEXTHOP_UNICAST && nh->gw.family == AF_UNSPEC ? nh : NULL;
}

void
redirect6(struct walk *w, const struct rte_mbuf *m)
{
	const struct pkt *p = pkt_const(m);
	const struct ip6_hdr *ip = pkt_ip6(m);
	const struct nexthop *nh = nexthop_get(p->nh), *back;
	struct ip_addr dst = ip_addr_v6(&ip->ip6_dst), from = addr_link_local(w->ctx.gen, p->in);
	struct ip_addr target = nh->gw.family != AF_UNSPEC ? nh->gw : dst;
	struct pkt_redirect spec = { .src = from.v6, .target = target.v6, .about = m };
	struct rte_ether_addr mac;
	struct rte_mbuf *a;
	uint32_t id;

	/* Frames of both kinds leave by one port: what comes first must be first. */
	w->hold = true;
	/* In this order, for each limit takes a token of its peer. */
	if (!icmp_limit_redirect6(&ip->ip6_dst, w->ctx.now) || from.family == AF_UNSPEC ||
	    (!ip_addr_equal(&target, &dst) && !ip_addr_is_link_local(&target)))
		return;
	back = way_back(w, m, &id);
	if (back == NULL || !icmp_limit_redirect6(&ip->ip6_src, w->ctx.now))
		return;
	a = originate_alloc(&w->ctx, m);
	if (a == NULL)
		return;
	if (mac_of(p->in, &target, &mac))
		spec.mac = &mac;
	spec.tos = nd_traffic_class(back->port);
	pkt_build_redirect(a, &spec);
	pkt(a)->nh = id;
	pkt(a)->out = back->port;
	pkt(a)->flags |= PKT_ROUTED;
	/* Ahead of the packet, which goes on while this one waits. */
	pkt(a)->burst_pos--;
	originate(&w->ctx, a);
}
