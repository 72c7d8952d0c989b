/* SPDX-License-Identifier: BSD-3-Clause */
/* Connections in the walk: made once, confirmed at the end, forgotten in time, in bursts as one by one. */
#include <stdio.h>
#include <string.h>

#include "base_clock.h"
#include "ct_table.h"
#include "dp.h"
#include "dp_frame.h"

#define MAC "02:00:00:00:01:0"

static int
configure(void **state)
{
	if (dp_router(state) != 0)
		return -1;
	DP("sysctl -w net.netfilter.nf_conntrack_max=8192");
	DP("sysctl -w net.pollux.conntrack=on");
	return 0;
}

/* A protocol without ports, so that addresses are all there is. */
#define PROTO 200

static const struct dp_ip there = {
	.src = "10.1.0.2", .dst = "10.2.0.2", .proto = PROTO, .ttl = 64, .payload = 40
};
static const struct dp_ip back = {
	.src = "10.2.0.2", .dst = "10.1.0.2", .proto = PROTO, .ttl = 64, .payload = 40, .side = 1
};
static const struct dp_ip there6 = {
	.src = "fd01::2", .dst = "fd02::2", .proto = PROTO, .ttl = 64, .payload = 40
};

static void
give(const struct dp_ip *s, unsigned times)
{
	struct dp_frame f = dp_ip(s);

	while (times-- > 0)
		dp_give(s->side, f.bytes, f.len);
}

static bool
keep(struct ct *ct, void *arg)
{
	*(struct ct **)arg = ct;
	return false;
}

static struct ct *
only(void)
{
	struct ct *ct = NULL;

	assert_int_equal(ct_count(), 1);
	ct_each(keep, &ct);
	assert_non_null(ct);
	return ct;
}

/* Until all that is there has expired. */
static void
forget(void)
{
	clock_advance(3600 * 1000);
	for (unsigned i = 0; i < 200; i++) {
		clock_advance(20);
		dp_round(0);
		dp_round(1);
	}
	assert_int_equal(ct_count(), 0);
	dp_balance();
}

static void
add_tracked(const struct hook_info *i, void *arg)
{
	if (i->family == HOOK_IP4 && i->point == HOOK_PREROUTING &&
	    strcmp(i->name, "conntrack") == 0)
		*(uint64_t *)arg += i->packets;
}

/* How many packets tracking has seen in PREROUTING. */
static uint64_t
tracked(void)
{
	uint64_t n = 0;

	hook_each(add_tracked, &n);
	return n;
}

static void
burst_is_one_flow(void **state)
{
	uint64_t before = tracked();

	give(&there, 5);
	dp_run();
	assert_int_equal(dp_flush(1), 5);
	assert_int_equal(tracked() - before, 5); /* those that waited count once */
	assert_false(ct_status(only()) & CT_SEEN_REPLY);
	give(&back, 3);
	dp_run();
	assert_int_equal(dp_flush(0), 3);
	assert_true(ct_status(only()) & CT_SEEN_REPLY);
	forget();
}

static void
family6(void **state)
{
	struct ct_tuple t;

	give(&there6, 3);
	dp_run();
	assert_int_equal(dp_flush(1), 3);
	t = ct_tuple(only(), CT_REPLY);
	assert_int_equal(t.src.v6[1], 2);
	assert_int_equal(t.family, AF_INET6);
	forget();
}

/* Many flows in a burst, each twice, in turns. */
static void
turns(void **state)
{
	char src[20];

	for (unsigned round = 0; round < 2; round++) {
		for (unsigned i = 0; i < 30; i++) {
			struct dp_ip s = there;

			snprintf(src, sizeof(src), "10.1.0.%u", 10 + i);
			s.src = src;
			give(&s, 1);
		}
	}
	dp_run();
	assert_int_equal(dp_flush(1), 60);
	assert_int_equal(ct_count(), 30);
	forget();
}

static void
dropped_leaves_nothing(void **state)
{
	DP("iptables -A FORWARD -j DROP");
	give(&there, 4);
	dp_run();
	assert_int_equal(dp_flush(1), 0);
	assert_int_equal(ct_count(), 0);
	DP("iptables -F FORWARD");
	forget();
}

static void
ttl_leaves_nothing(void **state)
{
	struct dp_ip s = there;

	s.ttl = 1;
	give(&s, 3);
	dp_run();
	dp_flush(0);
	assert_int_equal(ct_count(), 0);
	forget();
}

static void
refreshed(void **state)
{
	give(&there, 1);
	dp_run();
	for (unsigned i = 0; i < 10; i++) {
		clock_advance(500 * 1000);
		dp_round(0);
		give(&there, 1);
		dp_run();
		assert_int_equal(ct_count(), 1);
	}
	dp_flush(1);
	/* Expired, but not swept yet: a packet begins anew. */
	clock_advance(700 * 1000);
	give(&back, 1);
	dp_run();
	dp_flush(0);
	assert_int_equal(ct_tuple(only(), CT_ORIGINAL).src.v4, RTE_BE32(0x0a020002));
	forget();
}

static void
full(void **state)
{
	char src[20];

	DP("sysctl -w net.netfilter.nf_conntrack_max=20");
	for (unsigned i = 0; i < 30; i++) {
		struct dp_ip s = there;

		snprintf(src, sizeof(src), "10.1.0.%u", 10 + i);
		s.src = src;
		give(&s, 1);
		dp_run();
	}
	assert_int_equal(dp_flush(1), 20);
	assert_int_equal(ct_count(), 20);
	assert_int_equal(dp_dropped("ct-full"), 10);
	DP("sysctl -w net.netfilter.nf_conntrack_max=8192");
	forget();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(burst_is_one_flow),
		cmocka_unit_test(family6),
		cmocka_unit_test(turns),
		cmocka_unit_test(dropped_leaves_nothing),
		cmocka_unit_test(ttl_leaves_nothing),
		cmocka_unit_test(refreshed),
		cmocka_unit_test(full),
	};

	return cmocka_run_group_tests(tests, configure, dp_teardown);
}
