/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Random rules: what is saved restores to the same; and what a match says of itself as structured
 * tests is what it does to packets. The seed is printed; RULE_SEED repeats a run.
 */
#include "rule_setup.h"

#include "rule_random.h"
#include "rule_object.h"

static void
random_rule(struct str *s, bool ip6)
{
	static const char *const targets[] = { "",           " -j ACCEPT", " -j DROP", " -j REJECT",
					       " -j RETURN", " -j a",      " -g b" };

	str_printf(s, "-A %s", pick(4) == 0 ? "a" : pick(3) == 0 ? "b" : "FORWARD");
	random_address(s, ip6, "-s");
	random_address(s, ip6, "-d");
	if (pick(4) == 0)
		str_printf(s, " %s-i r%s", maybe_not(), pick(2) ? "0" : "+");
	if (pick(4) == 0)
		str_printf(s, " %s-o r1", maybe_not());
	if (pick(3) == 0)
		random_match(s, ip6);
	else
		random_proto(s, ip6);
	if (!ip6 && pick(8) == 0)
		str_printf(s, " %s-f", maybe_not());
	if (pick(6) == 0)
		str_printf(s, " -m comment --comment \"%c %u\\\"\\\\\"", 'a' + pick(26), pick(99));
	str_printf(s, "%s\n", targets[pick(5)]);
}

static char *
saved(bool ip6)
{
	char *copy, *from;

	run_ok(ip6 ? "ip6tables-save -c" : "iptables-save -c");
	copy = strdup(str_text(&rule_out));
	from = strstr(copy, "\nCOMMIT");
	assert_non_null(from);
	strcpy(from, "\nCOMMIT\n");
	/* Without the first line, which has the date. */
	from = strchr(copy, '\n') + 1;
	memmove(copy, from, strlen(from) + 1);
	return copy;
}

static void
test_round_trip(void **state)
{
	for (unsigned round = 0; round < 200; round++) {
		bool ip6 = round & 1;
		const char *noun = ip6 ? "ip6tables-restore -c" : "iptables-restore -c";
		struct str text = { 0 };
		char *first, *second;

		str_printf(&text, "*filter\n:FORWARD %s [%u:%u]\n:a - [0:0]\n:b - [0:0]\n",
			   pick(2) ? "DROP" : "ACCEPT", pick(1000), pick(100000));
		for (unsigned i = pick(40); i > 0; i--) {
			str_printf(&text, "[%u:%u] ", pick(1000), pick(100000));
			random_rule(&text, ip6);
		}
		str_add(&text, "-A FORWARD -j a\n-A FORWARD -g b\nCOMMIT\n");
		if (run_with(noun, str_text(&text)) != 0)
			fail_msg("%s%s", str_text(&text), str_text(&rule_err));
		first = saved(ip6);
		if (run_with(noun, first) != 0)
			fail_msg("%s%s", first, str_text(&rule_err));
		second = saved(ip6);
		assert_string_equal(first, second);
		free(first);
		free(second);
		str_free(&text);
	}
	rules_reset();
}

static bool
in_ranges(const struct rule_test *t, unsigned value)
{
	for (unsigned i = 0; i < t->nb; i++)
		if (value >= t->range[i].lo && value <= t->range[i].hi)
			return true;
	return false;
}

/* The packet against a match's own description of itself. */
static bool
described(const struct rule_test *t, int n, const struct packet *p)
{
	for (int i = 0; i < n; i++) {
		bool hit = false;

		switch (t[i].field) {
		case RULE_FIELD_SPORT:
		case RULE_FIELD_ICMP:
			hit = in_ranges(&t[i], p->w0);
			break;
		case RULE_FIELD_DPORT:
			hit = in_ranges(&t[i], p->w1);
			break;
		case RULE_FIELD_ANY_PORT:
			hit = in_ranges(&t[i], p->w0) || in_ranges(&t[i], p->w1);
			break;
		case RULE_FIELD_TCP_FLAGS:
			hit = in_ranges(&t[i], p->tcp_flags & t[i].mask);
			break;
		case RULE_FIELD_TCP_OPTION:
			hit = p->tcp_option != 0 && in_ranges(&t[i], p->tcp_option);
			break;
		}
		if (hit == t[i].invert)
			return false;
	}
	return true;
}

static void
random_packet(struct packet *p, uint8_t proto)
{
	*p = (struct packet){ .proto = proto, .w0 = pick(2500), .w1 = pick(2500) };
	if (proto == IPPROTO_TCP) {
		p->tcp_flags = pick(64);
		p->tcp_option = pick(3) == 0 ? 2 + pick(250) : 0;
	} else if (proto == IPPROTO_ICMP) {
		p->w0 = pick(20) << 8 | pick(16);
	}
}

static void
check_match(const struct rule *r, const struct packet *p)
{
	struct rule_test t[RULE_TESTS_MAX];
	struct rte_mbuf *m = packet_make(p);
	struct rule_packet rp = { .m = m, .p = pkt(m) };

	for (unsigned i = 0; i < r->nb_matches; i++) {
		const struct rule_ext *x = &r->match[i];
		int n = x->type->tests(x->data, t);

		assert_in_range(n, 0, RULE_TESTS_MAX);
		assert_int_equal(x->type->match(&rp, x->data), described(t, n, p));
		assert_false(rp.hotdrop);
	}
	rte_pktmbuf_free(m);
}

static void
test_described(void **state)
{
	for (unsigned round = 0; round < 3000; round++) {
		const struct rule_table *t;
		const struct rule *r;
		struct str line = { 0 };
		struct packet p;

		rules_reset();
		str_add(&line, "iptables -A FORWARD");
		random_proto(&line, false);
		run_ok(str_text(&line));
		str_free(&line);
		t = rule_table_get(gen_current(), HOOK_IP4, 0);
		r = t->chain[t->builtin[HOOK_FORWARD]]->rules[0];
		assert_true(rule_deps(r) & RULE_DEP_TUPLE);
		for (unsigned i = 0; i < 50 && r->nb_matches > 0; i++) {
			random_packet(&p, r->ip.proto);
			check_match(r, &p);
		}
	}
}

static uint64_t seed;

/* DPDK's generator is there after EAL's start. */
static int
seeded_setup(void **state)
{
	int rc = route_setup(state);

	rte_srand(seed);
	return rc;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_described),
	};
	const char *fixed = getenv("RULE_SEED");

	seed = fixed != NULL ? strtoull(fixed, NULL, 0) : rte_rdtsc();
	printf("seed %llu (RULE_SEED)\n", (unsigned long long)seed);
	return cmocka_run_group_tests(tests, seeded_setup, NULL);
}
