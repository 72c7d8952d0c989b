/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the box sends has its route before OUTPUT; where a table there changes what routes depend on
 * (mark, TOS, addresses), the packet gets a new one at once. So do packets whose destination nat changes. To the
 * rest of OUTPUT they still leave by the old port, as in Linux; the pipeline puts the new one in place behind it.
 * Called by hook_walk() on workers.
 */
#include <string.h>

#include <netinet/in.h>

#include "base_drop.h"
#include "ct.h"
#include "route.h"
#include "route_key.h"
#include "rule_eval.h"

DROP_REASON(no_route, "rule-reroute-no-route", "OUTPUT changed it, and now there is no route");

/* What may decide the route, as it was. */
struct before {
	uint32_t mark;
	uint8_t head[40]; /* of the IP header: all of IPv6's, IPv4's up to the addresses */
};

static size_t
head_len(const struct rte_mbuf *m)
{
	return pkt_const(m)->family == AF_INET ? sizeof(struct rte_ipv4_hdr)
					       : sizeof(struct ip6_hdr);
}

static void
save(struct before *b, const struct rte_mbuf *m)
{
	b->mark = pkt_const(m)->mark;
	memcpy(b->head, pkt_ip4(m), head_len(m));
}

static bool
changed(const struct before *b, const struct rte_mbuf *m)
{
	const struct rte_ipv4_hdr *was4 = (const void *)b->head, *is4 = pkt_ip4(m);
	const struct ip6_hdr *was6 = (const void *)b->head, *is6 = pkt_ip6(m);

	if (pkt_const(m)->mark != b->mark)
		return true;
	if (pkt_const(m)->family == AF_INET)
		return was4->src_addr != is4->src_addr || was4->dst_addr != is4->dst_addr ||
		       was4->type_of_service != is4->type_of_service;
	return was6->ip6_flow != is6->ip6_flow || was6->ip6_hlim != is6->ip6_hlim ||
	       memcmp(&was6->ip6_src, &is6->ip6_src, 2 * sizeof(was6->ip6_src)) != 0;
}

static verdict_t
reroute(const struct hook_ctx *ctx, struct rte_mbuf *m)
{
	struct pkt *p = pkt(m);
	const struct nexthop *nh;
	struct route_key key;
	uint32_t id;

	/* What only means something on its link stays there. */
	if (p->family == AF_INET6 && (IN6_IS_ADDR_LINKLOCAL(&pkt_ip6(m)->ip6_dst) ||
				      IN6_IS_ADDR_MULTICAST(&pkt_ip6(m)->ip6_dst)))
		return VERDICT_ACCEPT;
	if (p->flags & PKT_COPY)
		p->via = NULL;
	route_key_of(&key, m);
	key.hash = route_flow_hash(m);
	id = route_lookup_key(ctx->gen, &key);
	nh = nexthop_get(id);
	if (nh->type == NEXTHOP_UNICAST) {
		p->nh = id;
		return VERDICT_ACCEPT;
	}
	/* To the box itself after all, or to everybody on a link: the pipeline sees that behind OUTPUT. */
	p->flags &= ~PKT_ROUTED;
	return nh->type == NEXTHOP_LOCAL || nh->type == NEXTHOP_BROADCAST
		       ? VERDICT_ACCEPT
		       : VERDICT_DROP_FOR(DROP(no_route));
}

void
rule_hook_reroute(const struct hook_ctx *ctx, void *priv, struct rte_mbuf **pkts, uint16_t n,
		  verdict_t *verdicts)
{
	struct before before[PKT_BURST];

	for (uint16_t i = 0; i < n; i++)
		save(&before[i], pkts[i]);
	rule_hook(ctx, priv, pkts, n, verdicts);
	for (uint16_t i = 0; i < n; i++)
		if (verdicts[i] == VERDICT_ACCEPT && changed(&before[i], pkts[i]))
			verdicts[i] = reroute(ctx, pkts[i]);
}

/* The other side is another one than the packet was sent to; of IPv4 and IPv6 only the address counts. */
static bool
sent_elsewhere(const struct rte_mbuf *m)
{
	enum ct_info info;
	const struct ct *ct = ct_of(m, &info);
	struct ct_tuple there, back;

	if (ct == NULL || !(ct_status(ct) & CT_NAT_MASK))
		return false;
	there = ct_tuple(ct, ct_info_dir(info));
	back = ct_tuple(ct, !ct_info_dir(info));
	return memcmp(&there.dst, &back.src, sizeof(there.dst)) != 0;
}

void
rule_hook_nat_output(const struct hook_ctx *ctx, void *priv, struct rte_mbuf **pkts, uint16_t n,
		     verdict_t *verdicts)
{
	rule_hook_nat(ctx, priv, pkts, n, verdicts);
	for (uint16_t i = 0; i < n; i++)
		if (verdicts[i] == VERDICT_ACCEPT && sent_elsewhere(pkts[i]))
			verdicts[i] = reroute(ctx, pkts[i]);
}
