/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Received advertisements of neighbours and what routers send each other, as Linux's ndisc_recv_na(),
 * ndisc_recv_rs() and ndisc_router_discovery() treat them. The box is a router: of what others
 * advertise it learns who they are, and nothing else.
 */
#include <netinet/icmp6.h>

#include "addr_conf6.h"
#include "nd.h"

IFPARAM_INT(accept_untracked, IFPARAM_CONF6, "accept_untracked_na", IFPARAM_DEV, 0, 0, 0, 2,
	    "advertisements make unknown neighbours: 1: all, 2: those of senders on the link")
IFPARAM_INT(drop_unsolicited, IFPARAM_CONF6, "drop_unsolicited_na", IFPARAM_DEV, 0, 0, 0, 1,
	    "ignore advertisements that answer no question")

/* May an advertisement make its neighbour known? A router that wants to know its hosts early. */
static bool
may_be_new(const struct walk *w, const struct rte_mbuf *m, bool has_mac)
{
	uint16_t port = pkt_const(m)->in;
	struct ip_addr src = ip_addr_v6(&pkt_ip6(m)->ip6_src);

	if (!has_mac || !addr_is_router6(port))
		return false;
	switch (ifparam_get(&accept_untracked, port)) {
	case 1:
		return true;
	case 2:
		return addr_has_on_link6(w->ctx.gen, port, &src);
	}
	return false;
}

bool
nd_advertised(struct walk *w, const struct rte_mbuf *m)
{
	const struct nd_neighbor_advert *na = pkt_l4(m);
	struct ip_addr target = ip_addr_v6(&na->nd_na_target);
	uint32_t bits = na->nd_na_flags_reserved;
	unsigned flags = (bits & ND_NA_FLAG_SOLICITED ? NEIGH_SOLICITED : 0) |
			 (bits & ND_NA_FLAG_OVERRIDE ? NEIGH_OVERRIDE : 0) |
			 (bits & ND_NA_FLAG_ROUTER ? NEIGH_ROUTER : NEIGH_NO_ROUTER);
	uint16_t port = pkt_const(m)->in;
	const struct rte_ether_addr *mac;
	struct rte_ether_addr copy;
	bool bad = false;
	struct neigh *n;

	if (bits & ND_NA_FLAG_SOLICITED && pkt_const(m)->flags & PKT_L3_MULTI)
		return false;
	if (!(bits & ND_NA_FLAG_SOLICITED) && ifparam_get(&drop_unsolicited, port))
		return true;
	mac = nd_option(m, sizeof(*na), ND_OPT_TARGET_LINKADDR, &bad);
	if (bad)
		return false;
	if (addr_is_of_port(w->ctx.gen, port, &target) || nd_claims_tentative(w, m, &target))
		return true; /* somebody claims our address; ours to keep */
	n = neigh_find(port, &target);
	/* What next hops made but nobody asked for is not known to Linux either. */
	if (n == NULL || n->state == NUD_NONE) {
		if (!may_be_new(w, m, mac != NULL))
			return true;
		n = neigh_get(port, &target);
		flags &= ~NEIGH_SOLICITED;
	}
	if (n == NULL || n->state == NUD_FAILED)
		return true;
	if (mac != NULL)
		copy = *mac;
	neighbour_learned(w, m, n, mac != NULL ? &copy : NULL, flags);
	return true;
}

bool
nd_router_solicited(struct walk *w, const struct rte_mbuf *m)
{
	bool bad = false, nobody = IN6_IS_ADDR_UNSPECIFIED(&pkt_ip6(m)->ip6_src);
	const struct rte_ether_addr *mac;

	if (!addr_is_router6(pkt_const(m)->in) || nobody)
		return true;
	mac = nd_option(m, sizeof(struct nd_router_solicit), ND_OPT_SOURCE_LINKADDR, &bad);
	/* Who asks for routers is none. */
	if (!bad && mac != NULL)
		nd_learn_sender(w, m, mac, NEIGH_OVERRIDE | NEIGH_NO_ROUTER);
	return !bad;
}

bool
nd_router_advertised(struct walk *w, const struct rte_mbuf *m)
{
	const struct rte_ether_addr *mac;
	bool bad = false;

	if (!IN6_IS_ADDR_LINKLOCAL(&pkt_ip6(m)->ip6_src))
		return false;
	mac = nd_option(m, sizeof(struct nd_router_advert), ND_OPT_SOURCE_LINKADDR, &bad);
	if (!bad && mac != NULL)
		nd_learn_sender(w, m, mac, NEIGH_OVERRIDE | NEIGH_ROUTER);
	return !bad;
}
