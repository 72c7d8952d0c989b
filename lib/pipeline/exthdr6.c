/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * IPv6 extension headers: hop-by-hop options, which every router reads before its rules see the packet, and the
 * rest, which the destination handles one after the other behind INPUT (Linux's ip6_protocol_deliver_rcu()).
 */
#include <netinet/icmp6.h>

#include "pkt_chain.h"
#include "pkt_options6.h"
#include "walk.h"

DROP_REASON(option, "ip6-option",
	    "IPv6 options malformed, too many, or of a kind that must be known");
DROP_REASON(
	routing, "local6-routing-header",
	"for the box, IPv6 routing header of an unknown type, with segments left, or to a group");
DROP_REASON(ext, "local6-extension",
	    "for the box, extension headers cut short, or a datagram with 2,000 bytes of headers");

static void
refuse_options(struct walk *w, struct rte_mbuf *m, const struct pkt_options6 *o)
{
	if (o->verdict == PKT_OPTIONS6_PROBLEM)
		icmp_error(&w->ctx, m, ICMP6_PARAM_PROB, o->code, o->pointer);
	walk_drop(w, DROP(option), m);
}

bool
exthdr6_hop_by_hop(struct walk *w, struct rte_mbuf *m)
{
	struct pkt_options6 o = pkt_options6(m, sizeof(struct ip6_hdr), true);

	if (o.verdict == PKT_OPTIONS6_OK)
		return true;
	refuse_options(w, m, &o);
	return false;
}

/* A header within the packet: where it begins and where the byte is that names it, from l3. */
struct place {
	uint32_t off;
	uint16_t named;
};

static inline uint8_t
byte_at(const struct rte_mbuf *m, uint32_t off)
{
	return ((const uint8_t *)pkt_ip6(m))[off];
}

static bool
destination_options(struct walk *w, struct rte_mbuf *m, struct place *at)
{
	struct pkt_options6 o = pkt_options6(m, at->off, false);

	if (o.verdict != PKT_OPTIONS6_OK) {
		refuse_options(w, m, &o);
		return false;
	}
	*at = (struct place){ o.end, at->off };
	return true;
}

/* No source routes: a header whose segments are used up is passed over, any other ends the packet. */
static bool
routing_header(struct walk *w, struct rte_mbuf *m, struct place *at)
{
	const uint8_t *header = (const uint8_t *)pkt_ip6(m) + at->off;
	uint32_t there = pkt_linear(m);
	uint8_t type;

	if (at->off + 8 > there || at->off + (header[1] + 1u) * 8 > there) {
		walk_drop(w, DROP(ext), m);
		return false;
	}
	type = header[2];
	/* 3 and 4, RPL and segment routing, are protocols of their own, and switched off. */
	if (type == 3 || type == 4 ||
	    pkt(m)->flags & (PKT_L2_BCAST | PKT_L2_MCAST | PKT_L3_MULTI)) {
		walk_drop(w, DROP(routing), m);
		return false;
	}
	if (header[3] != 0) {
		icmp_error(&w->ctx, m, ICMP6_PARAM_PROB, ICMP6_PARAMPROB_HEADER, at->off + 2);
		walk_drop(w, DROP(routing), m);
		return false;
	}
	*at = (struct place){ at->off + (header[1] + 1u) * 8, at->off };
	return true;
}

/* The datagram when it is whole, with the place of what follows the fragment header. */
static struct rte_mbuf *
fragment(struct walk *w, struct rte_mbuf *m, struct place *at)
{
	struct rte_mbuf *whole = reassemble6(w, m, at->off, at->named);

	/* Only an atomic one keeps its fragment header. */
	if (whole == m)
		*at = (struct place){ at->off + sizeof(struct ip6_frag), at->off };
	else if (whole != NULL)
		*at = (struct place){ pkt(whole)->l4 - pkt(whole)->l3,
				      pkt(whole)->ip6_nexthdr_off };
	return whole;
}

/* What reads the L4 header does not look behind the first segment. */
static struct rte_mbuf *
upper_layer(struct walk *w, struct rte_mbuf *m, const struct place *at, uint8_t proto)
{
	if (unlikely(RTE_MIN(at->off + PKT_L4_HEADER_MAX, pkt(m)->len) > pkt_linear(m))) {
		walk_drop(w, DROP(ext), m);
		return NULL;
	}
	pkt(m)->ip6_nexthdr_off = at->named;
	pkt_l4_set(m, proto, at->off);
	return m;
}

struct rte_mbuf *
exthdr6_receive(struct walk *w, struct rte_mbuf *m)
{
	struct place at = { sizeof(struct ip6_hdr), offsetof(struct ip6_hdr, ip6_nxt) };

	if (pkt_ip6(m)->ip6_nxt == IPPROTO_HOPOPTS)
		at = (struct place){ at.off + (byte_at(m, at.off + 1) + 1u) * 8, at.off };
	for (;;) {
		uint8_t proto = byte_at(m, at.named);

		switch (proto) {
		case IPPROTO_DSTOPTS:
			if (!destination_options(w, m, &at))
				return NULL;
			break;
		case IPPROTO_ROUTING:
			if (!routing_header(w, m, &at))
				return NULL;
			break;
		case IPPROTO_FRAGMENT:
			m = fragment(w, m, &at);
			if (m == NULL)
				return NULL;
			break;
		default:
			return upper_layer(w, m, &at, proto);
		}
	}
}
