/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <string.h>

#include <rte_random.h>

#include "pkt_chain.h"
#include "pkt_frag.h"
#include "pkt_guard.h"
#include "pkt_rewrite.h"
#include "pkt_sizes.h"

#define IP6_MIN_MTU 1280
#define IP4_RESERVED 0x8000u /* the flag without a name; fragments go without it */

/* Where a packet is cut. Bytes of payload. */
struct cuts {
	unsigned payload;
	unsigned first, nb;   /* nb != 0: the first piece, and of how many it is one */
	const uint8_t *len8;  /* the others but the last, in 8 bytes */
	unsigned piece, room; /* nb == 0: of each piece, and what the last one may have */
};

static unsigned
length_at(const struct cuts *c, unsigned i, unsigned off)
{
	unsigned left = c->payload - off;

	if (c->nb != 0)
		return i == 0 ? c->first : i + 1 < c->nb ? c->len8[i - 1] * 8u : left;
	return left <= c->room ? left : c->piece;
}

/*
 * As it came, if that fits: the room for payload beside head bytes of headers has become less where headers are
 * repeated that were not before, or where the way narrows.
 */
static bool
as_it_came(const struct rte_mbuf *m, struct cuts *c)
{
	const struct pkt_sizes *sizes = pkt_sizes(m);
	unsigned first = c->payload - sizes->behind, between = 0;

	if (pkt_const(m)->frag_max == 0 || sizes->nb < 2 || sizes->nb > PKT_SIZES_MAX)
		return false;
	for (unsigned i = 0; i + 2 < sizes->nb; i++) {
		if (sizes->len8[i] * 8u > c->room)
			return false;
		between += sizes->len8[i] * 8u;
	}
	if (sizes->behind >= c->payload || first > c->room || first % 8 != 0 ||
	    between >= sizes->behind || sizes->behind - between > c->room)
		return false;
	c->first = first;
	c->nb = sizes->nb;
	c->len8 = sizes->len8;
	return true;
}

static struct cuts
cuts_of(const struct rte_mbuf *m, unsigned payload, unsigned room)
{
	struct cuts c = { .payload = payload, .piece = room & ~7u, .room = room };

	as_it_came(m, &c);
	return c;
}

/* false: no room, or more than max pieces behind the first. head: bytes in front of the payload. */
static bool
can_cut(const struct rte_mbuf *m, const struct cuts *c, unsigned head, unsigned max)
{
	if (c->piece == 0 || head + length_at(c, 0, 0) > pkt_linear(m))
		return false;
	return c->nb != 0 ? c->nb - 1 <= max : c->payload <= c->piece * max;
}

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
	pkt(f)->frag_max = 0;
	return f;
}

static struct rte_mbuf *
make_piece4(const struct rte_mbuf *m, uint16_t flags, unsigned hlen, unsigned offset, unsigned len,
	    bool more)
{
	struct rte_mbuf *f = make_piece(m, hlen, 0, offset, len);
	struct rte_ipv4_hdr *ip;
	uint16_t word;

	if (f == NULL)
		return NULL;
	ip = pkt_ip4(f);
	word = rte_be_to_cpu_16(ip->fragment_offset) & flags;
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
	pkt(m)->frag_max = 0;
	m->data_len = pkt(m)->l3 + len;
	m->pkt_len = m->data_len;
}

static void
cut_first4(struct rte_mbuf *m, uint16_t flags, unsigned len)
{
	struct rte_ipv4_hdr *ip = pkt_ip4(m);

	cut(m, len);
	ip->fragment_offset &= rte_cpu_to_be_16(flags);
	ip->fragment_offset |= rte_cpu_to_be_16(RTE_IPV4_HDR_MF_FLAG);
	ip->total_length = rte_cpu_to_be_16(len);
	pkt_ip4_checksum_set(m);
}

int
pkt_fragment4(struct rte_mbuf *m, uint16_t mtu, struct rte_mbuf **out, unsigned max)
{
	unsigned hlen = rte_ipv4_hdr_len(pkt_ip4(m)), payload = pkt(m)->len - hlen;
	unsigned limit = pkt(m)->frag_max != 0 ? RTE_MIN(pkt(m)->frag_max, mtu) : mtu;
	struct cuts c = cuts_of(m, payload, limit > hlen ? limit - hlen : 0);
	unsigned first = length_at(&c, 0, 0), n = 0;
	/* What leaves as it came goes without DF; what is cut anew tries out the path as its fragments did. */
	uint16_t flags = ~(IP4_RESERVED | (c.nb != 0 ? RTE_IPV4_HDR_DF_FLAG : 0));

	if (!can_cut(m, &c, hlen, max))
		return -EMSGSIZE;
	if (first >= payload)
		return 0;
	for (unsigned off = first, len; off < payload; off += len) {
		len = length_at(&c, n + 1, off);
		out[n] = make_piece4(m, flags, hlen, off, len, off + len < payload);
		if (out[n] == NULL) {
			rte_pktmbuf_free_bulk(out, n);
			return -ENOMEM;
		}
		n++;
	}
	cut_first4(m, flags, hlen + first);
	return n;
}

/* The headers of an IPv6 packet that every fragment has. */
struct repeated6 {
	unsigned len;   /* IP bytes */
	unsigned named; /* where the byte is that says what follows them */
};

/*
 * Hop-by-hop options, routing header, and options for the stations in it; Linux takes options without a routing header
 * behind them for such as well. len 0: they are cut short.
 */
static struct repeated6
repeated6(const struct rte_mbuf *m)
{
	const uint8_t *base = (const uint8_t *)pkt_ip6(m);
	struct repeated6 r = { sizeof(struct ip6_hdr), offsetof(struct ip6_hdr, ip6_nxt) };
	unsigned there = pkt_linear(m);
	bool routed = false;

	for (;;) {
		uint8_t next = base[r.named];

		if (next != IPPROTO_HOPOPTS && next != IPPROTO_ROUTING && next != IPPROTO_DSTOPTS)
			return r;
		if (next == IPPROTO_DSTOPTS && routed)
			return r;
		routed |= next == IPPROTO_ROUTING;
		if (r.len + 2 > there)
			return (struct repeated6){ 0, 0 };
		r.named = r.len;
		r.len += (base[r.len + 1] + 1u) * 8;
		if (r.len > there)
			return (struct repeated6){ 0, 0 };
	}
}

/* word: offset and "more" flag, as they stand in the header. */
static void
put_frag6(struct rte_mbuf *m, const struct repeated6 *r, unsigned word, uint32_t id)
{
	struct ip6_hdr *ip = pkt_ip6(m);
	uint8_t *next = (uint8_t *)ip + r->named;
	struct ip6_frag *frag = (struct ip6_frag *)((uint8_t *)ip + r->len);

	frag->ip6f_nxt = *next;
	frag->ip6f_reserved = 0;
	frag->ip6f_offlg = rte_cpu_to_be_16(word);
	frag->ip6f_ident = id;
	*next = IPPROTO_FRAGMENT;
	ip->ip6_plen = rte_cpu_to_be_16(pkt(m)->len - sizeof(*ip));
	pkt(m)->ip6_nexthdr_off = r->len;
	pkt(m)->l4 = pkt(m)->l3 + r->len + sizeof(*frag);
	pkt(m)->frag_off = word & ~7u;
}

static void
cut_first6(struct rte_mbuf *m, const struct repeated6 *r, unsigned len, bool more, uint32_t id)
{
	char *frame = rte_pktmbuf_prepend(m, sizeof(struct ip6_frag));

	memmove(frame, frame + sizeof(struct ip6_frag), pkt(m)->l3 + r->len);
	cut(m, r->len + sizeof(struct ip6_frag) + len);
	put_frag6(m, r, more, id);
}

/* What the box makes leaves in full pieces; what it put together, in none longer than it came, or 1,280 bytes. */
static struct cuts
cuts6(const struct rte_mbuf *m, unsigned head, unsigned mtu)
{
	unsigned came = pkt_const(m)->frag_max;
	unsigned limit = came != 0 ? RTE_MIN(RTE_MAX(came, (unsigned)IP6_MIN_MTU), mtu) : mtu;
	unsigned room = limit > head ? limit - head : 0;

	return cuts_of(m, pkt_const(m)->len + sizeof(struct ip6_frag) - head,
		       came != 0 ? room : room & ~7u);
}

int
pkt_fragment6(struct rte_mbuf *m, uint16_t mtu, struct rte_mbuf **out, unsigned max)
{
	unsigned gap = sizeof(struct ip6_frag), n = 0, first;
	struct repeated6 r = repeated6(m);
	struct cuts c = cuts6(m, r.len + gap, mtu);
	uint32_t id = rte_rand();

	if (r.len == 0 || !can_cut(m, &c, r.len, max) || rte_pktmbuf_headroom(m) < gap)
		return -EMSGSIZE;
	first = length_at(&c, 0, 0);
	for (unsigned off = first, len; off < c.payload; off += len) {
		len = length_at(&c, n + 1, off);
		out[n] = make_piece(m, r.len, gap, off, len);
		if (out[n] == NULL) {
			rte_pktmbuf_free_bulk(out, n);
			return -ENOMEM;
		}
		put_frag6(out[n++], &r, off | (off + len < c.payload), id);
	}
	cut_first6(m, &r, first, first < c.payload, id);
	return n;
}
