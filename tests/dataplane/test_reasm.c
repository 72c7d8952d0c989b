/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Datagrams for the box in random pieces and orders, some repeated, some overlapping. The model: pieces that
 * make the whole give an echo reply with the same bytes, anything else gives none.
 */
#include <netinet/ip6.h>
#include <stdlib.h>
#include <string.h>

#include <rte_ip.h>

#include "base_clock.h"
#include "dp.h"
#include "pkt_reasm.h"

#define MESSAGE_MAX 65535
#define PIECES_MAX 512

struct piece {
	unsigned off, len;
};

static uint8_t message[MESSAGE_MAX + 8], reply[sizeof(message)];
static struct piece pieces[PIECES_MAX];
static uint32_t ident;

static int
configure(void **state)
{
	if (dp_setup(state) != 0)
		return -1;
	DP("ip addr add 10.1.0.1/24 dev p0");
	DP("ip addr add fd01::1/64 dev p0");
	DP("ip neigh add 10.1.0.2 lladdr 02:00:00:00:01:00 dev p0");
	DP("ip neigh add fd01::2 lladdr 02:00:00:00:01:00 dev p0");
	DP("sysctl -w net.ipv4.ipfrag_max_dist=0");
	DP("sysctl -w net.ipv4.icmp_ratemask=0");
	DP("sysctl -w net.ipv6.icmp.ratelimit=0");
	return 0;
}

static unsigned
header4(uint8_t *frame, const struct piece *p, bool more)
{
	struct rte_ipv4_hdr *ip = (void *)(frame + 14);

	memcpy(frame, "\2\0\0\0\0\x10\2\0\0\0\1\0\x08\0", 14);
	*ip = (struct rte_ipv4_hdr){
		.version_ihl = 0x45,
		.total_length = rte_cpu_to_be_16(20 + p->len),
		.packet_id = rte_cpu_to_be_16(ident),
		.fragment_offset = rte_cpu_to_be_16(p->off / 8 | (more ? 0x2000 : 0)),
		.time_to_live = 64,
		.next_proto_id = IPPROTO_ICMP,
		.src_addr = RTE_BE32(0x0a010002),
		.dst_addr = RTE_BE32(0x0a010001),
	};
	ip->hdr_checksum = rte_ipv4_cksum(ip);
	return 34;
}

static unsigned
header6(uint8_t *frame, const struct piece *p, bool more)
{
	struct ip6_hdr *ip = (void *)(frame + 14);
	struct ip6_frag *frag = (void *)(ip + 1);

	memcpy(frame, "\2\0\0\0\0\x10\2\0\0\0\1\0\x86\xdd", 14);
	*ip = (struct ip6_hdr){ 0 };
	ip->ip6_vfc = 0x60;
	ip->ip6_plen = rte_cpu_to_be_16(8 + p->len);
	ip->ip6_nxt = IPPROTO_FRAGMENT;
	ip->ip6_hlim = 64;
	memcpy(&ip->ip6_src, "\xfd\1\0\0\0\0\0\0\0\0\0\0\0\0\0\2", 16);
	memcpy(&ip->ip6_dst, "\xfd\1\0\0\0\0\0\0\0\0\0\0\0\0\0\1", 16);
	*frag = (struct ip6_frag){ .ip6f_nxt = IPPROTO_ICMPV6,
				   .ip6f_offlg = rte_cpu_to_be_16(p->off | more),
				   .ip6f_ident = ident };
	return 62;
}

static void
give(bool v4, const struct piece *p, unsigned total)
{
	uint8_t frame[2048];
	unsigned head = v4 ? header4(frame, p, p->off + p->len < total)
			   : header6(frame, p, p->off + p->len < total);

	memcpy(frame + head, message + p->off, p->len);
	dp_give(0, frame, head + p->len);
}

/* An echo request of `total` bytes, checksum included, that no other has. */
static void
make_message(bool v4, unsigned total)
{
	uint32_t sum;
	uint16_t csum;

	for (unsigned i = 0; i < total; i++)
		message[i] = rand();
	memset(message + total, 0, 8);
	memcpy(message, v4 ? "\x08\0\0\0" : "\x80\0\0\0", 4);
	sum = rte_raw_cksum(message, total);
	if (!v4) {
		struct ip6_hdr ip = { 0 };
		struct piece p = { 0, 0 };
		uint8_t frame[128];
		uint32_t tail[2] = { rte_cpu_to_be_32(total), rte_cpu_to_be_32(IPPROTO_ICMPV6) };

		header6(frame, &p, false);
		memcpy(&ip, frame + 14, sizeof(ip));
		sum += rte_raw_cksum(&ip.ip6_src, 32) + rte_raw_cksum(tail, sizeof(tail));
	}
	sum = (sum & 0xffff) + (sum >> 16);
	csum = ~((sum & 0xffff) + (sum >> 16));
	memcpy(message + 2, &csum, 2);
}

static unsigned
split(unsigned total, unsigned longest)
{
	unsigned n = 0;

	for (unsigned off = 0; off < total; off += pieces[n++].len) {
		unsigned len = 8 * (1 + rand() % (longest / 8));

		assert_true(n < PIECES_MAX);
		pieces[n] = (struct piece){ off, RTE_MIN(len, total - off) };
	}
	for (unsigned i = n; i > 1; i--) {
		unsigned k = rand() % i;
		struct piece p = pieces[k];

		pieces[k] = pieces[i - 1];
		pieces[i - 1] = p;
	}
	return n;
}

/* Puts the answer's fragments together; their length, 0: there was none. */
static unsigned
take_reply(bool v4)
{
	struct rte_mbuf *m;
	unsigned total = 0;

	while ((m = dp_take(0)) != NULL) {
		const uint8_t *frame = rte_pktmbuf_mtod(m, const uint8_t *);
		const struct rte_ipv4_hdr *ip = (const void *)(frame + 14);
		bool fragment = !v4 && frame[20] == IPPROTO_FRAGMENT;
		unsigned head = v4 ? 34 : fragment ? 62 : 54, off = 0;

		assert_int_equal(m->nb_segs, 1);
		assert_true(m->data_len <= 1514);
		if (v4)
			off = (rte_be_to_cpu_16(ip->fragment_offset) & 0x1fff) * 8;
		else if (fragment)
			off = (frame[56] << 8 | frame[57]) & ~7;
		memcpy(reply + off, frame + head, m->data_len - head);
		total = RTE_MAX(total, off + m->data_len - head);
		rte_pktmbuf_free(m);
	}
	return total;
}

static void
check_reply(bool v4, unsigned total)
{
	assert_int_equal(take_reply(v4), total);
	assert_int_equal(reply[0], v4 ? 0 : 129);
	assert_memory_equal(reply + 4, message + 4, total - 4);
}

static void
one_datagram(bool v4, unsigned total, unsigned longest)
{
	unsigned n, repeated = rand() % 3, spoil = total > 64 && rand() % 4 == 0;

	make_message(v4, total);
	n = split(total, longest);
	ident++;
	for (unsigned i = 0; i < n; i++) {
		/* An overlap with the piece before, that is no part of it. */
		struct piece bad = { pieces[i].off, pieces[i].len + 8 };

		if (spoil && i + 2 < n && bad.off + bad.len < total && pieces[i].len % 8 == 0) {
			give(v4, &pieces[i], total);
			give(v4, &bad, total);
			spoil = 2;
			break;
		}
		give(v4, &pieces[i], total);
		if (repeated == 1 && i + 1 < n)
			give(v4, &pieces[i], total);
		if (i % 256 == 255)
			dp_run();
	}
	dp_run();
	if (spoil == 2)
		assert_int_equal(take_reply(v4), 0);
	else
		check_reply(v4, total);
	dp_balance();
}

static void
random_datagrams(void **state)
{
	(void)state;
	for (int i = 0; i < 300; i++) {
		bool v4 = i & 1;

		/* More than one piece: IPv6 would not fragment less. */
		one_datagram(v4, 16 + rand() % 3000, 8 * (1 + rand() % 100) + 8);
		if (i % 10 < 2)
			one_datagram(v4, 2000 + rand() % (65515 - 2000), 1400);
	}
	one_datagram(true, 65515, 1480);
	one_datagram(false, 65515, 1440);
	one_datagram(false, 65535, 1440);
}

static void
time_runs_out(void **state)
{
	struct piece p = { 0, 64 };
	uint64_t before;

	(void)state;
	clock_advance(61000); /* what spoiled datagrams have left behind */
	dp_run();
	dp_flush(0);
	before = dp_dropped("frag-timeout");
	assert_int_equal(pkt_reasm_stats().datagrams, 0);
	assert_int_equal(pkt_reasm_stats().bytes, 0);
	make_message(true, 128);
	ident++;
	give(true, &p, 128);
	make_message(false, 128);
	give(false, &p, 128);
	dp_run();
	assert_int_equal(pkt_reasm_stats().waiting, 2);
	dp_balance();
	clock_advance(29000);
	dp_run();
	assert_int_equal(dp_flush(0), 0);
	clock_advance(2000);
	dp_run();
	assert_int_equal(dp_flush(0), 1);
	clock_advance(30000);
	dp_run();
	assert_int_equal(dp_flush(0), 1);
	dp_balance();
	assert_int_equal(pkt_reasm_stats().waiting, 0);
	assert_int_equal(dp_dropped("frag-timeout"), before + 2);
}

/* A destination options header of len bytes: options that may be passed over. */
static void
put_options(uint8_t *h, uint8_t next, unsigned len)
{
	unsigned at = 2;

	memset(h, 0, len);
	h[0] = next;
	h[1] = len / 8 - 1;
	while (at < len) {
		unsigned n = RTE_MIN(len - at, 257u);

		/* What is left must have room for one more. */
		n = len - at - n == 1 ? n - 1 : n;
		h[at] = 0x1e;
		h[at + 1] = n - 2;
		at += n;
	}
}

/* An echo request behind two headers of options; the second one decides where it begins. */
static unsigned
echo_behind(unsigned second)
{
	struct piece one = { 0, 1400 }, two = { 1400, 200 + second + 16 };
	uint8_t frame[2048], echo[16];
	unsigned total = 1600 + second + 16;

	make_message(false, sizeof(echo));
	memcpy(echo, message, sizeof(echo));
	put_options(message, IPPROTO_DSTOPTS, 1600);
	put_options(message + 1600, IPPROTO_ICMPV6, second);
	memcpy(message + 1600 + second, echo, sizeof(echo));
	ident++;
	for (int i = 0; i < 2; i++) {
		const struct piece *p = i ? &two : &one;
		unsigned head = header6(frame, p, i == 0);

		frame[54] = IPPROTO_DSTOPTS;
		memcpy(frame + head, message + p->off, p->len);
		dp_give(0, frame, head + p->len);
	}
	dp_run();
	memcpy(message, echo, sizeof(echo));
	assert_int_equal(total, two.off + two.len);
	return take_reply(false);
}

/* Headers that reach behind the first buffer of a datagram are not read there. */
static void
headers_too_long(void **state)
{
	uint64_t before = dp_dropped("local6-extension"), options = dp_dropped("ip6-option");

	(void)state;
	/* The first message ends within the buffer, two lie across its end, the last one behind it. */
	assert_int_equal(echo_behind(376), 16);
	assert_memory_equal(reply + 4, message + 4, 12);
	assert_int_equal(dp_dropped("local6-extension"), before);
	assert_int_equal(echo_behind(384), 0);
	assert_int_equal(echo_behind(392), 0);
	assert_int_equal(dp_dropped("local6-extension"), before + 2);
	assert_int_equal(echo_behind(400), 0);
	assert_int_equal(dp_dropped("ip6-option"), options + 1);
	dp_balance();
}

/* A route may promise more than its port can carry; long answers are cut for the port all the same. */
static void
wide_route(void **state)
{
	struct rte_mbuf *m;

	(void)state;
	DP("ip route add 10.1.0.2/32 dev p0 mtu 9000");
	DP("ip route add fd01::2/128 dev p0 mtu 9000");
	one_datagram(true, 5000, 1400);
	one_datagram(false, 5000, 1400);
	/* Parked ones, too. */
	DP("ip neigh del 10.1.0.2 dev p0");
	make_message(true, 5000);
	ident++;
	for (unsigned i = 0, n = split(5000, 1400); i < n; i++)
		give(true, &pieces[i], 5000);
	dp_run();
	m = dp_take(0);
	assert_non_null(m);
	assert_int_equal(rte_pktmbuf_mtod(m, uint8_t *)[13], 6); /* ARP asks first */
	rte_pktmbuf_free(m);
	dp_balance();
	DP("ip neigh replace 10.1.0.2 lladdr 02:00:00:00:01:00 dev p0");
	dp_run();
	check_reply(true, 5000);
	DP("ip route del 10.1.0.2/32 dev p0");
	DP("ip route del fd01::2/128 dev p0");
	dp_balance();
}

/* The table and the memory are full: named drops, and room again when time is over. */
static void
full(void **state)
{
	struct piece p = { 0, 64 };
	uint64_t before = dp_dropped("frag-memory");

	(void)state;
	make_message(true, 128);
	for (unsigned i = 0; i < 4000; i++) {
		ident++;
		give(i & 1, &p, 128);
		if (i % 512 == 511)
			dp_run();
	}
	dp_run();
	assert_true(dp_dropped("frag-memory") > before + 1000);
	dp_balance();
	clock_advance(61000);
	dp_run();
	dp_balance();
	assert_int_equal(pkt_reasm_stats().bytes, 0);
	one_datagram(true, 3000, 800);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(random_datagrams),
					    cmocka_unit_test(time_runs_out),
					    cmocka_unit_test(headers_too_long),
					    cmocka_unit_test(wide_route), cmocka_unit_test(full) };

	srand(7);
	return cmocka_run_group_tests(tests, configure, dp_teardown);
}
