/* SPDX-License-Identifier: BSD-3-Clause */
/* pktgen/generator: ranges, flows that are all different, who sends which and how often. */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <rte_common.h>

#include "pg_flow.h"
#include "pg_spread.h"

static struct pg_range
range(const char *text)
{
	struct pg_range r;
	struct err e;

	assert_int_equal(pg_range_parse(&r, "--src", text, &e), 0);
	return r;
}

static void
expect_range(const char *text, const char *first, const char *last, uint32_t nb)
{
	struct pg_range r = range(text);
	struct ip_addr a;
	char found[IP_ADDR_TEXT];

	assert_int_equal(r.nb, nb);
	assert_string_equal(ip_addr_text(&r.first, found), first);
	a = pg_range_at(&r, r.nb - 1);
	assert_string_equal(ip_addr_text(&a, found), last);
	assert_true(pg_range_has(&r, &a));
	assert_true(pg_range_has(&r, &r.first));
	a = pg_range_at(&r, r.nb);
	assert_false(pg_range_has(&r, &a));
}

static void
ranges(void **state)
{
	struct pg_range r;
	struct ip_addr a;

	expect_range("10.0.0.1", "10.0.0.1", "10.0.0.1", 1);
	expect_range("10.0.0.0/24", "10.0.0.1", "10.0.0.254", 254);
	expect_range("10.0.0.77/24", "10.0.0.1", "10.0.0.254", 254);
	expect_range("10.0.0.6/31", "10.0.0.6", "10.0.0.7", 2);
	expect_range("10.0.0.6/32", "10.0.0.6", "10.0.0.6", 1);
	expect_range("10.0.0.250-10.0.1.5", "10.0.0.250", "10.0.1.5", 12);
	expect_range("10.0.0.0/8", "10.0.0.1", "10.255.255.254", (1u << 24) - 2);
	expect_range("2001:db8::/64", "2001:db8::1", "2001:db8::4000:0", PG_RANGE_MAX);
	expect_range("2001:db8::/112", "2001:db8::1", "2001:db8::ffff", 65535);
	expect_range("2001:db8::fffe/127", "2001:db8::fffe", "2001:db8::ffff", 2);
	expect_range("2001:db8::ffff-2001:db8::1:1", "2001:db8::ffff", "2001:db8::1:1", 3);
	r = range("2001:db8::1-2001:db8::9");
	assert_int_equal(ip_addr_parse("10.0.0.1", AF_INET, &a), 0);
	assert_false(pg_range_has(&r, &a));
	assert_int_equal(ip_addr_parse("2001:db8:1::1", AF_INET6, &a), 0);
	assert_false(pg_range_has(&r, &a));
}

static void
bad_ranges(void **state)
{
	static const char *const bad[] = {
		"",
		"-",
		"10.0.0.9-10.0.0.1",
		"10.0.0.1-",
		"-10.0.0.1",
		"10.0.0.1-2001:db8::1",
		"2001:db8::1-2001:db9::1",
		"10.0.0.0/33",
		"10.0.0.0/x",
		"10.0.0.0/24-10.0.1.0/24",
		"host",
		"224.0.0.1",
		"ff02::1",
		"0.0.0.0",
		"2001:db8:1111:2222:3333:4444:5555:6666:7777:8888:9999-::1"
	};
	struct pg_range r;
	struct err e;

	for (unsigned i = 0; i < RTE_DIM(bad); i++) {
		e.text[0] = '\0';
		assert_int_equal(pg_range_parse(&r, "--dst", bad[i], &e), -EINVAL);
		assert_memory_equal(e.text, "--dst: ", 7);
	}
}

static uint64_t
tuple_key(const struct pg_flows *f, uint32_t i)
{
	struct pg_tuple t;

	pg_flow_tuple(f, i, &t);
	assert_true(pg_range_has(&f->src, &t.src));
	assert_true(pg_range_has(&f->dst, &t.dst));
	assert_in_range(t.sport, f->sport.first, f->sport.first + f->sport.nb - 1);
	assert_in_range(t.dport, f->dport.first, f->dport.first + f->dport.nb - 1);
	/* Ranges of these tests are within a /24. */
	return (uint64_t)(t.src.v4 >> 24) << 40 | (uint64_t)(t.dst.v4 >> 24) << 32 |
	       (uint32_t)t.sport << 16 | t.dport;
}

static int
by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* All that the ranges allow, each once. */
static void
flows_differ(void **state)
{
	static const struct pg_flows shapes[] = {
		{ .sport = { 1, 1 }, .dport = { 9, 1 } },
		{ .sport = { 1000, 7 }, .dport = { 80, 3 } },
		{ .sport = { 0, 65536 }, .dport = { 65535, 1 } },
		{ .sport = { 5, 4 }, .dport = { 100, 64 } },
	};
	static const char *const ranges_of[][2] = { { "10.0.0.1", "10.0.1.1" },
						    { "10.0.0.0/28", "10.0.1.0/29" },
						    { "10.0.0.9", "10.0.1.3-10.0.1.7" } };

	for (unsigned i = 0; i < RTE_DIM(shapes) * RTE_DIM(ranges_of); i++) {
		struct pg_flows f = shapes[i % RTE_DIM(shapes)];
		uint64_t *keys;

		f.src = range(ranges_of[i / RTE_DIM(shapes)][0]);
		f.dst = range(ranges_of[i / RTE_DIM(shapes)][1]);
		f.nb = pg_flows_room(&f);
		assert_int_equal(f.nb, (uint64_t)f.src.nb * f.dst.nb * f.sport.nb * f.dport.nb);
		keys = malloc(f.nb * sizeof(*keys));
		for (uint32_t k = 0; k < f.nb; k++)
			keys[k] = tuple_key(&f, k);
		qsort(keys, f.nb, sizeof(*keys), by_number);
		for (uint32_t k = 1; k < f.nb; k++)
			assert_true(keys[k - 1] != keys[k]);
		free(keys);
	}
}

/* A few flows already use many addresses and ports of both sides. */
static void
flows_scatter(void **state)
{
	struct pg_flows f = { .sport = { 1024, 1000 }, .dport = { 9, 1 }, .nb = 100 };
	struct pg_tuple a, b;

	f.src = range("10.0.0.0/24");
	f.dst = range("10.0.1.0/24");
	for (uint32_t i = 1; i < f.nb; i++) {
		pg_flow_tuple(&f, i - 1, &a);
		pg_flow_tuple(&f, i, &b);
		assert_false(ip_addr_equal(&a.src, &b.src));
		assert_false(ip_addr_equal(&a.dst, &b.dst));
		assert_int_not_equal(a.sport, b.sport);
	}
	f.src = range("10.0.0.0/8");
	f.dst = range("11.0.0.0/8");
	f.sport = f.dport = (struct pg_ports){ 0, 65536 };
	assert_true(pg_flows_room(&f) >= PG_FLOWS_MAX);
}

/* Each worker has its own flows, all have them all, and each comes in turn. */
static void
in_turn(void **state)
{
	unsigned times[10] = { 0 };
	double share = 0;
	struct err e;

	for (unsigned w = 0; w < 3; w++) {
		struct pg_spread s;

		assert_int_equal(pg_spread_init(&s, RTE_DIM(times), w, 3, 0, 1, &e), 0);
		assert_int_equal(s.nb, w == 0 ? 4 : 3);
		share += s.share;
		for (unsigned i = 0; i < 5 * s.nb; i++) {
			uint32_t f = pg_spread_next(&s);

			assert_true(f < RTE_DIM(times) && f % 3 == w);
			times[f]++;
		}
		pg_spread_free(&s);
	}
	for (unsigned i = 0; i < RTE_DIM(times); i++)
		assert_int_equal(times[i], 5);
	assert_true(fabs(share - 1) < 1e-9);
}

/* What is drawn has the shares that the law says, within five standard deviations; the seed is fixed. */
static void
zipf(void **state)
{
	enum { FLOWS = 1000, DRAWS = 2000000 };
	static const double exponents[] = { 0.5, 1, 1.3 };
	static unsigned times[FLOWS];
	struct pg_spread s;
	struct err e;

	for (unsigned x = 0; x < RTE_DIM(exponents); x++) {
		double all = 0;

		memset(times, 0, sizeof(times));
		assert_int_equal(pg_spread_init(&s, FLOWS, 0, 1, exponents[x], 7, &e), 0);
		for (unsigned i = 0; i < FLOWS; i++)
			all += pow(1.0 + i, -exponents[x]);
		for (unsigned i = 0; i < DRAWS; i++)
			times[pg_spread_next(&s)]++;
		for (unsigned i = 0; i < FLOWS; i++) {
			double want = DRAWS * pow(1.0 + i, -exponents[x]) / all;

			assert_true(fabs(times[i] - want) < 5 * sqrt(want) + 1);
		}
		pg_spread_free(&s);
	}
}

/* Dealt to several workers the shares of all together stay those of the law. */
static void
zipf_dealt(void **state)
{
	struct pg_spread s[3], again;
	double share = 0;
	struct err e;

	for (unsigned w = 0; w < 3; w++) {
		assert_int_equal(pg_spread_init(&s[w], 10, w, 3, 1, 1, &e), 0);
		share += s[w].share;
	}
	assert_true(fabs(share - 1) < 1e-9);
	assert_true(s[0].share > s[1].share && s[1].share > s[2].share);
	assert_int_equal(pg_spread_init(&again, 10, 1, 3, 1, 1, &e), 0);
	for (unsigned i = 0; i < 1000; i++)
		assert_int_equal(pg_spread_next(&again), pg_spread_next(&s[1]));
	pg_spread_free(&again);
	for (unsigned w = 0; w < 3; w++)
		pg_spread_free(&s[w]);
	/* More workers than flows: the last have none. */
	assert_int_equal(pg_spread_init(&again, 2, 2, 3, 1, 1, &e), 0);
	assert_int_equal(again.nb, 0);
	pg_spread_free(&again);
	assert_int_equal(pg_spread_init(&again, 1, 0, 1, 1, 1, &e), 0);
	assert_int_equal(pg_spread_next(&again), 0);
	pg_spread_free(&again);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ranges),       cmocka_unit_test(bad_ranges),
		cmocka_unit_test(flows_differ), cmocka_unit_test(flows_scatter),
		cmocka_unit_test(in_turn),      cmocka_unit_test(zipf),
		cmocka_unit_test(zipf_dealt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
