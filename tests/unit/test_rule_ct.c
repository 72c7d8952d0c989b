/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Matches and targets of connections without the walk: hand-made entries, counting of connections, when tracking is
 * needed, and that what is saved restores to the same.
 */
#include "rule_setup.h"

#include "ct_conncount.h"
#include "ct_ext.h"
#include "ct_helper.h"
#include "ct_hooks.h"
#include "ct_table.h"
#include "ct_tcp.h"
#include "ct_template.h"
#include "ct_timeouts.h"

#define NOW 1000000 /* ms */

static struct ct flow;
static struct ct_ext ext;

static int
setup(void **state)
{
	struct err e = { "" };

	if (route_setup(state) != 0)
		return -1;
	return param_set_text(param_find("net.netfilter.nf_conntrack_max"), "4096", &e);
}

static struct ct_tuple
tuple(const char *src, unsigned sport, const char *dst, unsigned dport, uint8_t proto)
{
	return (struct ct_tuple){ .src.v4 = ip(src).v4,
				  .dst.v4 = ip(dst).v4,
				  .sport = htons(sport),
				  .dport = htons(dport),
				  .proto = proto,
				  .family = AF_INET };
}

static int
fresh(void **state)
{
	struct ct_tuple orig = tuple("10.1.0.2", 1000, "10.2.0.2", 80, IPPROTO_TCP);
	struct ct_tuple reply = tuple("10.2.0.9", 8080, "10.1.0.2", 1000, IPPROTO_TCP);

	flow = (struct ct){ .family = AF_INET, .proto = IPPROTO_TCP, .status = CT_CONFIRMED };
	memset(&ext, 0, sizeof(ext));
	flow.ext = &ext;
	ct_tuple_set(&flow, CT_ORIGINAL, &orig);
	ct_tuple_set(&flow, CT_REPLY, &reply);
	flow.expires = ct_time(NOW) + ct_seconds(100);
	rules_reset();
	return 0;
}

/* A packet of pkt.ct through FORWARD of a table; its mark comes back. */
static const char *
walk_with(const char *table, enum hook_point point, uint64_t ct, uint32_t *mark)
{
	struct packet p = { .proto = IPPROTO_TCP };
	struct rte_mbuf *m = packet_make(&p);
	struct hook_ctx ctx = { .gen = gen_current(), .now = NOW, .point = point };
	verdict_t v = VERDICT_ACCEPT;

	pkt(m)->ct = ct;
	pkt(m)->mark = *mark;
	rule_hook(&ctx, rule_hook_priv(HOOK_IP4, rule_table_type_find(HOOK_IP4, table)), &m, 1, &v);
	*mark = pkt(m)->mark;
	rte_pktmbuf_free(m);
	return v == VERDICT_ACCEPT ? "accept" : drop_info(v - VERDICT_DROP)->name;
}

static bool
matches(const char *match, enum ct_info info)
{
	uint64_t ct = info < CT_INFO_TEMPLATE ? (uintptr_t)&flow | info : info;
	uint32_t mark = 0;
	char line[256];
	bool hit;

	snprintf(line, sizeof(line), "iptables -A FORWARD %s -j DROP", match);
	run_ok(line);
	hit = strcmp(walk_with("filter", HOOK_FORWARD, ct, &mark), "rule-drop") == 0;
	run_ok("iptables -F");
	return hit;
}

static void
test_states(void **state)
{
	static const struct {
		enum ct_info info;
		const char *state;
	} is[] = {
		{ CT_INFO_ESTABLISHED, "ESTABLISHED" },
		{ CT_INFO_ESTABLISHED_REPLY, "ESTABLISHED" },
		{ CT_INFO_RELATED, "RELATED" },
		{ CT_INFO_RELATED_REPLY, "RELATED" },
		{ CT_INFO_NEW, "NEW" },
		{ CT_INFO_UNTRACKED, "UNTRACKED" },
	};
	static const char *const all[] = { "INVALID", "NEW", "RELATED", "ESTABLISHED",
					   "UNTRACKED" };
	char line[64];

	for (unsigned i = 0; i < RTE_DIM(is); i++)
		for (unsigned j = 0; j < RTE_DIM(all); j++) {
			bool same = strcmp(is[i].state, all[j]) == 0;

			snprintf(line, sizeof(line), "-m state --state %s", all[j]);
			assert_int_equal(matches(line, is[i].info), same);
			snprintf(line, sizeof(line), "-m conntrack ! --ctstate %s", all[j]);
			assert_int_equal(matches(line, is[i].info), !same);
		}
}

static void
test_nat(void **state)
{
	assert_false(matches("-m conntrack --ctstate SNAT,DNAT", CT_INFO_NEW));
	flow.status |= CT_DST_NAT;
	assert_true(matches("-m conntrack --ctstate SNAT,DNAT", CT_INFO_NEW));
	assert_false(matches("-m conntrack --ctstate SNAT", CT_INFO_NEW));
	assert_false(matches("-m conntrack ! --ctstate DNAT", CT_INFO_NEW));
	assert_true(matches("-m conntrack --ctreplsrc 10.2.0.9 --ctorigdst 10.2.0.2", CT_INFO_NEW));
	assert_false(matches("-m conntrack --ctreplsrc 10.2.0.2", CT_INFO_NEW));
	assert_true(matches("-m conntrack --ctreplsrcport 8080 --ctorigdstport 80", CT_INFO_NEW));
	assert_false(matches("-m conntrack --ctreplsrcport 80", CT_INFO_NEW));
	assert_true(matches("-m conntrack ! --ctreplsrcport 80", CT_INFO_NEW));
}

static void
test_expiry(void **state)
{
	assert_true(matches("-m conntrack --ctexpire 99:100", CT_INFO_ESTABLISHED));
	assert_false(matches("-m conntrack --ctexpire 0:98", CT_INFO_ESTABLISHED));
	flow.expires = ct_time(NOW) - 5;
	assert_true(matches("-m conntrack --ctexpire 0", CT_INFO_ESTABLISHED));
	flow.expires = ct_time(NOW) + ct_seconds(432000);
	assert_true(matches("-m conntrack --ctexpire 431998:432000", CT_INFO_ESTABLISHED));
	flow.status = 0;
	flow.expires = ct_seconds(30);
	assert_true(matches("-m conntrack --ctexpire 0", CT_INFO_NEW));
}

static void
test_bytes(void **state)
{
	static const char both[] = "-m connbytes --connbytes %s --connbytes-dir both "
				   "--connbytes-mode bytes";
	char line[128];

	snprintf(line, sizeof(line), both, "0");
	assert_false(matches(line, CT_INFO_ESTABLISHED)); /* it is not counted */
	ext.has = CT_HAS_ACCT;
	ext.acct[CT_ORIGINAL] = (struct count){ 2, 300 };
	ext.acct[CT_REPLY] = (struct count){ 1, UINT64_C(1) << 40 };
	assert_true(matches(line, CT_INFO_ESTABLISHED));
	snprintf(line, sizeof(line), both, "1099511627776:");
	assert_true(matches(line, CT_INFO_ESTABLISHED));
	snprintf(line, sizeof(line), both, "1099511628077");
	assert_false(matches(line, CT_INFO_ESTABLISHED));
	assert_true(matches("-m connbytes --connbytes 150:150 --connbytes-dir original "
			    "--connbytes-mode avgpkt",
			    CT_INFO_ESTABLISHED));
	assert_true(matches("-m connbytes ! --connbytes 2:9 --connbytes-dir reply "
			    "--connbytes-mode packets",
			    CT_INFO_ESTABLISHED));
}

static void
test_labels(void **state)
{
	assert_false(matches("-m connlabel --label 70 --set", CT_INFO_NEW));
	assert_int_equal(ext.labels[1], 0);
	ext.has = CT_HAS_LABELS;
	assert_false(matches("-m connlabel --label 70", CT_INFO_NEW));
	assert_true(matches("-m connlabel --label 70 --set", CT_INFO_NEW));
	assert_int_equal(ext.labels[1], 1 << 6);
	assert_true(matches("-m connlabel --label 70", CT_INFO_NEW));
	assert_false(matches("-m connlabel ! --label 70", CT_INFO_NEW));
	assert_false(matches("-m connlabel ! --label 3 --set", CT_INFO_NEW));
	assert_int_equal(ext.labels[0], 1 << 3);
	assert_int_equal(run("iptables -A FORWARD -m connlabel --label 128"), 1);
}

static void
test_helper_of_master(void **state)
{
	static const struct ct_helper ftp = { .name = "ftp" };

	assert_false(matches("-m helper --helper ftp", CT_INFO_NEW));
	ext.helper = &ftp; /* its own does not count */
	assert_false(matches("-m helper --helper ftp", CT_INFO_NEW));
	ext.master_helper = &ftp;
	assert_true(matches("-m helper --helper ftp", CT_INFO_NEW));
	assert_true(matches("-m helper --helper ftp-2121", CT_INFO_NEW));
	assert_true(matches("-m helper --helper ''", CT_INFO_NEW));
	assert_false(matches("-m helper --helper f", CT_INFO_NEW));
}

/* Sets both marks, walks, and compares. */
static void
connmark(const char *options, uint32_t mark, uint32_t ct_mark, uint32_t want, uint32_t want_ct)
{
	char line[256];

	snprintf(line, sizeof(line), "iptables -A FORWARD -j CONNMARK %s", options);
	run_ok(line);
	flow.mark = ct_mark;
	walk_with("filter", HOOK_FORWARD, (uintptr_t)&flow | CT_INFO_NEW, &mark);
	if (mark != want || flow.mark != want_ct)
		fail_msg("%s: %x %x", options, mark, flow.mark);
	run_ok("iptables -F");
}

static void
test_connmark(void **state)
{
	connmark("--set-mark 5", 1, 2, 1, 5);
	connmark("--set-mark 5/6", 1, 0xff, 1, 0xfd);
	connmark("--set-xmark 5/6", 1, 0xff, 1, 0xfc);
	connmark("--and-mark 0xf", 1, 0xff, 1, 0xf);
	connmark("--xor-mark 0xf", 1, 0xff, 1, 0xf0);
	connmark("--set-mark 0x81 --left-shift-mark 31", 1, 0, 1, 0x80000000);
	connmark("--save-mark --nfmask 0xff --ctmask 0xf", 0x1234, 0xffff, 0x1234, 0xffc4);
	connmark("--save-mark --right-shift-mark 8", 0x1234, 0xffff, 0x1234, 0x12);
	connmark("--restore-mark --nfmask 0xff --ctmask 0xf0", 0x1234, 0xabcd, 0x12c0, 0xabcd);
	connmark("--restore-mark --left-shift-mark 4", 0x1234, 0xabcd, 0xabcd0, 0xabcd);
}

static void
test_template(void **state)
{
	const struct ct_template *t;
	struct packet p = { .proto = IPPROTO_TCP };
	struct rte_mbuf *m = packet_make(&p);
	struct hook_ctx ctx = { .gen = gen_current(), .point = HOOK_PREROUTING };
	void *raw = rule_hook_priv(HOOK_IP4, rule_table_type_find(HOOK_IP4, "raw"));
	verdict_t v = VERDICT_ACCEPT;

	run_ok("nfct add timeout x inet generic timeout 5");
	assert_int_equal(run("iptables -t raw -A PREROUTING -p tcp -j CT --timeout x"), 1);
	run_ok("iptables -t raw -A PREROUTING -p 200 -j CT --timeout x");
	assert_int_equal(ct_timeouts_find("x")->uses, 1);
	assert_int_equal(run("nfct delete timeout x"), 1);
	run_ok("iptables -t raw -A PREROUTING -p tcp -j CT --zone-reply 9 --ctevents new,mark");
	run_ok("iptables -t raw -A PREROUTING -p tcp -j CT --notrack");
	ctx.gen = gen_current();
	rule_hook(&ctx, raw, &m, 1, &v);
	assert_int_equal(pkt(m)->ct & CT_INFO_MASK, CT_INFO_TEMPLATE);
	t = (void *)(uintptr_t)(pkt(m)->ct & ~CT_INFO_MASK);
	assert_int_equal(t->zone, 9);
	assert_int_equal(t->zone_dirs, CT_ZONE_REPLY);
	assert_int_equal(t->event_mask, 0x81);
	assert_null(t->timeouts);
	run_ok("iptables -t raw -F");
	assert_int_equal(ct_timeouts_find("x")->uses, 0);
	run_ok("nfct delete timeout x");
	rte_pktmbuf_free(m);
}

static void
expect_needs(const char *line, bool ip4, bool ip6, bool order)
{
	run_ok(line);
	if (ct_active(gen_current(), HOOK_IP4) != ip4 ||
	    ct_active(gen_current(), HOOK_IP6) != ip6 || ct_order(gen_current()) != order)
		fail_msg("%s", line);
}

static void
test_needs(void **state)
{
	expect_needs("iptables -A FORWARD -j ACCEPT", false, false, false);
	expect_needs("iptables -t raw -A PREROUTING -j NOTRACK", false, false, false);
	expect_needs("iptables -t raw -A PREROUTING -j CT --notrack --zone 5", false, false, false);
	expect_needs("iptables -t nat -L", false, false, false);
	expect_needs("iptables -A FORWARD -m state --state NEW", true, false, false);
	expect_needs("ip6tables -N x", true, false, false);
	expect_needs("ip6tables -A x -m conntrack --ctstatus ASSURED", true, true, true);
	expect_needs("iptables -F", false, true, true);
	expect_needs("ip6tables -F", false, false, false);
	expect_needs("ip6tables -X", false, false, false);
	expect_needs("iptables -t mangle -A INPUT -j CONNMARK --save-mark", true, false, true);
	expect_needs("iptables -t mangle -F", false, false, false);
	expect_needs("iptables -t raw -A OUTPUT -j CT", true, false, false);
	expect_needs("iptables -t raw -F", false, false, false);
	assert_int_equal(param_get(param_find("net.netfilter.nf_conntrack_acct")), 0);
	expect_needs("iptables -A FORWARD -m connbytes --connbytes 1 --connbytes-dir both "
		     "--connbytes-mode bytes",
		     true, false, true);
	assert_int_equal(param_get(param_find("net.netfilter.nf_conntrack_acct")), 1);
	expect_needs("iptables -F", false, false, false);
}

static struct ct_conncount counting;

static uint32_t
count_in(uint64_t now, unsigned sport, uint16_t zone, const struct ct *ct)
{
	struct hook_ctx ctx = { .now = now };
	struct ct_tuple t = tuple("10.1.0.2", sport, "10.2.0.2", 80, IPPROTO_TCP);
	struct ct_conncount_key key = { .addr = t.src, .zone = zone };

	return ct_conncount(&counting, &ctx, &key, &t, ct);
}

/* A confirmed connection of that source port. */
static struct ct *
insert(unsigned sport)
{
	struct ct_tuple t = tuple("10.1.0.2", sport, "10.2.0.2", 80, IPPROTO_TCP);
	struct ct_tuple r = tuple("10.2.0.2", 80, "10.1.0.2", sport, IPPROTO_TCP);
	struct ct *ct = ct_alloc(0, AF_INET), *other;

	assert_non_null(ct);
	ct->proto = IPPROTO_TCP;
	ct->state = CT_TCP_ESTABLISHED;
	ct->expires = ct_seconds(100000);
	ct_tuple_set(ct, CT_ORIGINAL, &t);
	ct_tuple_set(ct, CT_REPLY, &r);
	assert_int_equal(ct_insert(0, ct, ct_time(NOW), &other), 0);
	return ct;
}

static void
test_conncount(void **state)
{
	struct ct *one, *two;
	struct err e;

	assert_int_equal(ct_table_create(HOOK_IP4, &e), 0);
	assert_int_equal(ct_conncount_prepare(), 0);
	one = insert(1);
	two = insert(2);
	assert_int_equal(count_in(NOW, 1, 0, one), 1);
	assert_int_equal(count_in(NOW, 1, 0, one), 1);
	assert_int_equal(count_in(NOW, 2, 0, two), 2);
	assert_int_equal(count_in(NOW, 2, 5, two), 1); /* another zone */
	/* Not confirmed: counts in this burst, and is gone in the next. */
	assert_int_equal(count_in(NOW, 3, 0, NULL), 3);
	assert_int_equal(count_in(NOW, 4, 0, NULL), 4);
	assert_int_equal(count_in(NOW + 1, 5, 0, NULL), 3);
	assert_int_equal(count_in(NOW + 2, 5, 0, NULL), 3);
	one->state = CT_TCP_TIME_WAIT;
	assert_int_equal(count_in(NOW + 3, 6, 0, NULL), 2);
	assert_int_equal(count_in(NOW + 4, 1, 0, one), 1); /* closed: not added again */
	two->state = CT_TCP_CLOSE;
	assert_int_equal(count_in(NOW + 5, 2, 0, two), 0);
	ct_conncount_clear(&counting);
	assert_true(ct_remove(0, one));
	assert_true(ct_remove(0, two));
}

/* Memory is bounded, comes back, and a long list is walked in parts. */
static void
test_conncount_many(void **state)
{
	uint32_t most = 0;

	for (unsigned i = 1; i < 20000; i++)
		most = RTE_MAX(most, count_in(NOW, i, 0, NULL));
	assert_in_range(most, 4096, 2 * 16384);
	assert_int_equal(count_in(NOW, 20000, 0, NULL), 0);
	for (unsigned i = 0; i < 200; i++)
		count_in(NOW + 100, 30000, 0, NULL);
	assert_in_range(count_in(NOW + 101, 30000, 0, NULL), 1, 300);
	ct_conncount_clear(&counting);
	/* A key each. */
	for (unsigned i = 1; i < 1000; i++)
		assert_int_equal(count_in(NOW, i, i, NULL), 1);
	ct_conncount_clear(&counting);
	assert_int_equal(count_in(NOW, 1, 0, NULL), 1);
	ct_conncount_clear(&counting);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_states, fresh),
		cmocka_unit_test_setup(test_nat, fresh),
		cmocka_unit_test_setup(test_expiry, fresh),
		cmocka_unit_test_setup(test_needs, fresh),
		cmocka_unit_test_setup(test_bytes, fresh),
		cmocka_unit_test_setup(test_labels, fresh),
		cmocka_unit_test_setup(test_helper_of_master, fresh),
		cmocka_unit_test_setup(test_connmark, fresh),
		cmocka_unit_test_setup(test_template, fresh),
		cmocka_unit_test(test_conncount),
		cmocka_unit_test(test_conncount_many),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
