/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Plain frames: what nearly all are, told apart by a few words of theirs, without filling in struct pkt. A frame that is
 * not plain may be good all the same: pkt_parse() has the last word. Reads no byte behind the data. Any lane.
 */
#pragma once

#include <string.h>

#include <rte_byteorder.h>

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

typedef uint64_t pkt_plain_words __attribute__((vector_size(16)));

/* What the first 16 bytes of a plain frame are, but for the bits that differ from frame to frame. */
struct pkt_plain {
	pkt_plain_words want, mask;
};

/* IP frames of a version to a port's MAC; IPv4 without options. */
static inline struct pkt_plain
pkt_plain_frame(const struct rte_ether_addr *mac, unsigned version)
{
	uint16_t type = version == 4 ? RTE_ETHER_TYPE_IPV4 : RTE_ETHER_TYPE_IPV6;
	uint8_t want[16] = { [12] = type >> 8, type & 0xff, version == 4 ? 0x45 : 0x60 };
	uint8_t mask[16] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, [12] = 0xff, 0xff };
	struct pkt_plain p;

	memcpy(want, mac, RTE_ETHER_ADDR_LEN);
	mask[14] = version == 4 ? 0xff : 0xf0;
	memcpy(&p.want, want, sizeof(p.want));
	memcpy(&p.mask, mask, sizeof(p.mask));
	return p;
}

/* The frame is of that kind, and long enough for its IP header; it is in one buffer. */
static inline bool
pkt_is_plain(const struct rte_mbuf *m, const struct pkt_plain *p, unsigned header)
{
	pkt_plain_words w;

	if (unlikely(m->nb_segs != 1 || m->data_len < RTE_ETHER_HDR_LEN + header))
		return false;
	memcpy(&w, rte_pktmbuf_mtod(m, void *), sizeof(w));
	w = (w ^ p->want) & p->mask;
	return (w[0] | w[1]) == 0;
}

/* Of a plain IPv4 frame: lengths and checksum are right. */
static inline bool
pkt_plain4_right(const struct rte_mbuf *m, const struct rte_ipv4_hdr *ip)
{
	uint32_t len = pkt_host16(ip->total_length);

	return len - (uint32_t)sizeof(*ip) <=
		       m->data_len - (uint32_t)(RTE_ETHER_HDR_LEN + sizeof(*ip)) &&
	       pkt_ip4_checksum_ok(m, ip, sizeof(*ip) / 4);
}

/* Of a plain IPv6 frame: the length is right, and no options that every router reads. */
static inline bool
pkt_plain6_right(const struct rte_mbuf *m, const struct ip6_hdr *ip)
{
	return pkt_host16(ip->ip6_plen) <=
		       m->data_len - (uint32_t)(RTE_ETHER_HDR_LEN + sizeof(*ip)) &&
	       ip->ip6_nxt != IPPROTO_HOPOPTS;
}

/* Takes off what is behind the packet of a plain frame: padding. */
static inline void
pkt_plain_trim(struct rte_mbuf *m, uint16_t ip_len)
{
	uint16_t end = RTE_ETHER_HDR_LEN + ip_len;

	if (likely(m->data_len == end))
		return;
	m->data_len = end;
	m->pkt_len = end;
}
