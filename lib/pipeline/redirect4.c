/* SPDX-License-Identifier: BSD-3-Clause */
#include "redirect4.h"

#include <limits.h>
#include <netinet/ip_icmp.h>

#include "addr_subnet.h"
#include "base_ifparam.h"

IFPARAM_INT(send_redirects, IFPARAM_CONF4, "send_redirects", IFPARAM_OR, 1, 1, INT_MIN, INT_MAX,
	    "tell stations of the next hop on their own link (ICMP redirect)")
IFPARAM_INT(shared_media, IFPARAM_CONF4, "shared_media", IFPARAM_OR, 1, 1, INT_MIN, INT_MAX,
	    "all subnets of the link reach each other: redirect between them too")

bool
redirect4_enabled(uint16_t port)
{
	return ifparam_get(&send_redirects, port);
}

void
redirect4_send(struct walk *w, struct rte_mbuf *m, const struct nexthop *nh)
{
	const struct rte_ipv4_hdr *ip = pkt_ip4(m);
	struct ip_addr src = ip_addr_v4(ip->src_addr);
	uint32_t gw = nh->gw.family == AF_INET ? nh->gw.v4 : ip->dst_addr;

	if (!ifparam_get(&shared_media, nh->port) &&
	    !addr_same_subnet4(w->ctx.gen, nh->port, &src,
			       nh->gw.family == AF_INET ? &nh->gw : NULL))
		return;
	if (!icmp_limit_redirect(ip->src_addr, w->ctx.now))
		return;
	w->hold = true; /* it leaves before the packet itself */
	icmp_error(&w->ctx, m, ICMP_REDIRECT, ICMP_REDIR_HOST, rte_be_to_cpu_32(gw));
}
