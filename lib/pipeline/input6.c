/* SPDX-License-Identifier: BSD-3-Clause */
/* IPv6 after PREROUTING: for the box, to be forwarded, or worth nothing. */
#include <netinet/icmp6.h>

#include "neigh_proxy.h"
#include "walk.h"

DROP_REASON(disabled, "ip6-disabled", "net.ipv6.conf.PORT.disable_ipv6 is set");
DROP_REASON(not_member, "ip6-not-member", "IPv6 multicast group nobody here listens to");
DROP_REASON(no_route, "ip6-no-route", "no route to the IPv6 destination");
DROP_REASON(blackhole, "ip6-blackhole", "blackhole route");
DROP_REASON(prohibit, "ip6-prohibit-route", "prohibit route");

static void
no_way(struct walk *w, struct rte_mbuf *m, enum nexthop_type type)
{
	switch (type) {
	case NEXTHOP_BLACKHOLE:
		walk_drop(w, DROP(blackhole), m);
		return;
	case NEXTHOP_PROHIBIT:
		icmp_error(&w->ctx, m, ICMP6_DST_UNREACH, ICMP6_DST_UNREACH_ADMIN, 0);
		walk_drop(w, DROP(prohibit), m);
		return;
	default:
		icmp_error(&w->ctx, m, ICMP6_DST_UNREACH, ICMP6_DST_UNREACH_NOROUTE, 0);
		walk_drop(w, DROP(no_route), m);
	}
}

static void
to_local(const struct walk *w, struct rte_mbuf *m, const struct ip_addr *dst, struct batch *local)
{
	if (!addr_is_own_on(w->ctx.gen, pkt(m)->in, dst))
		pkt(m)->flags |= PKT_L3_ANYCAST;
	batch_add(local, m);
}

/* Destinations that no FIB answers for. Returns true when the packet is settled. */
static bool
special_destination(struct walk *w, struct rte_mbuf *m, struct batch *forward, struct batch *local)
{
	struct ip_addr dst = ip_addr_v6(&pkt_ip6(m)->ip6_dst);
	struct pkt *p = pkt(m);

	if (ip_addr_is_multicast(&dst)) {
		p->flags |= PKT_L3_MULTI;
		if (addr_in_group6(w->ctx.gen, p->in, dst.v6) || neigh_proxy_group6(p->in, dst.v6))
			batch_add(local, m);
		else
			walk_drop(w, DROP(not_member), m);
		return true;
	}
	if (!ip_addr_is_link_local(&dst))
		return false;
	/* The link's route is fe80::/64; the rest of fe80::/10 has none, not even the default one. */
	if ((dst.q[0] & rte_cpu_to_be_64(0x3fffffffffffff)) != 0) {
		no_way(w, m, NEXTHOP_NO_ROUTE);
		return true;
	}
	if (addr_is_own_on(w->ctx.gen, p->in, &dst) ||
	    addr_is_anycast_of_port(w->ctx.gen, p->in, &dst)) {
		to_local(w, m, &dst, local);
		return true;
	}
	p->nh = route6_on_link(w->ctx.gen, p->in);
	p->out = p->in;
	if (forward6_check(w, m))
		batch_add(forward, m);
	return true;
}

void
input6_disabled(struct walk *w, struct rte_mbuf **pkts, uint16_t n)
{
	for (uint16_t i = 0; i < n; i++)
		walk_drop(w, DROP(disabled), pkts[i]);
}

void
input6_route(struct walk *w, struct rte_mbuf **pkts, uint16_t n, struct batch *forward,
	     struct batch *local)
{
	uint8_t dst[PKT_BURST][16] = { { 0 } }; /* gcc 14 does not see that the loop fills it */
	uint64_t ids[PKT_BURST];

	if (unlikely(neigh_proxy_any6()))
		n = nd_proxy_take(w, pkts, n, local);
	for (uint16_t i = 0; i < n; i++)
		memcpy(dst[i], &pkt_ip6(pkts[i])->ip6_dst, 16);
	if (unlikely(policy_of(w->ctx.gen, AF_INET6) != NULL))
		route_lookup_rules(w->ctx.gen, pkts, ids, n);
	else
		route6_lookup(dst, ids, n);
	for (uint16_t i = 0; i < n; i++) {
		struct rte_mbuf *m = pkts[i];
		const struct nexthop *nh = nexthop_get(ids[i]);
		struct pkt *p = pkt(m);

		p->nh = ids[i];
		p->out = nh->type == NEXTHOP_UNICAST ? nh->port : 0;
		p->flags |= PKT_ROUTED;
		if (unlikely(nh->type == NEXTHOP_MULTIPATH))
			nh = walk_pick_path(m);
		/* ff00::/8 and fe80::/10 */
		if (unlikely(dst[i][0] >= 0xfe) && special_destination(w, m, forward, local))
			continue;
		if (likely(nh->type == NEXTHOP_UNICAST)) {
			if (likely(forward6_check(w, m)))
				batch_add(forward, m);
		} else if (nh->type == NEXTHOP_LOCAL) {
			struct ip_addr to = ip_addr_v6(dst[i]);

			to_local(w, m, &to, local);
		} else {
			no_way(w, m, nh->type);
		}
	}
}
