/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Received ARP (RFC 826), as Linux's arp_process() treats it: any own address is answered for on any
 * port (arp_ignore 0), who asks us becomes a STALE neighbour, replies confirm known neighbours.
 */
#include <rte_arp.h>

#include "pkt_build.h"
#include "walk.h"

DROP_REASON(arp_ignored, "arp-ignored", "ARP that is not about us or has an impossible address");

static void
answer(struct walk *w, const struct rte_mbuf *m)
{
	const struct rte_arp_hdr *arp =
		rte_pktmbuf_mtod_offset(m, const struct rte_arp_hdr *, RTE_ETHER_HDR_LEN);
	uint16_t in = pkt_const(m)->in;
	struct rte_ether_addr sha = arp->arp_data.arp_sha;
	struct pkt_arp spec = {
		.op = RTE_ARP_OP_REPLY,
		.sha = &w->ports->by_index[in]->mac,
		.tha = &sha,
		.sip = arp->arp_data.arp_tip,
		.tip = arp->arp_data.arp_sip,
		.eth_dst = &sha,
	};
	struct rte_mbuf *a = originate_alloc(&w->ctx, m);

	if (a == NULL)
		return;
	pkt_build_arp(a, &spec);
	pkt(a)->entry = PKT_ENTRY_XMIT;
	pkt(a)->out = in;
	originate(&w->ctx, a);
}

static bool
bad_target(uint32_t ip)
{
	uint8_t first = rte_be_to_cpu_32(ip) >> 24;

	return first >> 4 == 14 || first == 127;
}

static bool
is_broadcast(uint32_t ip)
{
	uint32_t host = rte_be_to_cpu_32(ip);
	uint64_t id;

	route4_lookup(&host, &id, 1);
	return nexthop_get(id)->type == NEXTHOP_BROADCAST;
}

/*
 * A request for one of our addresses: learn who asks (unless it is a probe or claims a broadcast
 * address), answer.
 */
static void
asked(struct walk *w, const struct rte_mbuf *m, struct ip_addr *sip, struct rte_ether_addr *sha)
{
	if (sip->v4 != 0 && !is_broadcast(sip->v4)) {
		struct neigh *n = neigh_get(pkt_const(m)->in, sip);

		if (n != NULL)
			neighbour_learned(w, m, n, sha, NEIGH_OVERRIDE);
	}
	answer(w, m);
}

void
arp_receive(struct walk *w, struct rte_mbuf *m)
{
	const struct rte_arp_hdr *arp =
		rte_pktmbuf_mtod_offset(m, const struct rte_arp_hdr *, RTE_ETHER_HDR_LEN);
	struct ip_addr sip = ip_addr_v4(arp->arp_data.arp_sip);
	struct ip_addr tip = ip_addr_v4(arp->arp_data.arp_tip);
	struct rte_ether_addr sha = arp->arp_data.arp_sha;
	uint16_t op = rte_be_to_cpu_16(arp->arp_opcode);
	struct neigh *n;
	bool confirms;

	if ((op != RTE_ARP_OP_REQUEST && op != RTE_ARP_OP_REPLY) || bad_target(tip.v4) ||
	    bad_target(sip.v4) || sip.v4 == INADDR_BROADCAST || addr_is_own(w->ctx.gen, &sip)) {
		walk_drop(w, DROP(arp_ignored), m);
		return;
	}
	if (op == RTE_ARP_OP_REQUEST && addr_is_own(w->ctx.gen, &tip)) {
		asked(w, m, &sip, &sha);
		walk_deliver(w, m);
		return;
	}
	n = neigh_find(pkt(m)->in, &sip);
	if (n == NULL) {
		walk_drop(w, DROP(arp_ignored), m);
		return;
	}
	/* A reply to us alone confirms; of several in a row, the first counts for a second. */
	confirms = op == RTE_ARP_OP_REPLY && !(pkt(m)->flags & (PKT_L2_BCAST | PKT_L2_MCAST));
	neighbour_learned(w, m, n, &sha, confirms ? NEIGH_SOLICITED : 0);
	walk_deliver(w, m);
}
