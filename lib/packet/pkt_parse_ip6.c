/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * IPv6 header and the walk over its extension headers (RFC 8200 section 4).
 */
#include <rte_byteorder.h>

#include "base_drop.h"
#include "pkt_chain.h"
#include "pkt_parse.h"
#include "pkt_parse_l4.h"

DROP_REASON(ip6_short, "ip6-truncated", "IPv6 header or payload length beyond the frame");
DROP_REASON(ip6_header, "ip6-bad-header", "IPv6 version wrong");
DROP_REASON(ip6_address, "ip6-bad-address",
	    "IPv6 source is multicast or loopback, or destination is loopback or of node scope");

static unsigned
extension_len(uint8_t proto, uint8_t field)
{
	if (proto == IPPROTO_FRAGMENT)
		return sizeof(struct ip6_frag);
	return proto == IPPROTO_AH ? (field + 2u) * 4 : (field + 1u) * 8;
}

/* Sets proto, l4 and the fragment fields; stops where the bytes end (PKT_EXT_BAD), of which end are there. */
static void
walk_extensions(const struct rte_mbuf *m, struct pkt *p, uint32_t end)
{
	const uint8_t *base = rte_pktmbuf_mtod_offset(m, const uint8_t *, p->l3);
	unsigned off = sizeof(struct ip6_hdr);

	while (pkt_is_extension6(p->proto)) {
		unsigned len;

		if (off + 8 > end)
			goto bad;
		len = extension_len(p->proto, base[off + 1]);
		if (off + len > end)
			goto bad;
		if (p->proto == IPPROTO_FRAGMENT) {
			uint16_t word = base[off + 2] << 8 | base[off + 3];

			p->flags |= PKT_FRAG;
			p->frag_off = word & 0xfff8;
		}
		p->ip6_nexthdr_off = off;
		p->proto = base[off];
		off += len;
		/* What follows the header of a later fragment is payload, whatever it looks like. */
		if (p->frag_off != 0) {
			p->flags |= PKT_FRAG_LATER;
			if (pkt_is_extension6(p->proto))
				p->flags |= PKT_EXT_BAD;
			break;
		}
	}
	p->l4 = p->l3 + off;
	return;
bad:
	p->flags |= PKT_EXT_BAD;
	p->l4 = p->l3 + off;
}

/* What Linux's ipv6_rcv() refuses before any hook. */
static bool
addresses_ok(const struct ip6_hdr *ip)
{
	const struct in6_addr *s = &ip->ip6_src, *d = &ip->ip6_dst;

	if (IN6_IS_ADDR_MULTICAST(s) || IN6_IS_ADDR_LOOPBACK(s) || IN6_IS_ADDR_LOOPBACK(d))
		return false;
	return !(d->s6_addr[0] == 0xff && (d->s6_addr[1] & 15) <= 1);
}

bool
pkt_parse_ip6(struct rte_mbuf *m, uint16_t *reason)
{
	struct pkt *p = pkt(m);
	const struct ip6_hdr *ip = pkt_ip6(m);
	unsigned len;

	if (unlikely(m->data_len < p->l3 + sizeof(*ip))) {
		*reason = DROP(ip6_short);
		return false;
	}
	len = sizeof(*ip) + rte_be_to_cpu_16(ip->ip6_plen);
	/* A jumbogram says its length in an option; without that one, all of the frame is payload. */
	if (unlikely(ip->ip6_plen == 0 && ip->ip6_nxt == IPPROTO_HOPOPTS))
		len = m->data_len - p->l3;
	if (unlikely((ip->ip6_vfc >> 4) != 6)) {
		*reason = DROP(ip6_header);
		return false;
	}
	if (unlikely(len > (unsigned)m->data_len - p->l3)) {
		*reason = DROP(ip6_short);
		return false;
	}
	if (unlikely(!addresses_ok(ip))) {
		*reason = DROP(ip6_address);
		return false;
	}
	m->data_len = p->l3 + len;
	m->pkt_len = p->l3 + len;
	p->family = AF_INET6;
	p->proto = ip->ip6_nxt;
	p->len = len;
	p->l4 = p->l3 + sizeof(*ip);
	p->ip6_nexthdr_off = offsetof(struct ip6_hdr, ip6_nxt);
	if (ip->ip6_nxt == IPPROTO_HOPOPTS)
		p->flags |= PKT_OPTIONS;
	if (unlikely(pkt_is_extension6(p->proto)))
		walk_extensions(m, p, p->len);
	pkt_parse_l4(m, p);
	return true;
}

bool
pkt_parse_joined6(struct rte_mbuf *m)
{
	struct pkt *p = pkt(m);
	const struct ip6_hdr *ip = pkt_ip6(m);

	p->flags &= ~(PKT_FRAG | PKT_FRAG_LATER | PKT_EXT_BAD | PKT_L4);
	p->frag_off = 0;
	p->sport = p->dport = 0;
	p->proto = ip->ip6_nxt;
	p->l4 = p->l3 + sizeof(*ip);
	p->ip6_nexthdr_off = offsetof(struct ip6_hdr, ip6_nxt);
	walk_extensions(m, p, pkt_linear(m));
	pkt_parse_l4(m, p);
	/* Nobody looks for headers behind the first segment. */
	if (pkt_linear(m) == p->len)
		return true;
	return !(p->flags & PKT_EXT_BAD) && p->l4 - p->l3 <= PKT_JOINED6_HEADERS;
}
