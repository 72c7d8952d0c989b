/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/rule: matches that remember packets, and what does not have to be compared with a kernel. */
#include "rule_setup.h"

#include <pthread.h>
#include <time.h>
#include <unistd.h>

#include "rule_rateest.h"

static struct rte_mbuf *udp;

static int
setup(void **state)
{
	static const struct packet p = { .proto = IPPROTO_UDP, .w0 = 1000, .w1 = 53 };

	if (route_setup(state) != 0)
		return -1;
	lane_set_count(4);
	udp = packet_make(&p);
	return 0;
}

/* Of n packets at that time and on that lane: how many are dropped. */
static unsigned
dropped_on(unsigned lane, uint64_t now, unsigned n)
{
	struct hook_ctx ctx = { .gen = gen_current(),
				.family = HOOK_IP4,
				.point = HOOK_FORWARD,
				.now = now,
				.lane = lane };
	unsigned dropped = 0;

	for (unsigned i = 0; i < n; i++) {
		verdict_t v = VERDICT_ACCEPT;

		rule_hook(&ctx, rule_hook_priv(HOOK_IP4, 0), &udp, 1, &v);
		dropped += v >= VERDICT_DROP;
	}
	return dropped;
}

static unsigned
dropped(uint64_t now, unsigned n)
{
	return dropped_on(0, now, n);
}

static void
drop_by(const char *match)
{
	char line[256];

	rules_reset();
	snprintf(line, sizeof(line), "iptables -A FORWARD %s -j DROP", match);
	run_ok(line);
}

static void
test_limit(void **state)
{
	drop_by("-m limit --limit 10/second --limit-burst 4");
	assert_int_equal(dropped(1000000, 10), 4);
	assert_int_equal(dropped(1000096, 10), 0); /* 100 ms a packet */
	assert_int_equal(dropped(1000100, 10), 1);
	assert_int_equal(dropped(1000300, 10), 2);
	assert_int_equal(dropped(1000250, 10), 0); /* a lane whose clock is behind */
	assert_int_equal(dropped(1000400, 10), 1);
	assert_int_equal(dropped(9000000, 10), 4);
	run_ok("iptables -Z FORWARD");
	assert_int_equal(dropped(9000000, 10), 4);

	/* Linux counts in ticks of 4 ms: a fast rate with a small burst gives less than it says. */
	drop_by("-m limit --limit 10000/second --limit-burst 5");
	assert_int_equal(dropped(1000000, 10), 5);
	assert_int_equal(dropped(1000003, 10), 0);
	assert_int_equal(dropped(1000004, 10), 5);

	drop_by("-m limit --limit 1/day --limit-burst 1");
	assert_int_equal(dropped(1000000, 10), 1);
	assert_int_equal(dropped(1000000 + 86400000 - 4, 10), 0);
	assert_int_equal(dropped(1000000 + 86400000, 10), 1);
}

static void *
drop_many(void *arg)
{
	return (void *)(uintptr_t)dropped_on((uintptr_t)arg, 1000000, 20000);
}

/* Lanes at the same time take what one would. */
static unsigned
dropped_by_four(void)
{
	pthread_t thread[4];
	unsigned sum = 0;

	for (uintptr_t i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, drop_many, (void *)i), 0);
	for (unsigned i = 0; i < 4; i++) {
		void *n;

		pthread_join(thread[i], &n);
		sum += (uintptr_t)n;
	}
	return sum;
}

static void
test_lanes(void **state)
{
	drop_by("-m limit --limit 1/second --limit-burst 3000");
	assert_int_equal(dropped_by_four(), 3000);
	drop_by("-m statistic --mode nth --every 5 --packet 2");
	assert_int_equal(dropped_by_four(), 16000);
}

static void
test_random(void **state)
{
	unsigned n;

	drop_by("-m statistic --mode random --probability 0.25");
	n = dropped(0, 100000);
	assert_in_range(n, 24000, 26000); /* seven standard deviations */
	drop_by("-m statistic --mode random ! --probability 0.25");
	n = dropped(0, 100000);
	assert_in_range(n, 74000, 76000);
}

static void
test_mark(void **state)
{
	drop_by("-m mark --mark 0x10/0xf0");
	pkt(udp)->mark = 0x13;
	assert_int_equal(dropped(0, 1), 1);
	pkt(udp)->mark = 0x23;
	assert_int_equal(dropped(0, 1), 0);
	pkt(udp)->mark = 0;
}

static void
test_file(void **state)
{
	char name[] = "/tmp/pollux-test-XXXXXX", line[128];
	int fd = mkstemp(name);

	assert_true(fd >= 0);
	close(fd);
	drop_by("-p udp -c 3 4");
	snprintf(line, sizeof(line), "iptables-save -c -f %s", name);
	run_ok(line);
	assert_int_equal(rule_out.len, 0);
	run_ok("iptables -F");
	snprintf(line, sizeof(line), "iptables-restore -c %s", name);
	run_ok(line);
	unlink(name);
	run_ok("iptables -S -v");
	assert_non_null(strstr(str_text(&rule_out), "-A FORWARD -p udp -c 3 4 -j DROP\n"));
}

/* At that time: packets a second, as the only estimator says. */
static uint64_t
rate_at(uint64_t now)
{
	rule_rateest_tick(now);
	return rule_rateest_read(rule_rateest_next(NULL)).packets;
}

/* Each look takes half of what was, and half of what came. */
static void
test_rateest(void **state)
{
	uint64_t first;

	rules_reset();
	run_ok("iptables -A FORWARD -j RATEEST --rateest-name x --rateest-interval 250ms "
	       "--rateest-ewmalog 500ms");
	first = rule_rateest_next(NULL)->due;
	dropped(0, 50);
	dropped_on(1, 0, 50);
	assert_int_equal(rate_at(first - 1), 0);
	assert_int_equal(rate_at(first), 200);
	assert_int_equal(rate_at(first + 250), 100);
	/* Late: two intervals are over, and 100 packets came in them. */
	dropped(0, 100);
	assert_int_equal(rate_at(first + 750), 100 / 4 + 200 / 4 + 200 / 2);
	assert_int_equal(rate_at(first + 999), 175);
	/* Late by 100 ms, and then in time. */
	dropped(0, 70);
	assert_int_equal(rate_at(first + 1100), (175 + 200) / 2);
	dropped(0, 15);
	assert_int_equal(rate_at(first + 1250), (187 + 100) / 2);
	run_ok("iptables -F");
	assert_null(rule_rateest_next(NULL));
	rule_rateest_tick(first + 9999);
}

static double
seconds_for(unsigned rules)
{
	struct timespec from, to;
	struct str text = { 0 };

	str_add(&text, "*filter\n");
	for (unsigned i = 0; i < rules; i++)
		str_printf(&text, "-A FORWARD -s 10.%u.%u.%u/32 -p tcp -m tcp --dport %u -j DROP\n",
			   i >> 16, i >> 8 & 255, i & 255, i & 0xffff);
	str_add(&text, "COMMIT\n");
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	restore_ok(str_text(&text));
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
	str_free(&text);
	return (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
}

/* Ten times the rules take about ten times as long. */
static void
test_scale(void **state)
{
	double small = seconds_for(10000), large = seconds_for(100000);

	print_message("10,000 rules: %.3f s, 100,000 rules: %.3f s\n", small, large);
	assert_true(large < 40 * small);
	rules_reset();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_limit),  cmocka_unit_test(test_lanes),
		cmocka_unit_test(test_random), cmocka_unit_test(test_mark),
		cmocka_unit_test(test_file),   cmocka_unit_test(test_rateest),
		cmocka_unit_test(test_scale),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
