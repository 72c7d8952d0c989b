/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Many thousand broken and half-broken frames through the whole router under a rule set that answers
 * a lot: it must not crash, must account for every packet and lose no mbuf. ARGUMENT: rounds.
 */
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include <rte_random.h>

#include "base_clock.h"
#include "dp.h"
#include "dp_frame.h"
#include "neigh.h"

static unsigned rounds = 300;

static int
configure(void **state)
{
	static const char *const lines[] = {
		"ip route add 192.0.2.0/24 via 10.2.0.2",
		"ip route add blackhole 198.51.100.0/24",
		"ip route add prohibit 203.0.113.0/24",
		"ip neigh del fd01::2 dev p0",
		"ip neigh del fd02::2 dev p1",
		"ip link set p1 mtu 1280",
		"sysctl -w net.ipv4.icmp_ratelimit=0",
		"sysctl -w net.ipv6.icmp.ratelimit=0",
		"iptables -N user",
		"iptables -A FORWARD -p tcp --dport 80 -j REJECT --reject-with tcp-reset",
		"iptables -A FORWARD -p udp -j user",
		"iptables -A user -p udp -m multiport --dports 1:100 -j REJECT",
		"iptables -A user -p udp --sport 7 -j DROP",
		"iptables -A INPUT -p icmp --icmp-type timestamp-request -j DROP",
		"ip6tables -A FORWARD -p tcp -j REJECT --reject-with tcp-reset",
		"ip6tables -A FORWARD -p udp --dport 1:100 -j REJECT",
	};

	if (dp_router(state) != 0)
		return -1;
	DP_ALL(lines);
	return 0;
}

static const char *
pick4(void)
{
	static const char *const a[] = { "10.1.0.2",    "10.1.0.1",        "10.2.0.2",
					 "10.2.0.1",    "10.2.0.77",       "192.0.2.5",
					 "8.8.8.8",     "255.255.255.255", "198.51.100.1",
					 "203.0.113.9", "224.0.0.1",       "127.0.0.1",
					 "0.0.0.0",     "10.2.0.255",      "240.0.0.1" };

	return a[rte_rand() % RTE_DIM(a)];
}

static const char *
pick6(void)
{
	static const char *const a[] = { "fd01::2", "fd01::1",        "fd02::2", "fd02::1",
					 "fd09::1", "ff02::1",        "fe80::1", "::1",
					 "::",      "ff02::1:ff00:1", "fd02::77" };

	return a[rte_rand() % RTE_DIM(a)];
}

static void
give_random(void)
{
	static const uint8_t protos[] = { IPPROTO_UDP,    IPPROTO_TCP,      IPPROTO_ICMP,
					  IPPROTO_ICMPV6, IPPROTO_FRAGMENT, 200 };
	static const uint8_t ttls[] = { 0, 1, 2, 64, 255 };
	bool v6 = rte_rand() % 2;
	struct dp_ip s = { .src = v6 ? pick6() : pick4(),
			   .dst = v6 ? pick6() : pick4(),
			   .proto = protos[rte_rand() % RTE_DIM(protos)],
			   .ttl = ttls[rte_rand() % RTE_DIM(ttls)],
			   .sport =
				   rte_rand() % 2 ? 0x8700 | rte_rand() % 256 : rte_rand() % 0x1400,
			   .dport = rte_rand() % 120,
			   .payload = rte_rand() % 4 ? rte_rand() % 64 : rte_rand() % 1450,
			   .df = rte_rand() % 2,
			   .side = rte_rand() % DP_SIDES };
	struct dp_frame f = dp_ip(&s);

	if (rte_rand() % 8 == 0)
		f = dp_arp(s.side, rte_rand() % 3, "02:00:00:00:01:09", pick4(), pick4());
	if (rte_rand() % 3 == 0)
		for (int i = rte_rand() % 4; i >= 0; i--)
			f.bytes[rte_rand() % RTE_MIN(f.len, 80u)] = rte_rand();
	if (rte_rand() % 8 == 0)
		f.len = rte_rand() % (f.len + 1);
	dp_give(s.side, f.bytes, f.len);
}

static void
garbage(void **state)
{
	for (unsigned r = 0; r < rounds; r++) {
		unsigned n = 1 + rte_rand() % 100;

		for (unsigned i = 0; i < n; i++)
			give_random();
		dp_run();
		if (r % 10 == 9) {
			clock_advance(700);
			neigh_timer(clock_ms());
			dp_run();
		}
		dp_balance();
	}
}

/* Ports come and go while packets wait for neighbours on them. */
static void
ports_down(void **state)
{
	for (unsigned r = 0; r < 20; r++) {
		for (unsigned i = 0; i < 200; i++)
			give_random();
		dp_run();
		DP("ip link set p1 down");
		for (unsigned i = 0; i < 50; i++)
			give_random();
		dp_run();
		dp_balance();
		DP("ip link set p1 up");
	}
	dp_balance();
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(garbage),
					    cmocka_unit_test(ports_down) };

	if (argc > 1)
		rounds = strtoul(argv[1], NULL, 0);
	return cmocka_run_group_tests_name("random", tests, configure, dp_teardown);
}
