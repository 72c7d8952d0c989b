/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/route: addresses with their routes, source selection, ports that rise and fall. */
#include <errno.h>

#include "route_setup.h"

#include "addr.h"
#include "base_param.h"
#include "route_rib.h"

static int
add(const char *text, const char *port)
{
	struct addr a = { .prefix = prefix(text), .port = port_index(port) };
	struct err e;

	if (ip_addr_is_link_local(&a.prefix.addr))
		a.scope = RT_SCOPE_LINK;
	return addr_add(&a, &e);
}

static int
del(const char *text, const char *port)
{
	struct ip_prefix p = prefix(text);
	struct err e;

	return addr_del(port_index(port), &p, false, &e);
}

static bool
own(const char *text)
{
	struct ip_addr a = ip(text);

	return addr_is_own(gen_current(), &a) &&
	       (a.family != AF_INET || addr_maybe_own4(gen_current(), a.v4));
}

static void
assert_source(const char *port, const char *dst, const char *expect)
{
	struct ip_addr to = ip(dst), got;
	char text[IP_ADDR_TEXT];

	got = addr_select(gen_current(), port_index(port), &to);
	assert_string_equal(ip_addr_text(&got, text), expect);
}

static void
be_router(bool on)
{
	param_set(param_find("net.ipv6.conf.all.forwarding"), on);
}

static void
test_routes_of_an_address(void **state)
{
	assert_int_equal(add("10.1.0.1/24", "r0"), 0);
	assert_int_equal(add("10.1.0.1/24", "r0"), -EEXIST);
	assert_true(own("10.1.0.1"));
	assert_false(own("10.1.0.2"));
	assert_int_equal(lookup("10.1.0.1")->type, NEXTHOP_LOCAL);
	assert_int_equal(lookup("10.1.0.2")->type, NEXTHOP_UNICAST);
	assert_int_equal(lookup("10.1.0.2")->port, port_index("r0"));
	assert_null(lookup("10.1.0.2")->neigh);
	assert_int_equal(lookup("10.1.0.255")->type, NEXTHOP_BROADCAST);
	assert_int_equal(lookup("10.1.0.0")->type, NEXTHOP_UNICAST); /* subnet zero */
	assert_int_equal(lookup("10.1.1.0")->type, NEXTHOP_NO_ROUTE);
	assert_int_equal(del("10.1.0.1/25", "r0"), -EADDRNOTAVAIL);
	assert_int_equal(del("10.1.0.1/24", "r0"), 0);
	assert_false(own("10.1.0.1"));
	assert_int_equal(lookup("10.1.0.1")->type, NEXTHOP_NO_ROUTE);
	assert_int_equal(lookup("10.1.0.255")->type, NEXTHOP_NO_ROUTE);
}

static void
test_narrow_subnets(void **state)
{
	assert_int_equal(add("10.1.0.0/31", "r0"), 0);
	assert_int_equal(lookup("10.1.0.0")->type, NEXTHOP_LOCAL);
	assert_int_equal(lookup("10.1.0.1")->type, NEXTHOP_UNICAST);
	assert_int_equal(add("10.3.0.4/32", "r0"), 0);
	assert_int_equal(lookup("10.3.0.4")->type, NEXTHOP_LOCAL);
	assert_int_equal(add("fd20::5/127", "r0"), 0);
	assert_int_equal(lookup("fd20::4")->type, NEXTHOP_UNICAST);
	assert_int_equal(lookup("fd20::5")->type, NEXTHOP_LOCAL);
	assert_int_equal(add("fd21::1/64", "r0"), 0);
	assert_int_not_equal(lookup("fd21::")->type, NEXTHOP_LOCAL);
	be_router(true);
	assert_int_equal(lookup("fd21::")->type, NEXTHOP_LOCAL); /* routers' anycast */
	be_router(false);
	assert_int_not_equal(lookup("fd21::")->type, NEXTHOP_LOCAL);
	assert_int_equal(del("10.1.0.0/31", "r0"), 0);
	assert_int_equal(del("10.3.0.4/32", "r0"), 0);
	assert_int_equal(del("fd20::5/127", "r0"), 0);
	assert_int_equal(del("fd21::1/64", "r0"), 0);
	assert_int_equal(lookup("fd21::")->type, NEXTHOP_NO_ROUTE);
}

static void
test_secondaries(void **state)
{
	assert_int_equal(add("10.1.0.1/24", "r0"), 0);
	assert_int_equal(add("10.1.0.2/24", "r0"), 0);
	assert_int_equal(add("10.5.0.1/24", "r0"), 0);
	assert_source("r0", "10.1.0.77", "10.1.0.1");
	assert_source("r0", "10.5.0.77", "10.5.0.1");
	assert_source("r0", "192.0.2.1", "10.1.0.1");
	assert_source("r1", "192.0.2.1", "10.1.0.1"); /* r1 has none */
	/* The primary takes its secondaries along. */
	assert_int_equal(del("10.1.0.1/24", "r0"), 0);
	assert_false(own("10.1.0.2"));
	assert_true(own("10.5.0.1"));
	assert_int_equal(lookup("10.1.0.2")->type, NEXTHOP_NO_ROUTE);
	assert_int_equal(del("10.5.0.1/24", "r0"), 0);
}

static void
test_promotion(void **state)
{
	struct param *p = param_find("net.ipv4.conf.all.promote_secondaries");
	struct err e;

	assert_int_equal(param_set_text(p, "1", &e), 0);
	assert_int_equal(add("10.1.0.1/24", "r0"), 0);
	assert_int_equal(add("10.1.0.2/24", "r0"), 0);
	assert_int_equal(del("10.1.0.1/24", "r0"), 0);
	assert_true(own("10.1.0.2"));
	assert_source("r0", "10.1.0.9", "10.1.0.2");
	assert_int_equal(lookup("10.1.0.9")->type, NEXTHOP_UNICAST);
	assert_int_equal(del("10.1.0.2/24", "r0"), 0);
	assert_int_equal(param_set_text(p, "0", &e), 0);
}

static void
test_same_subnet_on_two_ports(void **state)
{
	assert_int_equal(add("10.1.0.1/24", "r0"), 0);
	assert_int_equal(add("10.1.0.2/24", "r1"), 0);
	assert_int_equal(lookup("10.1.0.9")->port, port_index("r0"));
	assert_int_equal(del("10.1.0.1/24", "r0"), 0);
	assert_int_equal(lookup("10.1.0.9")->port, port_index("r1"));
	assert_int_equal(del("10.1.0.2/24", "r1"), 0);
}

static void
test_link_local_and_groups(void **state)
{
	const struct port *p = port_get(gen_current(), port_index("r0"));
	struct ip_addr ll = addr_link_local(gen_current(), p->index), a;
	const uint8_t *mac = p->mac.addr_bytes;

	assert_int_equal(ll.family, AF_INET6);
	assert_int_equal(ll.v6[8], mac[0] ^ 2);
	assert_int_equal(ll.v6[11], 0xff);
	assert_int_equal(ll.v6[15], mac[5]);
	assert_true(addr_is_own_on(gen_current(), p->index, &ll));
	assert_int_not_equal(route6_on_link(gen_current(), p->index), NEXTHOP_NONE);
	assert_int_equal(nexthop_get(route6_on_link(gen_current(), p->index))->port, p->index);

	assert_int_equal(add("fd01::1:2345/64", "r0"), 0);
	a = ip("ff02::1:ff01:2345");
	assert_true(addr_in_group6(gen_current(), p->index, a.v6));
	assert_false(addr_in_group6(gen_current(), port_index("r1"), a.v6));
	a = ip("ff02::1:ff01:2346");
	assert_false(addr_in_group6(gen_current(), p->index, a.v6));
	a = ip("ff02::1");
	assert_true(addr_in_group6(gen_current(), p->index, a.v6));
	a = ip("ff02::2");
	assert_false(addr_in_group6(gen_current(), p->index, a.v6));
	be_router(true);
	assert_true(addr_in_group6(gen_current(), p->index, a.v6));
	be_router(false);
	a = ip("ff02::5");
	assert_false(addr_in_group6(gen_current(), p->index, a.v6));
	assert_int_equal(del("fd01::1:2345/64", "r0"), 0);
}

static void
test_source6(void **state)
{
	assert_int_equal(add("fd01::1/64", "r0"), 0);
	assert_int_equal(add("2001:db8::1/64", "r0"), 0);
	assert_int_equal(add("fd02::1/64", "r1"), 0);
	assert_source("r0", "fd01::99", "fd01::1");
	assert_source("r0", "2001:db8::99", "2001:db8::1");
	assert_source("r1", "2001:db8::99", "fd02::1"); /* its own port first */
	assert_source("r0", "fd02::1", "fd02::1");      /* to ourselves */
	assert_int_equal(del("fd01::1/64", "r0"), 0);
	assert_int_equal(del("2001:db8::1/64", "r0"), 0);
	assert_int_equal(del("fd02::1/64", "r1"), 0);
}

static void
test_down_and_up(void **state)
{
	struct route r = { .dst = prefix("10.9.0.0/16"),
			   .type = RTN_UNICAST,
			   .table = RT_TABLE_MAIN,
			   .gw = ip("10.1.0.2") };
	struct err e;

	assert_int_equal(add("10.1.0.1/24", "r0"), 0);
	assert_int_equal(add("fd01::1/64", "r0"), 0);
	assert_int_equal(route_add(&r, ROUTE_CREATE, &e), 0);
	assert_int_equal(port_set_up("r0", false, &e), 0);
	assert_int_equal(lookup("10.1.0.1")->type, NEXTHOP_LOCAL);
	assert_int_equal(lookup("10.1.0.2")->type, NEXTHOP_NO_ROUTE);
	assert_int_equal(lookup("10.9.0.2")->type, NEXTHOP_NO_ROUTE);
	assert_int_equal(lookup("fd01::1")->type, NEXTHOP_NO_ROUTE);
	assert_false(own("fd01::1"));
	assert_int_equal(addr_link_local(gen_current(), port_index("r0")).family, AF_UNSPEC);
	assert_int_equal(route_add(&r, ROUTE_CREATE, &e), -ENETUNREACH);
	assert_int_equal(port_set_up("r0", true, &e), 0);
	assert_int_equal(lookup("10.1.0.2")->type, NEXTHOP_UNICAST);
	assert_int_equal(lookup("10.1.0.255")->type, NEXTHOP_BROADCAST);
	assert_int_equal(lookup("10.9.0.2")->type, NEXTHOP_NO_ROUTE); /* static: gone for good */
	assert_int_equal(addr_link_local(gen_current(), port_index("r0")).family, AF_INET6);
	assert_int_equal(del("10.1.0.1/24", "r0"), 0);
}

static void
test_port_goes(void **state)
{
	unsigned routes4 = route_count(AF_INET), routes6 = route_count(AF_INET6);
	struct ip_addr gw = ip("10.8.0.2");
	struct route r = {
		.dst = prefix("10.9.0.0/16"), .type = RTN_UNICAST, .table = RT_TABLE_MAIN, .gw = gw
	};
	struct err e;

	assert_int_equal(port_add("r2", "net_null2", 1, &e), 0);
	assert_int_equal(add("10.8.0.1/24", "r2"), 0);
	assert_int_equal(route_add(&r, ROUTE_CREATE, &e), 0);
	assert_non_null(neigh_find(port_index("r2"), &gw));
	uint16_t index = port_index("r2");

	assert_int_equal(port_del("r2", &e), 0);
	assert_int_equal(route_count(AF_INET), routes4);
	assert_int_equal(route_count(AF_INET6), routes6);
	assert_false(own("10.8.0.1"));
	assert_null(neigh_find(index, &gw));
	assert_int_equal(lookup("10.9.0.1")->type, NEXTHOP_NO_ROUTE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_routes_of_an_address),
		cmocka_unit_test(test_narrow_subnets),
		cmocka_unit_test(test_secondaries),
		cmocka_unit_test(test_promotion),
		cmocka_unit_test(test_same_subnet_on_two_ports),
		cmocka_unit_test(test_link_local_and_groups),
		cmocka_unit_test(test_source6),
		cmocka_unit_test(test_down_and_up),
		cmocka_unit_test(test_port_goes),
	};

	return cmocka_run_group_tests(tests, route_setup, NULL);
}
