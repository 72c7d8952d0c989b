/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/packet: parsing of good and broken frames, building, rewriting, fragmenting. */
#include "eal.h"

#include <netinet/ip_icmp.h>
#include <rte_random.h>
#include <rte_tcp.h>
#include <rte_udp.h>

#include "base_drop.h"
#include "pkt_build.h"
#include "pkt_checksum.h"
#include "pkt_frag.h"
#include "pkt_guard.h"
#include "pkt_parse.h"
#include "pkt_rewrite.h"

static const struct rte_ether_addr our_mac = { { 2, 0, 0, 0, 0, 1 } };

static struct rte_mbuf *
frame(const void *bytes, unsigned len)
{
	struct rte_mbuf *m = pkt_alloc(0);

	memcpy(rte_pktmbuf_append(m, len), bytes, len);
	pkt_guard(m);
	return m;
}

/* Ethernet + IPv4 + UDP with `payload` bytes; checksums right. */
static unsigned
udp4(uint8_t *b, unsigned payload, uint16_t frag)
{
	struct rte_ether_hdr *eth = (void *)b;
	struct rte_ipv4_hdr *ip = (void *)(eth + 1);
	struct rte_udp_hdr *udp = (void *)(ip + 1);

	memset(b, 0, 42 + payload);
	eth->dst_addr = our_mac;
	eth->ether_type = rte_cpu_to_be_16(RTE_ETHER_TYPE_IPV4);
	ip->version_ihl = 0x45;
	ip->total_length = rte_cpu_to_be_16(28 + payload);
	ip->fragment_offset = rte_cpu_to_be_16(frag);
	ip->time_to_live = 64;
	ip->next_proto_id = IPPROTO_UDP;
	ip->src_addr = rte_cpu_to_be_32(0x0a010002);
	ip->dst_addr = rte_cpu_to_be_32(0x0a020002);
	ip->hdr_checksum = rte_ipv4_cksum(ip);
	udp->src_port = rte_cpu_to_be_16(1000);
	udp->dst_port = rte_cpu_to_be_16(53);
	udp->dgram_len = rte_cpu_to_be_16(8 + payload);
	for (unsigned i = 0; i < payload; i++)
		b[42 + i] = i;
	udp->dgram_cksum = rte_ipv4_udptcp_cksum(ip, udp);
	return 42 + payload;
}

static enum pkt_kind
parse(const void *bytes, unsigned len, const char **why, struct rte_mbuf **out)
{
	struct rte_mbuf *m = frame(bytes, len);
	uint16_t reason = 0;
	enum pkt_kind kind = pkt_parse(m, 3, &our_mac, &reason);

	*why = kind == PKT_KIND_DROP ? drop_info(reason)->name : "";
	if (out != NULL)
		*out = m;
	else
		rte_pktmbuf_free(m);
	return kind;
}

static void
good_udp(void **state)
{
	uint8_t b[256];
	unsigned len = udp4(b, 5, 0);
	struct rte_mbuf *m;
	const char *why;

	assert_int_equal(parse(b, len + 13, &why, &m), PKT_KIND_IP4); /* 13 bytes of padding */
	assert_int_equal(m->data_len, len);
	assert_int_equal(pkt(m)->len, 33);
	assert_int_equal(pkt(m)->in, 3);
	assert_int_equal(pkt(m)->proto, IPPROTO_UDP);
	assert_int_equal(pkt(m)->sport, rte_cpu_to_be_16(1000));
	assert_int_equal(pkt(m)->dport, rte_cpu_to_be_16(53));
	assert_int_equal(pkt_l4_len(m), 13);
	assert_true(pkt_l4_checksum_ok(m));
	*(uint8_t *)pkt_l4(m) ^= 1;
	assert_false(pkt_l4_checksum_ok(m));
	rte_pktmbuf_free(m);
}

static void
broken_ip4(void **state)
{
	uint8_t b[256];
	unsigned len = udp4(b, 20, 0);
	const char *why;

	assert_int_equal(parse(b, 13, &why, NULL), PKT_KIND_DROP);
	assert_string_equal(why, "l2-runt");
	for (unsigned cut = 14; cut < len; cut++) {
		assert_int_equal(parse(b, cut, &why, NULL), PKT_KIND_DROP);
		assert_string_equal(why, "ip4-truncated");
	}
	b[14] = 0x44;
	assert_int_equal(parse(b, len, &why, NULL), PKT_KIND_DROP);
	assert_string_equal(why, "ip4-bad-header");
	b[14] = 0x65;
	assert_int_equal(parse(b, len, &why, NULL), PKT_KIND_DROP);
	assert_string_equal(why, "ip4-bad-header");
	b[14] = 0x45;
	b[24] ^= 1;
	assert_int_equal(parse(b, len, &why, NULL), PKT_KIND_DROP);
	assert_string_equal(why, "ip4-bad-checksum");
	udp4(b, 20, 0);
	b[5] ^= 4;
	assert_int_equal(parse(b, len, &why, NULL), PKT_KIND_DROP);
	assert_string_equal(why, "l2-other-host");
}

/* Any bytes at all: never beyond the data, and every drop has a reason. Sanitizers watch. */
static void
random_bytes(void **state)
{
	uint8_t b[128];
	const char *why;

	for (int i = 0; i < 20000; i++) {
		unsigned len = rte_rand() % sizeof(b);

		if (i % 2 == 0)
			udp4(b, 60, 0);
		for (unsigned j = 0; j < len; j++)
			if (i % 2 || rte_rand() % 16 == 0)
				b[j] = rte_rand();
		memcpy(b, &our_mac, 6);
		if (i % 3 == 0)
			memcpy(b + 12, "\x86\xdd\x60", 3);
		parse(b, len, &why, NULL);
	}
}

static void
fragments_seen(void **state)
{
	uint8_t b[256];
	struct rte_mbuf *m;
	const char *why;

	parse(b, udp4(b, 64, RTE_IPV4_HDR_MF_FLAG), &why, &m);
	assert_int_equal(pkt(m)->flags, PKT_FRAG | PKT_L4);
	rte_pktmbuf_free(m);
	parse(b, udp4(b, 64, 10), &why, &m);
	assert_int_equal(pkt(m)->flags, PKT_FRAG | PKT_FRAG_LATER);
	assert_int_equal(pkt(m)->frag_off, 80);
	assert_int_equal(pkt_l4_len(m), 0);
	assert_int_equal(pkt(m)->dport, 0);
	rte_pktmbuf_free(m);
}

static void
extension_headers(void **state)
{
	uint8_t b[14 + 40 + 8 + 8 + 8] = { 2, 0, 0, 0, 0, 1, [12] = 0x86, 0xdd };
	struct ip6_hdr *ip = (void *)(b + 14);
	struct rte_mbuf *m;
	const char *why;

	ip->ip6_vfc = 0x60;
	ip->ip6_plen = rte_cpu_to_be_16(24);
	ip->ip6_nxt = IPPROTO_DSTOPTS;
	ip->ip6_src.s6_addr[0] = ip->ip6_dst.s6_addr[0] = 0xfd;
	b[54] = IPPROTO_FRAGMENT;
	b[62] = IPPROTO_UDP;
	b[70 + 3] = 53;
	assert_int_equal(parse(b, sizeof(b), &why, &m), PKT_KIND_IP6);
	assert_int_equal(pkt(m)->proto, IPPROTO_UDP);
	assert_int_equal(pkt(m)->flags, PKT_FRAG | PKT_L4);
	assert_int_equal(pkt(m)->dport, rte_cpu_to_be_16(53));
	assert_int_equal(pkt(m)->ip6_nexthdr_off, 48);
	rte_pktmbuf_free(m);
	b[64] = 1; /* offset 256: what follows is not UDP */
	parse(b, sizeof(b), &why, &m);
	assert_int_equal(pkt(m)->flags, PKT_FRAG | PKT_FRAG_LATER);
	rte_pktmbuf_free(m);
	b[55] = 9; /* a header longer than the packet */
	parse(b, sizeof(b), &why, &m);
	assert_int_equal(pkt(m)->flags, PKT_EXT_BAD);
	rte_pktmbuf_free(m);
	ip->ip6_src.s6_addr[0] = 0xff;
	assert_int_equal(parse(b, sizeof(b), &why, NULL), PKT_KIND_DROP);
	assert_string_equal(why, "ip6-bad-address");
}

static void
ttl(void **state)
{
	uint8_t b[64];
	struct rte_ipv4_hdr *ip = (void *)(b + 14);

	udp4(b, 0, 0);
	for (int id = 0; id < 65536; id++) {
		ip->packet_id = id;
		ip->time_to_live = 2 + id % 250;
		ip->hdr_checksum = 0;
		ip->hdr_checksum = rte_ipv4_cksum(ip);
		pkt_ttl_dec(ip);
		assert_int_equal(rte_raw_cksum(ip, 20), 0xffff);
	}
}

static void
reassembled_again(struct rte_mbuf *first, struct rte_mbuf **rest, int n, const uint8_t *whole,
		  unsigned len)
{
	uint8_t got[4096];
	unsigned end = 0;

	for (int i = -1; i < n; i++) {
		struct rte_mbuf *m = i < 0 ? first : rest[i];
		struct rte_ipv4_hdr *ip = pkt_ip4(m);
		unsigned hlen = rte_ipv4_hdr_len(ip);
		uint16_t word = rte_be_to_cpu_16(ip->fragment_offset);

		assert_int_equal(rte_raw_cksum(ip, hlen), 0xffff);
		assert_int_equal(m->data_len, 14 + rte_be_to_cpu_16(ip->total_length));
		assert_int_equal(!!(word & RTE_IPV4_HDR_MF_FLAG), i < n - 1);
		assert_int_equal((word & RTE_IPV4_HDR_OFFSET_MASK) * 8, end);
		memcpy(got + end, (uint8_t *)ip + hlen, pkt(m)->len - hlen);
		end += pkt(m)->len - hlen;
		rte_pktmbuf_free(m);
	}
	assert_int_equal(end, len);
	assert_memory_equal(got, whole, len);
}

static void
fragmenting(void **state)
{
	struct rte_mbuf *m, *rest[PKT_FRAGMENTS_MAX];
	uint8_t b[2048];
	const char *why;

	for (unsigned mtu = 68; mtu < 1428; mtu += 97) {
		unsigned len = udp4(b, 1400, 0);
		int n;

		parse(b, len, &why, &m);
		n = pkt_fragment4(m, mtu, rest, PKT_FRAGMENTS_MAX);
		/* The last one may fill the MTU to the byte. */
		assert_int_equal(n,
				 (1408 - (mtu - 20) + ((mtu - 20) & ~7u) - 1) / ((mtu - 20) & ~7u));
		assert_true(pkt(m)->len <= mtu);
		reassembled_again(m, rest, n, b + 34, 1408);
	}
	parse(b, udp4(b, 1400, 0), &why, &m);
	assert_int_equal(pkt_fragment4(m, 27, rest, PKT_FRAGMENTS_MAX), -EMSGSIZE);
	assert_int_equal(pkt_fragment4(m, 68, rest, 3), -EMSGSIZE);
	assert_int_equal(pkt(m)->len, 1428);
	rte_pktmbuf_free(m);
}

static void
icmp_errors(void **state)
{
	struct pkt_icmp_error e = { .type = ICMP_DEST_UNREACH,
				    .code = ICMP_FRAG_NEEDED,
				    .tos = 0xc0,
				    .ttl = 64,
				    .info = 1400 };
	struct rte_mbuf *about, *m = pkt_alloc(0);
	uint32_t src = rte_cpu_to_be_32(0x0a010001);
	uint8_t b[2048];
	const char *why;
	uint8_t *icmp;

	parse(b, udp4(b, 1000, 0), &why, &about);
	pkt_build_icmp_error(m, about, &src, &e);
	icmp = pkt_l4(m);
	assert_int_equal(pkt(m)->len, PKT_ICMP4_ERROR_MAX);
	assert_int_equal(m->data_len, 14 + PKT_ICMP4_ERROR_MAX);
	assert_int_equal(rte_raw_cksum(pkt_ip4(m), 20), 0xffff);
	assert_true(pkt_l4_checksum_ok(m));
	assert_int_equal(icmp[6] << 8 | icmp[7], 1400);
	assert_memory_equal(icmp + 8, b + 14, PKT_ICMP4_ERROR_MAX - 28);
	assert_int_equal(pkt_ip4(m)->dst_addr, rte_cpu_to_be_32(0x0a010002));
	rte_pktmbuf_free(m);
	rte_pktmbuf_free(about);
}

static void
resets(void **state)
{
	struct rte_mbuf *about, *m = pkt_alloc(0);
	struct rte_tcp_hdr *tcp;
	uint8_t b[256];
	const char *why;

	udp4(b, 22, 0); /* room for a TCP header and 10 bytes */
	b[23] = IPPROTO_TCP;
	memset(b + 34, 0, 20);
	b[41] = 100;  /* sequence number */
	b[46] = 0x50; /* data offset */
	b[47] = RTE_TCP_SYN_FLAG;
	pkt_ttl_dec((void *)(b + 14));
	((struct rte_ipv4_hdr *)(b + 14))->hdr_checksum = 0;
	((struct rte_ipv4_hdr *)(b + 14))->hdr_checksum = rte_ipv4_cksum((void *)(b + 14));
	assert_int_equal(parse(b, 64, &why, &about), PKT_KIND_IP4);
	assert_true(pkt_build_tcp_reset(m, about));
	tcp = pkt_l4(m);
	assert_int_equal(tcp->tcp_flags, RTE_TCP_RST_FLAG | RTE_TCP_ACK_FLAG);
	assert_int_equal(rte_be_to_cpu_32(tcp->recv_ack), 111); /* SYN and 10 bytes */
	assert_int_equal(tcp->sent_seq, 0);
	assert_true(pkt_l4_checksum_ok(m));
	assert_int_equal(pkt(m)->len, 40);
	rte_pktmbuf_free(m);
	/* A reset is never answered. */
	((struct rte_tcp_hdr *)pkt_l4(about))->tcp_flags = RTE_TCP_RST_FLAG;
	m = pkt_alloc(0);
	assert_false(pkt_build_tcp_reset(m, about));
	rte_pktmbuf_free(m);
	rte_pktmbuf_free(about);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_udp),
		cmocka_unit_test(broken_ip4),
		cmocka_unit_test(random_bytes),
		cmocka_unit_test(fragments_seen),
		cmocka_unit_test(extension_headers),
		cmocka_unit_test(ttl),
		cmocka_unit_test(fragmenting),
		cmocka_unit_test(icmp_errors),
		cmocka_unit_test(resets),
	};

	return cmocka_run_group_tests_name("pkt", tests, eal_setup, NULL);
}
