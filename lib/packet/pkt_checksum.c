/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include <rte_hash_crc.h>

#include "pkt_checksum.h"

#define SCTP_CHECKSUM 8 /* where it stands in the header of 12 bytes */
#define DCCP_COVERAGE 5 /* low half of that byte; RFC 4340 5.1 */

static inline uint64_t
word64(const uint8_t *bytes)
{
	uint64_t w;

	memcpy(&w, bytes, sizeof(w));
	return w;
}

/* One's complement sums of 64-bit words: 2^64 is 1. */
static inline uint64_t
add64(uint64_t sum, uint64_t w)
{
	sum += w;
	return sum + (sum < w);
}

/* Both halves added, with the carry, are in the upper half of a number added to itself turned by half. */
static inline uint16_t
fold64(uint64_t sum)
{
	uint32_t half;

	sum += sum << 32 | sum >> 32;
	half = sum >> 32;
	half += half << 16 | half >> 16;
	return half >> 16;
}

typedef uint64_t words64 __attribute__((vector_size(32), aligned(1), may_alias));

/*
 * Sum of len bytes, a multiple of 64, as words of 32 bits: their sums of 64 bits need no carry, so that four are
 * added at once.
 */
static __rte_noinline uint64_t
sum_blocks(const uint8_t *bytes, uint32_t len)
{
	words64 low = { 0 }, high = { 0 };

	for (const words64 *w = (const void *)bytes; (const uint8_t *)w < bytes + len; w += 2) {
		low += (w[0] & UINT32_MAX) + (w[1] & UINT32_MAX);
		high += (w[0] >> 32) + (w[1] >> 32);
	}
	low += high;
	return low[0] + low[1] + low[2] + low[3];
}

/* Fewer than 8 bytes, as the start of a word whose other bytes are 0. */
static inline uint64_t
short_word(const uint8_t *bytes, uint32_t len)
{
	uint64_t w = 0;

	memcpy(&w, bytes, len);
	return w;
}

/* The last len % 8 bytes likewise; there are at least 8 and they are read as one word. */
static inline uint64_t
last_word(const uint8_t *bytes, uint32_t len)
{
	unsigned rest = len % 8;

	return rest == 0 ? 0 : word64(bytes + len - 8) >> (64 - 8 * rest);
}

static inline uint64_t
sum_bytes(const uint8_t *bytes, uint32_t len)
{
	uint64_t sum = 0;
	uint32_t off = 0;

	if (unlikely(len < 8))
		return short_word(bytes, len);
	if (len >= 128) {
		off = len & ~63u;
		sum = sum_blocks(bytes, off);
	}
	for (; off + 16 <= len; off += 16)
		sum = add64(add64(sum, word64(bytes + off)), word64(bytes + off + 8));
	if (off + 8 <= len)
		sum = add64(sum, word64(bytes + off));
	return add64(sum, last_word(bytes, len));
}

/* The same over segments; from the packet's first L4 byte. */
static __rte_noinline uint64_t
sum_chain(const struct rte_mbuf *m, uint32_t len)
{
	uint32_t off = pkt_const(m)->l4, at = 0;
	uint64_t sum = 0;

	for (; m != NULL && at < len; m = m->next) {
		uint32_t here = m->data_len > off ? RTE_MIN(m->data_len - off, len - at) : 0;
		uint16_t part =
			fold64(sum_bytes(rte_pktmbuf_mtod_offset(m, const uint8_t *, off), here));

		/* At an odd place the bytes of words are the other way round. */
		sum += at & 1 ? rte_bswap16(part) : part;
		off = m->data_len > off ? 0 : off - m->data_len;
		at += here;
	}
	return sum;
}

static inline uint64_t
sum_l4(const struct rte_mbuf *m, uint32_t len)
{
	return likely(m->nb_segs == 1) ? sum_bytes(pkt_l4(m), len) : sum_chain(m, len);
}

/* Pseudo header of RFC 793, RFC 8200 8.1. */
static inline uint64_t
pseudo_sum(const struct rte_mbuf *m, uint8_t proto)
{
	const struct pkt *p = pkt_const(m);
	uint64_t sum = ((uint64_t)proto << 8) + rte_cpu_to_be_32(p->l3 + p->len - p->l4);
	const uint8_t *addr;

	if (p->family == AF_INET)
		return add64(sum, word64((const uint8_t *)&pkt_ip4(m)->src_addr));
	addr = (const uint8_t *)&pkt_ip6(m)->ip6_src;
	sum = add64(add64(sum, word64(addr)), word64(addr + 8));
	return add64(add64(sum, word64(addr + 16)), word64(addr + 24));
}

uint16_t
pkt_l4_sum(const struct rte_mbuf *m)
{
	return fold64(sum_l4(m, pkt_l4_len(m)));
}

uint16_t
pkt_l4_checksum(const struct rte_mbuf *m)
{
	uint64_t sum = sum_l4(m, pkt_l4_len(m));

	if (pkt_const(m)->proto != IPPROTO_ICMP)
		sum = add64(sum, pseudo_sum(m, pkt_const(m)->proto));
	return ~fold64(sum);
}

bool
pkt_l4_sums_up(const struct rte_mbuf *m, uint32_t len, uint8_t proto)
{
	return fold64(add64(sum_l4(m, len), pseudo_sum(m, proto))) == 0xffff;
}

static inline bool
sum_ok(const struct rte_mbuf *m, uint32_t len)
{
	return pkt_l4_sums_up(m, len, pkt_const(m)->proto);
}

/* RFC 3828: the length field says how many bytes are covered, 0 for all; a checksum is a must. */
static __rte_noinline bool
udplite_ok(const struct rte_mbuf *m)
{
	uint32_t len = pkt_l4_len(m), covered;
	const uint16_t *w = pkt_l4(m);

	if (len < 8 || w[3] == 0)
		return false;
	covered = w[2] == 0 ? len : rte_be_to_cpu_16(w[2]);
	return covered >= 8 && covered <= len && sum_ok(m, covered);
}

/* RFC 4340 9.2: the header with its options, and of the data all or (coverage - 1) words. */
static __rte_noinline bool
dccp_ok(const struct rte_mbuf *m)
{
	const uint8_t *dccp = pkt_l4(m);
	uint32_t len = pkt_l4_len(m), covered = len;

	if (len < 12)
		return false;
	if ((dccp[DCCP_COVERAGE] & 15) != 0)
		covered = 4 * (dccp[4] + (dccp[DCCP_COVERAGE] & 15) - 1);
	return covered >= 12 && covered <= len && sum_ok(m, covered);
}

/* RFC 9260 6.8 and appendix A: CRC32c with the checksum itself as 0, low byte first. */
uint32_t
pkt_sctp_checksum(const struct rte_mbuf *m, uint32_t off)
{
	uint32_t left = pkt_const(m)->l3 + pkt_const(m)->len - off - (SCTP_CHECKSUM + 4), crc;
	const uint8_t *sctp = rte_pktmbuf_mtod_offset(m, const uint8_t *, off);

	crc = rte_hash_crc_4byte(0, rte_hash_crc_8byte(word64(sctp), UINT32_MAX));
	off += SCTP_CHECKSUM + 4;
	for (; m != NULL && left != 0; m = m->next) {
		uint32_t here = m->data_len > off ? RTE_MIN(m->data_len - off, left) : 0;

		crc = rte_hash_crc(rte_pktmbuf_mtod_offset(m, const void *, off), here, crc);
		off = m->data_len > off ? 0 : off - m->data_len;
		left -= here;
	}
	return rte_cpu_to_le_32(~crc);
}

static __rte_noinline bool
sctp_ok(const struct rte_mbuf *m)
{
	uint32_t sum;

	if (pkt_l4_len(m) < SCTP_CHECKSUM + 4)
		return false;
	memcpy(&sum, (const uint8_t *)pkt_l4(m) + SCTP_CHECKSUM, sizeof(sum));
	return sum == pkt_sctp_checksum(m, pkt_const(m)->l4);
}

/* All but TCP and UDP right behind the addresses. */
static __rte_noinline bool
other_ok(const struct rte_mbuf *m)
{
	switch (pkt_const(m)->proto) {
	case IPPROTO_TCP:
	case IPPROTO_ICMPV6:
		return sum_ok(m, pkt_l4_len(m));
	case IPPROTO_UDP:
		return pkt_l4_len(m) >= 8 &&
		       (((const uint16_t *)pkt_l4(m))[3] == 0 || sum_ok(m, pkt_l4_len(m)));
	case IPPROTO_ICMP:
		return pkt_l4_sum(m) == 0xffff;
	case IPPROTO_UDPLITE:
		return udplite_ok(m);
	case IPPROTO_DCCP:
		return dccp_ok(m);
	case IPPROTO_SCTP:
		return sctp_ok(m);
	default:
		return true;
	}
}

bool
pkt_l4_checksum_summed(const struct rte_mbuf *m)
{
	const struct pkt *p = pkt_const(m);
	uint32_t len = p->l3 + p->len - p->l4, addrs = p->family == AF_INET ? 8 : 32;
	uint32_t hlen = addrs + (p->family == AF_INET ? 12 : 8);
	const uint8_t *l4 = pkt_l4(m);
	uint64_t sum;

	if (unlikely((p->flags & (PKT_L4 | PKT_FRAG)) != PKT_L4))
		return true;
	if (unlikely(m->nb_segs != 1 || p->l4 != p->l3 + hlen || len < 8 ||
		     (p->proto != IPPROTO_TCP && p->proto != IPPROTO_UDP)))
		return other_ok(m);
	if (p->proto == IPPROTO_UDP && ((const uint16_t *)l4)[3] == 0)
		return true;
	sum = ((uint64_t)p->proto << 8) + rte_cpu_to_be_32(len);
	return fold64(add64(sum_bytes(l4 - addrs, addrs + len), sum)) == 0xffff;
}
