/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/rule: what each match says about crafted packets, and how chains are walked. */
#include "rule_setup.h"

#include "hook_emit.h"

static const struct packet syn = {
	.proto = IPPROTO_TCP, .w0 = 1000, .w1 = 80, .tcp_flags = 0x02, .in = "r0", .out = "r1"
};
static const struct packet ack = {
	.proto = IPPROTO_TCP, .w0 = 1000, .w1 = 80, .tcp_flags = 0x10, .in = "r0", .out = "r1"
};
static const struct packet mss = {
	.proto = IPPROTO_TCP, .w0 = 1000, .w1 = 80, .tcp_flags = 0x02, .tcp_option = 2
};
static const struct packet tcp_cut = { .proto = IPPROTO_TCP, .w0 = 1000, .w1 = 80, .l4_len = 12 };
static const struct packet tcp_later = { .proto = IPPROTO_TCP, .frag = 64 };
static const struct packet tcp_tiny = { .proto = IPPROTO_TCP, .frag = 8 };
static const struct packet tcp_first = { .proto = IPPROTO_TCP, .w0 = 1000, .w1 = 80, .frag = 1 };
static const struct packet dns = { .proto = IPPROTO_UDP, .w0 = 1000, .w1 = 53 };
static const struct packet udp_cut = { .proto = IPPROTO_UDP, .w0 = 1000, .w1 = 53, .l4_len = 6 };
static const struct packet udp_2 = { .proto = IPPROTO_UDP, .l4_len = 2 };
static const struct packet ping = { .proto = IPPROTO_ICMP, .w0 = 8 << 8 };
static const struct packet unreach = { .proto = IPPROTO_ICMP, .w0 = 3 << 8 | 1 };
static const struct packet icmp_cut = { .proto = IPPROTO_ICMP, .w0 = 8 << 8, .l4_len = 6 };
static const struct packet sctp = { .proto = IPPROTO_SCTP, .w0 = 7, .w1 = 9 };
static const struct packet odd = { .proto = 200 };

static const struct packet syn6 = {
	.ip6 = true, .proto = IPPROTO_TCP, .w0 = 1000, .w1 = 80, .tcp_flags = 0x02
};
static const struct packet hbh6 = {
	.ip6 = true, .proto = IPPROTO_TCP, .w0 = 1000, .w1 = 80, .hop_by_hop = true
};
static const struct packet cut6 = { .ip6 = true, .proto = IPPROTO_TCP, .ext_cut = true };
static const struct packet later6 = { .ip6 = true, .proto = IPPROTO_TCP, .frag = 64 };
static const struct packet tiny6 = { .ip6 = true, .proto = IPPROTO_TCP, .frag = 8 };
static const struct packet ping6 = { .ip6 = true, .proto = IPPROTO_ICMPV6, .w0 = 128 << 8 };
static const struct packet unreach6 = { .ip6 = true, .proto = IPPROTO_ICMPV6, .w0 = 1 << 8 | 3 };

#define NO "accept"
#define YES "rule-drop"
#define HOT "rule-malformed"

static const struct {
	const char *rule;
	const struct packet *packet;
	const char *verdict;
} cases[] = {
	/* addresses, interfaces, protocol */
	{ "", &odd, YES },
	{ "-s 10.1.0.2", &syn, YES },
	{ "-s 10.1.0.3", &syn, NO },
	{ "! -s 10.1.0.3", &syn, YES },
	{ "! -s 10.1.0.2", &syn, NO },
	{ "-s 10.1.0.0/16 -d 10.2.0.0/16", &syn, YES },
	{ "-d 10.1.0.0/16", &syn, NO },
	{ "-s 10.7.0.2/255.0.255.255", &syn, YES },
	{ "-s 10.7.0.3/255.0.255.255", &syn, NO },
	{ "! -d 0/0", &syn, NO },
	{ "-s 0.0.0.0/32", &syn, NO },
	{ "-i r0", &syn, YES },
	{ "-i r", &syn, NO },
	{ "-i r+", &syn, YES },
	{ "-i +", &syn, YES },
	{ "-i r00", &syn, NO },
	{ "-i r1", &syn, NO },
	{ "! -i r1", &syn, YES },
	{ "! -i r+", &syn, NO },
	{ "-o r1 -i r0", &syn, YES },
	{ "-o r0", &syn, NO },
	{ "-o nothere", &syn, NO },
	{ "-p tcp", &syn, YES },
	{ "-p udp", &syn, NO },
	{ "! -p udp", &syn, YES },
	{ "-p 200", &odd, YES },
	/* fragments */
	{ "-f", &syn, NO },
	{ "! -f", &syn, YES },
	{ "-f", &tcp_later, YES },
	{ "-f", &tcp_first, NO },
	{ "! -f", &tcp_later, NO },
	{ "-p tcp", &tcp_later, YES },
	{ "-p tcp --dport 80", &tcp_first, YES },
	{ "-p tcp --dport 80", &tcp_later, NO },
	{ "-p tcp ! --dport 80", &tcp_later, NO },
	{ "-p tcp --dport 80", &tcp_tiny, HOT },
	/* tcp */
	{ "-p tcp --dport 80", &syn, YES },
	{ "-p tcp --dport 81", &syn, NO },
	{ "-p tcp ! --dport 81", &syn, YES },
	{ "-p tcp --sport 999:1001 --dport 80:", &syn, YES },
	{ "-p tcp --sport 1001:", &syn, NO },
	{ "-p tcp --syn", &syn, YES },
	{ "-p tcp --syn", &ack, NO },
	{ "-p tcp ! --syn", &ack, YES },
	{ "-p tcp --tcp-flags ALL SYN", &syn, YES },
	{ "-p tcp --tcp-flags SYN,ACK SYN,ACK", &syn, NO },
	{ "-p tcp --tcp-flags ACK ACK", &ack, YES },
	{ "-p tcp --tcp-option 2", &mss, YES },
	{ "-p tcp --tcp-option 3", &mss, NO },
	{ "-p tcp ! --tcp-option 3", &mss, YES },
	{ "-p tcp --tcp-option 2", &syn, NO },
	{ "-p tcp", &tcp_cut, YES },
	{ "-p tcp --dport 80", &tcp_cut, HOT },
	{ "-p tcp -m tcp", &tcp_cut, HOT },
	{ "-p tcp --dport 80", &dns, NO },
	/* udp */
	{ "-p udp --dport 53", &dns, YES },
	{ "-p udp --dport domain", &dns, YES },
	{ "-p udp --sport 53", &dns, NO },
	{ "-p udp --dport 53", &udp_cut, HOT },
	/* icmp */
	{ "-p icmp --icmp-type 8", &ping, YES },
	{ "-p icmp --icmp-type echo-reply", &ping, NO },
	{ "-p icmp --icmp-type any", &ping, YES },
	{ "-p icmp ! --icmp-type any", &ping, NO },
	{ "-p icmp --icmp-type 3", &unreach, YES },
	{ "-p icmp --icmp-type host-unreachable", &unreach, YES },
	{ "-p icmp --icmp-type 3/2", &unreach, NO },
	{ "-p icmp ! --icmp-type 3/2", &unreach, YES },
	{ "-p icmp --icmp-type 8", &icmp_cut, HOT },
	/* multiport */
	{ "-p tcp -m multiport --dports 22,80,443", &syn, YES },
	{ "-p tcp -m multiport --dports 22,443", &syn, NO },
	{ "-p tcp -m multiport ! --dports 22,443", &syn, YES },
	{ "-p tcp -m multiport --sports 900:1100", &syn, YES },
	{ "-p tcp -m multiport --ports 80", &syn, YES },
	{ "-p tcp -m multiport --ports 1000", &syn, YES },
	{ "-p tcp -m multiport ! --ports 1000", &syn, NO },
	{ "-p tcp -m multiport --ports 1", &tcp_later, NO },
	{ "-p udp -m multiport --ports 53", &udp_cut, YES },
	{ "-p udp -m multiport --ports 53", &udp_2, HOT },
	{ "-p sctp -m multiport --dports 9", &sctp, YES },
	{ "-m comment --comment hello", &odd, YES },
	/* IPv6 */
	{ "-s fd01::2", &syn6, YES },
	{ "-s fd01::/16 -d fd02::2", &syn6, YES },
	{ "! -s fd01::2", &syn6, NO },
	{ "-s fd00::2/ff00:ffff:ffff:ffff:ffff:ffff:ffff:ffff", &syn6, YES },
	{ "-p tcp --dport 80", &syn6, YES },
	{ "-p tcp --dport 80", &hbh6, YES },
	{ "-p tcp", &later6, YES },
	{ "-p tcp --dport 80", &later6, NO },
	{ "-p tcp --dport 80", &tiny6, NO },
	{ "-p tcp", &cut6, YES },
	{ "-p udp", &cut6, NO },
	{ "-p tcp --dport 80", &cut6, HOT },
	{ "-s fd01::2", &cut6, YES },
	{ "-p icmpv6 --icmpv6-type echo-request", &ping6, YES },
	{ "-p icmpv6 ! --icmpv6-type echo-request", &ping6, NO },
	{ "-p icmpv6 --icmpv6-type 1/3", &unreach6, YES },
	{ "-p icmpv6 --icmpv6-type no-route", &unreach6, NO },
};

static void
test_matches(void **state)
{
	char line[256];

	for (unsigned i = 0; i < RTE_DIM(cases); i++) {
		const char *verdict;

		rules_reset();
		snprintf(line, sizeof(line), "ip%stables -A FORWARD %s -j DROP",
			 cases[i].packet->ip6 ? "6" : "", cases[i].rule);
		run_ok(line);
		verdict = meet(HOOK_FORWARD, cases[i].packet);
		if (strcmp(verdict, cases[i].verdict) != 0)
			fail_msg("%s: %s, not %s", line, verdict, cases[i].verdict);
	}
}

/* The counters of "iptables-save -c" as text behind the rules they count. */
static void
expect_saved(const char *want)
{
	const char *from, *to;
	char got[2048];

	run_ok("iptables-save -c");
	from = strstr(str_text(&rule_out), "*filter\n");
	to = strstr(str_text(&rule_out), "COMMIT");
	assert_non_null(from);
	assert_non_null(to);
	snprintf(got, sizeof(got), "%.*s", (int)(to - from - 8), from + 8);
	assert_string_equal(got, want);
}

static void
test_chains(void **state)
{
	restore_ok("*filter\n:FORWARD DROP [0:0]\n:one - [0:0]\n:two - [0:0]\n:three - [0:0]\n"
		   "-A FORWARD -p tcp -j one\n"
		   "-A FORWARD -p udp -g two\n"
		   "-A FORWARD -p icmp -j RETURN\n"
		   "-A FORWARD -p 200\n"
		   "-A FORWARD -p tcp -j ACCEPT\n"
		   "-A one -p tcp --dport 80 -g three\n"
		   "-A one -j DROP\n"
		   "-A two -j three\n"
		   "-A two -j RETURN\n"
		   "-A two -j ACCEPT\n"
		   "-A three -s 10.1.0.2\n"
		   "COMMIT\n");
	/* A goto's end returns to where its chain was called from. */
	assert_string_equal(meet(HOOK_FORWARD, &syn), "accept");
	/* A goto from a built-in chain ends at the policy. */
	assert_string_equal(meet(HOOK_FORWARD, &dns), "rule-policy");
	assert_string_equal(meet(HOOK_FORWARD, &ping), "rule-policy");
	assert_string_equal(meet(HOOK_FORWARD, &odd), "rule-policy");
	assert_string_equal(meet(HOOK_INPUT, &odd), "accept");
	expect_saved(":INPUT ACCEPT [1:32]\n:FORWARD DROP [3:96]\n:OUTPUT ACCEPT [0:0]\n"
		     ":one - [0:0]\n:three - [0:0]\n:two - [0:0]\n"
		     "[1:44] -A FORWARD -p tcp -j one\n"
		     "[1:32] -A FORWARD -p udp -g two\n"
		     "[1:32] -A FORWARD -p icmp -j RETURN\n"
		     "[1:32] -A FORWARD -p 200\n"
		     "[1:44] -A FORWARD -p tcp -j ACCEPT\n"
		     "[1:44] -A one -p tcp -m tcp --dport 80 -g three\n"
		     "[0:0] -A one -j DROP\n"
		     "[2:76] -A three -s 10.1.0.2/32\n"
		     "[1:32] -A two -j three\n"
		     "[1:32] -A two -j RETURN\n"
		     "[0:0] -A two -j ACCEPT\n");
}

/* Changes of other rules leave a rule's counters alone; -Z and -R do not. */
static void
test_counters(void **state)
{
	rules_reset();
	run_ok("iptables -A FORWARD -p tcp -c 10 20 -j ACCEPT");
	for (int i = 0; i < 7; i++)
		meet(HOOK_FORWARD, &syn);
	run_ok("iptables -I FORWARD -p udp");
	run_ok("iptables -A FORWARD -j DROP");
	run_ok("iptables -N other");
	meet(HOOK_FORWARD, &syn);
	expect_saved(":INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n"
		     ":other - [0:0]\n[0:0] -A FORWARD -p udp\n"
		     "[18:372] -A FORWARD -p tcp -j ACCEPT\n[0:0] -A FORWARD -j DROP\n");
	run_ok("iptables -Z FORWARD 2");
	run_ok("iptables -D FORWARD 1");
	meet(HOOK_FORWARD, &syn);
	meet(HOOK_FORWARD, &dns);
	expect_saved(":INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n"
		     ":other - [0:0]\n[1:44] -A FORWARD -p tcp -j ACCEPT\n"
		     "[1:32] -A FORWARD -j DROP\n");
	run_ok("iptables -R FORWARD 1 -p tcp -j ACCEPT");
	run_ok("iptables -Z");
	expect_saved(":INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n"
		     ":other - [0:0]\n[0:0] -A FORWARD -p tcp -j ACCEPT\n"
		     "[0:0] -A FORWARD -j DROP\n");
}

static struct {
	unsigned errors, resets;
	uint8_t type, code;
} answered;

static void
catch_error(const struct hook_ctx *ctx, struct rte_mbuf *about, uint8_t type, uint8_t code,
	    uint32_t info)
{
	answered.errors++;
	answered.type = type;
	answered.code = code;
}

static void
catch_out(const struct hook_ctx *ctx, struct rte_mbuf *m)
{
	answered.resets++;
	rte_pktmbuf_free(m);
}

static void
expect_answer(const char *rule, const struct packet *p, unsigned errors, uint8_t type, uint8_t code,
	      unsigned resets)
{
	char line[256];

	rules_reset();
	snprintf(line, sizeof(line), "ip%stables -A FORWARD %s", p->ip6 ? "6" : "", rule);
	run_ok(line);
	memset(&answered, 0, sizeof(answered));
	assert_string_equal(meet(HOOK_FORWARD, p), "rule-reject");
	if (answered.errors != errors || answered.resets != resets ||
	    (errors > 0 && (answered.type != type || answered.code != code)))
		fail_msg("%s: %u errors %u/%u, %u resets", line, answered.errors, answered.type,
			 answered.code, answered.resets);
}

static void
test_reject(void **state)
{
	static const struct packet rst = { .proto = IPPROTO_TCP, .tcp_flags = 0x04 };
	static const struct packet bad = { .proto = IPPROTO_TCP,
					   .tcp_flags = 0x02,
					   .bad_checksum = true };
	static const struct packet odd_4 = { .proto = 200, .w0 = 1, .l4_len = 4 };
	static const struct packet odd_sum = { .proto = 200, .w0 = 0xfffe, .w1 = 1, .l4_len = 4 };
	struct hook_emit old = hook_emit;

	hook_emit = (struct hook_emit){ catch_error, catch_out };
	expect_answer("-j REJECT", &syn, 1, 3, 3, 0);
	expect_answer("-j REJECT", &dns, 1, 3, 3, 0);
	expect_answer("-j REJECT", &ping, 1, 3, 3, 0);
	expect_answer("-j REJECT --reject-with icmp-net-unreachable", &dns, 1, 3, 0, 0);
	expect_answer("-j REJECT --reject-with icmp-host-unreachable", &dns, 1, 3, 1, 0);
	expect_answer("-j REJECT --reject-with icmp-proto-unreachable", &dns, 1, 3, 2, 0);
	expect_answer("-j REJECT --reject-with icmp-net-prohibited", &dns, 1, 3, 9, 0);
	expect_answer("-j REJECT --reject-with icmp-host-prohibited", &dns, 1, 3, 10, 0);
	expect_answer("-j REJECT --reject-with icmp-admin-prohibited", &dns, 1, 3, 13, 0);
	expect_answer("-p tcp -j REJECT --reject-with tcp-reset", &syn, 0, 0, 0, 1);
	expect_answer("-p tcp -j REJECT --reject-with tcp-reset", &rst, 0, 0, 0, 0);
	/* What cannot be checked, or is wrong, gets no answer. */
	expect_answer("-j REJECT", &bad, 0, 0, 0, 0);
	expect_answer("-p tcp -j REJECT --reject-with tcp-reset", &bad, 0, 0, 0, 0);
	expect_answer("-j REJECT", &tcp_later, 0, 0, 0, 0);
	expect_answer("-j REJECT", &sctp, 1, 3, 3, 0);
	expect_answer("-j REJECT", &odd_4, 0, 0, 0, 0);
	expect_answer("-j REJECT", &odd_sum, 1, 3, 3, 0);
	expect_answer("-j REJECT", &tcp_first, 1, 3, 3, 0);
	expect_answer("-j REJECT", &syn6, 1, 1, 4, 0);
	expect_answer("-j REJECT --reject-with no-route", &syn6, 1, 1, 0, 0);
	expect_answer("-j REJECT --reject-with adm-prohibited", &syn6, 1, 1, 1, 0);
	expect_answer("-j REJECT --reject-with addr-unreach", &syn6, 1, 1, 3, 0);
	expect_answer("-j REJECT --reject-with policy-fail", &syn6, 1, 1, 5, 0);
	expect_answer("-j REJECT --reject-with reject-route", &syn6, 1, 1, 6, 0);
	expect_answer("-p tcp -j REJECT --reject-with tcp-reset", &syn6, 0, 0, 0, 1);
	hook_emit = old;
}

/* The table enters the hooks when it is first looked at, and stays. */
static void
test_hooks(void **state)
{
	const struct hook_list *l = hook_list_get(gen_current(), HOOK_IP4, HOOK_FORWARD);
	struct hook_ctx ctx = { .gen = gen_current(), .family = HOOK_IP4, .point = HOOK_FORWARD };
	struct rte_mbuf *m[2];

	assert_non_null(l);
	assert_null(hook_list_get(gen_current(), HOOK_IP4, HOOK_PREROUTING));
	rules_reset();
	run_ok("iptables -A FORWARD -p udp -j DROP");
	ctx.gen = gen_current();
	m[0] = packet_make(&dns);
	m[1] = packet_make(&syn);
	assert_int_equal(hook_walk(hook_list_get(ctx.gen, HOOK_IP4, HOOK_FORWARD), &ctx, m, 2), 1);
	assert_int_equal(pkt(m[0])->proto, IPPROTO_TCP);
	rte_pktmbuf_free(m[0]);
}

/* Deep nesting is walked to its end; deeper than the limit is refused. */
static void
test_depth(void **state)
{
	char line[128];

	rules_reset();
	for (int i = 0; i < RULE_DEPTH_MAX + 1; i++) {
		snprintf(line, sizeof(line), "iptables -N c%d", i);
		run_ok(line);
		snprintf(line, sizeof(line), "iptables -A c%d -j c%d", i, i - 1);
		if (i > 0)
			run_ok(line);
	}
	run_ok("iptables -A c0 -j DROP");
	snprintf(line, sizeof(line), "iptables -A FORWARD -j c%d", RULE_DEPTH_MAX - 1);
	run_ok(line);
	assert_string_equal(meet(HOOK_FORWARD, &syn), "rule-drop");
	snprintf(line, sizeof(line), "iptables -A INPUT -j c%d", RULE_DEPTH_MAX);
	assert_int_equal(run(line), 1);
	assert_string_equal(str_text(&rule_err), "iptables: Too many levels of symbolic links.\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_matches),  cmocka_unit_test(test_chains),
		cmocka_unit_test(test_counters), cmocka_unit_test(test_reject),
		cmocka_unit_test(test_hooks),    cmocka_unit_test(test_depth),
	};

	return cmocka_run_group_tests(tests, route_setup, NULL);
}
