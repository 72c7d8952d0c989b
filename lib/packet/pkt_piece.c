/* SPDX-License-Identifier: BSD-3-Clause */
/* What the headers of a fragment say of its place. */
#include "pkt_parse.h"
#include "pkt_reasm.h"

struct pkt_piece
pkt_piece4(const struct rte_mbuf *m)
{
	const struct rte_ipv4_hdr *ip = pkt_ip4(m);

	return (struct pkt_piece){
		.offset = pkt_const(m)->frag_off,
		.id = ip->packet_id,
		.hlen = rte_ipv4_hdr_len(ip),
		.more = ip->fragment_offset & rte_cpu_to_be_16(RTE_IPV4_HDR_MF_FLAG),
	};
}

struct pkt_piece
pkt_piece6(const struct rte_mbuf *m, uint32_t off, uint16_t named)
{
	const struct ip6_frag *frag =
		rte_pktmbuf_mtod_offset(m, const struct ip6_frag *, pkt_const(m)->l3 + off);

	return (struct pkt_piece){
		.offset = rte_be_to_cpu_16(frag->ip6f_offlg) & ~7u,
		.id = frag->ip6f_ident,
		.hlen = off + sizeof(*frag),
		.nexthdr_off = named,
		.more = frag->ip6f_offlg & IP6F_MORE_FRAG,
	};
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

bool
pkt_piece6_lacks_headers(const struct rte_mbuf *m)
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
