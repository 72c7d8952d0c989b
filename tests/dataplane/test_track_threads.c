/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Connections whose two directions, and datagrams whose fragments, are on two workers, under rules that read and write
 * them, while the control lcore lists, marks and removes them, changes rules, time passes and tracking comes and goes.
 * Meant for ThreadSanitizer too. ARGUMENT: rounds.
 */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>

#include "base_clock.h"
#include "base_rcu.h"
#include "ct_hooks.h"
#include "ct_table.h"
#include "dp.h"
#include "dp_frame.h"
#include "dp_workers.h"
#include "pkt_reasm.h"

static unsigned rounds = 200;

static int
configure(void **state)
{
	static const char *const lines[] = {
		"sysctl -w net.netfilter.nf_conntrack_max=8192",
		"sysctl -w net.pollux.conntrack=on",
		"iptables -t raw -A PREROUTING -p udp -m udp --sport 7 -j CT --zone 3",
		"iptables -A FORWARD -m conntrack --ctstatus ASSURED --ctexpire 10: --ctorigsrc "
		"10.1.0.2",
		"iptables -A FORWARD -m connlimit --connlimit-above 1000",
		"iptables -A FORWARD -m connlimit --connlimit-above 9 --connlimit-mask 0 "
		"--connlimit-daddr",
		"iptables -A FORWARD -m connlabel --label 70 --set",
		"iptables -A FORWARD -m connbytes --connbytes 3 --connbytes-dir both "
		"--connbytes-mode packets",
		"iptables -A FORWARD -m connmark --mark 1 -j CONNMARK --set-xmark 0/0 "
		"--left-shift-mark 1",
		"iptables -A FORWARD -j CONNMARK --save-mark --mask 0xf0",
		"ip6tables -A FORWARD -m connlimit --connlimit-above 5 --connlimit-mask 64",
		"ip6tables -t mangle -A FORWARD -j CONNSECMARK --save",
	};

	if (dp_router(state) != 0)
		return -1;
	DP_ALL(lines);
	return dp_workers_start() ? 0 : -1;
}

#define FRAMES 32
#define FRAGMENTS 8

/* Requests and answers of the same flows, in bursts; some flows come again, most are new. */
static void
traffic(unsigned round)
{
	for (unsigned i = 0; i < FRAMES; i++) {
		unsigned side = i % 2;
		bool v6 = i % 8 >= 6;
		uint16_t port = round % 5 * 100 + i / 4;
		struct dp_ip s = { .src = v6 ? (side ? "fd02::2" : "fd01::2")
					     : (side ? "10.2.0.2" : "10.1.0.2"),
				   .dst = v6 ? (side ? "fd01::2" : "fd02::2")
					     : (side ? "10.1.0.2" : "10.2.0.2"),
				   .proto = i % 3 == 0   ? IPPROTO_TCP
					    : i % 7 == 0 ? IPPROTO_SCTP
							 : IPPROTO_UDP,
				   .ttl = i == 5 ? 1 : 64,
				   .sport = side ? 53 : port,
				   .dport = side ? port : 53,
				   .payload = 20,
				   .side = side };
		struct dp_frame f = dp_ip(&s);

		dp_give(side, f.bytes, f.len);
	}
}

/* Datagrams whose fragments come to both workers; of one in four the last never does. */
static void
fragments(unsigned round)
{
	for (unsigned i = 0; i < FRAGMENTS; i++) {
		unsigned first = i % 3 == 0, last = i % 4 == 3 ? 0 : 3;
		struct dp_ip s = { .src = "10.1.0.2",
				   .dst = "10.2.0.2",
				   .proto = IPPROTO_UDP,
				   .ttl = 64,
				   .sport = 7,
				   .dport = 7,
				   .payload = 16,
				   .id = round * FRAGMENTS / 2 + i / 2,
				   .frag = i % 2 == first ? 0x2000 : last,
				   .side = i / 2 % 2 == 0 ? i % 2 : 0 };
		struct dp_frame f = dp_ip(&s);

		dp_give(s.side, f.bytes, f.len);
	}
}

static bool
take_some(struct ct *ct, void *arg)
{
	unsigned *n = arg;

	__atomic_store_n(&ct->mark, *n, __ATOMIC_RELAXED);
	if ((*n)++ % 16 == 0)
		ct_remove(LANE_MAX, ct);
	return true;
}

/* The table grows, a little each time. */
static void
grow(unsigned round)
{
	char line[80];

	snprintf(line, sizeof(line), "sysctl -w net.netfilter.nf_conntrack_max=%u",
		 8192 + round * 100);
	DP(line);
}

/* Some change of the rules, or of what they name. */
static void
change(unsigned n)
{
	static const char *const lines[] = {
		"iptables -A FORWARD -m connlimit --connlimit-above 2",
		"iptables -D FORWARD -m connlimit --connlimit-above 2",
		"nfct add timeout u inet udp unreplied 20 replied 50",
		"iptables -t raw -A PREROUTING -p udp -j CT --timeout u",
		"iptables -t raw -D PREROUTING -p udp -j CT --timeout u",
		"nfct delete timeout u",
	};

	DP(lines[n % RTE_DIM(lines)]);
}

static void
both_ways(void **state)
{
	for (unsigned r = 0; r < rounds; r++) {
		unsigned n = 0;

		dp_workers_pace(500);
		traffic(r);
		fragments(r);
		if (r % 3 == 0)
			ct_each(take_some, &n);
		if (r % 10 == 0)
			clock_advance(40000);
		if (r % 4 == 1)
			change(r / 4);
		if (r % 50 == 20)
			DP("sysctl -w net.pollux.conntrack=off");
		if (r % 50 == 25)
			DP("sysctl -w net.pollux.conntrack=on");
		if (r % 20 == 10)
			grow(r);
		rcu_reap();
	}
}

static void
none_is_left(void **state)
{
	struct pipeline_totals t;

	dp_workers_stop((uint64_t)rounds * (FRAMES + FRAGMENTS));
	t = pipeline_totals();
	assert_true(t.sent > 0 && t.absorbed > 0);
	assert_int_equal(t.received + t.originated,
			 t.sent + t.delivered + t.dropped + t.absorbed + t.parked + t.queued);
	clock_advance(1000000000);
	for (unsigned i = 0; i < 400; i++) {
		clock_advance(20);
		dp_round_all();
	}
	assert_int_equal(ct_count(), 0);
	assert_int_equal(pkt_reasm_stats().waiting, 0);
	DP("iptables -F");
	DP("ip6tables -F");
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(both_ways),
					    cmocka_unit_test(none_is_left) };

	if (argc > 1)
		rounds = strtoul(argv[1], NULL, 0);
	return cmocka_run_group_tests_name("track_threads", tests, configure, dp_teardown);
}
