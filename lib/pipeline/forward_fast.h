/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The end of the walk of packets that just go on: next hop, TTL, frame header, transmit buffer, without the tests
 * whose answers are known. For stages that serve a burst's ordinary packets themselves and leave all others to the
 * walk (forward_plain.c, the cache of flows), and for the last stage of the walk. Workers.
 *
 *	struct forward_hops *hops = forward_hops(w);
 *	struct forward_hop *h;
 *
 *	h = forward_hop4(w, hops, id, &ip->dst_addr);           id: what the FIB says for it
 *	if (ip->time_to_live <= 1 || len > h->most || h->out == the port it came in by)
 *		the walk takes this one: nothing has happened to it
 *	... whatever else is to be done with the packet ...
 *	forward_write4(w, h, m, ip);
 *	port_tx(w->ctx.lane, w->ctx.gen, h->out, m);            or walk_transmit(), with pkt(m)->out set
 *
 * len is the packet's as it leaves. What is found stays with the lane until a next hop, a neighbour's address or the
 * generation changes; an ordinary packet that is walked may do that, so forward_hops() is asked again behind it. Hops
 * cover, of the walk, all that lies behind the route look-up and depends on the next hop: its type, its port is there
 * and up, MTU, the neighbour is known; writing notes that the neighbour is used. They do not cover: whether it is the
 * port that the packet came in by (a redirect may be due), whether that forwards at all, what its packets may have as
 * a source, group addresses, frames to groups, IPv4 options, datagrams put together (frag_max), hooks.
 */
#pragma once

#include "pkt_rewrite.h"
#include "walk.h"
#include "way_epoch.h"

/* Where packets go. */
struct forward_hop {
	uint32_t
		id; /* next hop; with FORWARD_ON_LINK: for one destination alone, dst; NEXTHOP_NONE: nothing */
	uint16_t out; /* port index; 0: the walk must see to the packet */
	uint16_t
		most; /* the longest IP packet that leaves as it is; 0: the walk must see to it, whatever it is */
	uint64_t used; /* ms: when this lane told the neighbour so */
	struct neigh *neigh;
	uint8_t l2[16]; /* frame header, as in struct neigh_l2 */
	uint8_t dst[16];
} __rte_cache_aligned;

/* An IPv4 next hop, whatever the destination. */
struct forward_way {
	uint32_t id;
	uint16_t out;  /* port index; 0: not a plain next hop */
	uint16_t most; /* the longest packet that goes on without being looked at */
};

/* By the last bits of their ids. */
#define FORWARD_HOPS 16u
#define FORWARD_ON_LINK \
	(1u << 31) /* so that one comparison tells hops without gateway from others */

/* Of a lane. */
struct forward_hops {
	uint64_t gen, epoch; /* of which they are */
	struct forward_way way4[FORWARD_HOPS];
	struct forward_hop of[2][FORWARD_HOPS]; /* IPv4, IPv6 */
};

extern struct forward_hops forward_hops_lanes[LANE_MAX];

/* forward_fast.c */
void forward_hops_forget(struct forward_hops *hops);

/* What the lane knows, and still holds. */
static inline struct forward_hops *
forward_hops(const struct walk *w)
{
	struct forward_hops *hops = &forward_hops_lanes[w->ctx.lane];
	uint64_t epoch = way_epoch(), gen = w->ctx.gen->number;

	if (unlikely(hops->epoch != epoch || hops->gen != gen)) {
		forward_hops_forget(hops);
		hops->epoch = epoch;
		hops->gen = gen;
	}
	return hops;
}

/* forward_fast.c: finds it all out. */
void forward_hop_load(const struct walk *w, struct forward_hop *h, uint32_t id, const void *dst,
		      bool v6);

static __rte_always_inline struct forward_hop *
forward_hop(const struct walk *w, struct forward_hops *hops, uint32_t id, const void *dst, bool v6)
{
	struct forward_hop *h = &hops->of[v6][id % FORWARD_HOPS];

	if (unlikely(h->id != id) &&
	    (h->id != (id | FORWARD_ON_LINK) || memcmp(h->dst, dst, v6 ? 16 : 4) != 0))
		forward_hop_load(w, h, id, dst, v6);
	return h;
}

/* For an IPv4 packet to dst, as in its header. Never NULL. */
static inline struct forward_hop *
forward_hop4(const struct walk *w, struct forward_hops *hops, uint32_t id, const rte_be32_t *dst)
{
	return forward_hop(w, hops, id, dst, false);
}

/* The same for IPv6. */
static inline struct forward_hop *
forward_hop6(const struct walk *w, struct forward_hops *hops, uint32_t id,
	     const struct in6_addr *dst)
{
	return forward_hop(w, hops, id, dst, true);
}

/* forward_fast.c */
void forward_way_load(const struct walk *w, struct forward_way *way, uint32_t id);

/* For the stage that finds routes. Never NULL. */
static inline const struct forward_way *
forward_way4(const struct walk *w, struct forward_hops *hops, uint32_t id)
{
	struct forward_way *way = &hops->way4[id % FORWARD_HOPS];

	if (unlikely(way->id != id))
		forward_way_load(w, way, id);
	return way;
}

/* A packet is sent there. */
static inline void
forward_hop_use(struct forward_hop *h, uint64_t now)
{
	if (likely(h->used == now))
		return;
	neigh_use(h->neigh, now);
	h->used = now;
}

/* One hop off, and the frame header. */
static inline void
forward_write4(const struct walk *w, struct forward_hop *h, struct rte_mbuf *m,
	       struct rte_ipv4_hdr *ip)
{
	forward_hop_use(h, w->ctx.now);
	pkt_ttl_dec(ip);
	pkt_l2_write(m, h->l2);
}

static inline void
forward_write6(const struct walk *w, struct forward_hop *h, struct rte_mbuf *m, struct ip6_hdr *ip)
{
	forward_hop_use(h, w->ctx.now);
	ip->ip6_hlim--;
	pkt_l2_write(m, h->l2);
}
