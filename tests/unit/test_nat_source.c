/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * lib/nat/nat_source.c: connections by their source. Two threads at once, too: under a thread sanitizer that says whether
 * entries are used again only when nobody is at them.
 */
#include <pthread.h>

#include "nat_setup.h"

#define MANY 500
#define STEPS 4000
#define SOURCES 4 /* of both threads, so that they meet */

/* An entry of that lane, whose source became port at the outside address. */
static struct ct *
listed(unsigned lane, unsigned sport, unsigned dport, unsigned port, uint16_t zone)
{
	struct ct_tuple t = tuple(IPPROTO_UDP, "10.1.0.2", sport, "10.2.0.2", dport), reply;
	struct ct *ct = ct_alloc(lane, AF_INET);

	assert_non_null(ct);
	ct->proto = t.proto;
	t.zone = zone;
	ct_invert(&reply, &t);
	reply.dst = addr_of("10.2.0.1");
	reply.dport = htons(port);
	ct_tuple_set(ct, CT_ORIGINAL, &t);
	ct_tuple_set(ct, CT_REPLY, &reply);
	nat_source_add(ct);
	return ct;
}

/* The port that a connection from there to another server would get by it; 0: none. */
static unsigned
found(unsigned sport, uint16_t zone, struct nat_range r)
{
	struct ct_tuple t = tuple(IPPROTO_UDP, "10.1.0.2", sport, "10.2.0.3", 9), to;

	t.zone = zone;
	if (!nat_source_find(&t, zone, &r, &to))
		return 0;
	assert_int_equal(to.dst.v4, t.dst.v4);
	assert_int_equal(to.dport, t.dport);
	assert_int_equal(to.src.v4, addr_of("10.2.0.1").v4);
	return ntohs(to.sport);
}

static struct nat_range
anywhere(void)
{
	return range("10.2.0.0", "10.2.0.255");
}

static void
finding(void **state)
{
	struct ct *ct = listed(0, 5000, 53, 7000, 0), *other;

	assert_true(ct_status(ct) & CT_NAT_LISTED);
	assert_int_equal(found(5000, 0, anywhere()), 7000);
	assert_int_equal(found(5001, 0, anywhere()), 0);
	assert_int_equal(found(5000, 7, anywhere()), 0);
	assert_int_equal(found(5000, 0, range("10.2.0.2", "10.2.0.9")), 0);
	assert_int_equal(found(5000, 0, ports("10.2.0.1", 7000, 7001, 0)), 7000);
	assert_int_equal(found(5000, 0, ports("10.2.0.1", 7001, 7002, 0)), 0);
	/* The newest one that lies in the range. */
	other = listed(0, 5000, 54, 8000, 0);
	assert_int_equal(found(5000, 0, anywhere()), 8000);
	assert_int_equal(found(5000, 0, ports("10.2.0.1", 7000, 7001, 0)), 7000);
	ct_free(0, other);
	assert_int_equal(found(5000, 0, anywhere()), 7000);
	nat_source_remove(ct);
	assert_false(ct_status(ct) & CT_NAT_LISTED);
	assert_int_equal(found(5000, 0, anywhere()), 0);
	nat_source_remove(ct);
	ct_free(0, ct);
}

/* Many of one source, that go in any order; their places are used again. */
static void
many(void **state)
{
	struct ct *ct[MANY];

	for (unsigned round = 0; round < 3; round++) {
		for (unsigned i = 0; i < MANY; i++)
			ct[i] = listed(0, 5000, i, 7000 + i, 0);
		assert_int_equal(found(5000, 0, anywhere()), 7000 + MANY - 1);
		for (unsigned i = 0; i < MANY; i++)
			ct_free(0, ct[(i * 7 + round) % MANY]);
		assert_int_equal(found(5000, 0, anywhere()), 0);
	}
}

/* A translated connection that leaves the table is nobody's any more, before its place is free. */
static void
leaving(void **state)
{
	struct ct_tuple t = tuple(IPPROTO_UDP, "10.1.0.2", 5000, "10.2.0.2", 53);
	struct nat_range r = range("10.2.0.1", "10.2.0.1");
	struct ct *ct = fresh(&t, 0);

	nat_setup_null(&ctx, ct, NAT_DST);
	nat_setup(&ctx, ct, &r, NAT_SRC);
	assert_true(confirmed(ct));
	assert_int_equal(found(5000, 0, anywhere()), 5000);
	assert_true(ct_remove(0, ct));
	assert_int_equal(found(5000, 0, anywhere()), 0);
	next_burst();
}

static void *
churn(void *arg)
{
	unsigned lane = (uintptr_t)arg;
	struct ct *held[8] = { NULL };

	for (unsigned i = 0; i < STEPS; i++) {
		unsigned port = found(5000 + i % SOURCES, 0, anywhere());

		/* Of one that stands or has stood; never a half one. */
		assert_true(port == 0 || (port - 7000) % SOURCES == i % SOURCES);
		if (held[i % 8] != NULL)
			ct_free(lane, held[i % 8]);
		held[i % 8] = listed(lane, 5000 + i % SOURCES, i, 7000 + i, 0);
	}
	for (unsigned i = 0; i < RTE_DIM(held); i++)
		ct_free(lane, held[i]);
	return NULL;
}

static void
threads(void **state)
{
	pthread_t other;

	assert_int_equal(pthread_create(&other, NULL, churn, (void *)1), 0);
	churn((void *)0);
	assert_int_equal(pthread_join(other, NULL), 0);
	for (unsigned i = 0; i < SOURCES; i++)
		assert_int_equal(found(5000 + i, 0, anywhere()), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(finding, nat_test_begin),
		cmocka_unit_test_setup(many, nat_test_begin),
		cmocka_unit_test_setup(leaving, nat_test_begin),
		cmocka_unit_test_setup(threads, nat_test_begin),
	};

	return cmocka_run_group_tests(tests, nat_test_setup, NULL);
}
