/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The noun `ip`: texts and exit statuses, as iproute2 6.1 on Linux 6.18 gave them for the same
 * commands.
 */
#include "route_setup.h"

#include "cmd.h"

struct step {
	const char *line;
	int rc;
	const char *out, *err; /* NULL: not looked at */
};

static void
run(const struct step *s, const char *in)
{
	struct str out = { 0 }, err = { 0 };
	int rc = cmd_run_line(s->line, in, in != NULL ? strlen(in) : 0, &out, &err);

	if (rc != s->rc || (s->out != NULL && strcmp(str_text(&out), s->out) != 0) ||
	    (s->err != NULL && strcmp(str_text(&err), s->err) != 0))
		print_error("%s\nexit status %d, expected %d\n--- out\n%s--- err\n%s", s->line, rc,
			    s->rc, str_text(&out), str_text(&err));
	assert_int_equal(rc, s->rc);
	if (s->out != NULL)
		assert_string_equal(str_text(&out), s->out);
	if (s->err != NULL)
		assert_string_equal(str_text(&err), s->err);
	str_free(&out);
	str_free(&err);
}

static void
run_all(const struct step *steps)
{
	for (; steps->line != NULL; steps++)
		run(steps, NULL);
}

#define OK(line)                \
	{                       \
		line, 0, "", "" \
	}
#define FAILS(line, rc, err)           \
	{                              \
		line, rc, "", err "\n" \
	}
#define SHOWS(line, out)         \
	{                        \
		line, 0, out, "" \
	}

static int
setup(void **state)
{
	static const struct step steps[] = {
		OK("ip link set r0 address 02:00:00:00:01:01"),
		OK("ip link set dev r1 address 02:00:00:00:01:02"),
		/* The link-local addresses follow the new MACs. */
		OK("ip link set r0 down"),
		OK("ip link set r1 down"),
		OK("ip link set r0 up"),
		OK("ip link set r1 up"),
		OK("ip addr add 10.1.0.1/24 dev r0"),
		OK("ip addr add 10.2.0.1/24 dev r1"),
		OK("ip addr add fd01::1/64 dev r0"),
		OK("ip -6 addr add fd02::1/64 dev r1"),
		{ 0 },
	};

	if (route_setup(state) != 0)
		return -1;
	run_all(steps);
	return 0;
}

static void
test_addr(void **state)
{
	static const struct step steps[] = {
		SHOWS("ip addr show r0",
		      "1: r0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP "
		      "group default qlen 1000\n"
		      "    link/ether 02:00:00:00:01:01 brd ff:ff:ff:ff:ff:ff\n"
		      "    inet 10.1.0.1/24 scope global r0\n"
		      "       valid_lft forever preferred_lft forever\n"
		      "    inet6 fd01::1/64 scope global \n"
		      "       valid_lft forever preferred_lft forever\n"
		      "    inet6 fe80::ff:fe00:101/64 scope link \n"
		      "       valid_lft forever preferred_lft forever\n"),
		SHOWS("ip -4 -o a s dev r0", "1: r0    inet 10.1.0.1/24 scope global r0\\       "
					     "valid_lft forever preferred_lft forever\n"),
		SHOWS("ip -br -4 addr", "r0               UP             10.1.0.1/24 \n"
					"r1               UP             10.2.0.1/24 \n"),
		FAILS("ip addr add 10.1.0.1/24 dev r0", 2,
		      "Error: ipv4: Address already assigned."),
		FAILS("ip addr add fd01::1/64 dev r0", 2, "Error: ipv6: address already assigned."),
		FAILS("ip addr add 10.1.0.300/24 dev r0", 1,
		      "Error: any valid prefix is expected rather than \"10.1.0.300/24\"."),
		FAILS("ip -6 addr add 10.3.2.1/24 dev r0", 1,
		      "Error: inet6 prefix is expected rather than \"10.3.2.1/24\"."),
		FAILS("ip addr add 10.1.0.9/24", 1,
		      "Not enough information: \"dev\" argument is required."),
		FAILS("ip addr add 10.1.0.9/24 dev nope", 1, "Cannot find device \"nope\""),
		FAILS("ip addr add 10.1.0.9/24 dev", 255,
		      "Command line is not complete. Try option \"help\""),
		FAILS("ip addr add 10.1.0.9/24 dev r0 bogus", 255,
		      "Error: either \"local\" is duplicate, or \"bogus\" is a garbage."),
		FAILS("ip addr add ff02::5/64 dev r0", 2,
		      "Error: ipv6: Cannot assign multicast address without "
		      "\"IFA_F_MCAUTOJOIN\" flag."),
		FAILS("ip addr del 10.1.0.77/24 dev r0", 2, "Error: ipv4: Address not found."),
		FAILS("ip addr show nope", 1, "Device \"nope\" does not exist."),
		FAILS("ip addr frob", 255, "Command \"frob\" is unknown, try \"ip address help\"."),
		FAILS("ip addr flush", 1, "Flush requires arguments."),
		OK("ip a a 10.61.0.1/24 brd + dev r0"),
		OK("ip addr add 10.61.0.2/24 dev r0"),
		SHOWS("ip addr show to 10.61.0.0/16 dev r0 secondary",
		      "1: r0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP "
		      "group default qlen 1000\n"
		      "    inet 10.61.0.2/24 scope global secondary r0\n"
		      "       valid_lft forever preferred_lft forever\n"),
		OK("ip a d 10.61.0.1/24 dev r0"),
		FAILS("ip a d 10.61.0.2/24 dev r0", 2, "Error: ipv4: Address not found."),
		{ 0 },
	};

	run_all(steps);
}

static void
test_link(void **state)
{
	static const struct step steps[] = {
		SHOWS("ip link show r1",
		      "2: r1: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP "
		      "mode "
		      "DEFAULT group default qlen 1000\n"
		      "    link/ether 02:00:00:00:01:02 brd ff:ff:ff:ff:ff:ff\n"),
		FAILS("ip link set", 255, "Not enough information: \"dev\" argument is required."),
		FAILS("ip link set nope up", 1, "Cannot find device \"nope\""),
		FAILS("ip link set r0 mtu 20", 2, "Error: mtu less than device minimum."),
		FAILS("ip link set r0 mtu 99999", 2, "Error: mtu greater than device maximum."),
		FAILS("ip link set r0 mtu abc", 255,
		      "Error: argument \"abc\" is wrong: Invalid \"mtu\" value\n"),
		FAILS("ip link set r0 address zz", 1, "\"zz\" is invalid lladdr."),
		FAILS("ip link set r0 address 02:00:00:00:00", 1,
		      "Invalid address length 5 - must be 6 bytes"),
		FAILS("ip link set r0 address 01:00:00:00:00:01", 2,
		      "RTNETLINK answers: Cannot assign requested address"),
		FAILS("ip link set r0 bogus", 255,
		      "Error: either \"dev\" is duplicate, or \"bogus\" is a garbage."),
		FAILS("ip frob", 1, "Object \"frob\" is unknown, try \"ip help\"."),
		FAILS("ip -z", 255, "Option \"-z\" is unknown, try \"ip -help\"."),
		{ "ip", 255, "", NULL },
		{ 0 },
	};

	run_all(steps);
}

static const struct step route4_steps[] = {
	FAILS("ip route add 10.3.0.0/16", 2, "RTNETLINK answers: No such device"),
	OK("ip route add 10.3.0.0/16 dev r0"),
	FAILS("ip route add 10.3.0.0/16 dev r0", 2, "RTNETLINK answers: File exists"),
	FAILS("ip route add 10.3.0.5/16 dev r0", 2,
	      "Error: Invalid prefix for given prefix length."),
	OK("ip route add 10.4/16 via 10.1.0.2"),
	OK("ip route add 10.4.0.0/16 via 10.1.0.3 metric 10"),
	OK("ip route append 10.4.0.0/16 via 10.1.0.9 metric 10"),
	FAILS("ip route add 10.5.0.0/16 via 10.7.0.2", 2, "Error: Nexthop has invalid gateway."),
	FAILS("ip route add 10.5.0.0/16 via 10.2.0.2 dev r0", 2,
	      "Error: Nexthop has invalid gateway."),
	FAILS("ip route add 10.5.0.0/16 via 10.4.0.2", 2, "Error: Nexthop has invalid gateway."),
	OK("ip route add 10.5.0.0/16 via 10.99.0.1 dev r0 onlink"),
	OK("ip route add 10.6.0.0/16 via 10.1.0.2 src 10.2.0.1"),
	FAILS("ip route add 10.7.0.0/16 via 10.1.0.2 src 10.2.0.9", 2,
	      "Error: Invalid prefsrc address."),
	OK("ip route add unreachable 10.8.0.0/16"),
	OK("ip route add throw 10.11.0.0/16"),
	OK("ip route add default via 10.1.0.254"),
	OK("ip route add default via 10.2.0.254 metric 100"),
	OK("ip route add 10.12.0.2 via 10.1.0.7 proto zebra mtu lock 1300"),
	FAILS("ip route add 10.12.0.5 via fd01::2", 1,
	      "Error: inet address is expected rather than \"fd01::2\"."),
	FAILS("ip route add 10.12.0.5 dev r0 scope x", 255,
	      "Error: argument \"x\" is wrong: invalid \"scope\" value\n"),
	FAILS("ip route add 10.12.0.5 dev r0 bogus 1", 255,
	      "Error: either \"to\" is duplicate, or \"bogus\" is a garbage."),
	SHOWS("ip route", "default via 10.1.0.254 dev r0 \n"
			  "default via 10.2.0.254 dev r1 metric 100 \n"
			  "10.1.0.0/24 dev r0 proto kernel scope link src 10.1.0.1 \n"
			  "10.2.0.0/24 dev r1 proto kernel scope link src 10.2.0.1 \n"
			  "10.3.0.0/16 dev r0 scope link \n"
			  "10.4.0.0/16 via 10.1.0.2 dev r0 \n"
			  "10.4.0.0/16 via 10.1.0.3 dev r0 metric 10 \n"
			  "10.4.0.0/16 via 10.1.0.9 dev r0 metric 10 \n"
			  "10.5.0.0/16 via 10.99.0.1 dev r0 onlink \n"
			  "10.6.0.0/16 via 10.1.0.2 dev r0 src 10.2.0.1 \n"
			  "unreachable 10.8.0.0/16 \n"
			  "throw 10.11.0.0/16 \n"
			  "10.12.0.2 via 10.1.0.7 dev r0 proto zebra mtu lock 1300 \n"),
	SHOWS("ip route show table local",
	      "local 10.1.0.1 dev r0 proto kernel scope host src 10.1.0.1 \n"
	      "broadcast 10.1.0.255 dev r0 proto kernel scope link src 10.1.0.1 \n"
	      "local 10.2.0.1 dev r1 proto kernel scope host src 10.2.0.1 \n"
	      "broadcast 10.2.0.255 dev r1 proto kernel scope link src 10.2.0.1 \n"),
	SHOWS("ip r s dev r1", "default via 10.2.0.254 metric 100 \n"
			       "10.2.0.0/24 proto kernel scope link src 10.2.0.1 \n"),
	SHOWS("ip route show match 10.3.1.1", "default via 10.1.0.254 dev r0 \n"
					      "default via 10.2.0.254 dev r1 metric 100 \n"
					      "10.3.0.0/16 dev r0 scope link \n"),
	SHOWS("ip route get 10.4.0.7",
	      "10.4.0.7 via 10.1.0.2 dev r0 src 10.1.0.1 uid 0 \n    cache \n"),
	SHOWS("ip route get 10.1.0.1",
	      "local 10.1.0.1 dev lo src 10.1.0.1 uid 0 \n    cache <local> \n"),
	FAILS("ip route get 10.8.0.7", 2, "RTNETLINK answers: No route to host"),
	FAILS("ip route del 10.99.0.0/16", 2, "RTNETLINK answers: No such process"),
	FAILS("ip route del 10.3.0.0/16 dev r1", 2, "RTNETLINK answers: No such process"),
	OK("ip route del 10.4.0.0/16 via 10.1.0.3"),
	OK("ip route replace 10.3.0.0/16 via 10.1.0.2"),
	FAILS("ip route change 10.33.0.0/16 via 10.1.0.2", 2,
	      "RTNETLINK answers: No such file or directory"),
	OK("ip route change 10.3.0.0/16 via 10.1.0.3"),
	SHOWS("ip route show root 10.3.0.0/16", "10.3.0.0/16 via 10.1.0.3 dev r0 \n"),
	FAILS("ip route flush", 1, "\"ip route flush\" requires arguments."),
	OK("ip route flush proto boot"),
	OK("ip route flush proto zebra"),
	SHOWS("ip route", "10.1.0.0/24 dev r0 proto kernel scope link src 10.1.0.1 \n"
			  "10.2.0.0/24 dev r1 proto kernel scope link src 10.2.0.1 \n"),
	{ 0 },
};

static void
test_route4(void **state)
{
	run_all(route4_steps);
}

static void
test_route6(void **state)
{
	static const struct step steps[] = {
		FAILS("ip -6 route add fd03::/64", 2, "RTNETLINK answers: No such device"),
		OK("ip -6 route add fd03::/64 dev r0"),
		FAILS("ip -6 route add fd03::/64 dev r1", 2, "RTNETLINK answers: File exists"),
		OK("ip route add fd04::/64 via fd01::2"),
		FAILS("ip -6 route add fd05::/64 via fd99::3", 2,
		      "RTNETLINK answers: No route to host"),
		FAILS("ip -6 route add fd05::/64 via fe80::1", 2,
		      "Error: Egress device not specified."),
		OK("ip -6 route add fd05::/64 via fe80::1 dev r0"),
		FAILS("ip -6 route add fd05:1::/64 via fd01::1", 2,
		      "Error: Gateway can not be a local address."),
		FAILS("ip -6 route add fd05:1::/64 via ff02::1 dev r0", 2,
		      "Error: Invalid gateway address."),
		OK("ip route add prohibit fd07::/64"),
		OK("ip route add default via fd01::9"),
		OK("ip -6 route add fd11::/64 via fd01::4 mtu 1400 proto static"),
		SHOWS("ip -6 route",
		      "fd01::/64 dev r0 proto kernel metric 256 pref medium\n"
		      "fd02::/64 dev r1 proto kernel metric 256 pref medium\n"
		      "fd03::/64 dev r0 metric 1024 pref medium\n"
		      "fd04::/64 via fd01::2 dev r0 metric 1024 pref medium\n"
		      "fd05::/64 via fe80::1 dev r0 metric 1024 pref medium\n"
		      "prohibit fd07::/64 dev lo metric 1024 pref medium\n"
		      "fd11::/64 via fd01::4 dev r0 proto static metric 1024 mtu 1400 pref medium\n"
		      "fe80::/64 dev r0 proto kernel metric 256 pref medium\n"
		      "fe80::/64 dev r1 proto kernel metric 256 pref medium\n"
		      "default via fd01::9 dev r0 metric 1024 pref medium\n"),
		SHOWS("ip -6 route get fd04::5",
		      "fd04::5 from :: via fd01::2 dev r0 src fd01::1 metric 1024 pref medium\n"),
		OK("ip -6 route del default"),
		FAILS("ip -6 route get 2001:db8::1", 2,
		      "RTNETLINK answers: Network is unreachable"),
		OK("ip -6 route flush root ::/0 proto boot"),
		OK("ip -6 route flush proto static"),
		{ 0 },
	};

	run_all(steps);
}

static void
test_neigh(void **state)
{
	static const struct step steps[] = {
		OK("ip neigh add 10.1.0.2 lladdr 02:00:00:00:00:02 dev r0"),
		FAILS("ip neigh add 10.1.0.2 lladdr 02:00:00:00:00:02 dev r0", 2,
		      "RTNETLINK answers: File exists"),
		OK("ip neigh replace 10.1.0.2 lladdr 02:00:00:00:00:03 dev r0"),
		FAILS("ip neigh change 10.1.0.9 lladdr 02:00:00:00:00:03 dev r0", 2,
		      "RTNETLINK answers: No such file or directory"),
		OK("ip neigh add 10.1.0.3 lladdr 02:00:00:00:00:02 dev r0 nud stale"),
		OK("ip neigh add 10.1.0.8 dev r0 nud failed"),
		FAILS("ip neigh add 10.1.0.6 dev r0", 2, "Error: No link layer address given."),
		FAILS("ip neigh add 10.1.0.12 dev r0 nud bogus", 255,
		      "Error: argument \"bogus\" is wrong: nud state is bad"),
		OK("ip n add fd01::2 lladdr 02:00:00:00:00:02 dev r0"),
		FAILS("ip neigh add 10.1.0.2 lladdr 02:00:00:00:00:02", 255,
		      "Device and destination are required arguments."),
		FAILS("ip neigh add foo lladdr 02:00:00:00:00:02 dev r0", 1,
		      "Error: any valid address is expected rather than \"foo\"."),
		SHOWS("ip neigh", "10.1.0.2 dev r0 lladdr 02:00:00:00:00:03 PERMANENT \n"
				  "10.1.0.3 dev r0 lladdr 02:00:00:00:00:02 STALE \n"
				  "10.1.0.8 dev r0 FAILED \n"
				  "fd01::2 dev r0 lladdr 02:00:00:00:00:02 PERMANENT \n"),
		SHOWS("ip neigh show dev r0 nud stale",
		      "10.1.0.3 lladdr 02:00:00:00:00:02 STALE \n"),
		SHOWS("ip neigh get 10.1.0.3 dev r0",
		      "10.1.0.3 dev r0 lladdr 02:00:00:00:00:02 STALE \n"),
		FAILS("ip neigh del 10.1.0.99 dev r0", 2,
		      "RTNETLINK answers: No such file or directory"),
		OK("ip neigh del 10.1.0.2 dev r0"),
		OK("ip neigh flush all"),
		SHOWS("ip neigh", "fd01::2 dev r0 lladdr 02:00:00:00:00:02 PERMANENT \n"),
		OK("ip neigh del fd01::2 dev r0"),
		/* A route's gateway is no entry until somebody asks for it. */
		OK("ip route add 10.9.0.0/16 via 10.1.0.44"),
		SHOWS("ip neigh", ""),
		OK("ip neigh add 10.1.0.44 lladdr 02:00:00:00:00:02 dev r0"),
		OK("ip neigh del 10.1.0.44 dev r0"),
		OK("ip route del 10.9.0.0/16"),
		{ 0 },
	};

	run_all(steps);
}

static void
test_realm(void **state)
{
	static const struct step adds[] = {
		OK("ip route add 10.9.0.0/16 via 10.1.0.9 realm 5"),
		OK("ip route add 10.10.0.0/16 realms 1/ nexthop via 10.1.0.9 realms 1/cosmos"),
		OK("ip route add unreachable 10.11.0.0/16 realm 19660805"),
		OK("ip route replace 10.9.0.0/16 via 10.1.0.9 realm 6"),
		SHOWS("ip route show root 10.8.0.0/14",
		      "10.9.0.0/16 via 10.1.0.9 dev r0 realm 6 \n"
		      "10.10.0.0/16 via 10.1.0.9 dev r0 realms 1/cosmos \n"
		      "unreachable 10.11.0.0/16 realms 300/5 \n"),
		SHOWS("ip route save root 10.8.0.0/14",
		      "route add 10.9.0.0/16 via 10.1.0.9 dev r0 realm 6 \n"
		      "route add 10.10.0.0/16 via 10.1.0.9 dev r0 realms 1/cosmos \n"
		      "route add unreachable 10.11.0.0/16 realms 19660805 \n"),
		{ 0 },
	};
	static const struct step dels[] = {
		OK("ip route change 10.9.0.0/16 via 10.1.0.9"),
		OK("ip route del 10.10.0.0/16 via 10.1.0.9 realms 1/0"),
		OK("ip route del unreachable 10.11.0.0/16"),
		{ 0 },
	};

	assert_false(route_has_realms());
	run_all(adds);
	assert_true(route_has_realms());
	run_all(dels);
	assert_false(route_has_realms());
	run(&(struct step)OK("ip route del 10.9.0.0/16"), NULL);
}

static void
test_batch(void **state)
{
	static const struct step stops = FAILS("ip -batch -", 1,
					       "RTNETLINK answers: File exists\n"
					       "Command failed -:3");
	static const struct step goes_on = { "ip -force -batch -", 1, "", NULL };
	static const struct step shows =
		SHOWS("ip route show root 10.50.0.0/15", "10.50.0.0/16 dev r0 scope link \n");
	static const struct step shows_both =
		SHOWS("ip route show root 10.50.0.0/15", "10.50.0.0/16 dev r0 scope link \n"
							 "10.51.0.0/16 dev r0 scope link \n");
	const char *text = "# two routes\nroute add 10.50.0.0/16 dev r0\n"
			   "route add 10.50.0.0/16 dev r0\nroute add 10.51.0.0/16 dev r0\n";

	run(&stops, text);
	run(&shows, NULL);
	run(&goes_on, text);
	run(&shows_both, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_addr),   cmocka_unit_test(test_link),
		cmocka_unit_test(test_route4), cmocka_unit_test(test_route6),
		cmocka_unit_test(test_neigh),  cmocka_unit_test(test_realm),
		cmocka_unit_test(test_batch),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
