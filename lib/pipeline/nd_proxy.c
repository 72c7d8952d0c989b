/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Neighbour discovery in the place of others (`ip -6 neigh add proxy`, RFC 4389 4.1.3): the box
 * answers questions for their addresses, and takes discovery messages that are sent to them.
 */
#include <limits.h>
#include <netinet/icmp6.h>

#include "addr_conf6.h"
#include "nd.h"
#include "neigh_proxy.h"
#include "route_key.h"

IFPARAM_INT(proxy_ndp, IFPARAM_CONF6, "proxy_ndp", IFPARAM_OR, 0, 0, INT_MIN, INT_MAX,
	    "answer for the addresses of `ip -6 neigh add proxy`")

bool
nd_proxied(uint16_t port, const struct ip_addr *target, bool *router)
{
	return addr_is_router6(port) && ifparam_get(&proxy_ndp, port) &&
	       neigh_proxy_find(port, target, router);
}

static bool
is_discovery(const struct rte_mbuf *m)
{
	const struct icmp6_hdr *icmp = pkt_l4(m);

	return pkt_const(m)->proto == IPPROTO_ICMPV6 && pkt_l4_len(m) >= sizeof(*icmp) &&
	       icmp->icmp6_type >= ND_ROUTER_SOLICIT && icmp->icmp6_type <= ND_REDIRECT;
}

/*
 * Would the packet be forwarded, were it none of those that a proxy takes? Linux asks net.ipv6.conf.all
 * alone here.
 */
static bool
taken(const struct walk *w, const struct rte_mbuf *m)
{
	const struct pkt *p = pkt_const(m);
	struct ip_addr dst = ip_addr_v6(&pkt_ip6(m)->ip6_dst);
	struct route_key k;

	if (!is_discovery(m) || !param_get(proxy_ndp.all) || !addr_forwards6(p->in) ||
	    p->flags & (PKT_L2_BCAST | PKT_L2_MCAST) || pkt_ip6(m)->ip6_hlim <= 1 ||
	    !neigh_proxy_find(p->in, &dst, NULL))
		return false;
	route_key_of(&k, m);
	return nexthop_get(route_lookup_key(w->ctx.gen, &k))->type == NEXTHOP_UNICAST;
}

uint16_t
nd_proxy_take(const struct walk *w, struct rte_mbuf **pkts, uint16_t n, struct batch *local)
{
	uint16_t left = 0;

	for (uint16_t i = 0; i < n; i++) {
		if (taken(w, pkts[i]))
			batch_add(local, pkts[i]);
		else
			pkts[left++] = pkts[i];
	}
	return left;
}
