/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Datagrams on the way through while connections are tracked: in random pieces and orders, by two lanes, too many of
 * them, too long, never whole. The model: what comes in leaves in the same pieces, in order, or not at all.
 */
#include <netinet/ip6.h>
#include <stdlib.h>
#include <string.h>

#include <rte_ip.h>

#include "base_clock.h"
#include "dp.h"
#include "pkt_reasm.h"

#define PROTO 200 /* no ports, no checksum */
#define WHOLE_MAX 65535
#define PIECES_MAX 512

struct piece {
	unsigned off, len;
};

static uint8_t whole[WHOLE_MAX], left[WHOLE_MAX + 2048];
static struct piece pieces[PIECES_MAX], out[PIECES_MAX + 1];
static uint32_t ident;

static int
configure(void **state)
{
	if (dp_router(state) != 0)
		return -1;
	DP("sysctl -w net.ipv4.ipfrag_max_dist=0");
	DP("sysctl -w net.ipv4.icmp_ratemask=0");
	DP("sysctl -w net.ipv6.icmp.ratelimit=0");
	DP("sysctl -w net.pollux.conntrack=on");
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
		.next_proto_id = PROTO,
		.src_addr = RTE_BE32(0x0a010002),
		.dst_addr = RTE_BE32(0x0a020002),
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
	memcpy(&ip->ip6_dst, "\xfd\2\0\0\0\0\0\0\0\0\0\0\0\0\0\2", 16);
	*frag = (struct ip6_frag){ .ip6f_nxt = PROTO,
				   .ip6f_offlg = rte_cpu_to_be_16(p->off | more),
				   .ip6f_ident = ident };
	return 62;
}

/* Port 1 takes frames of other hosts' addresses too: what comes by it is the other lane's. */
static void
give(bool v4, unsigned side, const struct piece *p, unsigned total)
{
	uint8_t frame[2048];
	bool more = p->off + p->len < total;
	unsigned head = v4 ? header4(frame, p, more) : header6(frame, p, more);

	frame[5] = 0x10 + side;
	memcpy(frame + head, whole + p->off, p->len);
	dp_give(side, frame, head + p->len);
}

static unsigned
split(unsigned total, unsigned longest, bool alike)
{
	unsigned n = 0;

	for (unsigned off = 0; off < total; off += pieces[n++].len) {
		unsigned len = alike ? longest : 8 * (1 + rand() % (longest / 8));

		assert_true(n < PIECES_MAX);
		pieces[n] = (struct piece){ off, RTE_MIN(len, total - off) };
	}
	return n;
}

static void
shuffle(unsigned n)
{
	for (unsigned i = n; i > 1; i--) {
		unsigned k = rand() % i;
		struct piece p = pieces[k];

		pieces[k] = pieces[i - 1];
		pieces[i - 1] = p;
	}
}

/* One frame that left: its place and its bytes. more: others follow. */
static struct piece
take_piece(bool v4, const struct rte_mbuf *m, bool *more, uint32_t *id)
{
	const uint8_t *frame = rte_pktmbuf_mtod(m, const uint8_t *);
	const struct rte_ipv4_hdr *ip4 = (const void *)(frame + 14);
	const struct ip6_hdr *ip6 = (const void *)(frame + 14);
	const struct ip6_frag *frag = (const void *)(ip6 + 1);
	bool fragment = v4 || ip6->ip6_nxt == IPPROTO_FRAGMENT;
	unsigned head = v4 ? 34 : fragment ? 62 : 54;
	struct piece p = { 0, m->data_len - head };
	uint16_t word =
		!fragment ? 0 : rte_be_to_cpu_16(v4 ? ip4->fragment_offset : frag->ip6f_offlg);

	assert_int_equal(m->nb_segs, 1);
	assert_int_equal(v4 ? ip4->time_to_live : ip6->ip6_hlim, 63);
	p.off = v4 ? (word & 0x1fff) * 8 : word & ~7u;
	*more = word & (v4 ? 0x2000 : 1);
	*id = v4 ? ip4->packet_id : fragment ? frag->ip6f_ident : 0;
	memcpy(left + p.off, frame + head, p.len);
	return p;
}

/* All frames that port 1 sent, one datagram in order: how many; their places are in out. */
static unsigned
take_datagram(bool v4, unsigned total)
{
	unsigned n = 0, off = 0;
	uint32_t id, first = 0;
	bool more = true;
	struct rte_mbuf *m;

	for (; (m = dp_take(1)) != NULL; rte_pktmbuf_free(m)) {
		assert_true(more && n < RTE_DIM(out));
		out[n] = take_piece(v4, m, &more, &id);
		assert_int_equal(out[n].off, off);
		off += out[n].len;
		if (n++ == 0)
			first = id;
		assert_int_equal(id, first);
	}
	if (n == 0)
		return 0;
	assert_false(more);
	assert_int_equal(off, total);
	assert_memory_equal(left, whole, total);
	if (v4)
		assert_int_equal(first, rte_cpu_to_be_16(ident));
	else if (n > 1)
		assert_int_not_equal(first, ident);
	return n;
}

static void
through(bool v4, unsigned total, unsigned longest, bool alike)
{
	unsigned n = split(total, longest, alike), sent, two = rand() % 4 == 0;
	struct piece came[PIECES_MAX];

	for (unsigned i = 0; i < total; i++)
		whole[i] = rand();
	memcpy(came, pieces, n * sizeof(came[0]));
	shuffle(n);
	ident++;
	for (unsigned i = 0; i < n; i++) {
		/* IPv4 does not ask by which port; the last one comes by the right one. */
		give(v4, v4 && two && i + 1 < n ? i & 1 : 0, &pieces[i], total);
		if (two || i % 128 == 127)
			dp_run();
	}
	dp_run();
	sent = take_datagram(v4, total);
	if (!v4 && total + 40 <= came[0].len + 48) {
		assert_int_equal(sent, 1);
	} else if (n <= 110 && v4) {
		assert_int_equal(sent, n);
		assert_memory_equal(out, came, n * sizeof(came[0]));
	}
	assert_true(sent > 0);
	dp_balance();
}

static void
random_datagrams(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 400; i++) {
		bool v4 = i & 1, alike = i & 2;

		through(v4, 16 + rand() % 3000, 8 * (1 + rand() % 100) + 8, alike);
		if (i % 10 < 2)
			through(v4, 2000 + rand() % (65515 - 2000), 8 * (150 + rand() % 30), alike);
	}
	through(true, 65515, 1480, true);
	through(false, 65535, 1448, true);
	assert_int_equal(pkt_reasm_stats().waiting, 0);
	assert_int_equal(pkt_reasm_stats().bytes, 0);
}

/* IPv6 keeps the sizes as well, as long as the whole is longer than the longest piece. */
static void
sizes6(void **state)
{
	static const unsigned lens[] = { 496, 8, 1000, 200, 1320 };
	unsigned n = 0, off = 0;

	(void)state;
	for (; n < RTE_DIM(lens); off += lens[n++])
		pieces[n] = (struct piece){ off, lens[n] };
	ident++;
	for (unsigned i = n; i-- > 0;)
		give(false, 0, &pieces[i], off);
	dp_run();
	assert_int_equal(take_datagram(false, off), n);
	assert_memory_equal(out, pieces, n * sizeof(out[0]));
	dp_balance();
}

/* More pieces than are remembered: none longer than the longest, and all of the datagram. */
static void
many_pieces(void **state)
{
	unsigned total = 60000, n = split(total, 256, false);

	(void)state;
	assert_true(n > 100);
	shuffle(n);
	ident++;
	for (unsigned i = 0; i < n; i++) {
		give(true, 0, &pieces[i], total);
		if (i % 128 == 127)
			dp_run();
	}
	dp_run();
	n = take_datagram(true, total);
	assert_int_equal(n, (total + 255) / 256);
	dp_balance();
}

/* A datagram is where its last fragment was, between what else the burst has. */
static void
in_its_place(void **state)
{
	struct piece p[] = { { 0, 80 }, { 80, 80 }, { 0, 40 } };
	static const uint8_t want[] = { 40, 80, 80, 40 };
	struct rte_mbuf *m;

	(void)state;
	ident++;
	give(true, 0, &p[0], 160);
	give(true, 0, &p[2], 40);
	give(true, 0, &p[1], 160);
	give(true, 0, &p[2], 40);
	dp_run();
	for (unsigned i = 0; i < RTE_DIM(want); i++) {
		m = dp_take(1);
		assert_non_null(m);
		assert_int_equal(m->data_len, 34 + want[i]);
		rte_pktmbuf_free(m);
	}
	assert_null(dp_take(1));
	dp_balance();
}

static void
first_ones(unsigned n)
{
	struct piece p = { 0, 64 };

	for (unsigned i = 0; i < n; i++) {
		ident++;
		give(i & 1, 0, &p, 128);
		if (i % 128 == 127)
			dp_run();
	}
	dp_run();
}

/* A flood of first fragments takes its share of memory, and gives it back; nobody is told for IPv4. */
static void
flood(void **state)
{
	uint64_t before = dp_dropped("frag-memory"), late = dp_dropped("frag-timeout");
	struct pkt_reasm_stats s;

	(void)state;
	first_ones(6000);
	s = pkt_reasm_stats();
	assert_int_equal(dp_dropped("frag-memory") - before, 6000 - s.waiting);
	assert_true(s.bytes > 8 << 20 && s.bytes < (8 << 20) + 10000);
	dp_balance();
	clock_advance(31000);
	dp_run();
	assert_int_equal(dp_flush(0), 0);
	clock_advance(30000);
	dp_run();
	assert_true(dp_flush(0) > 0);
	assert_int_equal(dp_dropped("frag-timeout") - late, s.waiting);
	assert_int_equal(pkt_reasm_stats().bytes, 0);
	dp_balance();
	through(true, 3000, 800, true);
	through(false, 3000, 800, true);
}

/* What waits when tracking ends waits on; what comes then passes as it is. */
static void
switched_off(void **state)
{
	struct piece p[] = { { 0, 80 }, { 80, 80 } };

	(void)state;
	ident++;
	give(true, 0, &p[0], 160);
	give(false, 0, &p[0], 160);
	dp_run();
	assert_int_equal(pkt_reasm_stats().waiting, 2);
	DP("sysctl -w net.pollux.conntrack=off");
	give(true, 0, &p[1], 160);
	give(false, 0, &p[1], 160);
	give(true, 0, &p[0], 160);
	dp_run();
	assert_int_equal(dp_flush(1), 3);
	assert_int_equal(pkt_reasm_stats().waiting, 2);
	DP("sysctl -w net.pollux.conntrack=on");
	give(true, 0, &p[1], 160);
	give(false, 0, &p[1], 160);
	dp_run();
	assert_int_equal(dp_flush(1), 4);
	assert_int_equal(pkt_reasm_stats().waiting, 0);
	dp_balance();
}

/* Headers that fill the first buffer of a datagram are not looked for; shorter ones are in each piece that leaves. */
static void
headers_too_long(void **state)
{
	struct piece p[] = { { 0, 1400 }, { 1400, 1400 } };
	uint64_t before = dp_dropped("frag-headers");

	(void)state;
	for (unsigned words = 100; words < 175; words += 36) {
		memset(whole, 0, sizeof(whole));
		whole[0] = PROTO;
		whole[1] = words - 1;
		ident++;
		for (unsigned i = 0; i < 2; i++) {
			uint8_t frame[2048];
			unsigned head = header6(frame, &p[i], i == 0);

			frame[54] = IPPROTO_DSTOPTS;
			memcpy(frame + head, whole + p[i].off, p[i].len);
			dp_give(0, frame, head + p[i].len);
		}
		dp_run();
		assert_int_equal(dp_flush(1), words == 100 ? 4 : 0);
	}
	assert_int_equal(dp_dropped("frag-headers"), before + 2);
	dp_balance();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_datagrams),
		cmocka_unit_test(sizes6),
		cmocka_unit_test(many_pieces),
		cmocka_unit_test(in_its_place),
		cmocka_unit_test(flood),
		cmocka_unit_test(switched_off),
		cmocka_unit_test(headers_too_long),
	};

	srand(7);
	return cmocka_run_group_tests_name("defrag", tests, configure, dp_teardown);
}
