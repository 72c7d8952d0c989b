/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/nat: ports towards one remote end run short. One is found while there is one, without looking everywhere. */
#include "nat_setup.h"
#include "nat_tight.h"

#define FIRST 6000
#define PORTS 4000

static struct ct *by_port[PORTS];

/* The n-th connection; it leaves if it could be translated. */
static bool
connects(unsigned n, uint8_t proto)
{
	struct nat_range r = ports("10.2.0.1", FIRST, FIRST + PORTS - 1, 0);
	struct ct_tuple t = tuple(proto, "10.1.0.2", 1, "10.2.0.2", 53);
	struct ct *ct;

	t.src.v4 = rte_cpu_to_be_32(0x0a010000 + n);
	ct = fresh(&t, 0);
	nat_setup_null(&ctx, ct, NAT_DST);
	nat_setup(&ctx, ct, &r, NAT_SRC);
	assert_in_range(port_to(ct, NAT_SRC), FIRST, FIRST + PORTS - 1);
	if (confirmed(ct))
		by_port[port_to(ct, NAT_SRC) - FIRST] = ct;
	else
		assert_true(ct_status(ct) & CT_NAT_EXHAUSTED);
	next_burst();
	return !(ct_status(ct) & CT_NAT_EXHAUSTED) && by_port[port_to(ct, NAT_SRC) - FIRST] == ct;
}

/* Looks into the table that found somebody. */
static uint64_t
found(void)
{
	return ct_stats[0].found;
}

static unsigned
fill(unsigned from, unsigned to)
{
	unsigned made = 0;

	for (unsigned n = from; n < to; n++)
		made += connects(n, IPPROTO_UDP);
	return made;
}

static void
give_back(unsigned port)
{
	assert_true(ct_remove(0, by_port[port]));
	by_port[port] = NULL;
	next_burst();
}

static void
to_the_last_one(void **state)
{
	uint64_t was;

	assert_int_equal(fill(0, PORTS * 95 / 100), PORTS * 95 / 100);
	was = found();
	assert_int_equal(fill(PORTS * 95 / 100, PORTS), PORTS / 20);
	assert_true(found() - was < 2 * PORTS);
	/* Now there is none; that, too, is known soon. */
	was = found();
	assert_int_equal(fill(PORTS, PORTS + 100), 0);
	assert_true(found() - was < 100 * 20);
}

static void
given_back(void **state)
{
	uint64_t was;

	assert_int_equal(fill(0, PORTS), PORTS);
	for (unsigned i = 0; i < 100; i++) {
		give_back(i * 7);
		was = found();
		assert_int_equal(fill(PORTS + i, PORTS + i + 1), 1);
		assert_non_null(by_port[i * 7]);
		assert_in_range(found() - was, 0, 1);
	}
}

/* What is remembered may be wrong. */
static void
wrong_hints(void **state)
{
	struct ct_tuple t = tuple(IPPROTO_UDP, "10.2.0.1", 0, "10.2.0.2", 53);
	struct nat_tight *known;
	unsigned made = 0;

	assert_int_equal(fill(0, PORTS), PORTS);
	known = nat_tight_find(&t, 1);
	assert_non_null(known);
	for (unsigned i = 0; i < 100; i++)
		nat_tight_clear(known, FIRST + i);
	assert_int_equal(fill(PORTS, PORTS + 10), 0);
	for (unsigned i = 0; i < PORTS / 4; i++) {
		give_back(i);
		nat_tight_set(known, FIRST + i);
	}
	for (unsigned i = 0; made < PORTS / 4 && i < 20 * PORTS; i++)
		made += connects(PORTS + i, IPPROTO_UDP);
	assert_int_equal(made, PORTS / 4);
}

static void
next_port(void **state)
{
	struct ct_tuple t = tuple(IPPROTO_UDP, "10.2.0.9", 0, "10.2.0.2", 99);
	struct nat_tight *p = nat_tight_begin(&t, 1);

	assert_ptr_equal(nat_tight_find(&t, 1), p);
	assert_int_equal(nat_tight_next(p, 1024, 65536), 1024);
	for (unsigned port = 1024; port < 65535; port++)
		nat_tight_set(p, port);
	assert_int_equal(nat_tight_next(p, 1024, 65536), 65535);
	assert_int_equal(nat_tight_next(p, 1023, 65536), 1023);
	nat_tight_set(p, 65535);
	assert_int_equal(nat_tight_next(p, 1024, 65536), 65536);
	assert_int_equal(nat_tight_next(p, 0, 1), 0);
	assert_int_equal(nat_tight_next(p, 1024, 1024), 1024);
	nat_tight_clear(p, 1088);
	assert_int_equal(nat_tight_next(p, 1024, 1088), 1088);
	assert_int_equal(nat_tight_next(p, 1024, 65536), 1088);
	/* Others come, it is forgotten: but for the places there are. */
	for (unsigned i = 0; i < 1000; i++) {
		t.dport = i;
		nat_tight_begin(&t, 2 + i);
	}
	t.dport = htons(99);
	assert_null(nat_tight_find(&t, 1));
	t.dport = 999;
	assert_non_null(nat_tight_find(&t, 1));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(to_the_last_one, nat_test_begin),
		cmocka_unit_test_setup(given_back, nat_test_begin),
		cmocka_unit_test_setup(wrong_hints, nat_test_begin),
		cmocka_unit_test_setup(next_port, nat_test_begin),
	};

	return cmocka_run_group_tests(tests, nat_test_setup, NULL);
}
