/* SPDX-License-Identifier: BSD-3-Clause */
/* L4 checksums: every length, chains cut anywhere, each protocol, what a NIC says. */
#include "eal.h"

#include <rte_random.h>

#include "pkt_chain.h"
#include "pkt_checksum.h"

#define L3 14
#define LEN_MAX 5000

static uint8_t bytes[LEN_MAX];

/* The textbook's way. */
static uint16_t
plain_sum(uint32_t sum, const uint8_t *b, unsigned len)
{
	for (unsigned i = 0; i < len; i++)
		sum += i & 1 ? b[i] : b[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

/* A packet of random addresses with len bytes of L4, in segments of at most seg bytes (0: as few as possible). */
static struct rte_mbuf *
packet(uint8_t family, uint8_t proto, unsigned len, unsigned seg)
{
	unsigned hlen = family == AF_INET ? 20 : 40, first = seg == 0 ? len : RTE_MIN(seg, len);
	struct rte_mbuf *m = pkt_alloc(0), *last = m;
	uint8_t *head;

	assert_non_null(m);
	head = (uint8_t *)rte_pktmbuf_append(m, L3 + hlen);
	for (unsigned i = 0; i < hlen; i++)
		head[L3 + i] = rte_rand();
	*pkt(m) = (struct pkt){ .family = family,
				.proto = proto,
				.flags = PKT_L4,
				.l3 = L3,
				.l4 = L3 + hlen,
				.len = hlen + len };
	if (seg == 0 && len > rte_pktmbuf_tailroom(m))
		first = seg = rte_pktmbuf_tailroom(m);
	memcpy(rte_pktmbuf_append(m, first), bytes, first);
	for (unsigned at = first, n; at < len; at += n) {
		n = RTE_MIN(seg, len - at);
		last->next = pkt_alloc(0);
		last = last->next;
		assert_non_null(last);
		memcpy(rte_pktmbuf_append(last, n), bytes + at, n);
		m->nb_segs++;
		m->pkt_len += n;
	}
	return m;
}

static uint32_t
plain_pseudo(const struct rte_mbuf *m)
{
	const struct pkt *p = pkt_const(m);
	unsigned addrs = p->family == AF_INET ? 8 : 32;

	return plain_sum(p->proto + pkt_l4_len(m), (const uint8_t *)pkt_l4(m) - addrs, addrs);
}

static void
sums_of(uint8_t family, unsigned len, unsigned seg)
{
	struct rte_mbuf *m = packet(family, IPPROTO_TCP, len, seg);
	uint16_t sum = rte_cpu_to_be_16(plain_sum(0, bytes, len));
	uint16_t with_pseudo = ~rte_cpu_to_be_16(plain_sum(plain_pseudo(m), bytes, len));

	assert_int_equal(pkt_l4_sum(m), sum);
	assert_int_equal(pkt_l4_checksum(m), with_pseudo);
	rte_pktmbuf_free(m);
}

static void
sums(void **state)
{
	for (unsigned len = 0; len < 700; len++)
		sums_of(len & 1 ? AF_INET : AF_INET6, len, 0);
	for (unsigned i = 0; i < 300; i++)
		sums_of(i & 1 ? AF_INET : AF_INET6, rte_rand_max(LEN_MAX),
			RTE_MAX(8, rte_rand_max(1500)));
	memset(bytes, 0xff, sizeof(bytes)); /* carries everywhere */
	for (unsigned len = 1; len < LEN_MAX; len += 61)
		sums_of(AF_INET, len, len % 3 ? 0 : 1001);
	memset(bytes, 0, sizeof(bytes));
	sums_of(AF_INET6, 100, 0);
}

/* A checksum put at `off` is found right; with any bit changed it is not. */
static void
checked(uint8_t family, uint8_t proto, unsigned len, unsigned seg, unsigned off)
{
	struct rte_mbuf *m;
	uint16_t sum;

	bytes[off] = bytes[off + 1] = 0;
	m = packet(family, proto, len, seg);
	sum = pkt_l4_checksum(m);
	memcpy((uint8_t *)pkt_l4(m) + off, &sum, sizeof(sum));
	assert_true(pkt_l4_checksum_ok(m));
	for (unsigned i = 0; i + pkt(m)->l4 < m->data_len; i++) {
		uint8_t *b = (uint8_t *)pkt_l4(m) + i;

		*b ^= 1 << i % 8;
		assert_false(pkt_l4_checksum_ok(m));
		*b ^= 1 << i % 8;
	}
	((uint8_t *)pkt_l4(m))[-1] ^= 4;
	assert_int_equal(pkt_l4_checksum_ok(m), proto == IPPROTO_ICMP);
	rte_pktmbuf_free(m);
}

static void
protocols(void **state)
{
	rte_srand(1); /* the same sums in every run: one bit away from 0 UDP has none */
	for (unsigned i = 0; i < LEN_MAX; i++)
		bytes[i] = rte_rand();
	for (unsigned len = 20; len < 300; len += 7)
		for (unsigned f = 0; f < 2; f++) {
			unsigned seg = len % 3 == 0 ? 33 : 0;

			checked(f ? AF_INET6 : AF_INET, IPPROTO_TCP, len, seg, 16);
			checked(f ? AF_INET6 : AF_INET, IPPROTO_UDP, len, seg, 6);
		}
	checked(AF_INET, IPPROTO_ICMP, 55, 0, 2);
	checked(AF_INET6, IPPROTO_ICMPV6, 55, 0, 2);
	bytes[4] = bytes[5] = 0; /* all covered */
	checked(AF_INET, IPPROTO_UDPLITE, 55, 0, 6);
	checked(AF_INET6, IPPROTO_DCCP, 57, 0, 6);
}

/* What of the packet is covered, when `bytes` say so: a change behind it does not matter. */
static void
coverage_is(uint8_t proto, unsigned len, unsigned covered)
{
	struct rte_mbuf *m = packet(AF_INET, proto, len, 0);
	uint8_t *l4 = pkt_l4(m);
	uint16_t sum;

	l4[6] = l4[7] = 0;
	sum = ~rte_cpu_to_be_16(plain_sum(plain_pseudo(m), l4, covered));
	memcpy(l4 + 6, &sum, sizeof(sum));
	assert_true(pkt_l4_checksum_ok(m));
	l4[covered] ^= 1;
	assert_true(pkt_l4_checksum_ok(m));
	l4[covered - 1] ^= 1;
	assert_false(pkt_l4_checksum_ok(m));
	rte_pktmbuf_free(m);
}

static bool
judged(uint8_t family, uint8_t proto, unsigned len)
{
	struct rte_mbuf *m = packet(family, proto, len, 0);
	bool ok = pkt_l4_checksum_ok(m);

	rte_pktmbuf_free(m);
	return ok;
}

static void
coverage(void **state)
{
	bytes[4] = 0;
	for (bytes[5] = 8; bytes[5] < 40; bytes[5]++)
		coverage_is(IPPROTO_UDPLITE, 41, bytes[5]);
	bytes[5] = 7; /* not even the header */
	assert_false(judged(AF_INET, IPPROTO_UDPLITE, 41));
	bytes[5] = 42;
	assert_false(judged(AF_INET, IPPROTO_UDPLITE, 41));
	bytes[5] = bytes[6] = bytes[7] = 0; /* a must */
	assert_false(judged(AF_INET, IPPROTO_UDPLITE, 41));
	bytes[4] = 4; /* words of header */
	bytes[5] = 0x51;
	coverage_is(IPPROTO_DCCP, 41, 16);
	bytes[5] = 0x54;
	coverage_is(IPPROTO_DCCP, 41, 28);
	bytes[5] = 0x5f;
	assert_false(judged(AF_INET, IPPROTO_DCCP, 41));
	bytes[4] = 0;
	bytes[5] = 0x51;
	assert_false(judged(AF_INET, IPPROTO_DCCP, 41));
}

/* Too short for a checksum; none in UDP; fragments and protocols without one. */
static void
odd_ones(void **state)
{
	static const uint8_t wants_header[] = { IPPROTO_UDP, IPPROTO_UDPLITE, IPPROTO_DCCP,
						IPPROTO_SCTP };
	struct rte_mbuf *m;

	memset(bytes, 1, sizeof(bytes));
	for (unsigned i = 0; i < RTE_DIM(wants_header); i++)
		for (unsigned len = 0; len < 8; len++)
			assert_false(judged(AF_INET, wants_header[i], len));
	for (unsigned len = 0; len < 8; len++)
		assert_false(judged(AF_INET6, IPPROTO_TCP, len));
	assert_true(judged(AF_INET, IPPROTO_GRE, 0));
	bytes[6] = bytes[7] = 0;
	assert_true(judged(AF_INET, IPPROTO_UDP, 30));
	assert_true(judged(AF_INET6, IPPROTO_UDP, 30));
	m = packet(AF_INET, IPPROTO_TCP, 30, 0);
	pkt(m)->flags |= PKT_FRAG;
	assert_true(pkt_l4_checksum_ok(m));
	rte_pktmbuf_free(m);
}

static void
sctp(void **state)
{
	struct rte_mbuf *m;
	uint32_t crc;
	uint8_t sum[4];

	for (unsigned len = 12; len < 200; len += 9) {
		memcpy(bytes, "12345678", 8);
		memset(bytes + 8, 0, 4);
		crc = UINT32_MAX;
		for (unsigned i = 0; i < len; i++) {
			crc ^= bytes[i];
			for (unsigned bit = 0; bit < 8; bit++)
				crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78 : 0);
		}
		for (unsigned i = 0; i < 4; i++)
			sum[i] = ~crc >> 8 * i;
		memcpy(bytes + 8, sum, 4);
		m = packet(AF_INET6, IPPROTO_SCTP, len, len % 2 ? 0 : 31);
		assert_true(pkt_l4_checksum_ok(m));
		((uint8_t *)pkt_l4(m))[len % 12] ^= 1;
		assert_false(pkt_l4_checksum_ok(m));
		rte_pktmbuf_free(m);
	}
}

/* "good" is taken of plain TCP and UDP only, "bad" is looked at again. */
static void
nic(void **state)
{
	struct rte_mbuf *m;

	memset(bytes, 1, sizeof(bytes));
	m = packet(AF_INET, IPPROTO_TCP, 30, 0);
	assert_false(pkt_l4_checksum_ok(m));
	m->ol_flags = RTE_MBUF_F_RX_L4_CKSUM_GOOD;
	assert_true(pkt_l4_checksum_ok(m));
	pkt(m)->flags |= PKT_REASSEMBLED;
	assert_false(pkt_l4_checksum_ok(m));
	pkt(m)->flags = PKT_L4;
	pkt(m)->proto = IPPROTO_ICMP;
	assert_false(pkt_l4_checksum_ok(m));
	pkt(m)->proto = IPPROTO_TCP;
	m->ol_flags = RTE_MBUF_F_RX_L4_CKSUM_BAD;
	assert_false(pkt_l4_checksum_ok(m));
	memset((uint8_t *)pkt_l4(m) + 16, 0, 2);
	*(uint16_t *)((uint8_t *)pkt_l4(m) + 16) = pkt_l4_checksum(m);
	assert_true(pkt_l4_checksum_ok(m));
	rte_pktmbuf_free(m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sums),     cmocka_unit_test(protocols), cmocka_unit_test(coverage),
		cmocka_unit_test(odd_ones), cmocka_unit_test(sctp),      cmocka_unit_test(nic),
	};

	return cmocka_run_group_tests_name("checksum", tests, eal_setup, NULL);
}
