/* SPDX-License-Identifier: BSD-3-Clause */
/* Several paths, policy rules, and `ip route save` read back. */
#include "route_setup.h"

#include "cmd.h"
#include "policy.h"
#include "route_key.h"
#include "route_rib.h"

#define FLOWS 20000

static struct str out;

static int
run(const char *line, const char *in)
{
	struct str err = { 0 };
	int rc;

	str_clear(&out);
	rc = cmd_run_line(line, in, in ? strlen(in) : 0, &out, &err);
	if (rc != 0)
		print_message("%s: %s", line, str_text(&err));
	str_free(&err);
	return rc;
}

static void
must(const char *line)
{
	assert_int_equal(run(line, NULL), 0);
}

static int
setup(void **state)
{
	if (route_setup(state) != 0)
		return -1;
	must("ip addr add 10.1.0.1/24 dev r0");
	must("ip addr add 10.2.0.1/24 dev r1");
	return 0;
}

/* How many of FLOWS hashes leave by the port. */
static unsigned
share(const char *dst, uint16_t port)
{
	struct route_key k = { .dst = ip(dst), .in = ROUTE_IN_SELF };
	unsigned n = 0;

	for (uint32_t i = 0; i < FLOWS; i++) {
		k.hash = i * 0x9e3779b1u;
		n += nexthop_get(route_lookup_key(gen_current(), &k))->port == port;
		assert_int_equal(route_lookup_key(gen_current(), &k),
				 route_lookup_key(gen_current(), &k));
	}
	return n;
}

static void
test_shares(void **state)
{
	uint16_t r0 = port_index("r0"), r1 = port_index("r1");

	must("ip route add 172.16.0.0/16 nexthop via 10.1.0.2 weight 3 nexthop via 10.2.0.2");
	assert_in_range(share("172.16.0.1", r0), FLOWS * 74 / 100, FLOWS * 76 / 100);
	assert_in_range(share("172.16.0.1", r1), FLOWS * 24 / 100, FLOWS * 26 / 100);
	must("ip link set r0 down");
	assert_int_equal(share("172.16.0.1", r1), FLOWS);
	must("ip link set r0 up");
	assert_in_range(share("172.16.0.1", r0), FLOWS * 74 / 100, FLOWS * 76 / 100);
	must("ip route del 172.16.0.0/16");
	assert_int_equal(share("172.16.0.1", 0), FLOWS);
}

static void
test_reverse(void **state)
{
	struct route_key k = { .dst = ip("10.2.0.9"), .in = port_index("r1") };
	bool by_port;

	assert_int_equal(route_reverse(gen_current(), &k, port_index("r1"), &by_port),
			 NEXTHOP_UNICAST);
	assert_true(by_port);
	route_reverse(gen_current(), &k, port_index("r0"), &by_port);
	assert_false(by_port);
	k.dst = ip("192.0.2.1");
	assert_int_equal(route_reverse(gen_current(), &k, port_index("r1"), &by_port),
			 NEXTHOP_NO_ROUTE);
	assert_false(by_port);
}

/* Bound to a port, worse routes count as well, and shorter ones; in small tables and large. */
static void
test_bound_to_a_port(void **state)
{
	struct route_key k = { .dst = ip("172.16.0.1"), .in = ROUTE_IN_SELF };
	char line[100];

	must("ip route add 172.16.0.0/16 via 10.1.0.2");
	must("ip route add 172.16.0.0/16 via 10.2.0.2 metric 5");
	k.out = port_index("r1");
	assert_int_equal(nexthop_get(route_lookup_key(gen_current(), &k))->port, k.out);
	assert_non_null(nexthop_get(route_lookup_key(gen_current(), &k))->neigh);
	must("ip route add 172.0.0.0/8 via 10.2.0.3");
	route_batch_begin();
	for (unsigned i = 0; i < 2000; i++) {
		snprintf(line, sizeof(line), "ip route add 11.%u.%u.0/24 via 10.1.0.2", i / 256,
			 i % 256);
		must(line);
	}
	assert_int_equal(route_batch_end(&(struct err){ "" }), 0);
	assert_int_equal(nexthop_get(route_lookup_key(gen_current(), &k))->port, k.out);
	must("ip route flush root 11.0.0.0/8");
	must("ip route flush root 172.0.0.0/8");
	assert_int_equal(nexthop_get(route_lookup_key(gen_current(), &k))->neigh, NULL);
}

static void
test_large_table_of_its_own(void **state)
{
	struct route_key k = { .dst = ip("11.0.7.1"), .in = ROUTE_IN_SELF, .mark = 7 };
	char line[100];

	must("ip rule add fwmark 7 lookup 100");
	must("ip route add default via 10.2.0.3 table 100");
	route_batch_begin();
	for (unsigned i = 0; i < 3000; i++) {
		snprintf(line, sizeof(line), "ip route add 11.%u.%u.0/24 via 10.1.0.2 table 100",
			 i / 256, i % 256);
		must(line);
	}
	assert_int_equal(route_batch_end(&(struct err){ "" }), 0);
	assert_int_equal(nexthop_get(route_lookup_key(gen_current(), &k))->port, port_index("r0"));
	k.dst = ip("12.0.0.1");
	assert_int_equal(nexthop_get(route_lookup_key(gen_current(), &k))->port, port_index("r1"));
	must("ip route flush table 100 root 11.0.0.0/8");
	k.dst = ip("11.0.7.1");
	assert_int_equal(nexthop_get(route_lookup_key(gen_current(), &k))->port, port_index("r1"));
	k.mark = 0;
	assert_int_equal(nexthop_get(route_lookup_key(gen_current(), &k))->type, NEXTHOP_NO_ROUTE);
	must("ip rule del fwmark 7");
	must("ip route flush table 100");
}

static void
test_save_and_restore(void **state)
{
	char *saved, *shown;

	must("ip route add 172.16.0.0/16 nexthop via 10.1.0.2 weight 3 nexthop via 10.2.0.2");
	must("ip route add 172.17.0.0/16 via 10.1.0.2 proto static metric 9 mtu lock 1400");
	must("ip route add unreachable 172.18.0.0/16 table 100");
	must("ip rule add not from 10.1.0.0/24 fwmark 1/3 iif r0 lookup 100 pref 50");
	must("ip route show table all");
	shown = strdup(str_text(&out));
	must("ip -4 route save table all");
	saved = strdup(str_text(&out));
	must("ip route flush root 172.0.0.0/8");
	must("ip route flush table 100");
	assert_int_equal(run("ip route restore", saved), 0);
	must("ip route show table all");
	assert_string_equal(str_text(&out), shown);
	free(saved);
	free(shown);
	must("ip rule save");
	saved = strdup(str_text(&out));
	must("ip rule del pref 50");
	assert_int_equal(run("ip rule restore", saved), 0);
	must("ip rule save");
	assert_string_equal(str_text(&out), saved);
	free(saved);
	assert_int_not_equal(run("ip route restore", "quit\n"), 0);
	must("ip rule del pref 50");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shares),
		cmocka_unit_test(test_reverse),
		cmocka_unit_test(test_bound_to_a_port),
		cmocka_unit_test(test_large_table_of_its_own),
		cmocka_unit_test(test_save_and_restore),
	};
	int rc = cmocka_run_group_tests(tests, setup, NULL);

	str_free(&out);
	return rc;
}
