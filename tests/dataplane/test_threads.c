/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Two workers forward while the control lcore changes everything it can: rules, routes, addresses,
 * neighbours, MTU, links. Meant for ThreadSanitizer too. ARGUMENT: rounds.
 */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>

#include "base_clock.h"
#include "base_rcu.h"
#include "dp.h"
#include "dp_frame.h"
#include "dp_workers.h"
#include "neigh.h"

static unsigned rounds = 200;

static int
configure(void **state)
{
	static const char *const lines[] = {
		"ip addr add 10.1.0.1/24 dev p0",
		"ip addr add 10.2.0.1/24 dev p1",
		"ip addr add fd01::1/64 dev p0",
		"ip addr add fd02::1/64 dev p1",
		"sysctl -w net.ipv4.ip_forward=1",
		"sysctl -w net.ipv6.conf.all.forwarding=1",
		"iptables -A FORWARD -p tcp -j REJECT --reject-with tcp-reset",
	};

	if (dp_setup(state) != 0)
		return -1;
	DP_ALL(lines);
	return dp_workers_start() ? 0 : -1;
}

static void
traffic(unsigned round)
{
	for (unsigned i = 0; i < 16; i++) {
		unsigned side = i % 2;
		char dst[32];
		struct dp_ip s = { .src = side ? "10.2.0.2" : "10.1.0.2",
				   .dst = dst,
				   .proto = i % 5 == 0 ? IPPROTO_TCP : IPPROTO_UDP,
				   .ttl = i == 3 ? 1 : 64,
				   .sport = round,
				   .dport = i,
				   .payload = i == 7 ? 1400 : 20,
				   .side = side };
		struct dp_frame f;

		snprintf(dst, sizeof(dst), "10.%u.0.%u", side ? 1 : 2, 2 + round % 3);
		f = dp_ip(&s);
		dp_give(side, f.bytes, f.len);
	}
	if (round % 7 == 0) {
		struct dp_frame f = dp_arp(1, 2, "02:00:00:00:01:01", "10.2.0.3", "10.2.0.1");

		dp_give(1, f.bytes, f.len);
	}
}

/* One change and, later, its opposite: every second round undoes the first. */
static void
change(unsigned round)
{
	static const char *const pairs[][2] = {
		{ "iptables -I FORWARD 1 -p udp --dport 5 -j DROP",
		  "iptables -D FORWARD -p udp --dport 5 -j DROP" },
		{ "ip route add 10.3.0.0/16 via 10.2.0.2", "ip route del 10.3.0.0/16" },
		{ "ip neigh replace 10.2.0.2 lladdr 02:00:00:00:01:01 dev p1",
		  "ip neigh del 10.2.0.2 dev p1" },
		{ "ip link set p1 mtu 900", "ip link set p1 mtu 1500" },
		{ "iptables -P FORWARD DROP", "iptables -P FORWARD ACCEPT" },
		{ "ip addr add 10.1.0.9/24 dev p0", "ip addr del 10.1.0.9/24 dev p0" },
		{ "ip neigh replace 10.1.0.2 lladdr 02:00:00:00:01:00 dev p0",
		  "ip neigh replace 10.1.0.2 lladdr 02:00:00:00:01:05 dev p0" },
		{ "iptables-save -c", "show drops" },
	};
	unsigned i = round / 2 % RTE_DIM(pairs);

	DP(pairs[i][round % 2]);
}

static void
changes_under_traffic(void **state)
{
	for (unsigned r = 0; r < rounds; r++) {
		dp_workers_pace(1000);
		traffic(r);
		change(r);
		neigh_timer(clock_ms());
		rcu_reap();
	}
}

static void
all_accounted_for(void **state)
{
	struct pipeline_totals t;

	dp_workers_stop(rounds * 16);
	t = pipeline_totals();
	assert_true(t.received >= rounds * 16);
	assert_true(t.sent > 0);
	assert_int_equal(t.received + t.originated,
			 t.sent + t.delivered + t.dropped + t.absorbed + t.parked + t.queued);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(changes_under_traffic),
					    cmocka_unit_test(all_accounted_for) };

	if (argc > 1)
		rounds = strtoul(argv[1], NULL, 0);
	return cmocka_run_group_tests_name("threads", tests, configure, dp_teardown);
}
