/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Received neighbour solicitations and advertisements (RFC 4861 section 7), as Linux's
 * ndisc_recv_ns() and ndisc_recv_na() treat them.
 */
#include <netinet/icmp6.h>

#include "addr_conf6.h"
#include "pkt_build.h"
#include "walk.h"

DROP_REASON(nd_bad, "nd-malformed", "neighbour discovery message that RFC 4861 forbids");

/* The value of the link-layer address option; NULL: none. *bad: the options are broken. */
static const struct rte_ether_addr *
find_option(const struct rte_mbuf *m, uint8_t type, bool *bad)
{
	const uint8_t *o = (const uint8_t *)pkt_l4(m) + sizeof(struct nd_neighbor_solicit);
	int left = pkt_l4_len(m) - sizeof(struct nd_neighbor_solicit);
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

static void
advertise(struct walk *w, const struct rte_mbuf *m, const struct ip_addr *target, bool probe,
	  bool anycast)
{
	static const uint8_t all_nodes[16] = { 0xff, 2, [15] = 1 };
	const struct pkt *p = pkt_const(m);
	bool group = p->flags & PKT_L3_MULTI;
	uint32_t flags = (probe ? 0 : ND_NA_FLAG_SOLICITED) |
			 ((probe || group) && !anycast ? ND_NA_FLAG_OVERRIDE : 0) |
			 (addr_is_router6(p->in) ? ND_NA_FLAG_ROUTER : 0);
	struct ip_addr asker = ip_addr_v6(&pkt_ip6(m)->ip6_src);
	struct ip_addr src = anycast ? addr_select(w->ctx.gen, p->in, &asker) : *target;
	struct pkt_nd spec = {
		/* Asked by unicast, the asker has our address already: Linux leaves it out. */
		.mac = probe || group ? &w->ports->by_index[p->in]->mac : NULL,
		.src = src.v6,
		.dst = probe ? all_nodes : pkt_ip6(m)->ip6_src.s6_addr,
		.target = target->v6,
		.flags = flags,
	};
	struct rte_mbuf *a = originate_alloc(&w->ctx, m);

	if (a == NULL)
		return;
	pkt_build_na(a, &spec);
	pkt(a)->out = p->in;
	pkt(a)->nh = route6_on_link(w->ctx.gen, p->in);
	pkt(a)->flags |= PKT_ROUTED;
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
solicited(struct walk *w, struct rte_mbuf *m, const struct nd_neighbor_solicit *ns)
{
	const struct ip6_hdr *ip = pkt_ip6(m);
	struct ip_addr target = ip_addr_v6(&ns->nd_ns_target);
	struct ip_addr src = ip_addr_v6(&ip->ip6_src);
	bool probe = IN6_IS_ADDR_UNSPECIFIED(&ip->ip6_src), bad = false, anycast;
	const struct rte_ether_addr *mac = find_option(m, ND_OPT_SOURCE_LINKADDR, &bad);

	if (bad || (probe && (mac != NULL || !is_solicited_node(&ip->ip6_dst))))
		return false;
	anycast = addr_is_anycast_of_port(w->ctx.gen, pkt(m)->in, &target);
	if (!anycast && !addr_is_of_port(w->ctx.gen, pkt(m)->in, &target))
		return true;
	/* Whoever asks all must say who it is, unless we know. */
	if (!probe && mac == NULL && pkt(m)->flags & PKT_L3_MULTI &&
	    neigh_find(pkt(m)->in, &src) == NULL)
		return true;
	if (!probe && mac != NULL) {
		struct rte_ether_addr copy = *mac;
		struct neigh *n = neigh_get(pkt(m)->in, &src);

		if (n != NULL)
			neighbour_learned(w, m, n, &copy, false, true);
	}
	advertise(w, m, &target, probe, anycast);
	return true;
}

static bool
advertised(struct walk *w, struct rte_mbuf *m, const struct nd_neighbor_advert *na)
{
	struct ip_addr target = ip_addr_v6(&na->nd_na_target);
	uint32_t flags = na->nd_na_flags_reserved;
	bool bad = false;
	const struct rte_ether_addr *mac = find_option(m, ND_OPT_TARGET_LINKADDR, &bad);
	struct neigh *n;

	if (bad || (flags & ND_NA_FLAG_SOLICITED && pkt(m)->flags & PKT_L3_MULTI))
		return false;
	if (addr_is_of_port(w->ctx.gen, pkt(m)->in, &target))
		return true; /* somebody claims our address; ours to keep */
	n = neigh_find(pkt(m)->in, &target);
	if (n != NULL && mac != NULL) {
		struct rte_ether_addr copy = *mac;

		neighbour_learned(w, m, n, &copy, flags & ND_NA_FLAG_SOLICITED,
				  flags & ND_NA_FLAG_OVERRIDE);
	}
	return true;
}

void
nd_receive(struct walk *w, struct rte_mbuf *m)
{
	const struct nd_neighbor_solicit *msg = pkt_l4(m);
	bool ok = pkt_ip6(m)->ip6_hlim == 255 && pkt_l4_len(m) >= sizeof(*msg) &&
		  msg->nd_ns_hdr.icmp6_code == 0 && !IN6_IS_ADDR_MULTICAST(&msg->nd_ns_target);

	if (ok && msg->nd_ns_hdr.icmp6_type == ND_NEIGHBOR_SOLICIT)
		ok = solicited(w, m, msg);
	else if (ok)
		ok = advertised(w, m, (const struct nd_neighbor_advert *)msg);
	if (ok)
		walk_deliver(w, m);
	else
		walk_drop(w, DROP(nd_bad), m);
}
