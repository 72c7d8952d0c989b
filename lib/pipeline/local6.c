/* SPDX-License-Identifier: BSD-3-Clause */
/* IPv6 that is addressed to the box, after INPUT: echo, neighbour discovery, errors for the rest. */
#include <netinet/icmp6.h>

#include "base_param.h"
#include "pkt_build.h"
#include "pkt_build_ip.h"
#include "pkt_chain.h"
#include "pkt_checksum.h"
#include "walk.h"

DROP_REASON(icmp_checksum, "local6-icmp-checksum",
	    "for the box, ICMPv6 checksum wrong or cut short");

#define FLOW_LABEL 0xfffff

PARAM_INT(echo_ignore_all, "net.ipv6.icmp.echo_ignore_all", 0, 0, 1, "answer no pings")
PARAM_INT(echo_ignore_multicast, "net.ipv6.icmp.echo_ignore_multicast", 0, 0, 1,
	  "answer no pings to groups")
PARAM_INT(echo_ignore_anycast, "net.ipv6.icmp.echo_ignore_anycast", 0, 0, 1,
	  "answer no pings to anycast addresses")

PARAM_INT(flowlabel_reflect, "net.ipv6.flowlabel_reflect", 0, 0, 7,
	  "answers with the question's flow label; sum of 1, 2: resets, 4: echo replies")

void
local6_reflect_label(struct rte_mbuf *answer, const struct rte_mbuf *m, int which)
{
	if (param_get(&flowlabel_reflect) & which)
		pkt_ip6(answer)->ip6_flow |= pkt_ip6(m)->ip6_flow & rte_cpu_to_be_32(FLOW_LABEL);
}

static bool
echo_ignored(const struct rte_mbuf *m)
{
	uint16_t flags = pkt_const(m)->flags;

	return param_get(&echo_ignore_all) ||
	       (flags & PKT_L3_MULTI && param_get(&echo_ignore_multicast)) ||
	       (flags & PKT_L3_ANYCAST && param_get(&echo_ignore_anycast));
}

/*
 * Link-local askers, and those who asked a group, are answered by the port they asked by, or not at
 * all; others by any. false: there is no such way.
 */
static bool
way_back(const struct walk *w, const struct rte_mbuf *m, const struct ip_addr *to, uint32_t *way)
{
	const struct pkt *p = pkt_const(m);
	struct route_key key = { .in = ROUTE_IN_SELF,
				 .out = p->in,
				 .dst = *to,
				 .proto = IPPROTO_ICMPV6,
				 .hash = route_flow_hash(m) };

	if (ip_addr_is_link_local(to)) {
		*way = route6_on_link(w->ctx.gen, p->in);
		return true;
	}
	if (!(p->flags & (PKT_L3_MULTI | PKT_L3_ANYCAST)))
		return true;
	*way = route_lookup_key(w->ctx.gen, &key);
	return nexthop_get(*way)->type == NEXTHOP_UNICAST;
}

static void
echo(struct walk *w, const struct rte_mbuf *m)
{
	const struct ip6_hdr *ip = pkt_ip6(m);
	struct ip_addr to = ip_addr_v6(&ip->ip6_src);
	/* RFC 4443 4.2: what is not one station's address is no source. */
	struct ip_addr from = pkt_const(m)->flags & (PKT_L3_MULTI | PKT_L3_ANYCAST)
				      ? addr_select(w->ctx.gen, pkt_const(m)->in, &to)
				      : ip_addr_v6(&ip->ip6_dst);
	struct pkt_ip_spec spec = {
		.src = from.v6,
		.dst = to.v6,
		.family = AF_INET6,
		.proto = IPPROTO_ICMPV6,
		.tos = rte_be_to_cpu_32(ip->ip6_flow) >> 20,
		.ttl = pkt_default_ttl(AF_INET6),
		.payload = pkt_l4_len(m),
	};
	uint32_t way = NEXTHOP_NONE; /* none: as the look-up finds */
	struct icmp6_hdr *icmp;
	struct rte_mbuf *a;

	if (from.family == AF_UNSPEC || echo_ignored(m) || !way_back(w, m, &to, &way) ||
	    !icmp_limit_allow(AF_INET6, to.v6, ICMP6_ECHO_REPLY, 0, w->ctx.now))
		return;
	a = originate_build(&w->ctx, m, &spec);
	if (a == NULL)
		return;
	icmp = pkt_l4(a);
	pkt_chain_copy(a, pkt(a)->l4, m, pkt_const(m)->l4, pkt_l4_len(m));
	icmp->icmp6_type = ICMP6_ECHO_REPLY;
	icmp->icmp6_cksum = 0;
	local6_reflect_label(a, m, LABEL_ECHO);
	icmp->icmp6_cksum = pkt_l4_checksum(a);
	pkt(a)->dport = *(uint16_t *)icmp;
	if (way != NEXTHOP_NONE) {
		pkt(a)->nh = way;
		pkt(a)->out = pkt_const(m)->in;
		pkt(a)->flags |= PKT_ROUTED;
	}
	originate(&w->ctx, a);
}

static void
icmp6_receive(struct walk *w, struct rte_mbuf *m)
{
	const struct icmp6_hdr *icmp = pkt_l4(m);

	if (pkt_l4_len(m) < sizeof(*icmp) || !pkt_l4_checksum_ok(m)) {
		walk_drop(w, DROP(icmp_checksum), m);
		return;
	}
	switch (icmp->icmp6_type) {
	case ICMP6_ECHO_REQUEST:
		echo(w, m);
		break;
	case ND_ROUTER_SOLICIT:
	case ND_ROUTER_ADVERT:
	case ND_NEIGHBOR_SOLICIT:
	case ND_NEIGHBOR_ADVERT:
		/* RFC 6980: never in fragments. */
		if (pkt(m)->flags & PKT_REASSEMBLED)
			break;
		nd_receive(w, m);
		return;
	}
	walk_deliver(w, m);
}

/* What no upper layer takes: the error points at the byte that names the protocol (RFC 4443 3.4). */
static void
unknown_protocol(struct walk *w, struct rte_mbuf *m)
{
	if (pkt(m)->proto != IPPROTO_NONE)
		icmp_error(&w->ctx, m, ICMP6_PARAM_PROB, ICMP6_PARAMPROB_NEXTHEADER,
			   pkt(m)->ip6_nexthdr_off);
	walk_deliver(w, m);
}

static inline bool
has_extensions(const struct rte_mbuf *m)
{
	const struct pkt *p = pkt_const(m);

	return p->l4 != p->l3 + sizeof(struct ip6_hdr) || p->flags & PKT_EXT_BAD;
}

void
local6_deliver(struct walk *w, struct rte_mbuf **pkts, uint16_t n)
{
	for (uint16_t i = 0; i < n; i++) {
		struct rte_mbuf *m = pkts[i];

		if (unlikely(has_extensions(m))) {
			m = exthdr6_receive(w, m);
			if (m == NULL)
				continue;
		}
		if (pkt(m)->proto == IPPROTO_ICMPV6)
			icmp6_receive(w, m);
		else if (!local_closed_port(w, m))
			unknown_protocol(w, m);
	}
}
