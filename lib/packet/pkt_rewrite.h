/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The writer of headers on the way through. Any lane; the mbuf must be the caller's alone.
 */
#pragma once

#include <string.h>

#include "pkt.h"

/*
 * One less TTL, checksum kept right (RFC 1624). The TTL must be above 1. It is the high byte of its word: the sum falls
 * by 0x0100, so the complement grows by it. Little-endian machines do both in the word of TTL, protocol and checksum.
 */
static inline void
pkt_ttl_dec(struct rte_ipv4_hdr *ip)
{
#if RTE_BYTE_ORDER == RTE_LITTLE_ENDIAN
	uint32_t word;

	memcpy(&word, &ip->time_to_live, sizeof(word));
	word += (1u << 16) - 1;
	if (unlikely(word >> 16 == UINT16_MAX || word >> 16 == 0))
		word += 1u << 16; /* the carry of the sum comes back */
	memcpy(&ip->time_to_live, &word, sizeof(word));
#else
	uint32_t sum = ip->hdr_checksum;

	ip->hdr_checksum = sum + 0x0100 + (sum >= 0xffff - 0x0100);
	ip->time_to_live--;
#endif
}

/* Writes the 14 bytes of l2 (16 readable) in front of the IP header. */
static inline void
pkt_l2_write(struct rte_mbuf *m, const uint8_t l2[16])
{
	uint8_t *eth = rte_pktmbuf_mtod(m, uint8_t *);

	memcpy(eth, l2, 8);
	memcpy(eth + 6, l2 + 6, 8);
}

/*
 * A checksum after one of the 16-bit words it covers became another (RFC 1624): right if it was right, wrong
 * by as much if it was not. All in the order in which they stand in the packet.
 */
static inline uint16_t
pkt_sum_replace(uint16_t checksum, uint16_t from, uint16_t to)
{
	/* 0xffff is zero too: with it the sum is never all zeros, so that no checksum becomes 0xffff. */
	uint32_t sum = 0xffff + (uint16_t)~checksum + (uint16_t)~from + to;

	sum = (sum & 0xffff) + (sum >> 16);
	return ~((sum & 0xffff) + (sum >> 16));
}

/*
 * What the sum of 16-bit words grows by when some of them become others; all in the order of the packet. Such growths
 * add up: thousands of them are safe.
 */
static inline uint32_t
pkt_sum_delta16(uint16_t from, uint16_t to)
{
	return 0xffff - from + to;
}

static inline uint32_t
pkt_sum_delta32(uint32_t from, uint32_t to)
{
	uint64_t sum = (uint64_t)UINT32_MAX - from + to;

	return (sum & 0xffff) + (sum >> 16);
}

/* Of 16 bytes. */
static inline uint32_t
pkt_sum_delta128(const void *from, const void *to)
{
	uint64_t f[2], t[2], sum;

	memcpy(f, from, sizeof(f));
	memcpy(t, to, sizeof(t));
	sum = ~f[0] + t[0];
	sum += sum < t[0];
	sum += ~f[1];
	sum += sum < ~f[1];
	sum += t[1];
	sum += sum < t[1];
	sum = (uint32_t)sum + (sum >> 32);
	return (sum & 0xffff) + (sum >> 16);
}

/* The checksum after the words that it covers grew by that. */
static inline uint16_t
pkt_sum_grow(uint16_t checksum, uint32_t delta)
{
	uint32_t sum = 2 * 0xffff - checksum + delta; /* 0xffff once more: as above */

	sum += sum << 16 | sum >> 16; /* both halves added, with the carry, are in the upper one */
	return ~(sum >> 16);
}

/* Sets the IPv4 TOS / IPv6 traffic class byte, checksum kept right. */
void pkt_tos_set(struct rte_mbuf *m, uint8_t tos);
/* Sets the IPv4 TTL / IPv6 hop limit, checksum kept right. */
void pkt_ttl_set(struct rte_mbuf *m, uint8_t ttl);
/* The packet (p->len, the header's length field) becomes that long; its data is the caller's. */
void pkt_len_set(struct rte_mbuf *m, uint16_t len);
/* Recomputes the IPv4 header checksum. */
void pkt_ip4_checksum_set(struct rte_mbuf *m);
