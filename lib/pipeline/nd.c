/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Received neighbour discovery messages: what is malformed, and solicitations (RFC 4861 section 7), as
 * Linux's ndisc_rcv() and ndisc_recv_ns() treat them.
 */
#include <limits.h>
#include <netinet/icmp6.h>

#include "addr_conf6.h"
#include "base_ifparam.h"
#include "nd.h"
#include "pkt_build.h"

DROP_REASON(nd_bad, "nd-malformed", "neighbour discovery message that RFC 4861 forbids");

IFPARAM_INT(proxy_delay, IFPARAM_NEIGH6, "proxy_delay", IFPARAM_DEV, 80, 80, 0, INT_MAX / 10,
	    "answers for others wait up to so many 1/100 s")
IFPARAM_INT(tclass, IFPARAM_CONF6, "ndisc_tclass", IFPARAM_DEV, 0, 0, 0, 255,
	    "traffic class of the port's neighbour discovery messages")

uint8_t
nd_traffic_class(unsigned port)
{
	return ifparam_get(&tclass, port);
}

const struct rte_ether_addr *
nd_option(const struct rte_mbuf *m, unsigned from, uint8_t type, bool *bad)
{
	const uint8_t *o = (const uint8_t *)pkt_l4(m) + from;
	int left = pkt_l4_len(m) - from;
	const struct rte_ether_addr *found = NULL;

	while (left > 0) {
		int len = left >= 2 ? o[1] * 8 : 0;

		if (len == 0 || len > left) {
			*bad = true;
			return NULL;
		}
		if (o[0] == type && found == NULL) {
			found = (const struct rte_ether_addr *)(o + 2);
			*bad |= len != 8;
		}
		o += len;
		left -= len;
	}
	return found;
}

void
nd_learn_sender(struct walk *w, const struct rte_mbuf *m, const struct rte_ether_addr *mac,
		unsigned flags)
{
	struct ip_addr src = ip_addr_v6(&pkt_ip6(m)->ip6_src);
	struct neigh *n = neigh_get(pkt_const(m)->in, &src);
	struct rte_ether_addr copy = *mac; /* an option is at any byte */

	if (n != NULL)
		neighbour_learned(w, m, n, &copy, flags);
}

/* others: others may answer as well, for it is an anycast address or we stand in for its station. */
static void
advertise(struct walk *w, const struct rte_mbuf *m, const struct ip_addr *target, bool router,
	  bool others)
{
	static const uint8_t all_nodes[16] = { 0xff, 2, [15] = 1 };
	const struct pkt *p = pkt_const(m);
	bool probe = IN6_IS_ADDR_UNSPECIFIED(&pkt_ip6(m)->ip6_src);
	bool group = p->flags & PKT_L3_MULTI;
	uint32_t flags = (probe ? 0 : ND_NA_FLAG_SOLICITED) |
			 ((probe || group) && !others ? ND_NA_FLAG_OVERRIDE : 0) |
			 (router ? ND_NA_FLAG_ROUTER : 0);
	struct ip_addr asker = ip_addr_v6(probe ? (const void *)all_nodes : &pkt_ip6(m)->ip6_src);
	struct ip_addr src = others ? addr_select(w->ctx.gen, p->in, &asker) : *target;
	struct pkt_nd spec = {
		/* Asked by unicast, the asker has our address already: Linux leaves it out. */
		.mac = probe || group ? &w->ports->by_index[p->in]->mac : NULL,
		.src = src.v6,
		.dst = asker.v6,
		.target = target->v6,
		.flags = flags,
		.tos = nd_traffic_class(p->in),
	};
	unsigned wait = ifparam_get(&proxy_delay, p->in) * 10;
	struct rte_mbuf *a;

	if (src.family == AF_UNSPEC)
		return;
	a = originate_alloc(&w->ctx, m);
	if (a == NULL)
		return;
	pkt_build_na(a, &spec);
	pkt(a)->out = p->in;
	pkt(a)->nh = route6_on_link(w->ctx.gen, p->in);
	pkt(a)->flags |= PKT_ROUTED;
	/* They shall not all answer at once. */
	if (others && group && wait != 0)
		nd_send_later(w, a, wait);
	else
		originate(&w->ctx, a);
}

static bool
is_solicited_node(const struct in6_addr *a)
{
	static const uint8_t prefix[13] = { 0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff };

	return memcmp(a, prefix, sizeof(prefix)) == 0;
}

/* false: malformed. */
static bool
solicited(struct walk *w, const struct rte_mbuf *m)
{
	const struct nd_neighbor_solicit *ns = pkt_l4(m);
	const struct ip6_hdr *ip = pkt_ip6(m);
	struct ip_addr target = ip_addr_v6(&ns->nd_ns_target);
	struct ip_addr src = ip_addr_v6(&ip->ip6_src);
	bool probe = IN6_IS_ADDR_UNSPECIFIED(&ip->ip6_src), bad = false, others;
	uint16_t port = pkt_const(m)->in;
	bool router = addr_is_router6(port);
	const struct rte_ether_addr *mac = nd_option(m, sizeof(*ns), ND_OPT_SOURCE_LINKADDR, &bad);

	if (bad || (probe && (mac != NULL || !is_solicited_node(&ip->ip6_dst))))
		return false;
	if (nd_claims_tentative(w, m, &target))
		return true;
	if (addr_is_of_port(w->ctx.gen, port, &target))
		others = false;
	else if (addr_is_anycast_of_port(w->ctx.gen, port, &target) ||
		 nd_proxied(port, &target, &router))
		others = true;
	else
		return true;
	/* Whoever asks all must say who it is, unless we know. */
	if (!probe && mac == NULL && pkt_const(m)->flags & PKT_L3_MULTI &&
	    neigh_find(port, &src) == NULL)
		return true;
	if (!probe && mac != NULL)
		nd_learn_sender(w, m, mac, NEIGH_OVERRIDE);
	advertise(w, m, &target, router, others);
	return true;
}

/* The fixed part of a message, or 0 for types that are none of ours. */
static unsigned
fixed_len(uint8_t type)
{
	switch (type) {
	case ND_NEIGHBOR_SOLICIT:
	case ND_NEIGHBOR_ADVERT:
		return sizeof(struct nd_neighbor_solicit);
	case ND_ROUTER_SOLICIT:
		return sizeof(struct nd_router_solicit);
	case ND_ROUTER_ADVERT:
		return sizeof(struct nd_router_advert);
	}
	return sizeof(struct icmp6_hdr);
}

static bool
well_formed(const struct rte_mbuf *m)
{
	const struct nd_neighbor_solicit *msg = pkt_l4(m);
	uint8_t type = msg->nd_ns_type;

	if (pkt_ip6(m)->ip6_hlim != 255 || msg->nd_ns_code != 0 || pkt_l4_len(m) < fixed_len(type))
		return false;
	return (type != ND_NEIGHBOR_SOLICIT && type != ND_NEIGHBOR_ADVERT) ||
	       !IN6_IS_ADDR_MULTICAST(&msg->nd_ns_target);
}

void
nd_receive(struct walk *w, struct rte_mbuf *m)
{
	bool ok = well_formed(m);

	switch (ok ? ((struct icmp6_hdr *)pkt_l4(m))->icmp6_type : 0) {
	case ND_NEIGHBOR_SOLICIT:
		ok = solicited(w, m);
		break;
	case ND_NEIGHBOR_ADVERT:
		ok = nd_advertised(w, m);
		break;
	case ND_ROUTER_SOLICIT:
		ok = nd_router_solicited(w, m);
		break;
	case ND_ROUTER_ADVERT:
		ok = nd_router_advertised(w, m);
		break;
	}
	if (ok)
		walk_deliver(w, m);
	else
		walk_drop(w, DROP(nd_bad), m);
}
