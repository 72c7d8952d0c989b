/* SPDX-License-Identifier: BSD-3-Clause */
/* From fragments to the datagram: the header is that of the first one. */
#include <string.h>

#include "pkt_chain.h"
#include "pkt_guard.h"
#include "pkt_parse.h"
#include "pkt_reasm_table.h"
#include "pkt_rewrite.h"
#include "pkt_sizes.h"

#define TCP_HEADER 20
#define IP4_MAX 65535
#define IP6_MAX (sizeof(struct ip6_hdr) + 65535)

/* Bits of the ECN fields that were seen: 0 not-ECT, 1 ECT(1), 2 ECT(0), 3 CE. */
bool
reasm_ecn(uint8_t seen, uint8_t *mark)
{
	*mark = (seen & 8) && seen != 8 ? 3 : 0;
	return seen == 1 || !(seen & 1);
}

static const struct rte_mbuf *
first_of(const struct reasm *r)
{
	const struct rte_mbuf *m = r->frags;

	while (pkt_const(m)->frag_off != 0)
		m = m->next;
	return m;
}

static unsigned
header_len(const struct rte_mbuf *m)
{
	return pkt_const(m)->l4 - pkt_const(m)->l3;
}

/* The first fragment's headers without the fragment header. */
static unsigned
headers_left(const struct reasm *r, const struct rte_mbuf *first)
{
	return header_len(first) - (r->key.family == AF_INET6 ? sizeof(struct ip6_frag) : 0);
}

uint32_t
reasm_joined_len(const struct reasm *r)
{
	uint32_t len = headers_left(r, first_of(r)) + r->len;

	return len <= (r->key.family == AF_INET ? IP4_MAX : IP6_MAX) ? len : 0;
}

static void
set_header4(struct rte_mbuf *m, const struct reasm *r, uint8_t mark)
{
	struct rte_ipv4_hdr *ip = pkt_ip4(m);

	ip->total_length = rte_cpu_to_be_16(pkt(m)->len);
	/* Whoever fragmented with DF set tries out the path's MTU. */
	ip->fragment_offset =
		r->max_df_size == r->max_size ? rte_cpu_to_be_16(RTE_IPV4_HDR_DF_FLAG) : 0;
	ip->type_of_service |= mark;
	pkt_ip4_checksum_set(m);
	pkt_l4_set(m, ip->next_proto_id, rte_ipv4_hdr_len(ip));
}

static void
set_header6(struct rte_mbuf *m, const struct reasm *r, const struct rte_mbuf *first, uint8_t mark)
{
	const struct ip6_frag *frag = rte_pktmbuf_mtod_offset(
		first, const struct ip6_frag *, pkt_const(first)->l4 - sizeof(struct ip6_frag));
	struct ip6_hdr *ip = pkt_ip6(m);

	pkt(m)->l4 = pkt_const(first)->l4 - sizeof(*frag);
	pkt(m)->ip6_nexthdr_off = r->nexthdr_off;
	((uint8_t *)ip)[r->nexthdr_off] = frag->ip6f_nxt;
	ip->ip6_plen = rte_cpu_to_be_16(pkt(m)->len - sizeof(*ip));
	ip->ip6_flow |= rte_cpu_to_be_32((uint32_t)mark << 20);
}

/* Where the fragments begin, the last one first; mostly they came in order. */
static void
sort_offsets(const struct reasm *r, uint16_t *off)
{
	unsigned n = 0;

	for (const struct rte_mbuf *f = r->frags; f != NULL; f = f->next) {
		unsigned i = n++;

		for (; i > 0 && off[i - 1] < pkt_const(f)->frag_off; i--)
			off[i] = off[i - 1];
		off[i] = pkt_const(f)->frag_off;
	}
}

/* Linux wants TCP's header in one piece early on its way, and has lost the sizes where it was not. */
static bool
sizes_lost(const struct reasm *r, unsigned first)
{
	return r->key.family == AF_INET && r->key.proto == IPPROTO_TCP && first < TCP_HEADER;
}

static void
keep_sizes(struct rte_mbuf *m, const struct reasm *r)
{
	struct pkt_sizes *sizes = pkt_sizes(m);
	uint16_t off[PKT_SIZES_MAX];
	unsigned n = r->nb;

	pkt(m)->frag_max = r->max_size;
	sizes->nb = 0;
	if (n < 2 || n > PKT_SIZES_MAX)
		return;
	sort_offsets(r, off);
	if (sizes_lost(r, off[n - 2]))
		return;
	for (unsigned i = 1; i + 1 < n; i++) {
		unsigned len = off[n - 2 - i] - off[n - 1 - i];

		if (len / 8 > UINT8_MAX)
			return;
		sizes->len8[i - 1] = len / 8;
	}
	sizes->behind = r->len - off[n - 2];
	sizes->nb = n;
}

struct rte_mbuf *
reasm_join(const struct reasm *r, struct rte_mempool *pool)
{
	const struct rte_mbuf *first = first_of(r);
	unsigned head = pkt_const(first)->l3 + headers_left(r, first);
	struct rte_mbuf *m = rte_pktmbuf_alloc(pool);
	uint8_t mark;

	if (m == NULL)
		return NULL;
	pkt_unguard(m);
	*pkt(m) = *pkt_const(first);
	pkt(m)->len = reasm_joined_len(r);
	pkt(m)->flags &= ~(PKT_FRAG | PKT_FRAG_LATER | PKT_EXT_BAD | PKT_L4);
	pkt(m)->flags |= PKT_REASSEMBLED;
	pkt(m)->in = r->in;
	if (!pkt_chain_extend(m, head + r->len)) {
		rte_pktmbuf_free(m);
		return NULL;
	}
	pkt_chain_copy(m, 0, first, 0, head);
	for (const struct rte_mbuf *f = r->frags; f != NULL; f = f->next) {
		/* Of the list only f itself belongs to the packet: what is copied ends within it. */
		const struct pkt *p = pkt_const(f);

		pkt_chain_copy(m, head + p->frag_off, f, p->l4, p->l3 + p->len - p->l4);
	}
	if (r->key.user != PKT_REASM_LOCAL)
		keep_sizes(m, r);
	reasm_ecn(r->ecn, &mark);
	if (r->key.family == AF_INET)
		set_header4(m, r, mark);
	else
		set_header6(m, r, first, mark);
	return m;
}
