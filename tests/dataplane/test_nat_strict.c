/* SPDX-License-Identifier: BSD-3-Clause */
/* net.pollux.nat_strict: what has no connection does not leave with a source that rules translate. 0 is Linux's. */
#include <netinet/in.h>
#include <string.h>

#include "dp.h"
#include "dp_frame.h"

#define HIDDEN "10.1.0.2"
#define HIDDEN6 "fd01::2"

static int
fresh(void **state)
{
	static const char *const tools[] = { "iptables", "ip6tables" };
	char line[64];

	for (unsigned i = 0; i < 2; i++) {
		snprintf(line, sizeof(line), "%s -t nat -F", tools[i]);
		DP(line);
		snprintf(line, sizeof(line), "%s -t raw -F", tools[i]);
		DP(line);
	}
	DP("sysctl -w net.pollux.nat_strict=1");
	DP("conntrack -F");
	dp_flush(0);
	dp_flush(1);
	return 0;
}

/* A segment that belongs to nothing: INVALID. */
static struct dp_frame
stray(const char *src, const char *dst)
{
	const struct dp_ip s = {
		.src = src, .dst = dst, .proto = IPPROTO_TCP, .ttl = 64, .sport = 1000, .dport = 80
	};
	struct dp_frame f = dp_ip(&s);

	/* No flags at all. */
	f.bytes[strchr(src, ':') != NULL ? 67 : 47] = 0;
	return f;
}

static struct dp_frame
datagram(const char *src, const char *dst, uint16_t sport)
{
	const struct dp_ip s = {
		.src = src, .dst = dst, .proto = IPPROTO_UDP, .ttl = 64, .sport = sport, .dport = 53
	};

	return dp_ip(&s);
}

/* How many left by p1, and how many were dropped for it. */
static void
expect_of(struct dp_frame f, unsigned leave, unsigned dropped)
{
	uint64_t before = dp_dropped("nat-strict");

	dp_give(0, f.bytes, f.len);
	dp_run();
	assert_int_equal(dp_flush(1), leave);
	assert_int_equal(dp_dropped("nat-strict") - before, dropped);
	dp_balance();
}

static void
invalid(void **state)
{
	DP("iptables -t nat -A POSTROUTING -o p1 -j MASQUERADE");
	DP("ip6tables -t nat -A POSTROUTING -o p1 -j SNAT --to-source fd02::77");
	expect_of(stray(HIDDEN, "10.2.0.2"), 0, 1);
	expect_of(stray(HIDDEN6, "fd02::2"), 0, 1);
	expect_of(datagram(HIDDEN, "10.2.0.2", 1), 1, 0);
	expect_of(datagram(HIDDEN6, "fd02::2", 1), 1, 0);
	DP("sysctl -w net.pollux.nat_strict=0");
	expect_of(stray(HIDDEN, "10.2.0.2"), 1, 0);
	expect_of(stray(HIDDEN6, "fd02::2"), 1, 0);
}

static void
untracked(void **state)
{
	DP("iptables -t raw -A PREROUTING -j NOTRACK");
	DP("ip6tables -t raw -A PREROUTING -j NOTRACK");
	DP("iptables -t nat -A POSTROUTING -o p1 -j SNAT --to-source 10.2.0.7-10.2.0.9");
	DP("ip6tables -t nat -A POSTROUTING -o p1 -j MASQUERADE");
	expect_of(datagram(HIDDEN, "10.2.0.2", 2), 0, 1);
	expect_of(datagram(HIDDEN6, "fd02::2", 2), 0, 1);
}

/* What the rules would not have translated leaves as it is. */
static void
not_meant(void **state)
{
	DP("iptables -t raw -A PREROUTING -j NOTRACK");
	DP("iptables -t nat -A POSTROUTING -o p1 -s 10.1.0.9 -j MASQUERADE");
	DP("iptables -t nat -A POSTROUTING -o p1 -p tcp -j MASQUERADE");
	DP("iptables -t nat -A POSTROUTING -o p1 -s 10.1.0.2 -p udp --sport 3 -j ACCEPT");
	DP("iptables -t nat -A POSTROUTING -o p1 -s 10.1.0.2 -j SNAT --to-source "
	   "10.1.0.1-10.1.0.2");
	DP("iptables -t nat -A PREROUTING -p udp -j DNAT --to-destination 10.2.0.3");
	expect_of(datagram(HIDDEN, "10.2.0.2", 3), 1, 0);
	/* Its source is what it would get. */
	expect_of(datagram(HIDDEN, "10.2.0.2", 4), 1, 0);
	expect_of(stray(HIDDEN, "10.2.0.2"), 0, 1);
	DP("iptables -t nat -P POSTROUTING ACCEPT");
	DP("iptables -t nat -F POSTROUTING");
	expect_of(stray(HIDDEN, "10.2.0.2"), 1, 0);
}

static void
netmap(void **state)
{
	DP("iptables -t raw -A PREROUTING -j NOTRACK");
	DP("iptables -t nat -A POSTROUTING -o p1 -j NETMAP --to 192.0.2.0/24");
	expect_of(datagram(HIDDEN, "10.2.0.2", 5), 0, 1);
	expect_of(datagram("192.0.2.2", "10.2.0.2", 5), 1, 0);
}

/* Links go on working: the box asks for a neighbour of a masqueraded port. */
static void
discovery(void **state)
{
	struct dp_frame f = datagram(HIDDEN6, "fd02::5", 6);
	uint64_t before = dp_dropped("nat-strict");

	DP("ip6tables -t nat -A POSTROUTING -j SNAT --to-source fd02::77");
	dp_give(0, f.bytes, f.len);
	dp_run();
	assert_int_equal(dp_flush(1), 1);
	assert_int_equal(dp_dropped("nat-strict") - before, 0);
	DP("ip neigh flush dev p1");
	dp_balance();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(invalid, fresh),   cmocka_unit_test_setup(untracked, fresh),
		cmocka_unit_test_setup(not_meant, fresh), cmocka_unit_test_setup(netmap, fresh),
		cmocka_unit_test_setup(discovery, fresh),
	};

	return cmocka_run_group_tests(tests, dp_router, dp_teardown);
}
