/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/conntrack/ct_expect*.c: who is met, limits, clashes, life times. */
#include "ct_help_setup.h"

#include <errno.h>

#include "base_param.h"

static const struct ct_expect_policy policy[] = { { "one", 2, 100 }, { "two", 1, 100 } };
static const struct ct_helper helper = { .name = "test", .policy = policy, .nb_classes = 2 };

static struct ct_expect
expect(struct conn *of, unsigned class, const char *src, const char *dst, unsigned port)
{
	union ct_addr s, d = addr_of(dst);
	struct ct_expect e;

	if (src != NULL)
		s = addr_of(src);
	ct_expect_init(&e, &of->ct.ct, class, src != NULL ? &s : NULL, &d, IPPROTO_TCP, NULL,
		       htons(port));
	return e;
}

static int
add(const struct ct_expect *e)
{
	return ct_expect_add(0, e, 100, now);
}

static void
start(struct conn *c, unsigned sport)
{
	struct ct_tuple t = tuple("10.1.0.2", sport, "10.2.0.2", 21, IPPROTO_TCP);

	make_conn(c, &t);
	c->ct.ct.status = CT_CONFIRMED;
	c->ct.ct.mark = sport;
	c->ext.helper = &helper;
	c->ext.secmark = 7;
}

static int
fresh(void **state)
{
	ct_expect_remove(NULL, NULL);
	start(&master, 1);
	return 0;
}

static bool
met(unsigned port)
{
	return expected("10.2.0.2", 20, "10.1.0.2", port, IPPROTO_TCP);
}

static void
meeting(void **state)
{
	struct ct_expect e = expect(&master, 0, "10.2.0.2", "10.1.0.2", 80);
	uint64_t was = ct_stats[0].expect_new;

	assert_int_equal(add(&e), 0);
	master.ct.ct.status = 0;
	assert_false(met(80));
	master.ct.ct.status = CT_CONFIRMED | CT_DYING;
	assert_false(met(80));
	master.ct.ct.status = CT_CONFIRMED;
	assert_true(met(80));
	assert_int_equal(child.ct.ct.mark, 1);
	assert_int_equal(child.ext.secmark, 7);
	assert_int_equal(master.ext.nb_children, 1);
	ct_expect_leave(&child.ct.ct);
	ct_expect_leave(&child.ct.ct);
	assert_int_equal(master.ext.nb_children, 0);
	assert_int_equal(ct_stats[0].expect_new, was + 1);
	assert_false(met(80));
	e.flags = CT_EXPECT_PERMANENT;
	assert_int_equal(add(&e), 0);
	assert_true(met(80));
	assert_true(met(80));
	e.flags = CT_EXPECT_PERMANENT | CT_EXPECT_INACTIVE;
	assert_int_equal(add(&e), 0);
	assert_false(met(80));
	e.tuple.sport = htons(20);
	e.mask.sport = 0xffff;
	e.flags = 0;
	e.tuple.dport = htons(81);
	assert_int_equal(add(&e), 0);
	assert_false(expected("10.2.0.2", 21, "10.1.0.2", 81, IPPROTO_TCP));
	assert_false(expected("10.2.0.2", 20, "10.1.0.2", 81, IPPROTO_UDP));
	assert_true(met(81));
}

static void
masks(void **state)
{
	struct ct_expect e = expect(&master, 0, "10.2.0.255", "10.1.0.2", 80);

	e.mask.src.v4 = htonl(0xffffff00);
	assert_int_equal(add(&e), 0);
	assert_false(expected("10.2.1.2", 1, "10.1.0.2", 80, IPPROTO_TCP));
	assert_true(expected("10.2.0.77", 1, "10.1.0.2", 80, IPPROTO_TCP));
}

static void
zones(void **state)
{
	struct ct_expect e;
	struct ct_tuple t = tuple("10.2.0.2", 20, "10.1.0.2", 80, IPPROTO_TCP);

	master.ct.ct.key[CT_REPLY].zone = 5; /* for replies only */
	e = expect(&master, 0, NULL, "10.1.0.2", 80);
	assert_int_equal(add(&e), 0);
	assert_false(meets(&t));
	t.zone = 5;
	assert_true(meets(&t));
}

static void
clashes(void **state)
{
	static struct conn other;
	struct ct_expect mine = expect(&master, 0, "10.2.0.2", "10.1.0.2", 80), e;

	start(&other, 2);
	assert_int_equal(add(&mine), 0);
	assert_int_equal(add(&mine), 0);
	assert_int_equal(ct_nb_expects, 1);
	e = mine;
	e.class = 1;
	assert_int_equal(add(&e), -EALREADY);
	e = expect(&other, 0, "10.2.0.2", "10.1.0.2", 80);
	assert_int_equal(add(&e), -EBUSY);
	assert_int_equal(ct_expect_add_once(0, &e, 100, now), -EALREADY);
	e = expect(&other, 0, NULL, "10.1.0.2", 80);
	assert_int_equal(add(&e), -EBUSY);
	e = expect(&other, 0, "10.2.0.3", "10.1.0.2", 80);
	assert_int_equal(add(&e), 0);
	assert_int_equal(ct_nb_expects, 2);
	/* What is over is in nobody's way. */
	now += ct_seconds(101);
	e = expect(&other, 0, "10.2.0.2", "10.1.0.2", 80);
	assert_int_equal(add(&e), 0);
	assert_int_equal(ct_nb_expects, 1);
	other.ct.ct.status |= CT_DYING;
	assert_int_equal(add(&e), -ESHUTDOWN);
	ct_expect_forget(0, &other.ct.ct);
	assert_int_equal(ct_nb_expects, 0);
}

static void
limits(void **state)
{
	struct param *max = param_find("net.netfilter.nf_conntrack_expect_max");
	struct ct_expect e;

	for (unsigned port = 1; port <= 5; port++) {
		e = expect(&master, 0, NULL, "10.1.0.2", port);
		assert_int_equal(add(&e), 0);
	}
	assert_int_equal(ct_nb_expects, 2);
	assert_false(met(3));
	assert_true(met(4));
	assert_true(met(5));
	param_set(max, 1);
	e = expect(&master, 0, NULL, "10.1.0.2", 1);
	assert_int_equal(add(&e), 0);
	e = expect(&master, 1, NULL, "10.1.0.2", 2);
	assert_int_equal(add(&e), -EMFILE);
	param_set(max, 4096);
	e = expect(&master, CT_EXPECT_CLASSES, NULL, "10.1.0.2", 2);
	assert_int_equal(add(&e), -EINVAL);
}

static enum ct_expect_visit
prolong(struct ct_expect *e, void *arg)
{
	unsigned *n = arg;

	e->expires = now + ct_seconds(50);
	e->flags = CT_EXPECT_INACTIVE;
	return ++*n == 1 ? CT_EXPECT_KEEP : CT_EXPECT_REMOVE_STOP;
}

static bool
count(const struct ct_expect *e, void *arg)
{
	uint32_t *last = arg;

	assert_true(e->id > *last);
	*last = e->id;
	return true;
}

static void
times(void **state)
{
	struct ct_expect e = expect(&master, 0, NULL, "10.1.0.2", 80), copy;
	struct ct_tuple t = tuple("10.2.0.2", 20, "10.1.0.2", 81, IPPROTO_TCP);
	uint32_t last = 0;
	unsigned n = 0;

	assert_int_equal(add(&e), 0);
	e = expect(&master, 0, NULL, "10.1.0.2", 81);
	assert_int_equal(ct_expect_add(0, &e, 10, now), 0);
	assert_int_equal(ct_expect_each(count, &last, now), 0);
	assert_int_equal(e.id, 0);
	now += ct_seconds(10);
	assert_false(met(81));
	ct_expect_sweep(0, now - 1);
	assert_int_equal(ct_nb_expects, 2);
	ct_expect_sweep(0, now);
	assert_int_equal(ct_nb_expects, 1);
	e = expect(&master, 0, NULL, "10.1.0.2", 81);
	assert_int_equal(ct_expect_add(0, &e, 10, now), 0);
	ct_expect_visit(0, &master.ct.ct, prolong, &n);
	assert_int_equal(n, 2);
	assert_true(ct_expect_find(&t, now, &copy));
	assert_int_equal(copy.tuple.dport, t.dport);
	now += ct_seconds(49);
	ct_expect_sweep(0, now);
	assert_int_equal(ct_nb_expects, 1);
	assert_true(ct_expect_cancel(0, &t, now));
	assert_false(ct_expect_cancel(0, &t, now));
	assert_int_equal(ct_nb_expects, 0);
	ct_expect_sweep(0, now);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(meeting, fresh), cmocka_unit_test_setup(masks, fresh),
		cmocka_unit_test_setup(zones, fresh),   cmocka_unit_test_setup(clashes, fresh),
		cmocka_unit_test_setup(limits, fresh),  cmocka_unit_test_setup(times, fresh),
	};

	return cmocka_run_group_tests(tests, eal_setup, NULL);
}
