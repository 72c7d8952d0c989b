/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/route: proxy entries. */
#include <errno.h>

#include "route_setup.h"

#include "neigh_proxy.h"

static unsigned count;

static void
add_up(const struct neigh_info *i, void *arg)
{
	assert_true(i->proxy);
	count++;
}

static unsigned
entries(void)
{
	count = 0;
	neigh_proxy_walk(add_up, NULL);
	return count;
}

static void delete (const struct neigh_info *i, void *arg)
{
	assert_int_equal(neigh_proxy_del(i->port, &i->addr), 0);
}

static int
clean(void **state)
{
	neigh_proxy_walk(delete, NULL);
	rcu_wait();
	rcu_reap();
	assert_int_equal(entries(), 0);
	return 0;
}

static void
test_found_by_port(void **state)
{
	uint16_t r0 = port_index("r0"), r1 = port_index("r1");
	struct ip_addr a = ip("10.9.0.1"), b = ip("fd09::1"), all = ip("10.9.0.2");
	bool router = true;
	struct err e;

	assert_false(neigh_proxy_find(r0, &a, NULL));
	assert_false(neigh_proxy_any6());
	assert_int_equal(neigh_proxy_add(r0, &a, false, &e), 0);
	assert_int_equal(neigh_proxy_add(0, &all, false, &e), 0);
	assert_false(neigh_proxy_any6());
	assert_int_equal(neigh_proxy_add(r1, &b, false, &e), 0);
	assert_int_equal(neigh_proxy_add(0, &b, false, &e), -ENOBUFS);
	assert_true(neigh_proxy_any6());
	assert_true(neigh_proxy_find(r0, &a, &router));
	assert_false(router);
	assert_false(neigh_proxy_find(r1, &a, NULL));
	assert_true(neigh_proxy_find(r0, &all, NULL) && neigh_proxy_find(r1, &all, NULL));
	/* Again: only the flag changes. */
	assert_int_equal(neigh_proxy_add(r1, &b, true, &e), 0);
	assert_true(neigh_proxy_find(r1, &b, &router));
	assert_true(router);
	assert_int_equal(entries(), 3);
	assert_int_equal(neigh_proxy_del(r1, &a), -ENOENT);
	neigh_proxy_flush_port(r1, AF_INET);
	assert_int_equal(entries(), 3);
	neigh_proxy_flush_port(r1, AF_INET6);
	assert_int_equal(entries(), 2);
	assert_false(neigh_proxy_any6());
}

static void
test_group(void **state)
{
	struct ip_addr a = ip("fd09::1:2:3"), near = ip("ff02::1:ff02:3"),
		       far = ip("ff02::1:ff02:4");
	struct err e;

	assert_int_equal(neigh_proxy_add(port_index("r0"), &a, false, &e), 0);
	assert_true(neigh_proxy_group6(port_index("r0"), near.v6));
	assert_false(neigh_proxy_group6(port_index("r1"), near.v6));
	assert_false(neigh_proxy_group6(port_index("r0"), far.v6));
}

static void
test_full(void **state)
{
	struct ip_addr a = ip("10.9.0.0");
	struct err e;

	for (unsigned i = 0; i < NEIGH_PROXY_MAX; i++) {
		/* In no order. */
		a.v4 = rte_cpu_to_be_32(0x0a090000 + i * 389 % NEIGH_PROXY_MAX);
		assert_int_equal(neigh_proxy_add(port_index("r0"), &a, false, &e), 0);
		rcu_reap();
	}
	assert_int_equal(entries(), NEIGH_PROXY_MAX);
	a = ip("10.10.0.0");
	assert_int_equal(neigh_proxy_add(port_index("r0"), &a, false, &e), -ENOBUFS);
	assert_string_equal(e.text, "Proxy table is full (1024 entries)");
	for (unsigned i = 0; i < NEIGH_PROXY_MAX; i++) {
		a.v4 = rte_cpu_to_be_32(0x0a090000 + i);
		assert_true(neigh_proxy_find(port_index("r0"), &a, NULL));
	}
	neigh_proxy_flush_port(port_index("r0"), 0);
	assert_int_equal(entries(), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_found_by_port, clean),
		cmocka_unit_test_teardown(test_group, clean),
		cmocka_unit_test_teardown(test_full, clean),
	};

	return cmocka_run_group_tests(tests, route_setup, NULL);
}
