/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/base: addresses, text, counters, generations, parameters. */
#include "eal.h"

#include "base_addr.h"
#include "base_counter.h"
#include "base_gen.h"
#include "base_ifparam.h"

PARAM_INT(number, "test.number", 5, -1, 10, "a number")
static const char *const words[] = { "poll", "sleep", NULL };
PARAM_WORD(word, "test.word", 1, words, "a word")

static void
addresses(void **state)
{
	struct ip_prefix p;
	struct ip_addr a;
	char text[IP_ADDR_TEXT];

	assert_int_equal(ip_prefix_parse("10.1.2.3/20", AF_UNSPEC, &p), 0);
	ip_addr_mask(&p.addr, p.len);
	assert_string_equal(ip_addr_text(&p.addr, text), "10.1.0.0");
	assert_int_equal(ip_addr_parse("10.1.15.255", AF_INET, &a), 0);
	assert_true(ip_prefix_contains(&p, &a));
	assert_int_equal(ip_addr_parse("10.1.16.0", AF_INET, &a), 0);
	assert_false(ip_prefix_contains(&p, &a));
	assert_int_equal(ip_prefix_parse("fd01:2::ffff/33", AF_UNSPEC, &p), 0);
	ip_addr_mask(&p.addr, p.len);
	assert_string_equal(ip_addr_text(&p.addr, text), "fd01:2::");
	assert_int_equal(ip_addr_parse("febf::1", AF_INET6, &a), 0);
	assert_true(ip_addr_is_link_local(&a));
	assert_int_equal(ip_addr_parse("fec0::1", AF_INET6, &a), 0);
	assert_false(ip_addr_is_link_local(&a));
}

static void
bad_addresses(void **state)
{
	static const char *const bad[] = { "",        "10.1.2",     "10.1.2.3.4",  "10.1.2.3/33",
					   "fd01::/", "fd01::/129", "10.1.2.3/-1", "10.1.2.3/8x",
					   "a",       "::g",        "1.2.3.4/ 8",  "256.1.1.1" };
	struct ip_prefix p;

	for (unsigned i = 0; i < RTE_DIM(bad); i++)
		assert_int_equal(ip_prefix_parse(bad[i], AF_UNSPEC, &p), -EINVAL);
}

static void
text_grows(void **state)
{
	struct str s = { 0 };

	assert_string_equal(str_text(&s), "");
	for (int i = 0; i < 1000; i++)
		str_printf(&s, "%03d,", i);
	assert_int_equal(s.len, 4000);
	assert_memory_equal(s.text + 3992, "998,999,", 9);
	str_free(&s);
}

static void
counters(void **state)
{
	uint32_t a, b;

	assert_int_equal(counter_alloc(&a), 0);
	assert_int_equal(counter_alloc(&b), 0);
	assert_true(a != b && a != COUNTER_NONE);
	counter_add(0, a, 2, 100);
	assert_int_equal(counter_read(a).packets, 2);
	assert_int_equal(counter_read(b).bytes, 0);
	counter_set(a, (struct count){ 10, 1000 });
	counter_add(0, a, 1, 5);
	assert_int_equal(counter_read(a).packets, 11);
	assert_int_equal(counter_read(a).bytes, 1005);
	counter_free(a);
	/* An id that comes back starts at zero. */
	assert_int_equal(counter_alloc(&b), 0);
	assert_int_equal(a, b);
	assert_int_equal(counter_read(b).packets, 0);
}

static unsigned freed;

static void
count_free(void *obj)
{
	freed++;
	free(obj);
}

static unsigned test_slot;

RTE_INIT(test_slot_init)
{
	test_slot = gen_slot("test", count_free);
}

static void
generations(void **state)
{
	uint64_t before = gen_current()->number;
	struct gen *d = gen_draft();
	void *first = malloc(1);

	gen_draft_set(d, test_slot, malloc(1));
	gen_draft_set(d, test_slot, first); /* the draft's own earlier object goes at once */
	assert_int_equal(freed, 1);
	assert_null(gen_current()->slot[test_slot]);
	gen_commit(d);
	assert_int_equal(gen_current()->number, before + 1);
	assert_ptr_equal(gen_current()->slot[test_slot], first);

	d = gen_draft();
	gen_draft_set(d, test_slot, malloc(1));
	gen_abandon(d);
	assert_int_equal(freed, 2);
	assert_ptr_equal(gen_current()->slot[test_slot], first);

	d = gen_draft();
	gen_draft_set(d, test_slot, NULL);
	gen_commit(d);
	assert_int_equal(freed, 3);
}

static struct param triple = { .name = "test.triple", .text_def = "7 8 9", .numbers = 3 };

static void
parameters(void **state)
{
	struct str out = { 0 };
	struct err e;

	assert_ptr_equal(param_find("test/number"), &number);
	assert_null(param_find("test.numbe"));
	assert_int_equal(param_set_text(&number, "0x7", &e), 0);
	assert_int_equal(param_get(&number), 7);
	assert_int_equal(param_set_text(&number, "11", &e), -EINVAL);
	assert_string_equal(e.text, "a number from -1 to 10, not \"11\"");
	assert_int_equal(param_set_text(&number, "", &e), -EINVAL);
	assert_int_equal(param_get(&number), 7);
	assert_int_equal(param_set_text(&word, "poll", &e), 0);
	assert_int_equal(param_set_text(&word, "spin", &e), -EINVAL);
	assert_string_equal(e.text, "one of poll, sleep, not \"spin\"");
	param_print(&word, &out);
	assert_string_equal(str_text(&out), "poll");
	assert_int_equal(param_set_text(&triple, "1  0x10", &e), 0); /* the rest stays */
	assert_int_equal(param_set_text(&triple, "1 2 3 4", &e), -EINVAL);
	assert_int_equal(param_set_text(&triple, "1 x", &e), -EINVAL);
	str_clear(&out);
	param_print(&triple, &out);
	assert_string_equal(str_text(&out), "1\t16\t9");
	free(triple.text);
	str_free(&out);
}

static void
write_ok(const char *name, const char *value)
{
	struct param *p = param_find(name);
	struct err e;

	assert_non_null(p);
	assert_int_equal(param_set_text(p, value, &e), 0);
}

IFPARAM_INT(greater, IFPARAM_CONF4, "test_max", IFPARAM_MAX, 0, 1, 0, 2, "for the test")
IFPARAM_INT(copied, IFPARAM_CONF6, "test_copy", IFPARAM_COPY, 0, 0, 0, 1, "for the test")
IFPARAM_INT(lonely, IFPARAM_NEIGH4, "test_neigh", IFPARAM_DEV, 0, 5, 0, 9, "for the test")

static void
parameters_of_interfaces(void **state)
{
	ifparam_if_add(7, "eth0.5");
	assert_int_equal(ifparam_get(&greater, 7), 1);
	write_ok("net.ipv4.conf.default.test_max", "0"); /* nobody set it: it follows */
	assert_int_equal(ifparam_get(&greater, 7), 0);
	write_ok("net/ipv4/conf/all/test_max", "2");
	write_ok("net.ipv4.conf.eth0/5.test_max", "1");
	assert_int_equal(ifparam_get(&greater, 7), 2);
	write_ok("net.ipv4.conf.all.test_max", "0");
	write_ok("net.ipv4.conf.default.test_max", "2"); /* it has its own now */
	assert_int_equal(ifparam_get(&greater, 7), 1);

	write_ok("net.ipv6.conf.all.test_copy", "1");
	assert_int_equal(ifparam_get(&copied, 7), 1);
	assert_int_equal(ifparam_get(&copied, IFPARAM_LO), 1);
	write_ok("net.ipv6.conf.eth0/5.test_copy", "0");
	assert_int_equal(ifparam_get(&copied, 7), 0);

	assert_null(param_find("net.ipv4.neigh.all.test_neigh"));
	assert_int_equal(ifparam_get(&lonely, 7), 5);
	ifparam_if_del(7);
	assert_null(param_find("net.ipv4.conf.eth0/5.test_max"));
}

static unsigned deferred;

static void
note(void *p)
{
	deferred += *(unsigned *)p;
}

static void
grace_periods(void **state)
{
	unsigned one = 1;

	rcu_online(0);
	rcu_defer(note, &one);
	rcu_reap();
	assert_int_equal(deferred, 0); /* lane 0 may still look */
	rcu_quiescent(0);
	rcu_reap();
	assert_int_equal(deferred, 1);
	rcu_offline(0);
	rcu_defer(note, &one);
	rcu_reap();
	assert_int_equal(deferred, 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses),
		cmocka_unit_test(bad_addresses),
		cmocka_unit_test(text_grows),
		cmocka_unit_test(counters),
		cmocka_unit_test(generations),
		cmocka_unit_test(parameters),
		cmocka_unit_test(parameters_of_interfaces),
		cmocka_unit_test(grace_periods),
	};

	return cmocka_run_group_tests_name("base", tests, eal_setup, NULL);
}
