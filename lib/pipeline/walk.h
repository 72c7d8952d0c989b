/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Private to lib/pipeline: the state of one walk (one burst of one family on one lane), and the
 * stages of the walk. A stage takes packets over, and either gives them to the next one, sends
 * them, or drops them under a reason.
 */
#pragma once

#include "addr.h"
#include "ct_track.h"
#include "hook.h"
#include "hook_emit.h"
#include "neigh.h"
#include "pkt.h"
#include "pkt_build_ip.h"
#include "pkt_parse.h"
#include "pkt_reasm.h"
#include "policy.h"
#include "port.h"
#include "port_tx.h"
#include "queue_log.h"
#include "route.h"
#include "route_key.h"

#define HELD_MAX 1024      /* frames put in order at the end of a burst; more leave as they come */
#define ORIGINATED_MAX 512 /* packets one burst may make the box send; more are dropped, counted */

/* What lives as long as the lane. */
struct walk_lane {
	uint64_t received, originated, delivered;
	unsigned nb_waiting, nb_held;
	struct rte_mbuf *waiting[ORIGINATED_MAX]; /* made by the box during this burst */
	struct rte_mbuf *held[HELD_MAX];          /* complete frames, see walk.hold */
} __rte_cache_aligned;

extern struct walk_lane walk_lanes[LANE_MAX];

struct walk {
	struct hook_ctx ctx;
	bool options4; /* packets with IPv4 options are on their way to be forwarded */
	bool hold; /* frames wait to be put in order: they were not made in that of their causes */
	bool recording; /* some packets note what they meet (flow.h) */
	const struct port_table *ports;
	struct walk_lane *lane;
};

struct batch {
	uint16_t n;
	struct rte_mbuf *pkts[PKT_BURST];
};

static inline void
batch_add(struct batch *b, struct rte_mbuf *m)
{
	b->pkts[b->n++] = m;
}

static inline void
walk_count(uint64_t *counter, uint64_t n)
{
	__atomic_store_n(counter, *counter + n, __ATOMIC_RELAXED);
}

static inline void
walk_drop(const struct walk *w, uint16_t reason, struct rte_mbuf *m)
{
	drop_pkt(w->ctx.lane, reason, m);
}

/* The packet ends here, as it should: it was for the box. */
static inline void
walk_deliver(const struct walk *w, struct rte_mbuf *m)
{
	walk_count(&w->lane->delivered, 1);
	rte_pktmbuf_free(m);
}

/* The frame is complete: into the transmit buffer of its port. */
static inline void
walk_transmit(struct walk *w, struct rte_mbuf *m)
{
	if (unlikely(w->hold) && w->lane->nb_held < HELD_MAX)
		w->lane->held[w->lane->nb_held++] = m;
	else
		port_tx(w->ctx.lane, w->ctx.gen, pkt(m)->out, m);
}

/* Runs the hook of the walk's family; returns how many packets go on, at the front of pkts. */
static inline uint16_t
walk_hook(struct walk *w, enum hook_point point, struct rte_mbuf **pkts, uint16_t n)
{
	const struct hook_list *list = hook_list_get(w->ctx.gen, w->ctx.family, point);

	if (list == NULL)
		return n;
	w->ctx.point = point;
	return hook_walk(list, &w->ctx, pkts, n);
}

/*
 * Packets that tracking held at the hook, because one ahead of them had to be through first, go on: their
 * number, in pkts (room for PKT_BURST); 0: there are none.
 */
static inline uint16_t
walk_hook_again(struct walk *w, enum hook_point point, struct rte_mbuf **pkts)
{
	while (unlikely(ct_burst_waits(w->ctx.lane))) {
		uint16_t n = ct_deferred_take(w->ctx.lane, pkts);
		const struct hook_list *list = hook_list_get(w->ctx.gen, w->ctx.family, point);

		w->ctx.point = point;
		n = hook_walk_from(list, HOOK_PRI_CONNTRACK, &w->ctx, pkts, n);
		if (n != 0)
			return n;
	}
	return 0;
}

/* All packets of the burst, and what the box made because of them, are through. */
static inline void
walk_burst_end(struct walk *w)
{
	if (unlikely(ct_burst_busy(w->ctx.lane)))
		ct_burst_end(w->ctx.lane);
	pkt_reasm_lanes[w->ctx.lane].made = false;
	queue_log_burst_end(w->ctx.lane);
}

/*
 * The longest IP packet for the next hop. A route may promise more than its port can carry: what is longer
 * than a frame is a chain, which nothing behind fragmentation takes.
 */
static inline uint16_t
walk_mtu(const struct nexthop *nh, const struct port *port, uint8_t family)
{
	if (likely(nh->mtu == 0))
		return family == AF_INET6 ? port->mtu6 : port->mtu;
	return RTE_MIN(nh->mtu, port->mtu);
}

/*
 * Put together by tracking: IPv4 leaves in fragments as it came in some, IPv6 when it is longer than the longest of
 * them.
 */
static inline bool
walk_longer_than_came(const struct pkt *p)
{
	return p->frag_max != 0 && (p->family == AF_INET || p->len > p->frag_max);
}

/* The packet's route has several paths: it takes one of them. */
static inline const struct nexthop *
walk_pick_path(struct rte_mbuf *m)
{
	struct pkt *p = pkt(m);
	const struct nexthop *nh;

	p->nh = route_pick(p->nh, route_flow_hash(m));
	nh = nexthop_get(p->nh);
	p->out = nh->port;
	return nh;
}

/* input4.c, input6.c: source checks, routing (sets nh and out), and the checks of forwarding. */
void input4_route(struct walk *w, struct rte_mbuf **pkts, uint16_t n, struct batch *forward,
		  struct batch *local);
/*
 * nd_proxy.c: moves discovery messages for addresses that the box answers for to local. How many packets
 * are left.
 */
uint16_t nd_proxy_take(const struct walk *w, struct rte_mbuf **pkts, uint16_t n,
		       struct batch *local);
void input6_route(struct walk *w, struct rte_mbuf **pkts, uint16_t n, struct batch *forward,
		  struct batch *local);

/* All packets of a port that has no IPv6. */
void input6_disabled(struct walk *w, struct rte_mbuf **pkts, uint16_t n);

/* forward4.c: behind FORWARD, fills in the options of packets that have some. */
void forward4_options(struct walk *w, struct rte_mbuf **pkts, uint16_t n);
/*
 * forward4.h, forward6.c: what must hold before FORWARD (TTL, MTU). false: the packet was dropped; true:
 * one hop was taken off and it goes on.
 */
bool forward6_check(struct walk *w, struct rte_mbuf *m);

/*
 * redirect6.c: the packet leaves by the port it came in by; tells its sender of the better way, ahead
 * of the packet itself, when that can be told.
 */
void redirect6(struct walk *w, const struct rte_mbuf *m);

/* local4.c, local6.c: answers of the box itself. */
void local4_deliver(struct walk *w, struct rte_mbuf **pkts, uint16_t n);
void local6_deliver(struct walk *w, struct rte_mbuf **pkts, uint16_t n);
/* Gives the answer to m its flow label, when net.ipv6.flowlabel_reflect says so for such answers. */
#define LABEL_RESET 2
#define LABEL_ECHO 4
void local6_reflect_label(struct rte_mbuf *answer, const struct rte_mbuf *m, int which);
/*
 * reassemble.c: the fragment's datagram when it is whole, else NULL. IPv6: the fragment header is off bytes behind
 * l3, the byte at nexthdr_off names it; an atomic fragment comes back as it is.
 */
struct rte_mbuf *reassemble4(struct walk *w, struct rte_mbuf *m);
struct rte_mbuf *reassemble6(struct walk *w, struct rte_mbuf *m, uint32_t off,
			     uint16_t nexthdr_off);
/* Datagrams that did not become whole in time; how many. */
unsigned reassemble_expire(struct walk *w);
/* exthdr6.c: before the first hook. false: the packet was dropped. */
bool exthdr6_hop_by_hop(struct walk *w, struct rte_mbuf *m);
/* exthdr6.c: to the upper layer's header of a packet for the box; NULL: it ended on the way. */
struct rte_mbuf *exthdr6_receive(struct walk *w, struct rte_mbuf *m);
/* local.c: TCP and UDP to closed ports, of either family. true: it was one of them. */
bool local_closed_port(struct walk *w, struct rte_mbuf *m);

/*
 * host.c: gives the host what is for it; returns how many are left, at the front of pkts, for the
 * answers of the box itself.
 */
uint16_t host_deliver(struct walk *w, struct rte_mbuf **pkts, uint16_t n);
/* Frames that the host sent by a twin. */
void host_receive(struct walk *w, const struct port *twin, struct rte_mbuf **pkts, uint16_t n);
/* Something the box sends to its own address, of port owner. false: no host has that. */
bool host_take_own(struct walk *w, struct rte_mbuf *m, uint16_t owner);
/* Tells the host what became of its own packet. */
struct pkt_icmp_error;
void host_error(const struct hook_ctx *ctx, const struct rte_mbuf *about, struct pkt_icmp_error *e);

/* output.c: fragmentation, neighbour, Ethernet header, transmit buffer. */
void output(struct walk *w, struct rte_mbuf **pkts, uint16_t n);
/* The same for packets that waited for the neighbour; they may be older than their next hop. */
void output_to(struct walk *w, struct neigh *n, struct rte_mbuf **pkts, unsigned nb);

/* arp.c, nd.c */
void arp_receive(struct walk *w, struct rte_mbuf *m);
void nd_receive(struct walk *w, struct rte_mbuf *m);
/* For a packet from src at burst_pos that waits. */
void neighbour_ask(struct walk *w, const struct neigh *n, const struct ip_addr *src,
		   uint8_t burst_pos);
/* The packet teacher told the address: sends what waited for it. */
void neighbour_learned(struct walk *w, const struct rte_mbuf *teacher, struct neigh *n,
		       const struct rte_ether_addr *mac, unsigned flags);
void nd_dad_init(void);    /* nd_dad.c: fills addr_dad_ops */
void neighbour_init(void); /* neighbour.c: fills neigh_ops */

/* originate.c: packets the box makes wait until the burst is through, then go in its order. */
struct rte_mbuf *originate_alloc(const struct hook_ctx *ctx, const struct rte_mbuf *because);
/* The same with an IP header and room for its payload (pkt_build_ip()). */
struct rte_mbuf *originate_build(const struct hook_ctx *ctx, const struct rte_mbuf *because,
				 const struct pkt_ip_spec *spec);
void originate(const struct hook_ctx *ctx, struct rte_mbuf *m);
void originate_drain(struct walk *w);
/* Behind OUTPUT, which gave a packet to a group another destination. */
void originate_elsewhere(struct walk *w, struct rte_mbuf *m);
/* In the order of the received packets that they are or come from; stable. */
void walk_sort(struct rte_mbuf **pkts, unsigned n);

/* icmp.c */
void icmp_error(const struct hook_ctx *ctx, struct rte_mbuf *about, uint8_t type, uint8_t code,
		uint32_t info);

/* icmp_limit.c: Linux's two token buckets. Any lane; takes a lock. */
bool icmp_limit_allow(uint8_t family, const void *peer, uint8_t type, uint8_t code, uint64_t now);
/* icmp_mask6.c: is the type one that the limits are for? */
bool icmp_limited6(uint8_t type);
/* A redirect to peer: takes from the same tokens as errors. */
bool icmp_limit_redirect6(const struct in6_addr *peer, uint64_t now);
/* May one more ICMP redirect go to the peer? Linux's backoff: at most 9, ever farther apart. */
bool icmp_limit_redirect(uint32_t peer, uint64_t now);
/* The extra bucket for "no route" of IPv4 (ip_error() in Linux), same tokens. */
bool icmp_limit_no_route(uint32_t peer, uint64_t now);
