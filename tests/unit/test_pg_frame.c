/* SPDX-License-Identifier: BSD-3-Clause */
/* pktgen/generator: what it builds is what it reads, with checksums that add up, there and turned around. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <rte_tcp.h>

#include "pg_answer.h"
#include "pg_checksum.h"
#include "pg_frame.h"
#include "pg_mark.h"
#include "pg_reader.h"

#define L3 14

static uint8_t p[PG_SIZE_MAX + PG_HEADERS_MAX];
static const struct rte_ether_addr mac_a = { { 2, 0, 0, 0, 0, 10 } },
				   mac_b = { { 2, 0, 0, 0, 0, 11 } };

static struct ip_addr
addr(const char *text)
{
	struct ip_addr a;

	assert_int_equal(ip_addr_parse(text, AF_UNSPEC, &a), 0);
	return a;
}

static struct pg_tuple
tuple(bool v6)
{
	return (struct pg_tuple){ addr(v6 ? "2001:db8:1::7" : "198.18.0.7"),
				  addr(v6 ? "2001:db8:2::9" : "198.19.3.9"), 4711, 53 };
}

static void
make(struct pg_frame *f, bool v6, enum pg_proto proto)
{
	pg_frame_init(f, v6, proto, 64);
	pg_frame_macs(f, &mac_b, &mac_a);
}

/* The textbook's sum, apart from the one under test. */
static uint16_t
plain_sum(uint32_t sum, const uint8_t *b, unsigned len)
{
	for (unsigned i = 0; i < len; i++)
		sum += i & 1 ? b[i] : b[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

static void
expect_sums(const struct pg_seen *s)
{
	uint32_t sum = 0;

	if (!s->v6)
		assert_int_equal(plain_sum(0, p + L3, 20), 0xffff);
	if (s->proto != IPPROTO_ICMP)
		sum = plain_sum(s->proto + s->end - s->l4, p + L3 + (s->v6 ? 8 : 12),
				s->v6 ? 32 : 8);
	assert_int_equal(plain_sum(sum, p + s->l4, s->end - s->l4), 0xffff);
	assert_true(pg_checksums_right(p, s));
	p[s->end - 1] ^= 1;
	assert_false(pg_checksums_right(p, s));
	p[s->end - 1] ^= 1;
}

static void
expect_marked(const struct pg_frame *f, uint16_t len, uint16_t magic, uint32_t seq, uint64_t tsc)
{
	struct pg_mark mark;
	struct pg_seen s;

	pg_read(p, len, &s);
	assert_int_equal(s.kind, PG_MARKED);
	assert_int_equal(s.v6, f->v6);
	assert_int_equal(s.end, len);
	memcpy(&mark, p + s.payload, sizeof(mark));
	assert_int_equal(rte_be_to_cpu_16(mark.magic), magic);
	assert_int_equal(mark.flow_run, pg_mark_flow_run(9999999, 200));
	assert_int_equal(rte_be_to_cpu_32(mark.seq), seq);
	assert_true(mark.tsc == tsc);
	expect_sums(&s);
}

/* All protocols, families and lengths; built, stamped twice, sent back. */
static void
marked(void **state)
{
	for (unsigned i = 0; i < 6; i++) {
		struct pg_frame f;
		struct pg_tuple t = tuple(i & 1);
		struct pg_seen s;

		make(&f, i & 1, i / 2);
		for (unsigned size = pg_frame_min(&f); size < PG_SIZE_MAX; size += 1 + size / 16) {
			uint16_t len = size - PG_FCS;
			uint64_t tsc = (uint64_t)size << 40 ^ 0xffff1234;

			memset(p, 0xee, sizeof(p));
			pg_frame_build(&f, p, len, &t, 9999999, size, 200);
			expect_marked(&f, len, PG_MARK_OUT, size, 0);
			pg_frame_stamp(&f, p, tsc);
			expect_marked(&f, len, PG_MARK_OUT, size, tsc);
			pg_frame_stamp(&f, p, ~tsc);
			expect_marked(&f, len, PG_MARK_OUT, size, ~tsc);
			pg_read(p, len, &s);
			pg_turn(p, &s);
			expect_marked(&f, len, PG_MARK_RETURN, size, ~tsc);
		}
	}
}

/* Every 16-bit sum is met, also 0, which UDP writes as 0xffff. */
static void
zero_sums(void **state)
{
	struct pg_frame f;
	struct pg_tuple t = tuple(false);
	unsigned nb_ffff = 0;
	struct pg_seen s;
	uint16_t sum;

	make(&f, false, PG_UDP);
	for (uint64_t tsc = 0; tsc < 70000; tsc++) {
		pg_frame_build(&f, p, 60, &t, 1, 0, 0);
		pg_frame_stamp(&f, p, tsc);
		memcpy(&sum, p + f.sum, sizeof(sum));
		assert_int_not_equal(sum, 0);
		nb_ffff += sum == 0xffff;
		pg_read(p, 60, &s);
		assert_true(pg_checksums_right(p, &s));
	}
	assert_true(nb_ffff > 0);
}

static void
turned_around(void **state)
{
	struct pg_frame f;
	struct pg_tuple t = tuple(false);
	struct rte_tcp_hdr *tcp = (void *)(p + 34);
	struct pg_seen s;

	make(&f, false, PG_TCP);
	pg_frame_build(&f, p, 200, &t, 5, 6, 7);
	p[L3 + 8] = 3; /* a long way */
	p[L3 + 10] = p[L3 + 11] = 0;
	*(uint16_t *)(p + L3 + 10) = rte_ipv4_cksum((void *)(p + L3));
	pg_read(p, 200, &s);
	pg_turn(p, &s);
	assert_memory_equal(p, &mac_a, 6);
	assert_memory_equal(p + 6, &mac_b, 6);
	assert_memory_equal(p + L3 + 12, &t.dst.v4, 4);
	assert_memory_equal(p + L3 + 16, &t.src.v4, 4);
	assert_int_equal(p[L3 + 8], 64);
	assert_int_equal(rte_be_to_cpu_16(tcp->src_port), 53);
	assert_int_equal(rte_be_to_cpu_16(tcp->dst_port), 4711);
	assert_int_equal(rte_be_to_cpu_32(tcp->recv_ack), 1 + 200 - 54);
	make(&f, true, PG_ICMP);
	t = tuple(true);
	pg_frame_build(&f, p, 100, &t, 5, 6, 7);
	assert_int_equal(p[54], 128);
	pg_read(p, 100, &s);
	pg_turn(p, &s);
	assert_int_equal(p[54], 129);
}

/* A UDP sum of 0 says that there is none: it stays so. */
static void
no_sum(void **state)
{
	struct pg_frame f;
	struct pg_tuple t = tuple(false);
	struct pg_seen s;

	make(&f, false, PG_UDP);
	pg_frame_build(&f, p, 60, &t, 5, 6, 7);
	p[40] = p[41] = 0;
	pg_read(p, 60, &s);
	assert_true(pg_checksums_right(p, &s));
	pg_turn(p, &s);
	assert_int_equal(p[40] | p[41], 0);
}

static void
sizes(void **state)
{
	struct pg_frame f;

	make(&f, false, PG_UDP);
	assert_int_equal(pg_frame_min(&f), 64);
	pg_frame_sizes(&f, 0);
	assert_true(pg_frame_mean(&f) > 361.8 && pg_frame_mean(&f) < 361.9);
	pg_frame_sizes(&f, 512);
	assert_int_equal(f.size[0], 508);
	make(&f, true, PG_TCP);
	assert_int_equal(pg_frame_min(&f), 96);
	pg_frame_sizes(&f, 0);
	assert_int_equal(f.size[0], 92);
}

static void
segments(void **state)
{
	for (unsigned i = 0; i < 2; i++) {
		struct pg_segment g = { 0xfffffff0, 77, RTE_TCP_SYN_FLAG, 0 };
		struct pg_tuple t = tuple(i);
		struct pg_frame f;
		struct pg_seen s;
		uint16_t len;

		make(&f, i, PG_TCP);
		len = pg_frame_segment(&f, p, &t, &g);
		assert_int_equal(len, i ? 74 : 60);
		pg_read(p, len, &s);
		assert_int_equal(s.kind, PG_SEGMENT);
		assert_int_equal(s.end, s.payload);
		expect_sums(&s);
		g.payload = 1001;
		len = pg_frame_segment(&f, p, &t, &g);
		pg_read(p, len, &s);
		assert_int_equal(s.end - s.payload, 1001);
		expect_sums(&s);
	}
}

/* Who asks and who answers understand each other. */
static void
questions(void **state)
{
	for (unsigned v6 = 0; v6 < 2; v6++) {
		struct pg_host asker = { .mac = mac_a }, host = { .mac = mac_b };
		struct ip_addr who = addr(v6 ? "2001:db8:2::5" : "198.19.0.5"), a;
		struct pg_seen s;
		struct err e;
		uint16_t len;

		asker.own = addr(v6 ? "2001:db8:1::1" : "198.18.0.1");
		assert_int_equal(pg_range_parse(&host.range, "--dst",
						v6 ? "2001:db8:2::/112" : "198.19.0.0/28", &e),
				 0);
		len = pg_ask(&asker, &who, p);
		pg_read(p, len, &s);
		assert_int_equal(s.kind, v6 ? PG_ND_SOLICIT : PG_ARP_REQUEST);
		a = pg_target(p, &s);
		assert_true(ip_addr_equal(&a, &who));
		len = pg_answer(&host, p, &s);
		assert_int_equal(len, v6 ? 86 : 42);
		assert_memory_equal(p, &mac_a, 6);
		pg_read(p, len, &s);
		assert_int_equal(s.kind, v6 ? PG_ND_ADVERT : PG_ARP_REPLY);
		assert_memory_equal(p + s.mac, &mac_b, 6);
		a = pg_target(p, &s);
		assert_true(ip_addr_equal(&a, &who));
		/* An address that nobody here has. */
		who = addr(v6 ? "2001:db8:3::5" : "198.19.9.5");
		pg_read(p, pg_ask(&asker, &who, p), &s);
		assert_int_equal(pg_answer(&host, p, &s), 0);
		host.own = who;
		assert_int_not_equal(pg_answer(&host, p, &s), 0);
	}
}

/* Cut anywhere, a frame is never more than it is; and no byte behind the end is read (the sanitizers see). */
static void
cut(void **state)
{
	for (unsigned i = 0; i < 6; i++) {
		struct pg_tuple t = tuple(i & 1);
		struct pg_frame f;
		struct pg_seen s;

		make(&f, i & 1, i / 2);
		pg_frame_build(&f, p, 120, &t, 5, 6, 7);
		for (unsigned len = 0; len < 120; len++) {
			uint8_t *copy = malloc(len + 1);

			memcpy(copy, p, len);
			pg_read(copy, len, &s);
			assert_int_equal(s.kind, PG_OTHER);
			free(copy);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(marked),        cmocka_unit_test(zero_sums),
		cmocka_unit_test(turned_around), cmocka_unit_test(no_sum),
		cmocka_unit_test(sizes),         cmocka_unit_test(segments),
		cmocka_unit_test(questions),     cmocka_unit_test(cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
