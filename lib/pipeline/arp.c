/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Received ARP (RFC 826), as Linux's arp_process() treats it: who asks for an address of ours becomes a
 * STALE neighbour and is answered, replies confirm known neighbours; and the switches for both.
 */
#include <limits.h>
#include <linux/rtnetlink.h>

#include <rte_arp.h>

#include "addr_subnet.h"
#include "base_ifparam.h"
#include "input4.h"
#include "nd.h"
#include "neigh_proxy.h"
#include "pkt_build.h"
#include "route_key.h"
#include "source4.h"

DROP_REASON(arp_ignored, "arp-ignored", "ARP that is not about us or has an impossible address");

IFPARAM_INT(
	arp_ignore, IFPARAM_CONF4, "arp_ignore", IFPARAM_MAX, 0, 0, INT_MIN, INT_MAX,
	"answer for: 0 any own address, 1 the port's, 2 the port's to its subnet, 3 none of scope "
	"host, 8 none")
IFPARAM_INT(arp_filter, IFPARAM_CONF4, "arp_filter", IFPARAM_OR, 0, 0, INT_MIN, INT_MAX,
	    "answer only on the port by which the asking station would be reached")
IFPARAM_INT(arp_accept, IFPARAM_CONF4, "arp_accept", IFPARAM_MAX, 0, 0, 0, 2,
	    "learn unknown stations from gratuitous ARP: 1 all, 2 those of the port's subnets")
IFPARAM_INT(drop_gratuitous, IFPARAM_CONF4, "drop_gratuitous_arp", IFPARAM_OR, 0, 0, INT_MIN,
	    INT_MAX, "drop gratuitous ARP")
IFPARAM_INT(proxy_arp, IFPARAM_CONF4, "proxy_arp", IFPARAM_OR, 0, 0, INT_MIN, INT_MAX,
	    "answer for what is reached by another port")
IFPARAM_INT(proxy_pvlan, IFPARAM_CONF4, "proxy_arp_pvlan", IFPARAM_OR, 0, 0, INT_MIN, INT_MAX,
	    "answer for stations of the same port, which cannot hear each other")
IFPARAM_INT(proxy_delay, IFPARAM_NEIGH4, "proxy_delay", IFPARAM_DEV, 80, 80, 0, INT_MAX,
	    "hundredths of a second an answer for others waits at most")

/* What a message says. */
struct arp {
	uint16_t in, op;
	struct ip_addr sip, tip;
	struct rte_ether_addr sha, tha;
};

static void
answer(struct walk *w, const struct rte_mbuf *m, const struct arp *arp, unsigned delay_ms)
{
	struct pkt_arp spec = {
		.op = RTE_ARP_OP_REPLY,
		.sha = &w->ports->by_index[arp->in]->mac,
		.tha = &arp->sha,
		.sip = arp->tip.v4,
		.tip = arp->sip.v4,
		.eth_dst = &arp->sha,
	};
	struct rte_mbuf *a = originate_alloc(&w->ctx, m);

	if (a == NULL)
		return;
	pkt_build_arp(a, &spec);
	pkt(a)->entry = PKT_ENTRY_XMIT;
	pkt(a)->out = arp->in;
	if (delay_ms != 0)
		nd_send_later(w, a, delay_ms);
	else
		originate(&w->ctx, a);
}

static bool
never_a_host(uint32_t ip)
{
	uint8_t first = rte_be_to_cpu_32(ip) >> 24;

	return first >> 4 == 14 || first == 127;
}

/* arp_ignore: is the port to be silent about this address of ours? */
static bool
silent(const struct walk *w, const struct arp *arp)
{
	const struct gen *gen = w->ctx.gen;

	switch (ifparam_get(&arp_ignore, arp->in)) {
	case 1:
		return !addr_confirm4(gen, arp->in, &arp->tip, NULL, RT_SCOPE_HOST);
	case 2:
		return !addr_confirm4(gen, arp->in, &arp->tip, arp->sip.v4 != 0 ? &arp->sip : NULL,
				      RT_SCOPE_HOST);
	case 3:
		return !addr_confirm4(gen, 0, &arp->tip, NULL, RT_SCOPE_LINK);
	case 8:
		return true;
	default:
		return false;
	}
}

/* arp_filter: would we reach the station by another port? */
static bool
elsewhere(const struct walk *w, const struct arp *arp)
{
	struct route_key k = { .dst = arp->sip, .src = arp->tip, .in = ROUTE_IN_SELF };

	return ifparam_get(&arp_filter, arp->in) &&
	       nexthop_get(route_lookup_key(w->ctx.gen, &k))->port != arp->in;
}

static bool
believable(const struct walk *w, const struct arp *arp)
{
	struct route_key k = { .dst = arp->sip, .src = arp->tip, .in = ROUTE_IN_SELF };

	return !never_a_host(arp->sip.v4) && arp->sip.v4 != INADDR_BROADCAST &&
	       source4_judge(w, arp->in, 0, &k, NULL) == SOURCE4_OK;
}

/* It asks: learn who it is. A broadcast address is nobody's. */
static void
learn_asker(struct walk *w, const struct rte_mbuf *m, const struct arp *arp)
{
	struct neigh *n;

	if (source4_special(&w->ctx, arp->sip.v4))
		return;
	n = neigh_get(arp->in, &arp->sip);
	if (n != NULL)
		neighbour_learned(w, m, n, &arp->sha, NEIGH_OVERRIDE);
}

/* Is the address one that we answer for in the place of its station? */
static bool
by_proxy(const struct walk *w, const struct arp *arp)
{
	struct route_key k = { .dst = arp->tip, .src = arp->sip, .in = arp->in };
	const struct nexthop *nh;

	if (!input4_forwards(arp->in))
		return false;
	nh = nexthop_get(route_lookup_key(w->ctx.gen, &k));
	if (nh->type != NEXTHOP_UNICAST)
		return false;
	if (nh->port != arp->in)
		return ifparam_get(&proxy_arp, arp->in) ||
		       neigh_proxy_find(arp->in, &arp->tip, NULL);
	return arp->sip.v4 != arp->tip.v4 && ifparam_get(&proxy_pvlan, arp->in);
}

/* A request. true: it is settled. */
static bool
asked(struct walk *w, const struct rte_mbuf *m, const struct arp *arp)
{
	bool own = addr_is_own(w->ctx.gen, &arp->tip);
	unsigned delay;

	/* Is the address taken? (RFC 5227) */
	if (arp->sip.v4 == 0) {
		if (own && !silent(w, arp))
			answer(w, m, arp, 0);
		return true;
	}
	if (!believable(w, arp))
		return false;
	if (own) {
		if (!silent(w, arp) && !elsewhere(w, arp)) {
			learn_asker(w, m, arp);
			answer(w, m, arp, 0);
		}
		return true;
	}
	if (!by_proxy(w, arp))
		return false;
	learn_asker(w, m, arp);
	/* Its own station may answer too: that answer shall come first. */
	delay = pkt_const(m)->flags & (PKT_L2_BCAST | PKT_L2_MCAST)
			? ifparam_get(&proxy_delay, arp->in) * 10u
			: 0;
	answer(w, m, arp, delay);
	return true;
}

/* The neighbour it tells of, if we know or want him. */
static struct neigh *
subject(const struct walk *w, const struct arp *arp, bool gratuitous)
{
	struct neigh *n = neigh_find(arp->in, &arp->sip);
	int accept = ifparam_get(&arp_accept, arp->in);

	if (n != NULL && n->state != NUD_NONE)
		return n;
	if (accept == 0 ||
	    (accept == 2 && !addr_same_subnet4(w->ctx.gen, arp->in, &arp->sip, NULL)))
		return n;
	if (!gratuitous && (arp->op != RTE_ARP_OP_REPLY || source4_special(&w->ctx, arp->sip.v4)))
		return n;
	return neigh_get(arp->in, &arp->sip);
}

/* Everything but requests for us: it may tell where a station is. true: it did. */
static bool
told(struct walk *w, const struct rte_mbuf *m, const struct arp *arp)
{
	bool gratuitous =
		arp->sip.v4 == arp->tip.v4 &&
		(arp->op == RTE_ARP_OP_REQUEST || rte_is_same_ether_addr(&arp->sha, &arp->tha)) &&
		!source4_special(&w->ctx, arp->sip.v4);
	struct neigh *n = subject(w, arp, gratuitous);
	unsigned flags = gratuitous ? NEIGH_OVERRIDE : 0;

	if (n == NULL)
		return false;
	/* A reply to us alone confirms; of several in a row, the first counts for a second. */
	if (arp->op == RTE_ARP_OP_REPLY && !(pkt_const(m)->flags & (PKT_L2_BCAST | PKT_L2_MCAST)))
		flags |= NEIGH_SOLICITED;
	neighbour_learned(w, m, n, &arp->sha, flags);
	return true;
}

void
arp_receive(struct walk *w, struct rte_mbuf *m)
{
	const struct rte_arp_hdr *h =
		rte_pktmbuf_mtod_offset(m, const struct rte_arp_hdr *, RTE_ETHER_HDR_LEN);
	struct arp arp = {
		.in = pkt(m)->in,
		.op = rte_be_to_cpu_16(h->arp_opcode),
		.sip = ip_addr_v4(h->arp_data.arp_sip),
		.tip = ip_addr_v4(h->arp_data.arp_tip),
		.sha = h->arp_data.arp_sha,
		.tha = h->arp_data.arp_tha,
	};
	bool useful = (arp.op == RTE_ARP_OP_REQUEST || arp.op == RTE_ARP_OP_REPLY) &&
		      !never_a_host(arp.tip.v4);

	if (arp.sip.v4 == arp.tip.v4 && ifparam_get(&drop_gratuitous, arp.in))
		useful = false;
	useful =
		useful && ((arp.op == RTE_ARP_OP_REQUEST && asked(w, m, &arp)) || told(w, m, &arp));
	if (useful)
		walk_deliver(w, m);
	else
		walk_drop(w, DROP(arp_ignored), m);
}
