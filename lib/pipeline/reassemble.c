/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Fragments for the box itself (pkt_reasm.h). IPv4 puts them together before INPUT, IPv6 behind it, as Linux
 * does. Workers; lane 0 looks after those whose time is over.
 */
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>

#include "input4.h"
#include "pkt_reasm.h"
#include "walk.h"

DROP_REASON(fragment6, "local6-fragment",
	    "for the box, fragment header cut short or its lengths impossible");

#define FIRST_FRAGMENT_INCOMPLETE 3 /* code of ICMPv6 parameter problem (RFC 8883) */
#define EXPIRE_MAX 32               /* datagrams in one round */

struct rte_mbuf *
reassemble4(struct walk *w, struct rte_mbuf *m)
{
	struct pkt_piece piece = pkt_piece4(m);

	return pkt_reasm(w->ctx.lane, w->ctx.now, PKT_REASM_LOCAL, &piece, m);
}

static struct rte_mbuf *
refuse6(struct walk *w, struct rte_mbuf *m, uint8_t code, uint32_t pointer)
{
	icmp_error(&w->ctx, m, ICMP6_PARAM_PROB, code, pointer);
	walk_drop(w, DROP(fragment6), m);
	return NULL;
}

struct rte_mbuf *
reassemble6(struct walk *w, struct rte_mbuf *m, uint32_t off, uint16_t nexthdr_off)
{
	struct pkt_piece piece;
	uint32_t end;
	bool room;

	/* One fragment header is enough, and none goes with a jumbogram. */
	if (pkt(m)->flags & PKT_REASSEMBLED || pkt_ip6(m)->ip6_plen == 0 ||
	    off + sizeof(struct ip6_frag) > pkt(m)->len)
		return refuse6(w, m, ICMP6_PARAMPROB_HEADER, off);
	piece = pkt_piece6(m, off, nexthdr_off);
	if (piece.offset == 0 && !piece.more) {
		pkt(m)->flags |= PKT_REASSEMBLED;
		return m;
	}
	if (piece.offset == 0 && pkt_piece6_lacks_headers(m))
		return refuse6(w, m, FIRST_FRAGMENT_INCOMPLETE, 0);
	end = piece.offset + pkt(m)->len - piece.hlen;
	room = pkt_reasm_room(PKT_REASM_LOCAL, AF_INET6);
	if (room && end > UINT16_MAX)
		return refuse6(w, m, ICMP6_PARAMPROB_HEADER,
			       off + offsetof(struct ip6_frag, ip6f_offlg));
	if (room && piece.more && end % 8 != 0)
		return refuse6(w, m, ICMP6_PARAMPROB_HEADER, offsetof(struct ip6_hdr, ip6_plen));
	return pkt_reasm(w->ctx.lane, w->ctx.now, PKT_REASM_LOCAL, &piece, m);
}

/*
 * Whether the source is to learn. Of what only passes through, IPv4 leaves that to the destination (RFC 792), IPv6
 * does not; what the host sent is its own affair.
 */
static bool
wants_report(struct walk *w, struct pkt_reasm_expired *e)
{
	uint32_t dst;
	uint64_t id;

	if (e->user != PKT_REASM_TRACK_IN)
		return e->user == PKT_REASM_LOCAL;
	if (pkt(e->first)->family == AF_INET6)
		return true;
	dst = rte_be_to_cpu_32(pkt_ip4(e->first)->dst_addr);
	if (policy_of(w->ctx.gen, AF_INET) != NULL)
		route_lookup_rules(w->ctx.gen, &e->first, &id, 1);
	else
		route4_lookup(&dst, &id, 1);
	return input4_classify(w, e->first, dst, nexthop_get(id)) == INPUT4_LOCAL;
}

/* Time exceeded, of which the source learns only if it sent the first fragment. */
static void
report(struct walk *w, struct pkt_reasm_expired *e)
{
	struct rte_mbuf *first = e->first;
	uint16_t reason;

	if (!wants_report(w, e))
		;
	else if (pkt(first)->family == AF_INET)
		icmp_error(&w->ctx, first, ICMP_TIME_EXCEEDED, ICMP_EXC_FRAGTIME, 0);
	else if (pkt_parse_ip6(first, &reason)) /* where its headers end */
		icmp_error(&w->ctx, first, ICMP6_TIME_EXCEEDED, ICMP6_TIME_EXCEED_REASSEMBLY, 0);
	pkt_reasm_drop_expired(w->ctx.lane, first);
}

unsigned
reassemble_expire(struct walk *w)
{
	struct pkt_reasm_expired e;
	unsigned n = 0;

	while (n < EXPIRE_MAX && pkt_reasm_expire(w->ctx.lane, w->ctx.now, &e)) {
		if (e.first != NULL)
			report(w, &e);
		n++;
	}
	return n;
}
