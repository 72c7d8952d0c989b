/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <string.h>

#include "pkt_frag.h"
#include "pkt_guard.h"
#include "pkt_rewrite.h"

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

static struct rte_mbuf *
make_piece(const struct rte_mbuf *m, unsigned hlen, unsigned offset, unsigned len, bool more)
{
	struct rte_mbuf *f = rte_pktmbuf_alloc(m->pool);
	const struct pkt *p = pkt_const(m);
	struct rte_ipv4_hdr *ip;
	uint16_t word;

	if (f == NULL)
		return NULL;
	pkt_unguard(f);
	*pkt(f) = *p;
	rte_pktmbuf_append(f, p->l3 + hlen + len);
	memcpy(rte_pktmbuf_mtod(f, void *), rte_pktmbuf_mtod(m, void *), p->l3 + hlen);
	memcpy(rte_pktmbuf_mtod_offset(f, void *, p->l3 + hlen),
	       rte_pktmbuf_mtod_offset(m, void *, p->l3 + hlen + offset), len);
	ip = pkt_ip4(f);
	word = rte_be_to_cpu_16(ip->fragment_offset) + offset / 8;
	ip->fragment_offset = rte_cpu_to_be_16(more ? word | RTE_IPV4_HDR_MF_FLAG : word);
	ip->total_length = rte_cpu_to_be_16(hlen + len);
	blank_uncopied_options(ip);
	pkt_ip4_checksum_set(f);
	pkt(f)->len = hlen + len;
	pkt(f)->flags = (p->flags & ~PKT_L4) | PKT_FRAG | PKT_FRAG_LATER;
	return f;
}

static void
cut_first(struct rte_mbuf *m, unsigned hlen, unsigned len)
{
	struct rte_ipv4_hdr *ip = pkt_ip4(m);
	struct pkt *p = pkt(m);

	ip->fragment_offset |= rte_cpu_to_be_16(RTE_IPV4_HDR_MF_FLAG);
	ip->total_length = rte_cpu_to_be_16(hlen + len);
	pkt_ip4_checksum_set(m);
	p->len = hlen + len;
	p->flags |= PKT_FRAG;
	m->data_len = p->l3 + p->len;
	m->pkt_len = m->data_len;
}

int
pkt_fragment4(struct rte_mbuf *m, uint16_t mtu, struct rte_mbuf **out, unsigned max)
{
	unsigned hlen = rte_ipv4_hdr_len(pkt_ip4(m));
	unsigned payload = pkt(m)->len - hlen;
	unsigned room = mtu > hlen ? mtu - hlen : 0;
	unsigned piece = room & ~7u; /* all but the last are multiples of 8 */
	unsigned n = 0;

	if (piece == 0 || payload > piece * max)
		return -EMSGSIZE;
	for (unsigned off = piece, len; off < payload; off += len) {
		len = payload - off <= room ? payload - off : piece;
		out[n] = make_piece(m, hlen, off, len, off + len < payload);
		if (out[n] == NULL) {
			rte_pktmbuf_free_bulk(out, n);
			return -ENOMEM;
		}
		n++;
	}
	cut_first(m, hlen, piece);
	return n;
}
