/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What an IPv4 packet must pass between routing and FORWARD. Inline: it is part of the routing loop,
 * where header, next hop and port are at hand.
 */
#pragma once

#include "pkt_rewrite.h"
#include "walk.h"

/* The packet may not go on: says why (ICMP error) and drops it. */
void forward4_refuse(struct walk *w, struct rte_mbuf *m, const struct nexthop *nh);

/* Of a datagram that came in fragments, DF says that these are to stay as they are. */
static inline bool
forward4_fits(const struct rte_mbuf *m, const struct nexthop *nh, const struct port *port)
{
	uint16_t mtu = walk_mtu(nh, port, AF_INET), came = pkt_const(m)->frag_max;

	return pkt_const(m)->len <= mtu ||
	       !(pkt_ip4(m)->fragment_offset & rte_cpu_to_be_16(RTE_IPV4_HDR_DF_FLAG)) ||
	       (came != 0 && came <= mtu);
}

/* For a directed broadcast: all on the next hop's link are reached by the Ethernet broadcast, unasked. */
void forward4_broadcast(struct walk *w, struct rte_mbuf *m, const struct nexthop *nh);
/*
 * The same as forward4_check(), for packets that came in group frames or have options, a strict source
 * route among them; and for broadcasts that are forwarded.
 */
bool forward4_check_slow(struct walk *w, struct rte_mbuf *m, const struct nexthop *nh);

/*
 * An ordinary packet: unicast frame, no options. true: one hop has been taken off its TTL, it goes on.
 * false: it has been dropped.
 */
static inline bool
forward4_check(struct walk *w, struct rte_mbuf *m, const struct nexthop *nh)
{
	const struct port *port = w->ports->by_index[nh->port];
	struct rte_ipv4_hdr *ip = pkt_ip4(m);

	if (unlikely(ip->time_to_live <= 1 || port == NULL || !forward4_fits(m, nh, port))) {
		forward4_refuse(w, m, nh);
		return false;
	}
	pkt_ttl_dec(ip);
	return true;
}
