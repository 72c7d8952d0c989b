/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * IPv4 after PREROUTING: which packets are for the box, which go on, which are worth nothing.
 * The order of the tests is that of Linux's ip_route_input_slow().
 */
#include <limits.h>
#include <netinet/ip_icmp.h>

#include "base_ifparam.h"
#include "forward4.h"
#include "forward_fast.h"
#include "input4.h"
#include "localnet.h"
#include "options4.h"
#include "queue_log.h"
#include "redirect4.h"
#include "source4.h"

DROP_REASON(martian_source, "ip4-martian-source",
	    "IPv4 source is 0.0.0.0, 127/8, multicast, broadcast or our own");
DROP_REASON(martian_destination, "ip4-martian-destination",
	    "IPv4 destination is 0.0.0.0, 127/8 or not a unicast one");
DROP_REASON(rp_filter, "ip4-rp-filter",
	    "IPv4 source that would be reached by another port, or not at all");
DROP_REASON(l2_multi, "ip4-l2-multicast",
	    "unicast packet in a group frame, and drop_unicast_in_l2_multicast is set");
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

IFPARAM_INT(bc_forwarding, IFPARAM_CONF4, "bc_forwarding", IFPARAM_AND, 0, 0, INT_MIN, INT_MAX,
	    "forward broadcasts to other ports' subnets; conf.all must be set too")
IFPARAM_INT(l2_unicast, IFPARAM_CONF4, "drop_unicast_in_l2_multicast", IFPARAM_OR, 0, 0, INT_MIN,
	    INT_MAX, "drop unicast packets that come in broadcast or multicast frames")
IFPARAM_INT(log_martians, IFPARAM_CONF4, "log_martians", IFPARAM_OR, 0, 0, INT_MIN, INT_MAX,
	    "log packets with impossible addresses")

/* A router does not follow redirects, and neither do we as a host. */
static struct ifparam accept_redirects = {
	.dir = IFPARAM_CONF4,
	.leaf = "accept_redirects",
	.rule = IFPARAM_DEV,
	.all_def = 1,
	.def = 1,
	.min = INT_MIN,
	.max = INT_MAX,
	.inert = "redirects that come in are never followed",
	.help = "redirects that come in are never followed",
};

RTE_INIT(accept_redirects_init)
{
	ifparam_register(&accept_redirects);
}

static void
forward_alias(struct param *p)
{
	ifparam_set_all(&forwarding, param_get(p));
}

static void
forward_changed(const struct ifparam *p, int ifindex)
{
	if (ifindex != IFPARAM_OF_ALL)
		return;
	ip_forward.value = p->all->value;
	/* inet_forward_change() of Linux */
	param_set(accept_redirects.all, !p->all->value);
}

bool
input4_forwards(uint16_t port)
{
	return ifparam_get(&forwarding, port);
}

#define ALL_HOSTS 0xe0000001u /* 224.0.0.1 */

static inline bool
is_multicast(uint32_t a)
{
	return a >> 28 == 14;
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

static enum input4
judged(enum source4 s, enum input4 good)
{
	if (likely(s == SOURCE4_OK))
		return good;
	return s == SOURCE4_MARTIAN ? INPUT4_MARTIAN_SOURCE : INPUT4_RP_FILTER;
}

/* To everybody on the link, or to a group. 0.0.0.0 as a source needs no proof. */
static enum input4
multi(const struct walk *w, const struct rte_mbuf *m)
{
	if (pkt_ip4(m)->src_addr == 0)
		return INPUT4_MULTI;
	return judged(source4_validate(w, m, 0, NULL), INPUT4_MULTI);
}

/* By the route; special addresses are dealt with. */
static enum input4
by_route(const struct walk *w, const struct rte_mbuf *m, const struct nexthop *nh)
{
	uint16_t in = pkt_const(m)->in;
	bool on_link;
	enum input4 way;

	switch (nh->type) {
	case NEXTHOP_LOCAL:
		return judged(source4_validate(w, m, 0, NULL), INPUT4_LOCAL);
	case NEXTHOP_BROADCAST:
		if (!ifparam_get(&bc_forwarding, in))
			return multi(w, m);
		break;
	case NEXTHOP_UNICAST:
		if (!ifparam_get(&forwarding, in))
			return INPUT4_NO_WAY;
		break;
	default:
		return INPUT4_NO_WAY;
	}
	way = judged(source4_validate(w, m, nh->port, &on_link), INPUT4_FORWARD);
	return way == INPUT4_FORWARD && on_link && nh->port == in && redirect4_enabled(in)
		       ? INPUT4_REDIRECT
		       : way;
}

enum input4
input4_classify(const struct walk *w, const struct rte_mbuf *m, uint32_t dst,
		const struct nexthop *nh)
{
	const struct rte_ipv4_hdr *ip = pkt_ip4(m);
	uint32_t src = rte_be_to_cpu_32(ip->src_addr);

	if (likely(!input4_maybe_special(src) && !input4_maybe_special(dst)))
		return by_route(w, m, nh);
	if (is_multicast(src) || src == 0xffffffff || (src == 0 && !may_lack_source(ip, dst)))
		return INPUT4_MARTIAN_SOURCE;
	if ((dst >> 24 == 127 || src >> 24 == 127) && !localnet_routed(pkt_const(m)->in))
		return dst >> 24 == 127 ? INPUT4_MARTIAN_DESTINATION : INPUT4_MARTIAN_SOURCE;
	if (is_multicast(dst) && dst != ALL_HOSTS)
		return INPUT4_NOT_MEMBER;
	if (dst == 0xffffffff || dst == ALL_HOSTS || (dst == 0 && src == 0))
		return multi(w, m);
	if (dst == 0)
		return INPUT4_MARTIAN_DESTINATION;
	if (dst >> 24 == 127)
		return judged(source4_validate(w, m, 0, NULL), INPUT4_LOCAL);
	return by_route(w, m, nh);
}

/* true: the packet was dropped. */
static bool
refused(struct walk *w, struct rte_mbuf *m, enum input4 way)
{
	switch (way) {
	case INPUT4_MARTIAN_SOURCE:
	case INPUT4_RP_FILTER:
		if (ifparam_get(&log_martians, pkt(m)->in))
			queue_log_martian_source(&w->ctx, m);
		walk_drop(w, way == INPUT4_RP_FILTER ? DROP(rp_filter) : DROP(martian_source), m);
		return true;
	case INPUT4_MARTIAN_DESTINATION:
		if (ifparam_get(&log_martians, pkt(m)->in))
			queue_log_martian_destination(&w->ctx, m);
		walk_drop(w, DROP(martian_destination), m);
		return true;
	case INPUT4_NOT_MEMBER:
		walk_drop(w, DROP(not_member), m);
		return true;
	default:
		return false;
	}
}

/* Everything that is not plainly forwarded. */
static void
route_slow(struct walk *w, struct rte_mbuf *m, struct batch *forward, struct batch *local)
{
	struct pkt *p = pkt(m);
	uint32_t dst = rte_be_to_cpu_32(pkt_ip4(m)->dst_addr);
	const struct nexthop *nh = nexthop_get(p->nh);
	enum input4 way;

	if (nh->type == NEXTHOP_MULTIPATH)
		nh = walk_pick_path(m);
	way = input4_classify(w, m, dst, nh);
	if (refused(w, m, way))
		return;
	if (unlikely(p->flags & PKT_OPTIONS)) {
		if (!options4_receive(w, m))
			return;
		w->options4 = true;
		/* A source route leads on. */
		if (p->options & OPTIONS4_SRR_HIT)
			way = INPUT4_FORWARD;
	}
	nh = nexthop_get(p->nh);
	if (p->flags & (PKT_L2_BCAST | PKT_L2_MCAST) && way != INPUT4_MULTI &&
	    nh->type != NEXTHOP_BROADCAST && ifparam_get(&l2_unicast, p->in)) {
		walk_drop(w, DROP(l2_multi), m);
	} else if (way == INPUT4_LOCAL || way == INPUT4_MULTI) {
		to_local(w, m, way == INPUT4_MULTI, local);
	} else if (way == INPUT4_NO_WAY) {
		no_way(w, m, nh->type);
	} else if (forward4_check_slow(w, m, nh)) {
		if (way == INPUT4_REDIRECT && !(p->options & OPTIONS4_SRR))
			redirect4_send(w, m, nh);
		batch_add(forward, m);
	}
}

static inline void
forward_plainly(struct walk *w, struct rte_mbuf *m, const struct forward_way *way,
		struct batch *forward)
{
	struct rte_ipv4_hdr *ip = pkt_ip4(m);

	if (likely(ip->time_to_live > 1 && pkt(m)->len <= way->most)) {
		pkt_ttl_dec(ip);
		batch_add(forward, m);
	} else if (forward4_check(w, m, nexthop_get(way->id))) {
		batch_add(forward, m);
	}
}

void
input4_route(struct walk *w, struct rte_mbuf **pkts, uint16_t n, struct batch *forward,
	     struct batch *local)
{
	const struct addr_filter *own = addr_filter_get(w->ctx.gen);
	uint16_t in = pkt(pkts[0])->in;
	bool slow = !ifparam_get(&forwarding, in) || source4_strict(in);
	struct forward_hops *hops = forward_hops(w);
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
		uint32_t src = pkt_ip4(m)->src_addr;
		const struct forward_way *way = forward_way4(w, hops, ids[i]);
		struct pkt *p = pkt(m);

		p->nh = ids[i];
		p->out = way->out;
		p->flags |= PKT_ROUTED;
		if (unlikely(way->out == 0 || way->out == in || slow ||
			     p->flags & (PKT_OPTIONS | PKT_L2_BCAST | PKT_L2_MCAST) ||
			     input4_maybe_special(dst[i]) ||
			     input4_maybe_special(rte_be_to_cpu_32(src)) ||
			     addr_filter_maybe(own, src)))
			route_slow(w, m, forward, local);
		else
			forward_plainly(w, m, way, forward);
	}
}
