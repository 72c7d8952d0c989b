/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/route: the FIB pair against a plain longest-prefix search, batches, next hops. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "route_setup.h"

#include <rte_byteorder.h>

#include "addr.h"
#include "fib_groups.h"
#include "fib_instance.h"
#include "route_rib.h"

static struct route
unreachable(const char *dst, uint32_t metric)
{
	return (struct route){ .dst = prefix(dst),
			       .type = RTN_UNREACHABLE,
			       .table = RT_TABLE_MAIN,
			       .proto = RTPROT_STATIC,
			       .metric = metric };
}

static int
add(struct route r)
{
	struct err e;

	return route_add(&r, ROUTE_CREATE | ROUTE_EXCL, &e);
}

static int
del(struct route r)
{
	struct route_match m = { .mask = ROUTE_M_DST | ROUTE_M_METRIC, .r = r };
	struct err e;

	return route_del(&m, &e);
}

static void
test_best_of_several(void **state)
{
	struct route a = unreachable("10.0.0.0/8", 20), b = unreachable("10.0.0.0/8", 10);

	b.type = RTN_PROHIBIT;
	assert_int_equal(lookup("10.1.1.1")->type, NEXTHOP_NO_ROUTE);
	assert_int_equal(add(a), 0);
	assert_int_equal(add(a), -EEXIST);
	assert_int_equal(lookup("10.1.1.1")->type, NEXTHOP_UNREACHABLE);
	assert_int_equal(add(b), 0);
	assert_int_equal(lookup("10.1.1.1")->type, NEXTHOP_PROHIBIT);
	assert_int_equal(del(b), 0);
	assert_int_equal(lookup("10.1.1.1")->type, NEXTHOP_UNREACHABLE);
	assert_int_equal(del(b), -ESRCH);
	assert_int_equal(del(a), 0);
	assert_int_equal(lookup("10.1.1.1")->type, NEXTHOP_NO_ROUTE);
}

static void
test_default_and_throw(void **state)
{
	struct route d = unreachable("0.0.0.0/0", 0), d6 = unreachable("::/0", 0);
	struct route t = unreachable("10.0.0.0/8", 0);

	t.type = RTN_THROW;
	assert_int_equal(add(d), 0);
	d6.metric = 1024;
	assert_int_equal(add(d6), 0);
	assert_int_equal(add(t), 0);
	assert_int_equal(lookup("192.0.2.1")->type, NEXTHOP_UNREACHABLE);
	assert_int_equal(lookup("2001:db8::1")->type, NEXTHOP_UNREACHABLE);
	assert_int_equal(lookup("10.2.3.4")->type, NEXTHOP_THROW);
	assert_int_equal(del(d), 0);
	assert_int_equal(del(d6), 0);
	assert_int_equal(del(t), 0);
}

/* A plain list as the reference. */
#define REF_MAX 3000

static struct route ref[REF_MAX];
static unsigned nb_ref;

static uint8_t
ref_lookup(const struct ip_addr *a)
{
	const struct route *best = NULL;

	for (unsigned i = 0; i < nb_ref; i++)
		if (ip_prefix_contains(&ref[i].dst, a) &&
		    (best == NULL || ref[i].dst.len > best->dst.len ||
		     (ref[i].dst.len == best->dst.len && ref[i].metric < best->metric)))
			best = &ref[i];
	return best == NULL                    ? NEXTHOP_NO_ROUTE
	       : best->type == RTN_PROHIBIT    ? NEXTHOP_PROHIBIT
	       : best->type == RTN_UNREACHABLE ? NEXTHOP_UNREACHABLE
					       : NEXTHOP_BLACKHOLE;
}

static struct route
random_route(uint8_t family)
{
	static const uint8_t lens6[] = { 0, 16, 24, 32, 40, 47, 48, 56, 63, 64, 65, 96, 127, 128 };
	static const uint8_t types[] = { RTN_UNREACHABLE, RTN_PROHIBIT, RTN_BLACKHOLE };
	struct route r = { .table = RT_TABLE_MAIN,
			   .metric = 1 + random() % 3,
			   .type = types[random() % 3] };

	r.dst.addr.family = family;
	/* A small corner of the address space, so that prefixes nest. */
	if (family == AF_INET) {
		r.dst.addr.v4 = rte_cpu_to_be_32(0x0a000000 | (random() % 0x20000));
		r.dst.len = random() % 33;
	} else {
		r.dst.addr.v6[0] = 0x20;
		r.dst.addr.v6[5] = random() % 4;
		r.dst.addr.v6[7] = random() % 8;
		r.dst.addr.v6[15] = random() % 8;
		r.dst.len = lens6[random() % sizeof(lens6)];
	}
	ip_addr_mask(&r.dst.addr, r.dst.len);
	return r;
}

static void
compare(uint8_t family, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		struct route r = random_route(family);
		char text[IP_ADDR_TEXT];

		if (random() % 2)
			r.dst.addr.w[family == AF_INET ? 0 : 3] ^=
				rte_cpu_to_be_32(random() & 0xff);
		ip_addr_text(&r.dst.addr, text);
		assert_int_equal(lookup(text)->type, ref_lookup(&r.dst.addr));
	}
}

static void
random_change(uint8_t family)
{
	if (nb_ref > 0 && (random() % 5 < 2 || nb_ref == REF_MAX)) {
		unsigned i = random() % nb_ref;

		assert_int_equal(del(ref[i]), 0);
		ref[i] = ref[--nb_ref];
		return;
	}
	struct route r = random_route(family);
	bool there = false;

	for (unsigned i = 0; i < nb_ref; i++)
		there |= ref[i].dst.len == r.dst.len && ref[i].metric == r.metric &&
			 ip_addr_equal(&ref[i].dst.addr, &r.dst.addr);
	assert_int_equal(add(r), there ? -EEXIST : 0);
	if (!there)
		ref[nb_ref++] = r;
}

static void
random_run(uint8_t family)
{
	struct err e;

	srandom(7);
	nb_ref = 0;
	for (unsigned round = 0; round < 60; round++) {
		bool batch = round % 2;

		if (batch)
			route_batch_begin();
		for (unsigned i = 0; i < 50; i++)
			random_change(family);
		if (batch)
			assert_int_equal(route_batch_end(&e), 0);
		/* Each change swapped the instances: an odd and an even one are both seen. */
		compare(family, 200);
		random_change(family);
		compare(family, 200);
	}
	while (nb_ref > 0)
		assert_int_equal(del(ref[--nb_ref]), 0);
	compare(family, 50);
}

static void
test_random4(void **state)
{
	random_run(AF_INET);
}

static void
test_random6(void **state)
{
	random_run(AF_INET6);
}

static int
by_address(const void *pa, const void *pb)
{
	const struct ip_prefix *a = pa, *b = pb;
	unsigned bytes = ip_addr_bits(a->addr.family) / 8;
	int d = memcmp(&a->addr.w, &b->addr.w, bytes);

	return d != 0 ? d : a->len - b->len;
}

#define GROUPS_PREFIXES 500

static int
fill(const struct ip_prefix *p, uint32_t groups)
{
	struct fib_instance i = { .routes = 4096, .tbl8 = groups };
	int rc;

	assert_int_equal(fib_instance_make(p->addr.family, &i), 0);
	rc = 0;
	for (unsigned k = 0; k < GROUPS_PREFIXES && rc == 0; k++)
		rc = fib_instance_put(&i, &p[k], 1 + k % 3);
	fib_instance_free(p->addr.family, &i);
	return rc;
}

/* The library can do with little more groups than are counted, and not with much fewer. */
static void
test_groups(void **state)
{
	static const uint8_t families[] = { AF_INET, AF_INET6 };
	static struct ip_prefix p[GROUPS_PREFIXES];

	srandom(3);
	for (unsigned f = 0; f < 2; f++) {
		struct fib_groups g = { .n = 0 };

		for (unsigned i = 0; i < GROUPS_PREFIXES; i++)
			p[i] = random_route(families[f]).dst;
		qsort(p, GROUPS_PREFIXES, sizeof(*p), by_address);
		for (unsigned i = 0; i < GROUPS_PREFIXES; i++)
			fib_groups_add(&g, &p[i]);
		assert_in_range(g.n, 10, GROUPS_PREFIXES);
		assert_int_equal(fill(p, g.n + g.n / 8 + 1), 0);
		assert_int_equal(fill(p, g.n / 2), -ENOSPC);
	}
}

/* More routes than the tables start with: they grow, and nothing is lost. */
static void
test_growth(void **state)
{
	unsigned before4 = route_count(AF_INET), before6 = route_count(AF_INET6);
	struct route_match m = { .mask = ROUTE_M_PROTO | ROUTE_M_FAMILY };
	struct err e;

	route_batch_begin();
	for (unsigned i = 0; i < 5000; i++) {
		struct route r = unreachable("11.0.0.0/25", 0), r6 = unreachable("2002::/48", 0);

		r.dst.addr.v4 = rte_cpu_to_be_32(0x0b000000 + (i << 8));
		r6.dst.addr.v6[4] = i >> 8;
		r6.dst.addr.v6[5] = i;
		assert_int_equal(add(r), 0);
		if (i < 2500) /* the test's memory is small */
			assert_int_equal(add(r6), 0);
	}
	assert_int_equal(route_batch_end(&e), 0);
	for (unsigned i = 0; i < 5000; i += 37) {
		char text[IP_ADDR_TEXT];

		snprintf(text, sizeof(text), "11.%u.%u.5", i >> 8, i & 0xff);
		assert_int_equal(lookup(text)->type, NEXTHOP_UNREACHABLE);
		snprintf(text, sizeof(text), "11.%u.%u.128", i >> 8, i & 0xff);
		assert_int_equal(lookup(text)->type, NEXTHOP_NO_ROUTE);
		snprintf(text, sizeof(text), "2002:0:%x::7", i);
		assert_int_equal(lookup(text)->type,
				 i < 2500 ? NEXTHOP_UNREACHABLE : NEXTHOP_NO_ROUTE);
	}
	m.r.proto = RTPROT_STATIC;
	m.r.dst.addr.family = AF_INET;
	assert_int_equal(route_flush(&m, &e), 5000);
	m.r.dst.addr.family = AF_INET6;
	assert_int_equal(route_flush(&m, &e), 2500);
	assert_int_equal(route_count(AF_INET), before4);
	assert_int_equal(route_count(AF_INET6), before6);
	assert_int_equal(lookup("11.1.1.1")->type, NEXTHOP_NO_ROUTE);
}

static void
test_gateways(void **state)
{
	struct addr a = { .prefix = prefix("10.1.0.1/24"), .port = port_index("r0") };
	struct route r = { .dst = prefix("10.9.0.0/16"),
			   .type = RTN_UNICAST,
			   .table = RT_TABLE_MAIN,
			   .gw = ip("10.1.0.2") };
	const struct nexthop *one, *two;
	struct err e;

	assert_int_equal(route_add(&r, ROUTE_CREATE, &e), -ENETUNREACH);
	assert_string_equal(e.text, "Nexthop has invalid gateway");
	assert_int_equal(addr_add(&a, &e), 0);
	assert_int_equal(route_add(&r, ROUTE_CREATE, &e), 0);
	r.dst = prefix("10.10.0.0/16");
	assert_int_equal(route_add(&r, ROUTE_CREATE, &e), 0);
	one = lookup("10.9.1.1");
	two = lookup("10.10.1.1");
	assert_ptr_equal(one, two);
	assert_int_equal(one->type, NEXTHOP_UNICAST);
	assert_int_equal(one->port, port_index("r0"));
	assert_non_null(one->neigh);
	assert_ptr_equal(one->neigh, neigh_find(one->port, &r.gw));
	/* A gateway behind a gateway is none. */
	r.gw = ip("10.9.0.1");
	r.dst = prefix("10.11.0.0/16");
	assert_int_equal(route_add(&r, ROUTE_CREATE, &e), -ENETUNREACH);
	/* The last address of the port takes its routes along. */
	assert_int_equal(addr_del(a.port, &a.prefix, false, &e), 0);
	assert_int_equal(lookup("10.9.1.1")->type, NEXTHOP_NO_ROUTE);
	assert_int_equal(lookup("10.1.0.1")->type, NEXTHOP_NO_ROUTE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_best_of_several), cmocka_unit_test(test_default_and_throw),
		cmocka_unit_test(test_random4),         cmocka_unit_test(test_random6),
		cmocka_unit_test(test_gateways),        cmocka_unit_test(test_growth),
		cmocka_unit_test(test_groups),
	};

	return cmocka_run_group_tests(tests, route_setup, NULL);
}
