/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The last stage: fragments what is too long, finds the neighbour, writes the Ethernet header and
 * puts the frame into the port's transmit buffer.
 */
#include <errno.h>
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>

#include "flow.h"
#include "forward_fast.h"
#include "pkt_frag.h"
#include "pkt_reasm.h"
#include "pkt_rewrite.h"
#include "walk.h"

DROP_REASON(no_port, "out-port-gone", "the port it should leave by is gone or down");
DROP_REASON(too_big, "out-too-big", "longer than the MTU, and may not be fragmented");
DROP_REASON(no_mbuf, "out-no-mbuf", "no packet memory for fragments");
DROP_REASON(neigh_full, "neigh-table-full", "no room for one more neighbour");
DROP_REASON(unasked, "neigh-unasked",
	    "the neighbour is not known and none is asked for (mcast_solicit=0)");
DROP_REASON(park_full, "neigh-parked-full", "too many packets wait for neighbours already");

/* Neighbour of the last packet: bursts go mostly to few of them. Valid within one output(). */
struct memo {
	struct ip_addr addr;
	uint16_t port;
	struct neigh *neigh;
};

static struct ip_addr
destination(const struct rte_mbuf *m)
{
	return pkt_const(m)->family == AF_INET ? ip_addr_v4(pkt_ip4(m)->dst_addr)
					       : ip_addr_v6(&pkt_ip6(m)->ip6_dst);
}

static struct ip_addr
source(const struct rte_mbuf *m)
{
	return pkt_const(m)->family == AF_INET ? ip_addr_v4(pkt_ip4(m)->src_addr)
					       : ip_addr_v6(&pkt_ip6(m)->ip6_src);
}

static struct neigh *
neighbour_of(const struct nexthop *nh, const struct rte_mbuf *m, struct memo *memo)
{
	uint16_t port = pkt_const(m)->out;
	struct ip_addr dst;

	if (unlikely(pkt_const(m)->flags & PKT_COPY && pkt_const(m)->via != NULL))
		return pkt_const(m)->via;
	if (likely(nh->neigh != NULL))
		return nh->neigh;
	dst = destination(m);
	if (memo->neigh != NULL && memo->port == port && ip_addr_equal(&memo->addr, &dst))
		return memo->neigh;
	*memo = (struct memo){ dst, port, neigh_get(port, &dst) };
	return memo->neigh;
}

/* IPv6 groups map to 33:33 and their last four bytes (RFC 2464 section 7). */
static void
send_group(struct walk *w, const struct port *port, struct rte_mbuf *m)
{
	uint8_t l2[16] = { 0x33, 0x33 };

	memcpy(l2 + 2, &pkt_ip6(m)->ip6_dst.s6_addr[12], 4);
	memcpy(l2 + 6, &port->mac, 6);
	l2[12] = RTE_ETHER_TYPE_IPV6 >> 8;
	l2[13] = RTE_ETHER_TYPE_IPV6 & 0xff;
	pkt_l2_write(m, l2);
	walk_transmit(w, m);
}

static void
park(struct walk *w, struct neigh *n, struct rte_mbuf *m)
{
	/* Once it is parked, another lane may send it on at any moment. */
	struct ip_addr src = source(m);
	uint8_t burst_pos = pkt(m)->burst_pos;
	const struct neigh_l2 *l2;

	pkt(m)->ct = 0; /* it may outlive its connection */
	switch (neigh_park(w->ctx.lane, n, m, w->ctx.now)) {
	case NEIGH_PARKED:
		return;
	case NEIGH_PARKED_SOLICIT:
		neighbour_ask(w, n, &src, burst_pos);
		return;
	case NEIGH_KNOWN:
		l2 = neigh_l2(n);
		if (l2 != NULL) {
			pkt_l2_write(m, l2->bytes);
			walk_transmit(w, m);
			return;
		}
		break;
	case NEIGH_UNASKED:
		walk_drop(w, DROP(unasked), m);
		return;
	case NEIGH_FULL:
		break;
	}
	walk_drop(w, DROP(park_full), m);
}

static inline void
send_to(struct walk *w, struct neigh *n, struct rte_mbuf *m)
{
	const struct neigh_l2 *l2;

	neigh_use(n, w->ctx.now);
	l2 = neigh_l2(n);
	if (likely(l2 != NULL)) {
		pkt_l2_write(m, l2->bytes);
		walk_transmit(w, m);
	} else {
		park(w, n, m);
	}
}

static inline void
send_one(struct walk *w, const struct nexthop *nh, struct rte_mbuf *m, struct memo *memo)
{
	struct neigh *n = neighbour_of(nh, m, memo);

	if (unlikely(n == NULL))
		walk_drop(w, DROP(neigh_full), m);
	else
		send_to(w, n, m);
}

/*
 * How many pieces are in `pieces`, or as pkt_fragment4(). IPv4 without DF and IPv6 of our own is cut; of what came in
 * fragments all that came in such as fit. Forwarded ones have been refused before; this tells the host of its own,
 * and others of IPv6 that is too long for its route, not for the link.
 */
static int
cut(struct walk *w, struct rte_mbuf *m, uint16_t mtu, struct rte_mbuf **pieces)
{
	const struct pkt *p = pkt(m);
	bool came = p->frag_max != 0 && p->frag_max <= mtu;
	int n = -EMSGSIZE;

	if (p->family == AF_INET) {
		if (came || !(pkt_ip4(m)->fragment_offset & rte_cpu_to_be_16(RTE_IPV4_HDR_DF_FLAG)))
			n = pkt_fragment4(m, mtu, pieces, PKT_FRAGMENTS_MAX);
		if (n == -EMSGSIZE)
			icmp_error(&w->ctx, m, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, mtu);
	} else if (came || (p->flags & PKT_ORIGINATED && p->twin == 0)) {
		n = pkt_fragment6(m, mtu, pieces, PKT_FRAGMENTS_MAX);
	} else {
		icmp_error(&w->ctx, m, ICMP6_PACKET_TOO_BIG, 0, mtu);
	}
	return n;
}

/* Longer than the MTU, or than it came: leaves in pieces, in order, or ends here. */
static void
send_long(struct walk *w, const struct nexthop *nh, struct rte_mbuf *m, uint16_t mtu,
	  struct memo *memo)
{
	struct rte_mbuf *pieces[PKT_FRAGMENTS_MAX];
	int n = cut(w, m, mtu, pieces);

	if (n < 0) {
		walk_drop(w, n == -ENOMEM ? DROP(no_mbuf) : DROP(too_big), m);
		return;
	}
	walk_count(&w->lane->originated, n);
	send_one(w, nh, m, memo);
	for (int i = 0; i < n; i++)
		send_one(w, nh, pieces[i], memo);
}

void
output_to(struct walk *w, struct neigh *n, struct rte_mbuf **pkts, unsigned nb)
{
	const struct port *port = w->ports->by_index[n->port];

	for (unsigned i = 0; i < nb; i++) {
		if (unlikely(port == NULL || !port->up))
			walk_drop(w, DROP(no_port), pkts[i]);
		else
			send_to(w, n, pkts[i]);
	}
}

/* What forward_hop4(), forward_hop6() do not know the way of, or what is too long. */
static void
send_odd(struct walk *w, struct rte_mbuf *m, bool joined, struct memo *memo)
{
	const struct pkt *p = pkt(m);
	const struct port *port = w->ports->by_index[p->out];
	const struct nexthop *nh = nexthop_get(p->nh);
	uint16_t mtu;

	if (unlikely(port == NULL || !port->up)) {
		walk_drop(w, DROP(no_port), m);
		return;
	}
	mtu = walk_mtu(nh, port, p->family);
	if (unlikely(p->family == AF_INET6 && pkt_ip6(m)->ip6_dst.s6_addr[0] == 0xff &&
		     !(p->flags & PKT_COPY)))
		send_group(w, port, m);
	else if (unlikely(p->len > mtu || (joined && walk_longer_than_came(p))))
		send_long(w, nh, m, mtu, memo);
	else
		send_one(w, nh, m, memo);
}

void
output(struct walk *w, struct rte_mbuf **pkts, uint16_t n)
{
	struct memo memo = { .neigh = NULL };
	bool joined = pkt_reasm_lanes[w->ctx.lane].made;
	struct forward_hops *hops = forward_hops(w);

	for (uint16_t i = 0; i < n; i++) {
		struct rte_mbuf *m = pkts[i];
		const struct pkt *p = pkt(m);
		struct forward_hop *h;

		if (likely(p->family == AF_INET))
			h = forward_hop4(w, hops, p->nh, &pkt_ip4(m)->dst_addr);
		else
			h = forward_hop6(w, hops, p->nh, &pkt_ip6(m)->ip6_dst);
		if (unlikely(joined || p->len > h->most || p->out != h->out)) {
			send_odd(w, m, joined, &memo);
			continue;
		}
		if (unlikely(w->recording) && p->record != 0)
			flow_note(w, nexthop_get(p->nh), m);
		forward_hop_use(h, w->ctx.now);
		pkt_l2_write(m, h->l2);
		walk_transmit(w, m);
	}
}
