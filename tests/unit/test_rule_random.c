/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Random rules: what is saved restores to the same; and what a match says of itself as structured
 * tests is what it does to packets. The seed is printed; RULE_SEED repeats a run.
 */
#include "rule_setup.h"

#include <rte_random.h>

#include "rule_object.h"

static unsigned
pick(unsigned n)
{
	return rte_rand_max(n);
}

static const char *
maybe_not(void)
{
	return pick(4) == 0 ? "! " : "";
}

static void
random_address(struct str *s, bool ip6, const char *opt)
{
	if (pick(2))
		return;
	str_printf(s, " %s%s ", maybe_not(), opt);
	if (ip6)
		str_printf(s, "fd0%u::%x/%u", pick(3), pick(65536), pick(129));
	else if (pick(8) == 0)
		str_printf(s, "10.%u.%u.%u/255.0.%u.255", pick(256), pick(256), pick(256),
			   pick(256));
	else
		str_printf(s, "10.%u.0.%u/%u", pick(3), pick(4), pick(33));
}

static void
random_ports(struct str *s, const char *opt, unsigned lists)
{
	unsigned n = lists ? 1 + pick(lists) : 1;

	str_printf(s, " %s%s ", maybe_not(), opt);
	for (unsigned i = 0; i < n; i++) {
		unsigned lo = pick(2000), hi = lo + 1 + pick(2000);

		str_printf(s, pick(2) ? "%s%u" : "%s%u:%u", i > 0 ? "," : "", lo, hi);
	}
}

static void
random_flags(struct str *s)
{
	static const char *const names[] = { "FIN", "SYN", "RST", "PSH", "ACK", "URG" };
	unsigned mask = 1 + pick(63), comp = mask & pick(64);

	if (pick(3) == 0) {
		str_printf(s, " %s--syn", maybe_not());
		return;
	}
	str_printf(s, " %s--tcp-flags ", maybe_not());
	for (unsigned part = 0; part < 2; part++) {
		unsigned bits = part ? comp : mask;
		const char *sep = part ? " " : "";

		for (unsigned i = 0; i < 6; i++)
			if (bits & 1u << i) {
				str_printf(s, "%s%s", sep, names[i]);
				sep = ",";
			}
		if (bits == 0)
			str_add(s, " NONE");
	}
}

static void
random_proto(struct str *s, bool ip6)
{
	switch (pick(6)) {
	case 0:
		str_add(s, " -p tcp -m tcp");
		if (pick(2))
			random_ports(s, "--sport", 0);
		if (pick(2))
			random_ports(s, "--dport", 0);
		if (pick(3) == 0)
			random_flags(s);
		if (pick(6) == 0)
			str_printf(s, " %s--tcp-option %u", maybe_not(), 1 + pick(255));
		break;
	case 1:
		str_add(s, " -p udp -m udp");
		random_ports(s, pick(2) ? "--sport" : "--dport", 0);
		break;
	case 2:
		str_printf(s, " -p %s -m multiport", pick(2) ? "tcp" : "udp");
		random_ports(s, pick(3) == 0 ? "--sports" : pick(2) ? "--dports" : "--ports", 7);
		break;
	case 3:
		str_printf(s,
			   ip6 ? " -p ipv6-icmp -m icmp6 %s--icmpv6-type %u"
			       : " -p icmp -m icmp %s--icmp-type %u",
			   maybe_not(), pick(20));
		if (pick(2))
			str_printf(s, "/%u", pick(16));
		break;
	case 4:
		str_printf(s, " %s-p %u", maybe_not(), 1 + pick(255));
		break;
	}
}

/* As they are printed back, so that what is saved can be compared; "!" may stand where %s is. */
static void
random_match(struct str *s, bool ip6)
{
	static const char *const both[] = {
		" -m length %s--length 1:99",
		" -m mark %s--mark 0x5/0xff",
		" -m tos %s--tos 0x10/0x3f",
		" -m dscp %s--dscp 0x2e",
		" -m mac %s--mac-source 02:00:00:00:00:07",
		" -m pkttype %s--pkt-type broadcast",
		" -m addrtype %s--src-type UNICAST --limit-iface-in",
		" -m limit --limit 7/min --limit-burst 3",
		" -m statistic --mode nth %s--every 5 --packet 2",
		" -m statistic --mode random %s--probability 0.25000000000",
		" -p esp -m esp %s--espspi 5:9",
	};
	static const char *const only4[] = {
		" -m ttl %s--ttl-eq 5",
		" -m iprange %s--src-range 10.0.0.1-10.0.0.9",
		" -p ah -m ah %s--ahspi 7",
	};
	static const char *const only6[] = {
		" -m hl %s--hl-eq 5",
		" -m iprange %s--dst-range fd01::1-fd01::9",
		" -m ah %s--ahspi 7 --ahlen 16 --ahres",
		" -m frag %s--fragid 1:5 --fragfirst --fragmore",
		" -m hbh %s--hbh-len 8 --hbh-opts 5:2,1",
		" -m dst %s--dst-len 16 --dst-opts 0,30:4",
		" -m rt %s--rt-segsleft 1:3 --rt-len 24",
		" -m rt --rt-type 0 --rt-0-addrs fd01::1,fd01::2 --rt-0-not-strict",
		" -m ipv6header %s--header hop-by-hop,protocol --soft",
		" -m eui64",
	};
	const char *m = both[pick(RTE_DIM(both))];

	if (pick(2))
		m = ip6 ? only6[pick(RTE_DIM(only6))] : only4[pick(RTE_DIM(only4))];
	for (; *m != '\0'; m++)
		if (m[0] == '%') {
			str_add(s, maybe_not());
			m++;
		} else {
			str_add_bytes(s, m, 1);
		}
}

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
