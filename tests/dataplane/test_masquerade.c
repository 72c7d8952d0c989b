/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Masqueraded connections go with their port and its address, also when there are more than are looked at in one go: then
 * the control lcore's tick goes on.
 */
#include "ct_table.h"
#include "dp.h"
#include "dp_tcp.h"
#include "nat_masquerade.h"

#define BURST 32
#define FLOWS 280000u /* 262,144 are looked at in one go, and not as many taken out */
#define SERVER 0x0a020002u

static int
configure(void **state)
{
	static const char *const lines[] = {
		"sysctl -w net.ipv4.ip_forward=1",
		"ip addr add 10.1.0.1/24 dev p0",
		"ip addr add 10.2.0.1/24 dev p1",
		"sysctl -w net.netfilter.nf_conntrack_max=300000",
		"iptables -t nat -A POSTROUTING -o p1 -j MASQUERADE",
	};

	if (dp_setup(state) != 0)
		return -1;
	DP_ALL(lines);
	return 0;
}

static void
neighbour(void)
{
	DP("ip neigh replace 10.2.0.2 lladdr 02:00:00:00:01:01 dev p1");
}

/* So many connections from one client; each port of the server has its own 60,000. */
static void
open_some(unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		dp_tcp_give(&(struct dp_tcp){ .src = 0x0a010002,
					      .dst = SERVER,
					      .sport = 1024 + i % 60000,
					      .dport = 80 + i / 60000,
					      .seq = 1,
					      .flags = DP_SYN });
		if (i % BURST == BURST - 1 || i == n - 1) {
			dp_run();
			dp_flush(1);
		}
	}
	assert_int_equal(ct_count(), n);
}

static void
tick(void)
{
	for (unsigned i = 0; i < 8; i++)
		nat_masquerade_tick();
}

static void
port_down(void **state)
{
	neighbour();
	open_some(FLOWS);
	DP("ip link set p1 down");
	assert_in_range(ct_count(), 1, FLOWS - 131072);
	tick();
	assert_int_equal(ct_count(), 0);
	DP("ip link set p1 up");
	dp_balance();
}

/* What comes while the search goes on is not meant by it. */
static void
up_again_at_once(void **state)
{
	neighbour();
	open_some(FLOWS);
	DP("ip link set p1 down");
	DP("ip link set p1 up");
	assert_int_equal(ct_count(), 0);
	neighbour();
	open_some(10);
	tick();
	assert_int_equal(ct_count(), 10);
	DP("ip link set p1 down");
	tick();
	assert_int_equal(ct_count(), 0);
	DP("ip link set p1 up");
	dp_balance();
}

/* Two addresses, the second gone while the first is searched for. */
static void
addresses(void **state)
{
	neighbour();
	DP("ip addr add 10.3.0.1/24 dev p1");
	DP("ip neigh replace 10.3.0.2 lladdr 02:00:00:00:01:02 dev p1");
	open_some(FLOWS);
	DP("ip addr del 10.3.0.1/24 dev p1");
	assert_int_equal(ct_count(), FLOWS);
	DP("ip addr del 10.2.0.1/24 dev p1");
	tick();
	assert_int_equal(ct_count(), 0);
	DP("ip addr add 10.2.0.1/24 dev p1");
	dp_balance();
}

static void
port_gone(void **state)
{
	neighbour();
	open_some(FLOWS);
	DP("port del p1");
	assert_int_equal(ct_count(), 0);
	dp_balance();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(port_down),
		cmocka_unit_test(up_again_at_once),
		cmocka_unit_test(addresses),
		cmocka_unit_test(port_gone),
	};

	return cmocka_run_group_tests(tests, configure, dp_teardown);
}
