/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Packets to and from the host, by the twins of ports (port_host.h). An address is the host's when
 * its port has a twin; neighbours stay the router's own affair.
 */
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>

#include "addr_subnet.h"
#include "ct_broadcast.h"
#include "pkt_build.h"
#include "pkt_frag.h"
#include "pkt_rewrite.h"
#include "walk.h"

DROP_REASON(not_ip, "host-arp", "the host asks for a neighbour: its interface must stay NOARP");
DROP_REASON(too_big, "host-too-big",
	    "longer than the MTU of the host's interface, and cannot be cut");
DROP_REASON(no_mbuf, "host-no-mbuf", "no packet memory for fragments to the host");

/* Who an error comes from that Pollux itself tells the host about the host's own packets. */
static const struct rte_ether_addr own_mac = { { 0x02, 0x50, 0x6f, 0x6c, 0x6c, 0x78 } };

/* What the host asks a whole network: helpers want to know which. */
static uint32_t
broadcast_mask(const struct hook_ctx *ctx, uint16_t port, uint32_t dst)
{
	return addr_broadcast_mask(ctx->gen, port, dst);
}

RTE_INIT(host_init)
{
	ct_broadcast_mask = broadcast_mask;
}

static const struct port *
twin_of(const struct walk *w, const struct port *p)
{
	return p != NULL && p->host != 0 ? w->ports->twin[p->host] : NULL;
}

/*
 * The twin that takes a packet for an address of port `owner` that came in by `in` (0: none): the one
 * it came in beside, as on Linux, if the same host has the address.
 */
static const struct port *
twin_for(const struct walk *w, uint16_t in, uint16_t owner)
{
	const struct port *there = twin_of(w, w->ports->by_index[owner]);
	const struct port *here = twin_of(w, w->ports->by_index[in]);

	return there != NULL && here != NULL && here->host_ns == there->host_ns ? here : there;
}

/* Solicitations and advertisements, redirects and the like; routers' solicitations are the host's. */
static bool
is_discovery(const struct rte_mbuf *m)
{
	const uint8_t *type = pkt_l4(m);

	return pkt_const(m)->proto == IPPROTO_ICMPV6 && pkt_l4_len(m) > 0 &&
	       *type > ND_ROUTER_SOLICIT && *type <= ND_REDIRECT;
}

static const struct port *
receiver(const struct walk *w, const struct rte_mbuf *m)
{
	const struct pkt *p = pkt_const(m);
	const struct nexthop *nh;

	if (p->family == AF_INET6 && is_discovery(m))
		return NULL;
	if (!(p->flags & PKT_L3_MULTI)) {
		nh = nexthop_get(p->nh);
		if (nh->type == NEXTHOP_LOCAL)
			return twin_for(w, p->in, nh->port);
	}
	return twin_of(w, w->ports->by_index[p->in]);
}

/* The frame, whose L2 header is written, in pieces. */
static void
transmit_long(struct walk *w, struct rte_mbuf *m, uint16_t mtu)
{
	struct rte_mbuf *pieces[PKT_FRAGMENTS_MAX];
	int n;

	if (pkt(m)->family == AF_INET)
		n = pkt_fragment4(m, mtu, pieces, PKT_FRAGMENTS_MAX);
	else
		n = pkt_fragment6(m, mtu, pieces, PKT_FRAGMENTS_MAX);
	if (n < 0) {
		walk_drop(w, n == -ENOMEM ? DROP(no_mbuf) : DROP(too_big), m);
		return;
	}
	walk_count(&w->lane->originated, n);
	walk_transmit(w, m);
	for (int i = 0; i < n; i++)
		walk_transmit(w, pieces[i]);
}

/* A datagram that was put together from fragments goes in such: the host does that for itself again. */
static void
hand_to(struct walk *w, const struct port *twin, struct rte_mbuf *m)
{
	struct rte_ether_hdr *eth = pkt_eth(m);

	if (!rte_is_multicast_ether_addr(&eth->dst_addr))
		eth->dst_addr = twin->mac;
	pkt(m)->out = twin->index;
	if (unlikely(pkt(m)->len > twin->mtu))
		transmit_long(w, m, twin->mtu);
	else
		walk_transmit(w, m);
}

uint16_t
host_deliver(struct walk *w, struct rte_mbuf **pkts, uint16_t n)
{
	uint16_t left = 0;

	for (uint16_t i = 0; i < n; i++) {
		const struct port *twin = receiver(w, pkts[i]);

		if (twin == NULL)
			pkts[left++] = pkts[i];
		else
			hand_to(w, twin, pkts[i]);
	}
	return left;
}

static void
write_l2(struct rte_mbuf *m, const struct rte_ether_addr *dst, const struct rte_ether_addr *src)
{
	bool v4 = pkt_const(m)->family == AF_INET;

	*pkt_eth(m) = (struct rte_ether_hdr){
		.dst_addr = *dst,
		.src_addr = *src,
		.ether_type = rte_cpu_to_be_16(v4 ? RTE_ETHER_TYPE_IPV4 : RTE_ETHER_TYPE_IPV6),
	};
}

bool
host_take_own(struct walk *w, struct rte_mbuf *m, uint16_t owner)
{
	const struct port *twin = twin_for(w, 0, owner);

	if (twin == NULL)
		return false;
	write_l2(m, &twin->mac, &own_mac);
	pkt(m)->out = twin->index;
	walk_transmit(w, m);
	return true;
}

void
host_error(const struct hook_ctx *ctx, const struct rte_mbuf *about, struct pkt_icmp_error *e)
{
	const struct port *twin = port_table_get(ctx->gen)->twin[pkt_const(about)->twin];
	struct rte_mbuf *m = twin != NULL ? originate_alloc(ctx, about) : NULL;
	/* From the packet's destination: from an own address the host would not believe it. */
	const void *src = pkt_const(about)->family == AF_INET
				  ? (const void *)&pkt_ip4(about)->dst_addr
				  : &pkt_ip6(about)->ip6_dst;

	if (m == NULL)
		return;
	e->ttl = pkt_default_ttl(pkt_const(about)->family);
	pkt_build_icmp_error(m, about, src, e);
	write_l2(m, &twin->mac, &own_mac);
	pkt(m)->out = twin->index;
	pkt(m)->entry = PKT_ENTRY_XMIT;
	originate(ctx, m);
}

static bool
is_group4(uint32_t be)
{
	uint32_t dst = rte_be_to_cpu_32(be);
	uint64_t id;

	if (dst >> 28 == 14 || dst == 0xffffffff)
		return true;
	route4_lookup(&dst, &id, 1);
	return nexthop_get(id)->type == NEXTHOP_BROADCAST;
}

static bool
is_group(const struct rte_mbuf *m)
{
	if (pkt_const(m)->family == AF_INET)
		return is_group4(pkt_ip4(m)->dst_addr);
	return IN6_IS_ADDR_MULTICAST(&pkt_ip6(m)->ip6_dst);
}

/* The Ethernet address of a group: RFC 1112 6.4, RFC 2464 7. */
static struct rte_ether_addr
group_mac(const struct rte_mbuf *m)
{
	struct rte_ether_addr mac = { { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } };
	const uint8_t *dst = (const uint8_t *)&pkt_ip4(m)->dst_addr;

	if (pkt_const(m)->family == AF_INET6) {
		mac = (struct rte_ether_addr){ { 0x33, 0x33 } };
		memcpy(mac.addr_bytes + 2, &pkt_ip6(m)->ip6_dst.s6_addr[12], 4);
	} else if (dst[0] >> 4 == 14) {
		mac = (struct rte_ether_addr){ { 0x01, 0x00, 0x5e, dst[1] & 0x7f, dst[2],
						 dst[3] } };
	}
	return mac;
}

/* To everybody on the twin's link: no route and no neighbour is asked. */
static void
send_group(struct walk *w, const struct port *port, struct rte_mbuf *m)
{
	struct rte_ether_addr mac = group_mac(m);

	w->ctx.family = pkt(m)->family == AF_INET ? HOOK_IP4 : HOOK_IP6;
	pkt(m)->out = port->index;
	pkt(m)->flags |= PKT_ROUTED | PKT_L3_MULTI;
	walk_count(&w->lane->originated, 1);
	if (walk_hook(w, HOOK_OUTPUT, &m, 1) == 0)
		return;
	if (unlikely(!is_group(m))) {
		originate_elsewhere(w, m);
		return;
	}
	if (walk_hook(w, HOOK_POSTROUTING, &m, 1) == 0)
		return;
	write_l2(m, &mac, &port->mac);
	if (unlikely(pkt(m)->len > port->mtu || walk_longer_than_came(pkt(m))))
		transmit_long(w, m, port->mtu);
	else
		walk_transmit(w, m);
}

static void
send_one(struct walk *w, const struct port *port, struct rte_mbuf *m)
{
	const struct in6_addr *dst = &pkt_ip6(m)->ip6_dst;

	if (is_group(m)) {
		send_group(w, port, m);
		return;
	}
	if (pkt(m)->family == AF_INET6 && IN6_IS_ADDR_LINKLOCAL(dst)) {
		pkt(m)->nh = route6_on_link(w->ctx.gen, port->index);
		pkt(m)->out = port->index;
		pkt(m)->flags |= PKT_ROUTED;
	}
	originate(&w->ctx, m);
}

static void
refuse(struct walk *w, uint16_t reason, struct rte_mbuf *m)
{
	walk_count(&w->lane->originated, 1);
	walk_drop(w, reason, m);
}

void
host_receive(struct walk *w, const struct port *twin, struct rte_mbuf **pkts, uint16_t n)
{
	const struct port *port = w->ports->by_index[twin->host_of];
	uint16_t reason;

	for (uint16_t i = 0; i < n; i++) {
		struct rte_mbuf *m = pkts[i];
		enum pkt_kind kind = pkt_parse(m, 0, &twin->mac, &reason);

		if (kind > PKT_KIND_IP6_OPTIONS) {
			refuse(w, kind == PKT_KIND_DROP ? reason : DROP(not_ip), m);
			continue;
		}
		pkt(m)->flags |= PKT_ORIGINATED;
		pkt(m)->twin = twin->index;
		pkt(m)->entry = PKT_ENTRY_LOCAL_OUT;
		pkt(m)->burst_pos = i + 1;
		send_one(w, port, m);
	}
	originate_drain(w);
}
