/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Flows that are served from the cache, and everything that makes it forget: after a command has returned no packet sees
 * what was before; counters are right at any moment.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base_clock.h"
#include "ct_table.h"
#include "dp.h"
#include "dp_frame.h"
#include "flow.h"
#include "rule_record.h"

#define RULE "iptables -A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT"
#define LEN 128 /* of the packets: 20 + 8 + 100 */

static int
configure(void **state)
{
	if (dp_router(state) != 0)
		return -1;
	DP("sysctl -w net.pollux.flow_cache=1");
	DP("sysctl -w net.netfilter.nf_conntrack_max=8192");
	DP(RULE);
	DP("iptables -t nat -A POSTROUTING -o p1 -j MASQUERADE");
	DP("ip6tables -A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT");
	return 0;
}

static const struct dp_ip there = { .src = "10.1.0.2",
				    .dst = "10.2.0.2",
				    .proto = IPPROTO_UDP,
				    .ttl = 64,
				    .sport = 1000,
				    .dport = 53,
				    .payload = 100 },
			  back = { .src = "10.2.0.2",
				   .dst = "10.2.0.1",
				   .proto = IPPROTO_UDP,
				   .ttl = 64,
				   .sport = 53,
				   .dport = 1000,
				   .payload = 100,
				   .side = 1 },
			  there6 = { .src = "fd01::2",
				     .dst = "fd02::2",
				     .proto = IPPROTO_UDP,
				     .ttl = 64,
				     .sport = 1000,
				     .dport = 53,
				     .payload = 100 },
			  back6 = { .src = "fd02::2",
				    .dst = "fd01::2",
				    .proto = IPPROTO_UDP,
				    .ttl = 64,
				    .sport = 53,
				    .dport = 1000,
				    .payload = 100,
				    .side = 1 };

/* n of each way in turns; how many were served from the cache. What they became is left in the rings. */
static unsigned
talk(const struct dp_ip *to, const struct dp_ip *fro, unsigned n)
{
	struct dp_frame f = dp_ip(to), g = dp_ip(fro);
	uint64_t before = flow_stat().served;

	for (unsigned i = 0; i < n; i++) {
		dp_give(to->side, f.bytes, f.len);
		dp_run();
		dp_give(fro->side, g.bytes, g.len);
		dp_run();
	}
	return flow_stat().served - before;
}

/* Both ways are known: the next packets are served. */
static void
warm_up(void)
{
	talk(&there, &back, 1);
	talk(&there6, &back6, 1);
	clock_advance(3000); /* streams, from now on */
	talk(&there, &back, 2);
	talk(&there6, &back6, 2);
	dp_flush(0);
	dp_flush(1);
	assert_int_equal(talk(&there, &back, 1), 2);
	assert_int_equal(talk(&there6, &back6, 1), 2);
	assert_int_equal(dp_flush(0), 2);
	assert_int_equal(dp_flush(1), 2);
}

/* Packets of the rule in FORWARD. */
static unsigned
counted(void)
{
	const char *text = DP("iptables -L FORWARD -v -x -n"),
		   *line = strstr(text, "ctstate ESTABLISHED");

	assert_non_null(line);
	while (line > text && line[-1] != '\n')
		line--;
	return strtoul(line, NULL, 10);
}

static void
counters(void **state)
{
	unsigned was;
	char want[80];

	DP("iptables -Z");
	warm_up();
	was = counted();
	assert_int_equal(talk(&there, &back, 50), 100);
	assert_int_equal(counted(), was + 100);
	snprintf(want, sizeof(want), "[%u:%u] -A FORWARD", was + 100, (was + 100) * LEN);
	assert_non_null(strstr(DP("iptables-save -c -t filter"), want));
	/* Zeroed, and what comes after that counts. */
	DP("iptables -Z");
	assert_int_equal(counted(), 0);
	assert_true(talk(&there, &back, 10) >= 18);
	assert_int_equal(counted(), 20);
	/* A change keeps the counters of rules that stay. */
	DP("iptables -I FORWARD -p tcp");
	assert_int_equal(counted(), 20);
	assert_int_equal(talk(&there, &back, 10), 18); /* the first of each way walked */
	DP("iptables -D FORWARD 1");
	assert_int_equal(counted(), 40);
	dp_flush(0);
	dp_flush(1);
}

/* The command is in force for the next packet, which walks. */
static void
forgets(const char *command, const char *undo, unsigned reach0, unsigned reach1)
{
	uint64_t before;

	warm_up();
	DP(command);
	before = flow_stat().served;
	talk(&there, &back, 1);
	if (flow_stat().served != before)
		fail_msg("%s: served all the same", command);
	if (dp_flush(0) != reach0)
		fail_msg("%s: wrong at p0", command);
	if (dp_flush(1) != reach1)
		fail_msg("%s: wrong at p1", command);
	DP(undo);
}

static void
changes(void **state)
{
	forgets("iptables -I FORWARD -p udp --sport 1000 -j DROP", "iptables -D FORWARD 1", 1, 0);
	forgets("iptables -P FORWARD DROP", "iptables -P FORWARD ACCEPT", 1, 1);
	forgets("sysctl -w net.ipv4.conf.p0.forwarding=0",
		"sysctl -w net.ipv4.conf.p0.forwarding=1", 1, 0);
	/* A packet from ourselves; and one to us, which is answered. */
	forgets("ip addr add 10.1.0.2/24 dev p0", "ip addr del 10.1.0.2/24 dev p0", 0, 1);
	forgets("ip rule add from 10.7.0.0/16 table 7", "ip rule del from 10.7.0.0/16 table 7", 1,
		1);
	forgets("conntrack -U -p udp --mark 4", "conntrack -U -p udp --mark 0", 1, 1);
	forgets("ip link set p0 mtu 1300", "ip link set p0 mtu 1500", 1, 1);
	warm_up();
	DP("sysctl -w net.pollux.flow_cache=0");
	assert_int_equal(talk(&there, &back, 2), 0);
	DP("sysctl -w net.pollux.flow_cache=1");
	dp_flush(0);
	dp_flush(1);
}

/* What is looked up for each packet needs no word. */
static void
looked_up(void **state)
{
	struct rte_mbuf *m;

	warm_up();
	DP("ip neigh replace 10.2.0.2 lladdr 02:00:00:00:09:09 dev p1");
	assert_int_equal(talk(&there, &back, 1), 2);
	m = dp_take(1);
	assert_int_equal(rte_pktmbuf_mtod(m, uint8_t *)[5], 9);
	rte_pktmbuf_free(m);
	DP("ip neigh replace 10.2.0.2 lladdr 02:00:00:00:01:01 dev p1");
	dp_flush(0);
	DP("ip route add blackhole 10.2.0.2/32");
	assert_int_equal(talk(&there, &back, 1), 1);
	assert_int_equal(dp_flush(1), 0);
	DP("ip route del 10.2.0.2/32");
	/* By the port it came from: masqueraded, it ends. */
	DP("ip route add 10.2.0.2/32 via 10.1.0.2");
	talk(&there, &back, 1);
	assert_int_equal(dp_dropped("nat-port-changed"), 1);
	DP("ip route del 10.2.0.2/32");
	dp_flush(0);
	dp_flush(1);
	DP("conntrack -F");
	warm_up();
	/* Too long for the link now: an error goes back, by the ordinary walk. */
	DP("ip route add 10.2.0.2/32 dev p1 mtu 100");
	assert_int_equal(talk(&there, &back, 1), 1);
	dp_flush(0);
	assert_int_equal(dp_flush(1), 2); /* fragments */
	DP("ip route del 10.2.0.2/32");
}

/* Rules that look at more than the flow, or write into it. */
static void
rules(void **state)
{
	warm_up();
	DP("iptables -I FORWARD -m ttl --ttl-gt 70"); /* not as it came in */
	assert_int_equal(talk(&there, &back, 3), 0);
	DP("iptables -R FORWARD 1 -m length --length 2000: -p udp --dport 1");
	assert_int_equal(talk(&there, &back, 3), 4);
	DP("iptables -R FORWARD 1 -p tcp --tcp-flags SYN SYN -m limit");
	assert_int_equal(talk(&there, &back, 3), 4);
	DP("iptables -R FORWARD 1 -m limit --limit 1/s");
	assert_int_equal(talk(&there, &back, 3), 0);
	DP("iptables -D FORWARD 1");
	DP("iptables -t mangle -A PREROUTING -j CONNMARK --set-mark 5");
	assert_int_equal(talk(&there, &back, 4), 8 - 3); /* the first writes, the next is noted */
	/* Each way writes another one: nothing stays. */
	DP("iptables -t mangle -A PREROUTING -i p1 -j CONNMARK --set-mark 6");
	assert_int_equal(talk(&there, &back, 4), 0);
	DP("iptables -t mangle -F");
	dp_flush(0);
	dp_flush(1);
}

/* What rules ask of each packet is asked as it comes in, four rules of a way at most. */
static void
residuals(void **state)
{
	struct dp_ip large = there;

	warm_up();
	large.payload = 300;
	DP("iptables -I FORWARD -m length --length 200:");
	assert_int_equal(talk(&there, &back, 3), 4);
	assert_int_equal(talk(&large, &back, 3), 3); /* there it walks */
	assert_true(talk(&large, &back, 20) > 22);   /* and is noted in the end */
	assert_int_equal(talk(&there, &back, 3), 3);
	DP("iptables -I FORWARD -m length --length 200:");
	DP("iptables -I FORWARD -m length --length 200:");
	DP("iptables -I FORWARD -m length --length 200:");
	assert_int_equal(talk(&there, &back, 3), 4);
	DP("iptables -I FORWARD -m length --length 200:");
	assert_int_equal(talk(&there, &back, 3), 0);
	for (unsigned i = 0; i < 5; i++)
		DP("iptables -D FORWARD 1");
	dp_flush(0);
	dp_flush(1);
}

static unsigned
tos_of(unsigned side)
{
	struct rte_mbuf *m = dp_take(side);
	unsigned tos;

	assert_non_null(m);
	tos = rte_pktmbuf_mtod(m, uint8_t *)[15];
	rte_pktmbuf_free(m);
	return tos;
}

/* TOS is written for each packet; who reads it behind that cannot be asked before. */
static void
writes_tos(void **state)
{
	DP("iptables -t mangle -A FORWARD -i p0 -j DSCP --set-dscp 10");
	warm_up();
	assert_int_equal(talk(&there, &back, 1), 2);
	assert_int_equal(tos_of(1), 40);
	assert_int_equal(tos_of(0), 0);
	DP("iptables -t mangle -A POSTROUTING -m tos --tos 40");
	assert_int_equal(talk(&there, &back, 3), 2); /* p1's */
	DP("iptables -t mangle -F");
	dp_flush(0);
	dp_flush(1);
}

/* Before anybody answers its packets are NEW; then for two seconds it is no stream. */
static void
phases(void **state)
{
	struct dp_frame f = dp_ip(&there);
	uint64_t before = flow_stat().served;

	DP("conntrack -F");
	DP("iptables -I FORWARD -m conntrack --ctstate NEW");
	for (unsigned i = 0; i < 6; i++) {
		dp_give(there.side, f.bytes, f.len);
		dp_run();
	}
	assert_int_equal(flow_stat().served - before, 4);
	assert_int_equal(talk(&there, &back, 3), 1 + 1 + 1); /* the answer, then each way anew */
	clock_advance(3000);
	assert_int_equal(talk(&there, &back, 3),
			 3); /* the first one brings the stream, and the same again */
	assert_non_null(strstr(DP("iptables -L FORWARD -v -x -n"), "       7 "));
	DP("iptables -D FORWARD 1");
	dp_flush(0);
	dp_flush(1);
}

/* With rp_filter each packet's source is judged, by the routes of the moment. */
static void
sources(void **state)
{
	DP("sysctl -w net.ipv4.conf.p0.rp_filter=1");
	warm_up();
	assert_int_equal(talk(&there, &back, 3), 6);
	dp_flush(1);
	DP("ip route add 10.1.0.2/32 via 10.2.0.2");
	talk(&there, &there, 2);
	assert_int_equal(dp_flush(1), 0);
	DP("ip route del 10.1.0.2/32");
	DP("sysctl -w net.ipv4.conf.p0.rp_filter=0");
	dp_flush(0);
}

/* A set is asked once a flow, as long as only commands change it and nothing in it counts or times out. */
static void
sets(void **state)
{
	static const char *const odd[] = { "counters", "timeout 1000" };
	char line[80];

	DP("ipset create s hash:ip");
	DP("ipset create other hash:ip counters");
	DP("iptables -I FORWARD -m set --match-set s src -j DROP");
	forgets("ipset add s 10.1.0.2", "ipset del s 10.1.0.2", 1, 0);
	forgets("ipset add s 10.1.0.9", "ipset flush", 1, 1);
	warm_up();
	/* The rule stays, and what it asks counts now. */
	DP("ipset swap s other");
	assert_int_equal(talk(&there, &back, 3), 0);
	DP("ipset swap s other");
	DP("iptables -R FORWARD 1 -m set --match-set s src");
	assert_int_equal(talk(&there, &back, 3), 4);
	/* Packets change sets: then all are asked. */
	DP("iptables -A INPUT -j SET --add-set s src");
	assert_int_equal(talk(&there, &back, 3), 0);
	DP("iptables -D INPUT -j SET --add-set s src");
	for (unsigned i = 0; i < RTE_DIM(odd); i++) {
		snprintf(line, sizeof(line), "ipset create odd%u hash:ip %s", i, odd[i]);
		DP(line);
		snprintf(line, sizeof(line), "iptables -R FORWARD 1 -m set --match-set odd%u src",
			 i);
		DP(line);
		assert_int_equal(talk(&there, &back, 3), 0);
	}
	DP("iptables -D FORWARD 1");
	DP("ipset destroy");
	dp_flush(0);
	dp_flush(1);
}

/* The connection is changed while one of its packets is on its walk, as by a packet on another lane. */
static void (*meanwhile)(struct ct *ct);

static void
other_lane(const struct hook_ctx *ctx, void *priv, struct rte_mbuf **pkts, uint16_t n,
	   verdict_t *verdicts)
{
	enum ct_info info;
	struct ct *ct = ct_of(pkts[0], &info);

	if (meanwhile != NULL && ct != NULL)
		meanwhile(ct);
}

RTE_INIT(other_lane_init)
{
	hook_replayable(other_lane);
}

static void
change_mark(struct ct *ct, uint32_t mark)
{
	__atomic_store_n(&ct->mark, mark, __ATOMIC_SEQ_CST);
	rule_record_changed(ct);
}

static void
there_and_back(struct ct *ct)
{
	uint32_t mark = ct->mark;

	change_mark(ct, mark + 1);
	change_mark(ct, mark);
}

/* And a packet there has noted what it had been before. */
static void
there_and_back_and_noted(struct ct *ct)
{
	uint32_t path = ct->path;

	there_and_back(ct);
	ct->path = path;
}

/* What a packet has read that was something else meanwhile is not kept, though it is again what it was. */
static void
changed_meanwhile(void **state)
{
	void (*const ways[])(struct ct *) = { there_and_back, there_and_back_and_noted };
	struct gen *d;

	for (unsigned i = 0; i < RTE_DIM(ways); i++) {
		warm_up();
		d = gen_draft();
		assert_int_equal(hook_register(d, HOOK_IP4, HOOK_FORWARD, HOOK_PRI_SECURITY + 1,
					       "other-lane", other_lane, NULL),
				 0);
		gen_commit(d);
		meanwhile = ways[i];
		assert_int_equal(talk(&there, &back, 2), 0);
		meanwhile = NULL;
		assert_int_equal(talk(&there, &back, 1), 0); /* noted now */
		assert_int_equal(talk(&there, &back, 1), 2);
		d = gen_draft();
		assert_int_equal(hook_unregister(d, HOOK_IP4, HOOK_FORWARD, "other-lane"), 0);
		gen_commit(d);
	}
	dp_flush(0);
	dp_flush(1);
}

/* A burst in which one packet walks: the order stays. */
static void
mixed(void **state)
{
	struct dp_frame known = dp_ip(&there), fresh;
	struct dp_ip other = there;
	struct rte_mbuf *m;

	warm_up();
	other.sport = 1001;
	fresh = dp_ip(&other);
	dp_give(0, known.bytes, known.len);
	dp_give(0, fresh.bytes, fresh.len);
	dp_give(0, known.bytes, known.len);
	dp_run();
	for (unsigned i = 0; i < 3; i++) {
		m = dp_take(1);
		assert_non_null(m);
		assert_int_equal(rte_pktmbuf_mtod(m, uint8_t *)[35], (1000 + i % 2) & 0xff);
		rte_pktmbuf_free(m);
	}
	assert_null(dp_take(1));
}

/* Commits without end: nothing is kept of what is void, whoever talks. */
static void
many_commits(void **state)
{
	for (unsigned i = 0; i < 300; i++) {
		DP("iptables -A FORWARD -p tcp --dport 7 -j ACCEPT");
		talk(&there, &back, 2);
		DP("iptables -D FORWARD -p tcp --dport 7 -j ACCEPT");
		assert_int_equal(talk(&there, &back, 2), 2);
		dp_flush(0);
		dp_flush(1);
	}
	assert_true(rule_path_info().paths <= 4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counters),     cmocka_unit_test(changes),
		cmocka_unit_test(looked_up),    cmocka_unit_test(rules),
		cmocka_unit_test(residuals),    cmocka_unit_test(writes_tos),
		cmocka_unit_test(phases),       cmocka_unit_test(sources),
		cmocka_unit_test(sets),         cmocka_unit_test(mixed),
		cmocka_unit_test(many_commits), cmocka_unit_test(changed_meanwhile),
	};

	return cmocka_run_group_tests(tests, configure, dp_teardown);
}
