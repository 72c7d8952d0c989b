/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/nat: ports towards one remote end run short. One is found while there is one, without looking everywhere. */
#include "nat_setup.h"
#include "nat_tight.h"

#define FIRST 6000
#define PORTS 4000
#define TCP_PORTS 130
#define LONG (1u << 24) /* steps of ct_time */

static struct ct *by_port[PORTS];
static unsigned nb_ports = PORTS; /* of these */

/* The n-th connection; it leaves if it could be translated. */
static bool
connects(unsigned n, uint8_t proto)
{
	struct nat_range r = ports("10.2.0.1", FIRST, FIRST + nb_ports - 1, 0);
	struct ct_tuple t = tuple(proto, "10.1.0.2", 1, "10.2.0.2", 53);
	struct ct *ct;

	t.src.v4 = rte_cpu_to_be_32(0x0a010000 + n);
	ct = fresh(&t, 0);
	ct->expires = LONG;
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

static uint64_t
ends(uint8_t proto, unsigned dport)
{
	struct ct_tuple t = tuple(proto, "10.2.0.1", 0, "10.2.0.2", dport);

	return nat_tight_key(&t);
}

/* What is known may be wrong. */
static void
wrong_hints(void **state)
{
	uint64_t key = ends(IPPROTO_UDP, 53);
	unsigned made = 0;

	assert_int_equal(fill(0, PORTS), PORTS);
	assert_int_equal(nat_tight_next(key, FIRST, FIRST + PORTS), FIRST + PORTS);
	for (unsigned i = 0; i < 100; i++)
		nat_tight_clear(key, FIRST + i);
	assert_int_equal(fill(PORTS, PORTS + 10), 0);
	for (unsigned i = 0; i < PORTS / 4; i++) {
		give_back(i);
		nat_tight_set(key, FIRST + i);
	}
	for (unsigned i = 0; made < PORTS / 4 && i < 20 * PORTS; i++) {
		ctx.now += 1 << CT_TIME_SHIFT;
		made += connects(PORTS + i, IPPROTO_UDP);
	}
	assert_int_equal(made, PORTS / 4);
}

/* Within a step of time nobody looks again; then expired ones are found. */
static void
full_at_a_time(void **state)
{
	uint64_t was;

	assert_int_equal(fill(0, PORTS), PORTS);
	assert_int_equal(fill(PORTS, PORTS + 1), 0);
	for (unsigned i = 0; i < PORTS; i++)
		by_port[i]->expires = ct_time(ctx.now) + 1;
	was = found();
	assert_int_equal(fill(PORTS, PORTS + 10), 0);
	assert_int_equal(found() - was, 10);
	ctx.now += 1 << CT_TIME_SHIFT;
	assert_int_equal(fill(PORTS, PORTS + 10), 10);
}

/* Of TCP nobody makes way but who has ended, which is said. */
static void
full_of_tcp(void **state)
{
	uint64_t key = ends(IPPROTO_TCP, 53);
	uint16_t last = FIRST + TCP_PORTS - 1;
	unsigned made = 0, n;

	nb_ports = TCP_PORTS;
	for (n = 0; n < TCP_PORTS; n++) {
		assert_true(connects(n, IPPROTO_TCP));
		assert_false(nat_tight_is_full(key, FIRST, last, ct_time(ctx.now)));
	}
	for (unsigned i = 0; i < TCP_PORTS; i++)
		by_port[i]->state = CT_TCP_ESTABLISHED;
	assert_false(connects(n, IPPROTO_TCP));
	assert_true(nat_tight_is_full(key, FIRST, last, ct_time(ctx.now)));
	assert_false(nat_tight_is_full(key, FIRST, last - 1, ct_time(ctx.now)));
	assert_false(connects(n, IPPROTO_TCP));
	by_port[9]->state = CT_TCP_TIME_WAIT;
	by_port[9]->tcp.seen[CT_ORIGINAL].end = -10u;
	nat_tight_ended(by_port[9]);
	assert_false(nat_tight_is_full(key, FIRST, last, ct_time(ctx.now)));
	for (unsigned i = 0; made == 0 && i < 1000; i++) {
		ctx.now += 1 << CT_TIME_SHIFT;
		made += connects(n, IPPROTO_TCP);
	}
	assert_int_equal(made, 1);
	assert_int_equal(by_port[9]->state, CT_TCP_SYN_SENT);
	nb_ports = PORTS;
}

static void
next_port(void **state)
{
	uint64_t key = ends(IPPROTO_UDP, 99);

	/* Only what has begun is known. */
	nat_tight_set(key, 1024);
	assert_int_equal(nat_tight_next(key, 1024, 65536), 1024);
	for (unsigned port = 1024; port < 65535; port++)
		nat_tight_begin(key, port);
	assert_int_equal(nat_tight_next(key, 1024, 65536), 65535);
	assert_int_equal(nat_tight_next(key, 1023, 65536), 1023);
	nat_tight_set(key, 65535);
	assert_int_equal(nat_tight_next(key, 1024, 65536), 65536);
	assert_int_equal(nat_tight_next(key, 0, 1), 0);
	assert_int_equal(nat_tight_next(key, 1024, 1024), 1024);
	nat_tight_clear(key, 1088);
	assert_int_equal(nat_tight_next(key, 1024, 1088), 1088);
	assert_int_equal(nat_tight_next(key, 1024, 65536), 1088);
	nat_tight_set(key, 1088);
	/* Blocks that were full. */
	for (unsigned port = 2000; port < 65536; port += 1777) {
		assert_int_equal(nat_tight_next(key, 1024, 65536), 65536);
		assert_int_equal(nat_tight_next(key, 1500, 65000), 65000);
		nat_tight_clear(key, port);
		assert_int_equal(nat_tight_next(key, 1024, 65536), port);
		assert_int_equal(nat_tight_next(key, port + 1, 65536), 65536);
		nat_tight_set(key, port);
		nat_tight_doubt(key);
	}
}

static void
memory_is_bounded(void **state)
{
	uint64_t key = ends(IPPROTO_UDP, 98);

	/* What little is known of others makes room first. */
	for (unsigned port = 5000; port < 6000; port++)
		nat_tight_begin(key, port);
	for (unsigned i = 0; i < 65536; i++)
		nat_tight_begin(ends(IPPROTO_UDP, i), 5000 + i % 7);
	assert_int_equal(nat_tight_next(key, 5100, 6000), 6000);
	/* A larger table begins without. */
	rcu_offline(ctx.lane);
	assert_int_equal(nat_tight_grow(1), 0);
	assert_int_equal(nat_tight_next(key, 5100, 6000), 6000);
	assert_int_equal(nat_tight_grow(1 << 20), 0);
	assert_int_equal(nat_tight_next(key, 5100, 6000), 5100);
	nat_tight_begin(key, 5100);
	assert_int_equal(nat_tight_next(key, 5100, 6000), 5101);
	rcu_online(ctx.lane);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(to_the_last_one, nat_test_begin),
		cmocka_unit_test_setup(given_back, nat_test_begin),
		cmocka_unit_test_setup(wrong_hints, nat_test_begin),
		cmocka_unit_test_setup(full_at_a_time, nat_test_begin),
		cmocka_unit_test_setup(full_of_tcp, nat_test_begin),
		cmocka_unit_test_setup(next_port, nat_test_begin),
		cmocka_unit_test_setup(memory_is_bounded, nat_test_begin),
	};

	return cmocka_run_group_tests(tests, nat_test_setup, NULL);
}
