/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * IPv4 after PREROUTING: which packets are for the box, which go on, which are worth nothing.
 * The order of the tests is that of Linux's ip_route_input_slow().
 */
#include <limits.h>
#include <netinet/ip_icmp.h>

#include "base_ifparam.h"
#include "forward4.h"
#include "walk.h"

DROP_REASON(martian_source, "ip4-martian-source",
	    "IPv4 source is 0.0.0.0, 127/8, multicast, broadcast or our own");
DROP_REASON(martian_destination, "ip4-martian-destination",
	    "IPv4 destination is 0.0.0.0, 127/8 or not a unicast one");
DROP_REASON(not_member, "ip4-not-member", "IPv4 multicast group nobody here listens to");
DROP_REASON(not_forwarding, "ip4-forwarding-off", "not for us, and the port does not forward");
DROP_REASON(no_route, "ip4-no-route", "no route to the IPv4 destination");
DROP_REASON(blackhole, "ip4-blackhole", "blackhole route");
DROP_REASON(unreachable, "ip4-unreachable-route", "unreachable route");
DROP_REASON(prohibit, "ip4-prohibit-route", "prohibit route");

static void forward_alias(struct param *p);
static void forward_changed(const struct ifparam *p, int ifindex);

/* net.ipv4.ip_forward and conf.all.forwarding are one value, under two names. */
PARAM_INT_CALL(ip_forward, "net.ipv4.ip_forward", 0, INT_MIN, INT_MAX, forward_alias,
	       "forward IPv4 packets between ports")
IFPARAM_INT_CALL(forwarding, IFPARAM_CONF4, "forwarding", IFPARAM_COPY, 0, 0, INT_MIN, INT_MAX,
		 forward_changed, "forward IPv4 packets that come in here")

static void
forward_alias(struct param *p)
{
	ifparam_set_all(&forwarding, param_get(p));
}

static void
forward_changed(const struct ifparam *p, int ifindex)
{
	if (ifindex == IFPARAM_OF_ALL)
		ip_forward.value = p->all->value;
}

#define ALL_HOSTS 0xe0000001u /* 224.0.0.1 */

/* Host byte order. The first bytes 0, 127 and 224 up are where special addresses live. */
static inline bool
maybe_special(uint32_t a)
{
	uint8_t first = a >> 24;

	return (uint8_t)(first - 1) >= 223 || first == 127;
}

static inline bool
is_multicast(uint32_t a)
{
	return a >> 28 == 14;
}

/* 0.0.0.0, 127/8, multicast, 255.255.255.255: never a source; the rest of 0/8 and 240/4 may be. */
static bool
bad_source(uint32_t a)
{
	return a == 0 || a >> 24 == 127 || is_multicast(a) || a == 0xffffffff;
}

static inline bool
own_source(const struct walk *w, uint32_t be)
{
	struct ip_addr a;

	if (likely(!addr_maybe_own4(w->ctx.gen, be)))
		return false;
	a = ip_addr_v4(be);
	return addr_is_own(w->ctx.gen, &a);
}

/* INPUT sees whole datagrams only. */
static void
to_local(struct walk *w, struct rte_mbuf *m, bool multi, struct batch *local)
{
	if (multi)
		pkt(m)->flags |= PKT_L3_MULTI;
	if (unlikely(pkt(m)->flags & PKT_FRAG)) {
		m = reassemble4(w, m);
		if (m == NULL)
			return;
	}
	batch_add(local, m);
}

/* No route in the wide sense: the packet is dropped here, mostly with an ICMP error. */
static void
no_way(struct walk *w, struct rte_mbuf *m, enum nexthop_type type)
{
	uint32_t src = pkt_ip4(m)->src_addr;

	if (!ifparam_get(&forwarding, pkt(m)->in)) {
		walk_drop(w, DROP(not_forwarding), m);
		return;
	}
	switch (type) {
	case NEXTHOP_BLACKHOLE:
		walk_drop(w, DROP(blackhole), m);
		return;
	case NEXTHOP_UNREACHABLE:
		if (icmp_limit_no_route(src, w->ctx.now))
			icmp_error(&w->ctx, m, ICMP_DEST_UNREACH, ICMP_HOST_UNREACH, 0);
		walk_drop(w, DROP(unreachable), m);
		return;
	case NEXTHOP_PROHIBIT:
		if (icmp_limit_no_route(src, w->ctx.now))
			icmp_error(&w->ctx, m, ICMP_DEST_UNREACH, ICMP_PKT_FILTERED, 0);
		walk_drop(w, DROP(prohibit), m);
		return;
	default:
		if (icmp_limit_no_route(src, w->ctx.now))
			icmp_error(&w->ctx, m, ICMP_DEST_UNREACH, ICMP_NET_UNREACH, 0);
		walk_drop(w, DROP(no_route), m);
	}
}

/*
 * 0.0.0.0 is a source for hosts that have no address yet: to everybody, and to groups that never
 * leave the link (224.0.0.0/24; IGMP to any).
 */
static bool
may_lack_source(const struct rte_ipv4_hdr *ip, uint32_t dst)
{
	return dst == 0xffffffff || dst == 0 || dst >> 8 == ALL_HOSTS >> 8 ||
	       (is_multicast(dst) && ip->next_proto_id == IPPROTO_IGMP);
}

/* Multicast and limited broadcast; false: an ordinary address after all (240/4). */
static bool
special_destination(struct walk *w, struct rte_mbuf *m, uint32_t src, uint32_t dst,
		    struct batch *local)
{
	if (is_multicast(dst) && dst != ALL_HOSTS) {
		walk_drop(w, DROP(not_member), m);
	} else if (dst == 0xffffffff || dst == ALL_HOSTS || (dst == 0 && src == 0)) {
		if (own_source(w, pkt_ip4(m)->src_addr))
			walk_drop(w, DROP(martian_source), m);
		else
			to_local(w, m, true, local);
	} else if (dst == 0 || dst >> 24 == 127) {
		walk_drop(w, DROP(martian_destination), m);
	} else {
		return false;
	}
	return true;
}

static void
route_slow(struct walk *w, struct rte_mbuf *m, const struct nexthop *nh, struct batch *forward,
	   struct batch *local)
{
	const struct rte_ipv4_hdr *ip = pkt_ip4(m);
	uint32_t src = rte_be_to_cpu_32(ip->src_addr), dst = rte_be_to_cpu_32(ip->dst_addr);

	if (nh->type == NEXTHOP_MULTIPATH)
		nh = walk_pick_path(m);
	if (maybe_special(src) && bad_source(src) && !(src == 0 && may_lack_source(ip, dst))) {
		walk_drop(w, DROP(martian_source), m);
		return;
	}
	if (maybe_special(dst) && special_destination(w, m, src, dst, local))
		return;
	switch (nh->type) {
	case NEXTHOP_LOCAL:
	case NEXTHOP_BROADCAST:
		if (own_source(w, ip->src_addr))
			walk_drop(w, DROP(martian_source), m);
		else
			to_local(w, m, nh->type == NEXTHOP_BROADCAST, local);
		return;
	case NEXTHOP_UNICAST:
		if (!ifparam_get(&forwarding, pkt(m)->in))
			walk_drop(w, DROP(not_forwarding), m);
		else if (own_source(w, ip->src_addr))
			walk_drop(w, DROP(martian_source), m);
		else if (forward4_check(w, m, nh))
			batch_add(forward, m);
		return;
	default:
		no_way(w, m, nh->type);
	}
}

void
input4_route(struct walk *w, struct rte_mbuf **pkts, uint16_t n, struct batch *forward,
	     struct batch *local)
{
	bool forwards = ifparam_get(&forwarding, pkt(pkts[0])->in);
	uint32_t dst[PKT_BURST];
	uint64_t ids[PKT_BURST];

	for (uint16_t i = 0; i < n; i++)
		dst[i] = rte_be_to_cpu_32(pkt_ip4(pkts[i])->dst_addr);
	if (unlikely(policy_of(w->ctx.gen, AF_INET) != NULL))
		route_lookup_rules(w->ctx.gen, pkts, ids, n);
	else
		route4_lookup(dst, ids, n);
	for (uint16_t i = 0; i < n; i++) {
		struct rte_mbuf *m = pkts[i];
		const struct nexthop *nh = nexthop_get(ids[i]);
		uint32_t src = pkt_ip4(m)->src_addr;
		struct pkt *p = pkt(m);

		p->nh = ids[i];
		p->out = nh->type == NEXTHOP_UNICAST ? nh->port : 0;
		p->flags |= PKT_ROUTED;
		if (unlikely(nh->type != NEXTHOP_UNICAST || !forwards || maybe_special(dst[i]) ||
			     maybe_special(rte_be_to_cpu_32(src)) ||
			     addr_maybe_own4(w->ctx.gen, src)))
			route_slow(w, m, nh, forward, local);
		else if (likely(forward4_check(w, m, nh)))
			batch_add(forward, m);
	}
}
