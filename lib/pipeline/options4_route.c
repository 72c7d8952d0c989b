/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Source routes, and what a forwarded packet's options get: RFC 791 pages 18 to 23, RFC 1812 5.2.4.
 */
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>

#include "input4.h"
#include "options4.h"
#include "pkt_rewrite.h"
#include "route_key.h"

DROP_REASON(bad_route, "ip4-source-route-failed", "source route that cannot be followed");

/* What the route of a source routed packet asks for. Its addresses are at o[at - 1], at <= o[1]. */
static enum input4
look_up(const struct walk *w, struct rte_mbuf *m, uint32_t addr)
{
	struct route_key k;

	route_key_of(&k, m);
	k.dst = ip_addr_v4(addr);
	pkt(m)->nh = route_lookup_key(w->ctx.gen, &k);
	return input4_classify(w, m, rte_be_to_cpu_32(addr), nexthop_get(pkt(m)->nh));
}

static bool
fail(struct walk *w, struct rte_mbuf *m)
{
	walk_drop(w, DROP(bad_route), m);
	return false;
}

/* Our own addresses in the route are passed at once. */
static bool
follow(struct walk *w, struct rte_mbuf *m, uint8_t *o, unsigned srr)
{
	struct pkt *p = pkt(m);
	unsigned at = o[2];
	enum input4 way = INPUT4_LOCAL;
	uint32_t next;

	for (; at <= o[1] && way == INPUT4_LOCAL; at += 4) {
		if (at + 3 > o[1]) {
			icmp_error(&w->ctx, m, ICMP_PARAMETERPROB, 0, (srr + 2) << 24);
			return fail(w, m);
		}
		memcpy(&next, o + at - 1, 4);
		way = look_up(w, m, next);
		if (way != INPUT4_LOCAL && way != INPUT4_FORWARD && way != INPUT4_REDIRECT)
			return fail(w, m);
		p->options |= OPTIONS4_CHANGED;
		if (way == INPUT4_LOCAL)
			pkt_ip4(m)->dst_addr = next;
	}
	if (way != INPUT4_LOCAL) {
		p->out = nexthop_get(p->nh)->port;
		p->options |= OPTIONS4_SRR_HIT;
	}
	return true;
}

bool
options4_source_route(struct walk *w, struct rte_mbuf *m, unsigned srr)
{
	const struct pkt *p = pkt(m);

	if (p->flags & (PKT_L2_BCAST | PKT_L2_MCAST))
		return fail(w, m);
	switch (nexthop_get(p->nh)->type) {
	case NEXTHOP_UNICAST:
		/* Another station's turn, which a strict route does not allow for. */
		if (!(p->options & OPTIONS4_STRICT))
			return true;
		icmp_error(&w->ctx, m, ICMP_PARAMETERPROB, 0, 16u << 24);
		return fail(w, m);
	case NEXTHOP_LOCAL:
		return follow(w, m, (uint8_t *)pkt_ip4(m) + srr, srr);
	default:
		return fail(w, m);
	}
}

/* Our address on the way out to where the packet goes. */
static uint32_t
address_out(const struct walk *w, const struct rte_mbuf *m)
{
	const struct nexthop *nh = nexthop_get(pkt_const(m)->nh);
	struct ip_addr dst = ip_addr_v4(pkt_ip4(m)->dst_addr);

	if (nh->src.family != AF_UNSPEC)
		return nh->src.v4;
	return addr_select(w->ctx.gen, nh->port, nh->gw.family != AF_UNSPEC ? &nh->gw : &dst).v4;
}

/* The next address of the route becomes the destination, and ours takes its place in the route. */
static void
step(struct walk *w, struct rte_mbuf *m, uint8_t *o)
{
	struct rte_ipv4_hdr *ip = pkt_ip4(m);
	uint32_t ours;

	for (unsigned at = o[2]; at + 3 <= o[1]; at += 4) {
		struct ip_addr next = { .family = AF_INET };

		memcpy(&next.v4, o + at - 1, 4);
		if (addr_is_own(w->ctx.gen, &next))
			continue;
		ip->dst_addr = next.v4;
		ours = address_out(w, m);
		memcpy(o + at - 1, &ours, 4);
		o[2] = at + 4;
		return;
	}
}

void
options4_forward(struct walk *w, struct rte_mbuf *m)
{
	struct rte_ipv4_hdr *ip = pkt_ip4(m);
	uint8_t *h = (uint8_t *)ip, todo = pkt(m)->options;
	struct options4 o;
	uint32_t ours;

	if (!(todo & OPTIONS4_CHANGED))
		return;
	options4_find(ip, UINT8_MAX, &o);
	if (todo & OPTIONS4_RR && o.rr != 0) {
		ours = address_out(w, m);
		memcpy(h + o.rr + h[o.rr + 2] - 5, &ours, 4);
	}
	if (todo & OPTIONS4_SRR_HIT && o.srr != 0)
		step(w, m, h + o.srr);
	/* Without a source route Linux leaves the address that the sender sees. */
	if (todo & OPTIONS4_SRR_HIT && todo & OPTIONS4_TS_ADDR && o.ts != 0) {
		ours = address_out(w, m);
		memcpy(h + o.ts + h[o.ts + 2] - 9, &ours, 4);
	}
	pkt_ip4_checksum_set(m);
}
