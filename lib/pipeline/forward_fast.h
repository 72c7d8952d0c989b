/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The end of the walk of packets that just go on: next hop, TTL, frame header, transmit buffer, without the tests
 * whose answers are known. For stages that serve a burst's ordinary packets themselves and leave all others to the
 * walk (forward_plain.c; a cache of flows). Workers.
 *
 *	struct forward_hops hops = { 0 };                       once a burst
 *	struct forward_hop *h;
 *
 *	h = forward_hop4(w, &hops, in, id, dst);                id: what the FIB says for dst
 *	if (ip->time_to_live <= 1 || len > h->most)
 *		the walk takes this one: nothing has happened to it
 *	... whatever else is to be done with the packet ...
 *	forward_write4(w, h, m, ip);
 *	port_tx(w->ctx.lane, w->ctx.gen, h->out, m);            or walk_transmit(), with pkt(m)->out set
 *
 * len is the packet's as it leaves. What forward_hop4(), forward_hop6() have found holds until an ordinary packet is
 * walked, which may teach a neighbour or make it be forgotten: then forward_hops_forget(). They cover, of the walk,
 * all that lies behind the route look-up and depends on the next hop: its type, its port is there and up and another
 * one than the packet came in by (else a redirect may be due), MTU, the neighbour is known; writing notes that the
 * neighbour is used. They do not cover: whether the port forwards at all, what its packets may have as a source,
 * group addresses, frames to groups, IPv4 options, datagrams put together (frag_max), hooks.
 */
#pragma once

#include "pkt_rewrite.h"
#include "walk.h"

/* Where packets go, for one burst. */
struct forward_hop {
	uint32_t id; /* next hop; NEXTHOP_NONE: this one is empty */
	uint8_t family;
	bool on_link; /* valid for one destination alone, dst */
	uint16_t out; /* port index */
	uint16_t
		most; /* the longest IP packet that leaves as it is; 0: the walk must see to it, whatever it is */
	struct ip_addr dst;
	struct neigh *unused; /* the neighbour, when nothing has been sent to it yet; else NULL */
	uint8_t l2[16];       /* frame header, as in struct neigh_l2 */
} __rte_cache_aligned;

/* By the last bits of their ids. */
#define FORWARD_HOPS 8u

struct forward_hops {
	struct forward_hop of[FORWARD_HOPS];
};

static inline void
forward_hops_forget(struct forward_hops *hops)
{
	for (unsigned i = 0; i < FORWARD_HOPS; i++)
		hops->of[i].id = NEXTHOP_NONE;
}

/* forward_fast.c: finds it all out. */
void forward_hop_load(const struct walk *w, struct forward_hop *h, uint16_t in, uint32_t id,
		      const struct ip_addr *dst);

/* For an IPv4 packet to dst (network order) that came in by port in. Never NULL. */
static inline struct forward_hop *
forward_hop4(const struct walk *w, struct forward_hops *hops, uint16_t in, uint32_t id,
	     uint32_t dst)
{
	struct forward_hop *h = &hops->of[id % FORWARD_HOPS];

	if (unlikely(h->id != id || h->family != AF_INET || (h->on_link && h->dst.v4 != dst))) {
		struct ip_addr to = ip_addr_v4(dst);

		forward_hop_load(w, h, in, id, &to);
	}
	return h;
}

/* The same for IPv6. */
static inline struct forward_hop *
forward_hop6(const struct walk *w, struct forward_hops *hops, uint16_t in, uint32_t id,
	     const struct in6_addr *dst)
{
	struct forward_hop *h = &hops->of[id % FORWARD_HOPS];

	if (unlikely(h->id != id || h->family != AF_INET6 ||
		     (h->on_link && memcmp(h->dst.v6, dst, 16) != 0))) {
		struct ip_addr to = ip_addr_v6(dst);

		forward_hop_load(w, h, in, id, &to);
	}
	return h;
}

/* A packet is sent there. */
static inline void
forward_hop_use(const struct walk *w, struct forward_hop *h)
{
	if (likely(h->unused == NULL))
		return;
	neigh_use(h->unused, w->ctx.now);
	h->unused = NULL;
}

/* One hop off, and the frame header. */
static inline void
forward_write4(const struct walk *w, struct forward_hop *h, struct rte_mbuf *m,
	       struct rte_ipv4_hdr *ip)
{
	forward_hop_use(w, h);
	pkt_ttl_dec(ip);
	pkt_l2_write(m, h->l2);
}

static inline void
forward_write6(const struct walk *w, struct forward_hop *h, struct rte_mbuf *m, struct ip6_hdr *ip)
{
	forward_hop_use(w, h);
	ip->ip6_hlim--;
	pkt_l2_write(m, h->l2);
}
