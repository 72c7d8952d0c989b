/* SPDX-License-Identifier: BSD-3-Clause */
/* Which rules of a chain have a trie or bit vectors, as the chain changes; test_rule_compile.c looks at what tries find. */
#include "rule_setup.h"

#include "base_rcu.h"
#include "rule_build.h"
#include "rule_bits.h"
#include "rule_code.h"

#define NB 300
#define MIN 127 /* not the default: whether a trie is faster does not matter */

/* The table filter with n rules in FORWARD, all with the words of more. */
static void
restore(unsigned n, const char *more)
{
	struct str text = { 0 };

	str_add(&text, "*filter\n:FORWARD ACCEPT [0:0]\n");
	for (unsigned i = 0; i < n; i++)
		str_printf(&text, "-A FORWARD -s 10.%u.0.0/16%s -p udp --dport %u -j DROP\n", i % 7,
			   more, 1000 + i);
	str_add(&text, "COMMIT\n");
	restore_ok(str_text(&text));
	str_free(&text);
}

static const struct rule_runs *
runs(void)
{
	const struct rule_table *t = rule_table_get(gen_current(), HOOK_IP4, 0);

	return t->chain[t->builtin[HOOK_FORWARD]]->code->runs[RULE_INDEX_TRIE];
}

static void
expect(unsigned lo, unsigned hi)
{
	assert_non_null(runs());
	assert_int_equal(runs()->nb, 1);
	assert_int_equal(runs()->run[0].lo, lo);
	assert_int_equal(runs()->run[0].hi, hi);
}

static void
test_short(void **state)
{
	restore(MIN - 1, "");
	rule_build_wait();
	assert_null(runs());
}

/* What the first rules have in common with the trie goes on, at once. */
static void
test_edits(void **state)
{
	const struct rule_index *a;

	restore(NB, "");
	assert_null(runs());
	rule_build_wait();
	expect(0, NB);
	a = runs()->run[0].index;
	run_ok("iptables -A FORWARD -p udp --dport 7 -j DROP");
	expect(0, NB);
	run_ok("iptables -I FORWARD -p udp --dport 8 -j DROP");
	expect(1, NB + 1);
	run_ok("iptables -D FORWARD 201");
	expect(1, 200);
	assert_ptr_equal(runs()->run[0].index, a);
	/* What is left is worth no other. */
	rule_build_wait();
	assert_ptr_equal(runs()->run[0].index, a);
	run_ok("iptables -D FORWARD 101");
	rule_build_wait();
	expect(0, NB);
}

/* All ask for the same interface. */
static void
test_gate(void **state)
{
	restore(NB, " -i r0");
	rule_build_wait();
	expect(0, NB);
	assert_true(runs()->run[0].care != 0);
}

/* A rule that lets packets go on to the next one ends a run. */
static void
test_going_on(void **state)
{
	restore(NB, "");
	run_ok("iptables -I FORWARD 151 -p udp --dport 9");
	rule_build_wait();
	assert_int_equal(runs()->nb, 2);
	assert_int_equal(runs()->run[0].hi, 151);
	assert_int_equal(runs()->run[1].lo, 151);
	assert_int_equal(runs()->run[1].hi, NB + 1);
}

/* Tries come for nobody when none are wanted. */
static void
test_off(void **state)
{
	run_ok("sysctl -w net.pollux.rule_acl_min=0");
	restore(NB, "");
	rule_build_wait();
	assert_null(runs());
	run_ok("sysctl -w net.pollux.rule_acl_min=127");
	rules_reset();
	rcu_reap();
	assert_int_equal(rule_run_bytes(RULE_INDEX_TRIE), 0);
}

static const struct rule_runs *
bits(void)
{
	const struct rule_table *t = rule_table_get(gen_current(), HOOK_IP4, 0);

	return t->chain[t->builtin[HOOK_FORWARD]]->code->runs[RULE_INDEX_BITS];
}

/* Bit vectors take rules that go on as well; forced, they come with the command. */
static void
test_bits(void **state)
{
	run_ok("sysctl -w net.pollux.rule_acl_min=0");
	run_ok("sysctl -w net.pollux.rule_bits_min=200");
	restore(NB, "");
	assert_non_null(bits());
	assert_int_equal(bits()->run[0].hi, NB);
	run_ok("iptables -I FORWARD 151 -p udp --dport 9");
	assert_int_equal(bits()->nb, 1);
	assert_int_equal(bits()->run[0].lo, 0);
	assert_int_equal(bits()->run[0].hi, NB + 1);
	restore(199, "");
	assert_null(bits());
	restore(RULE_BITS_MAX + 300, "");
	assert_int_equal(bits()->nb, 2);
	assert_int_equal(bits()->run[1].lo, RULE_BITS_MAX);
	assert_int_equal(bits()->run[1].hi, RULE_BITS_MAX + 300);
	run_ok("sysctl -w net.pollux.rule_bits_min=0");
	rules_reset();
	rcu_reap();
	assert_int_equal(rule_run_bytes(RULE_INDEX_BITS), 0);
}

/* Without being forced they come a little later, where they are faster; what was built serves until then. */
static void
test_bits_later(void **state)
{
	run_ok("sysctl -w net.pollux.rule_acl_min=0");
	run_ok("sysctl -w net.pollux.rule_bits_min=192");
	restore(4000, " ! -d 10.1.0.0/16 -m length --length 1:50");
	assert_null(bits());
	rule_build_wait();
	if (bits() == NULL)
		return;
	assert_int_equal(bits()->run[0].hi, 4000);
	run_ok("iptables -A FORWARD -p udp --dport 7 -j DROP");
	assert_int_equal(bits()->run[0].hi, 4000);
	run_ok("iptables -D FORWARD 3001");
	assert_int_equal(bits()->run[0].hi, 3000);
	rule_build_wait();
	/* Whether the next ones are faster is measured anew. */
	assert_true(bits()->run[0].hi == 4000 || bits()->run[0].hi == 3000);
}

static int
setup(void **state)
{
	struct err e;

	return route_setup(state) != 0 ||
	       param_set_text(param_find("net.pollux.rule_map_min"), "0", &e) != 0 ||
	       param_set_text(param_find("net.pollux.rule_acl_min"), "127", &e) != 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_short),      cmocka_unit_test(test_edits),
		cmocka_unit_test(test_gate),       cmocka_unit_test(test_going_on),
		cmocka_unit_test(test_off),        cmocka_unit_test(test_bits),
		cmocka_unit_test(test_bits_later),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
