/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <string.h>

#include <rte_random.h>

#include "pkt_chain.h"
#include "pkt_frag.h"
#include "pkt_guard.h"
#include "pkt_rewrite.h"

#define IP4_RESERVED 0x8000u /* the flag without a name; fragments go without it */

/* RFC 791: options with the top bit clear stay in the first fragment only. */
static void
blank_uncopied_options(struct rte_ipv4_hdr *ip)
{
	uint8_t *o = (uint8_t *)(ip + 1);
	int left = rte_ipv4_hdr_len(ip) - sizeof(*ip);

	while (left > 0) {
		int len;

		if (*o == 0) /* end of list */
			return;
		if (*o == 1) { /* no operation */
			o++;
			left--;
			continue;
		}
		len = left >= 2 ? o[1] : 0;
		if (len < 2 || len > left)
			return;
		if (!(*o & 0x80))
			memset(o, 1, len);
		o += len;
		left -= len;
	}
}

/*
 * A new mbuf with the first `head` IP bytes of m, room for `gap` more, and len bytes of m's payload from
 * offset.
 */
static struct rte_mbuf *
make_piece(const struct rte_mbuf *m, unsigned head, unsigned gap, unsigned offset, unsigned len)
{
	struct rte_mbuf *f = rte_pktmbuf_alloc(m->pool);
	const struct pkt *p = pkt_const(m);

	if (f == NULL)
		return NULL;
	pkt_unguard(f);
	*pkt(f) = *p;
	rte_pktmbuf_append(f, p->l3 + head + gap + len);
	memcpy(rte_pktmbuf_mtod(f, void *), rte_pktmbuf_mtod(m, void *), p->l3 + head);
	pkt_chain_copy(f, p->l3 + head + gap, m, p->l3 + head + offset, len);
	pkt(f)->len = head + gap + len;
	pkt(f)->flags = (p->flags & ~PKT_L4) | PKT_FRAG | PKT_FRAG_LATER;
	return f;
}

static struct rte_mbuf *
make_piece4(const struct rte_mbuf *m, unsigned hlen, unsigned offset, unsigned len, bool more)
{
	struct rte_mbuf *f = make_piece(m, hlen, 0, offset, len);
	struct rte_ipv4_hdr *ip;
	uint16_t word;

	if (f == NULL)
		return NULL;
	ip = pkt_ip4(f);
	word = rte_be_to_cpu_16(ip->fragment_offset) & ~IP4_RESERVED;
	/* What is cut out of a later fragment has that one's options. */
	if ((word & RTE_IPV4_HDR_OFFSET_MASK) == 0)
		blank_uncopied_options(ip);
	word += offset / 8;
	ip->fragment_offset = rte_cpu_to_be_16(more ? word | RTE_IPV4_HDR_MF_FLAG : word);
	ip->total_length = rte_cpu_to_be_16(hlen + len);
	pkt_ip4_checksum_set(f);
	return f;
}

/* Leaves len IP bytes, all of them in the first segment. */
static void
cut(struct rte_mbuf *m, unsigned len)
{
	rte_pktmbuf_free(m->next);
	m->next = NULL;
	m->nb_segs = 1;
	pkt(m)->len = len;
	pkt(m)->flags |= PKT_FRAG;
	m->data_len = pkt(m)->l3 + len;
	m->pkt_len = m->data_len;
}

static void
cut_first4(struct rte_mbuf *m, unsigned len)
{
	struct rte_ipv4_hdr *ip = pkt_ip4(m);

	cut(m, len);
	ip->fragment_offset &= rte_cpu_to_be_16((uint16_t)~IP4_RESERVED);
	ip->fragment_offset |= rte_cpu_to_be_16(RTE_IPV4_HDR_MF_FLAG);
	ip->total_length = rte_cpu_to_be_16(len);
	pkt_ip4_checksum_set(m);
}

int
pkt_fragment4(struct rte_mbuf *m, uint16_t mtu, struct rte_mbuf **out, unsigned max)
{
	unsigned hlen = rte_ipv4_hdr_len(pkt_ip4(m));
	unsigned payload = pkt(m)->len - hlen;
	unsigned room = mtu > hlen ? mtu - hlen : 0;
	unsigned piece = room & ~7u; /* all but the last are multiples of 8 */
	unsigned n = 0;

	if (piece == 0 || payload > piece * max || hlen + piece > pkt_linear(m))
		return -EMSGSIZE;
	for (unsigned off = piece, len; off < payload; off += len) {
		len = payload - off <= room ? payload - off : piece;
		out[n] = make_piece4(m, hlen, off, len, off + len < payload);
		if (out[n] == NULL) {
			rte_pktmbuf_free_bulk(out, n);
			return -ENOMEM;
		}
		n++;
	}
	cut_first4(m, hlen + piece);
	return n;
}

/* word: offset and "more" flag, as they stand in the header. */
static void
put_frag6(struct rte_mbuf *m, unsigned word, uint32_t id)
{
	struct ip6_hdr *ip = pkt_ip6(m);
	struct ip6_frag *frag = (struct ip6_frag *)(ip + 1);

	frag->ip6f_nxt = ip->ip6_nxt;
	frag->ip6f_reserved = 0;
	frag->ip6f_offlg = rte_cpu_to_be_16(word);
	frag->ip6f_ident = id;
	ip->ip6_nxt = IPPROTO_FRAGMENT;
	ip->ip6_plen = rte_cpu_to_be_16(pkt(m)->len - sizeof(*ip));
	pkt(m)->ip6_nexthdr_off = sizeof(*ip);
	pkt(m)->l4 = pkt(m)->l3 + sizeof(*ip) + sizeof(*frag);
	pkt(m)->frag_off = word & ~7u;
}

static void
cut_first6(struct rte_mbuf *m, unsigned len, uint32_t id)
{
	char *frame = rte_pktmbuf_prepend(m, sizeof(struct ip6_frag));

	memmove(frame, frame + sizeof(struct ip6_frag), pkt(m)->l3 + sizeof(struct ip6_hdr));
	cut(m, sizeof(struct ip6_hdr) + sizeof(struct ip6_frag) + len);
	put_frag6(m, 1, id);
}

int
pkt_fragment6(struct rte_mbuf *m, uint16_t mtu, struct rte_mbuf **out, unsigned max)
{
	unsigned head = sizeof(struct ip6_hdr), gap = sizeof(struct ip6_frag);
	unsigned payload = pkt(m)->len - head;
	unsigned piece = mtu > head + gap ? (mtu - head - gap) & ~7u : 0;
	uint32_t id = rte_rand();
	unsigned n = 0;

	if (piece == 0 || payload > piece * max || head + piece > pkt_linear(m) ||
	    rte_pktmbuf_headroom(m) < gap)
		return -EMSGSIZE;
	for (unsigned off = piece; off < payload; off += piece) {
		unsigned len = RTE_MIN(piece, payload - off);

		out[n] = make_piece(m, head, gap, off, len);
		if (out[n] == NULL) {
			rte_pktmbuf_free_bulk(out, n);
			return -ENOMEM;
		}
		put_frag6(out[n++], off | (off + len < payload), id);
	}
	cut_first6(m, piece, id);
	return n;
}
