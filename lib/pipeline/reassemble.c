/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Fragments for the box itself (pkt_reasm.h). IPv4 puts them together before INPUT, IPv6 behind it, as Linux
 * does. Workers; lane 0 looks after those whose time is over.
 */
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>

#include "pkt_reasm.h"
#include "walk.h"

DROP_REASON(fragment6, "local6-fragment",
	    "for the box, fragment header cut short or its lengths impossible");

#define FIRST_FRAGMENT_INCOMPLETE 3 /* code of ICMPv6 parameter problem (RFC 8883) */
#define EXPIRE_MAX 32               /* datagrams in one round */

struct rte_mbuf *
reassemble4(struct walk *w, struct rte_mbuf *m)
{
	const struct rte_ipv4_hdr *ip = pkt_ip4(m);
	struct pkt_piece piece = {
		.offset = pkt(m)->frag_off,
		.id = ip->packet_id,
		.hlen = rte_ipv4_hdr_len(ip),
		.more = ip->fragment_offset & rte_cpu_to_be_16(RTE_IPV4_HDR_MF_FLAG),
	};

	return pkt_reasm(w->ctx.lane, w->ctx.now, PKT_REASM_LOCAL, &piece, m);
}

static struct rte_mbuf *
refuse6(struct walk *w, struct rte_mbuf *m, uint8_t code, uint32_t pointer)
{
	icmp_error(&w->ctx, m, ICMP6_PARAM_PROB, code, pointer);
	walk_drop(w, DROP(fragment6), m);
	return NULL;
}

/* A header that claims more than there is: as long as it tells what should have followed, that is missing. */
static bool
lacks_next(const struct rte_mbuf *m)
{
	const struct pkt *p = pkt_const(m);
	uint8_t next;

	if (p->l4 + 2u > p->l3 + p->len)
		return false;
	next = *(const uint8_t *)pkt_l4(m);
	return next != IPPROTO_NONE && !pkt_is_extension6(next);
}

/* RFC 8200 4.5: the first fragment holds all headers, up to that of the upper layer. */
static bool
lacks_headers(const struct rte_mbuf *m)
{
	const struct pkt *p = pkt_const(m);
	uint32_t off = p->l4 - p->l3;

	if (p->flags & PKT_EXT_BAD)
		return lacks_next(m);
	if (p->flags & PKT_FRAG_LATER)
		return false;
	switch (p->proto) {
	case IPPROTO_NONE:
		return false;
	case IPPROTO_TCP:
		return off + 20 > p->len;
	case IPPROTO_UDP:
	case IPPROTO_ICMPV6:
		return off + 8 > p->len;
	default:
		return off + 1 > p->len;
	}
}

struct rte_mbuf *
reassemble6(struct walk *w, struct rte_mbuf *m, uint32_t off, uint16_t nexthdr_off)
{
	const struct ip6_hdr *ip = pkt_ip6(m);
	const struct ip6_frag *frag = (const struct ip6_frag *)((const uint8_t *)ip + off);
	struct pkt_piece piece = { .hlen = off + sizeof(*frag), .nexthdr_off = nexthdr_off };
	uint32_t end;

	/* One fragment header is enough, and none goes with a jumbogram. */
	if (pkt(m)->flags & PKT_REASSEMBLED || ip->ip6_plen == 0 || piece.hlen > pkt(m)->len)
		return refuse6(w, m, ICMP6_PARAMPROB_HEADER, off);
	piece.offset = rte_be_to_cpu_16(frag->ip6f_offlg) & ~7u;
	piece.more = frag->ip6f_offlg & IP6F_MORE_FRAG;
	piece.id = frag->ip6f_ident;
	if (piece.offset == 0 && !piece.more) {
		pkt(m)->flags |= PKT_REASSEMBLED;
		return m;
	}
	if (piece.offset == 0 && lacks_headers(m))
		return refuse6(w, m, FIRST_FRAGMENT_INCOMPLETE, 0);
	end = piece.offset + pkt(m)->len - piece.hlen;
	if (pkt_reasm_room(AF_INET6) && end > UINT16_MAX)
		return refuse6(w, m, ICMP6_PARAMPROB_HEADER,
			       off + offsetof(struct ip6_frag, ip6f_offlg));
	if (pkt_reasm_room(AF_INET6) && piece.more && end % 8 != 0)
		return refuse6(w, m, ICMP6_PARAMPROB_HEADER, offsetof(struct ip6_hdr, ip6_plen));
	return pkt_reasm(w->ctx.lane, w->ctx.now, PKT_REASM_LOCAL, &piece, m);
}

/* Time exceeded, of which the source learns only if it sent the first fragment. */
static void
report(struct walk *w, struct rte_mbuf *first)
{
	uint16_t reason;

	if (pkt(first)->family == AF_INET)
		icmp_error(&w->ctx, first, ICMP_TIME_EXCEEDED, ICMP_EXC_FRAGTIME, 0);
	else if (pkt_parse_ip6(first, &reason)) /* where its headers end */
		icmp_error(&w->ctx, first, ICMP6_TIME_EXCEEDED, ICMP6_TIME_EXCEED_REASSEMBLY, 0);
	pkt_reasm_drop_expired(w->ctx.lane, first);
}

unsigned
reassemble_expire(struct walk *w)
{
	struct rte_mbuf *first;
	unsigned n = 0;

	while (n < EXPIRE_MAX && pkt_reasm_expire(w->ctx.lane, w->ctx.now, &first)) {
		if (first != NULL)
			report(w, first);
		n++;
	}
	return n;
}
