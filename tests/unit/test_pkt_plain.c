/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/packet: what is read of plain frames at once is what pkt_parse() reads. */
#include "eal.h"

#include <rte_random.h>

#include "pkt_guard.h"
#include "pkt_parse.h"
#include "pkt_plain.h"

#define ROUNDS 100000

static const struct rte_ether_addr our_mac = { { 2, 0, 0, 0, 0, 1 } };

/* A frame with a UDP packet in it, and padding. */
static unsigned
udp(uint8_t *b, unsigned version, unsigned payload, unsigned padding)
{
	struct rte_ether_hdr *eth = (void *)b;
	struct rte_ipv4_hdr *ip4 = (void *)(eth + 1);
	struct ip6_hdr *ip6 = (void *)(eth + 1);
	unsigned header = version == 4 ? sizeof(*ip4) : sizeof(*ip6);

	memset(b, 0, 200);
	eth->dst_addr = our_mac;
	eth->ether_type =
		rte_cpu_to_be_16(version == 4 ? RTE_ETHER_TYPE_IPV4 : RTE_ETHER_TYPE_IPV6);
	if (version == 4) {
		*ip4 = (struct rte_ipv4_hdr){ .version_ihl = 0x45,
					      .total_length = rte_cpu_to_be_16(28 + payload),
					      .time_to_live = 64,
					      .next_proto_id = IPPROTO_UDP,
					      .src_addr = rte_cpu_to_be_32(0x0a010002),
					      .dst_addr = rte_cpu_to_be_32(0x0a020002) };
		ip4->hdr_checksum = rte_ipv4_cksum(ip4);
	} else {
		ip6->ip6_flow = rte_cpu_to_be_32(6u << 28);
		ip6->ip6_plen = rte_cpu_to_be_16(8 + payload);
		ip6->ip6_nxt = IPPROTO_UDP;
		ip6->ip6_hlim = 64;
		memcpy(&ip6->ip6_src, "\xfd\1\0\0\0\0\0\0\0\0\0\0\0\0\0\2", 16);
		memcpy(&ip6->ip6_dst, "\xfd\2\0\0\0\0\0\0\0\0\0\0\0\0\0\2", 16);
	}
	for (unsigned i = 0; i < 8 + payload; i++)
		b[14 + header + i] = i + 1;
	return 14 + header + 8 + payload + padding;
}

static struct rte_mbuf *
frame(const void *bytes, unsigned len, uint64_t flags)
{
	struct rte_mbuf *m = pkt_alloc(0);

	memcpy(rte_pktmbuf_append(m, len), bytes, len);
	m->ol_flags |= flags;
	pkt_guard(m);
	return m;
}

/* true: it is plain, and both read the same; false: it is not, and nothing was done to it. */
static bool
compare(const uint8_t *b, unsigned len, uint64_t flags)
{
	const struct pkt_plain frame4 = pkt_plain_frame(&our_mac, 4);
	const struct pkt_plain frame6 = pkt_plain_frame(&our_mac, 6);
	struct rte_mbuf *m = frame(b, len, flags), *whole = frame(b, len, flags);
	bool plain4 = pkt_plain4_parse(m, &frame4, 7);
	bool plain = plain4 || pkt_plain6_parse(m, &frame6, 7);
	uint16_t reason;

	if (plain) {
		assert_int_equal(pkt_parse(whole, 7, &our_mac, &reason),
				 plain4 ? PKT_KIND_IP4 : PKT_KIND_IP6);
		assert_memory_equal(pkt(m), pkt(whole), sizeof(struct pkt));
		assert_int_equal(m->pkt_len, whole->pkt_len);
		assert_int_equal(m->data_len, whole->data_len);
	} else {
		assert_int_equal(m->data_len, len);
		assert_int_equal(m->pkt_len, len);
	}
	rte_pktmbuf_free(m);
	rte_pktmbuf_free(whole);
	return plain;
}

static void
good_ones_are_plain(void **state)
{
	uint8_t b[200];

	for (unsigned version = 4; version <= 6; version += 2)
		for (unsigned padding = 0; padding < 20; padding++)
			assert_true(compare(b, udp(b, version, 20, padding), 0));
	/* The NIC has the last word about the checksum. */
	udp(b, 4, 20, 0);
	b[24] ^= 1;
	assert_false(compare(b, 62, 0));
	assert_true(compare(b, 62, RTE_MBUF_F_RX_IP_CKSUM_GOOD));
}

static void
spoiled_ones(void **state)
{
	unsigned plain = 0;

	for (unsigned r = 0; r < ROUNDS; r++) {
		uint8_t b[200];
		unsigned len = udp(b, rte_rand() % 2 ? 4 : 6, rte_rand() % 40, rte_rand() % 20);

		for (unsigned i = 0; i < 1 + rte_rand() % 2; i++)
			b[rte_rand() % 60] ^= 1u << rte_rand() % 8;
		if (rte_rand() % 8 == 0)
			len = rte_rand() % (len + 1);
		plain += compare(b, len, rte_rand() % 2 ? RTE_MBUF_F_RX_IP_CKSUM_GOOD : 0);
	}
	assert_true(plain > ROUNDS / 10);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(good_ones_are_plain),
					    cmocka_unit_test(spoiled_ones) };

	return cmocka_run_group_tests(tests, eal_setup, NULL);
}
