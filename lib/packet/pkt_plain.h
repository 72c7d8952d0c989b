/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Plain frames: what nearly all are, told apart by a few words of theirs, without filling in struct pkt. A frame that is
 * not plain may be good all the same: pkt_parse() has the last word. Reads no byte behind the data. Any lane.
 */
#pragma once

#include <string.h>

#include <rte_vect.h>

#include "pkt.h"

/* Sum of the header's 16-bit words; a right one gives 0xffff. */
static inline uint16_t
pkt_ip4_header_sum(const struct rte_ipv4_hdr *ip, unsigned words32)
{
	uint64_t sum;
	uint32_t w[15];

	memcpy(w, ip, 20);
	sum = (uint64_t)w[0] + w[1] + w[2] + w[3] + w[4];
	if (unlikely(words32 > 5)) {
		memcpy(w + 5, ip + 1, (words32 - 5) * 4);
		for (unsigned i = 5; i < words32; i++)
			sum += w[i];
	}
	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffff) + ((sum >> 16) & 0xffff) + (sum >> 32);
	sum = (sum & 0xffff) + (sum >> 16);
	return (sum & 0xffff) + (sum >> 16);
}

static inline bool
pkt_ip4_checksum_ok(const struct rte_mbuf *m, const struct rte_ipv4_hdr *ip, unsigned words32)
{
	uint64_t nic = m->ol_flags & RTE_MBUF_F_RX_IP_CKSUM_MASK;

	if (likely(nic == RTE_MBUF_F_RX_IP_CKSUM_GOOD))
		return true;
	return pkt_ip4_header_sum(ip, words32) == 0xffff;
}

/* What the first 16 bytes of a plain frame are, but for the bits that differ from frame to frame. */
struct pkt_plain {
	uint8_t want[16], mask[16];
} __rte_aligned(16);

/* IP frames of a version to a port's MAC; IPv4 without options. */
static inline struct pkt_plain
pkt_plain_frame(const struct rte_ether_addr *mac, unsigned version)
{
	uint16_t type = version == 4 ? RTE_ETHER_TYPE_IPV4 : RTE_ETHER_TYPE_IPV6;
	struct pkt_plain p = {
		.want = { [12] = type >> 8, type & 0xff, version == 4 ? 0x45 : 0x60 },
		.mask = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, [12] = 0xff, 0xff,
			  version == 4 ? 0xff : 0xf0 },
	};

	memcpy(p.want, mac, RTE_ETHER_ADDR_LEN);
	return p;
}

/* Is what differs between both nothing that the mask has? */
static inline bool
pkt_plain_fits(const void *frame, const struct pkt_plain *p)
{
#ifdef __SSE4_1__
	__m128i want = _mm_load_si128((const __m128i *)p->want);
	__m128i mask = _mm_load_si128((const __m128i *)p->mask);

	return _mm_testz_si128(_mm_xor_si128(_mm_loadu_si128(frame), want), mask);
#else
	uint64_t f[2], want[2], mask[2];

	memcpy(f, frame, sizeof(f));
	memcpy(want, p->want, sizeof(want));
	memcpy(mask, p->mask, sizeof(mask));
	return (((f[0] ^ want[0]) & mask[0]) | ((f[1] ^ want[1]) & mask[1])) == 0;
#endif
}

/* The frame is of that kind, and long enough for its IP header; it is in one buffer. */
static inline bool
pkt_is_plain(const struct rte_mbuf *m, const struct pkt_plain *p, unsigned header)
{
	return likely(m->nb_segs == 1 && m->data_len >= RTE_ETHER_HDR_LEN + header) &&
	       pkt_plain_fits(rte_pktmbuf_mtod(m, void *), p);
}

/* ::/8, fe80::/10 and groups are where special addresses live. */
static inline bool
pkt_special6(const struct in6_addr *a)
{
	return (uint8_t)(a->s6_addr[0] - 1) >= 0xfd;
}

/*
 * The packet of a plain frame is ip_len bytes long: takes off what is behind it, padding. false: that is no length for
 * one whose header has so many bytes, or more than there is.
 */
static inline bool
pkt_plain_trim(struct rte_mbuf *m, uint32_t ip_len, unsigned header)
{
	uint32_t end = RTE_ETHER_HDR_LEN + ip_len;

	if (likely(m->data_len == end))
		return true;
	if (ip_len < header || end > m->data_len)
		return false;
	m->data_len = end;
	m->pkt_len = end;
	return true;
}

/* pkt_parse() for what most frames are: TCP or UDP without options, no fragment. false: nothing was done. */
static inline bool
pkt_plain4_parse(struct rte_mbuf *m, const struct pkt_plain *frame, uint16_t in)
{
	const struct rte_ipv4_hdr *ip =
		rte_pktmbuf_mtod_offset(m, const struct rte_ipv4_hdr *, RTE_ETHER_HDR_LEN);
	const uint16_t whole = (uint16_t)~rte_cpu_to_be_16(RTE_IPV4_HDR_DF_FLAG);
	uint16_t port[2];
	uint32_t len;

	if (unlikely(!pkt_is_plain(m, frame, sizeof(*ip) + sizeof(port))))
		return false;
	len = pkt_host16(ip->total_length);
	if (unlikely((ip->fragment_offset & whole) != 0 ||
		     (ip->next_proto_id != IPPROTO_UDP && ip->next_proto_id != IPPROTO_TCP) ||
		     !pkt_ip4_checksum_ok(m, ip, sizeof(*ip) / 4) ||
		     !pkt_plain_trim(m, len, sizeof(*ip) + sizeof(port))))
		return false;
	memcpy(port, ip + 1, sizeof(port));
	*pkt(m) = (struct pkt){
		.family = AF_INET,
		.proto = ip->next_proto_id,
		.flags = PKT_L4,
		.l3 = RTE_ETHER_HDR_LEN,
		.l4 = RTE_ETHER_HDR_LEN + sizeof(*ip),
		.in = in,
		.sport = port[0],
		.dport = port[1],
		.len = len,
	};
	return true;
}

/* The same for IPv6. */
static inline bool
pkt_plain6_parse(struct rte_mbuf *m, const struct pkt_plain *frame, uint16_t in)
{
	const struct ip6_hdr *ip =
		rte_pktmbuf_mtod_offset(m, const struct ip6_hdr *, RTE_ETHER_HDR_LEN);
	uint16_t port[2];
	uint32_t len;

	if (unlikely(!pkt_is_plain(m, frame, sizeof(*ip) + sizeof(port))))
		return false;
	len = sizeof(*ip) + pkt_host16(ip->ip6_plen);
	if (unlikely((ip->ip6_nxt != IPPROTO_UDP && ip->ip6_nxt != IPPROTO_TCP) ||
		     pkt_special6(&ip->ip6_src) || pkt_special6(&ip->ip6_dst) ||
		     !pkt_plain_trim(m, len, sizeof(*ip) + sizeof(port))))
		return false;
	memcpy(port, ip + 1, sizeof(port));
	*pkt(m) = (struct pkt){
		.family = AF_INET6,
		.proto = ip->ip6_nxt,
		.flags = PKT_L4,
		.l3 = RTE_ETHER_HDR_LEN,
		.l4 = RTE_ETHER_HDR_LEN + sizeof(*ip),
		.in = in,
		.sport = port[0],
		.dport = port[1],
		.ip6_nexthdr_off = offsetof(struct ip6_hdr, ip6_nxt),
		.len = len,
	};
	return true;
}
