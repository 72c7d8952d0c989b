/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One thread sends packets through 1,500 rules while another changes them, one commit after another, and tries are
 * built and come into use: a packet that comes after a commit was answered meets the new rules, one that is on its way
 * meanwhile the old or the new ones; none is lost otherwise.
 *	dp_commits [MILLISECONDS [PAUSE [tracked]]]	PAUSE: milliseconds between two commits; tracked: the packets are of
 *							connections that both ends have spoken in, so flows are cached
 */
#include <inttypes.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_ether.h>
#include <rte_launch.h>
#include <rte_lcore.h>

#include "base_clock.h"
#include "base_rcu.h"
#include "base_str.h"
#include "cmd.h"
#include "dp.h"
#include "dp_frame.h"
#include "dp_sync.h"
#include "flow.h"
#include "rule_build.h"

#define COPIES 16     /* of each flow's packet in one burst */
#define RULES 1500    /* that stay */
#define OTHER_LCORE 2 /* on another core than control, where there is one (dp_setup()) */

/* Commands of a circle, and whether the flow's packets pass behind each. */
static const struct {
	const char *command;
	bool passes;
} circle[] = {
	{ "iptables -A FORWARD -p udp --dport 7 -j DROP", false },
	{ "iptables -D FORWARD -p udp --dport 7 -j DROP", true },
	{ "iptables -I FORWARD -p udp --dport 7 -j DROP", false },
	{ "iptables -R FORWARD 1 -p udp --dport 8 -j DROP", true },
	{ "iptables -R FORWARD 700 -s 10.1.0.2 -p udp --dport 7 -j DROP", false },
	{ "iptables -D FORWARD 700", true },
	{ "iptables -N c", true },
	{ "iptables -A c -i p0 -p udp --dport 1:9 -j DROP", true },
	{ "iptables -I FORWARD 300 -g c", false },
	{ "restore", true },
};

static struct dp_frame flow, other; /* other: nothing drops it */
static struct str restore;
static unsigned milliseconds = 1500, pause_ms;
static bool tracked;
static unsigned at; /* commands answered, twice, and one more while one runs; control writes */
static bool stop;
static unsigned rounds; /* bursts that went through */
static char wrong[200]; /* the sender's first complaint; read when it has ended */

static bool
allowed(unsigned from, unsigned until, bool passed)
{
	for (unsigned k = from / 2; k <= (until + 1) / 2; k++)
		if (circle[(k + RTE_DIM(circle) - 1) % RTE_DIM(circle)].passes == passed)
			return true;
	return false;
}

static bool
is_flow(const struct rte_mbuf *m)
{
	return rte_pktmbuf_mtod(m, const uint8_t *)[37] == 7;
}

static void
burst(void)
{
	unsigned from = __atomic_load_n(&at, __ATOMIC_ACQUIRE), until, passed = 0, others = 0;
	struct rte_mbuf *m;

	for (unsigned i = 0; i < COPIES; i++) {
		dp_give(0, flow.bytes, flow.len);
		dp_give(0, other.bytes, other.len);
	}
	dp_run();
	until = __atomic_load_n(&at, __ATOMIC_ACQUIRE);
	for (; (m = dp_take(1)) != NULL; rte_pktmbuf_free(m))
		if (is_flow(m))
			passed++;
		else
			others++;
	if (wrong[0] != '\0')
		return;
	if (others != COPIES)
		snprintf(wrong, sizeof(wrong), "%u of %u others, at %u", others, COPIES, from);
	else if ((passed > 0 && !allowed(from, until, true)) ||
		 (passed < COPIES && !allowed(from, until, false)))
		snprintf(wrong, sizeof(wrong), "%u of %u passed, at %u to %u", passed, COPIES, from,
			 until);
}

static int
sender(void *arg)
{
	DP_TAKES(&stop);
	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
		burst();
		__atomic_add_fetch(&rounds, 1, __ATOMIC_RELEASE);
	}
	DP_HANDS_OFF(&stop);
	return 0;
}

static void
run(const char *command)
{
	struct str out = { 0 }, err = { 0 };

	if (strcmp(command, "restore") != 0)
		DP(command);
	else if (cmd_run_line("iptables-restore", str_text(&restore), restore.len, &out, &err) != 0)
		fail_msg("%s", str_text(&err));
	str_free(&out);
	str_free(&err);
}

static struct dp_ip
packet(uint16_t dport, bool reply)
{
	return (struct dp_ip){ .src = reply ? "10.2.0.2" : "10.1.0.2",
			       .dst = reply ? "10.1.0.2" : "10.2.0.2",
			       .proto = IPPROTO_UDP,
			       .ttl = 64,
			       .sport = reply ? dport : 1000,
			       .dport = reply ? 1000 : dport,
			       .payload = 20,
			       .side = reply };
}

/* Both ends of the connection speak, until it is a stream. */
static void
converse(uint16_t dport)
{
	for (unsigned i = 0; i < 6; i++) {
		struct dp_ip s = packet(dport, i % 2);
		struct dp_frame f = dp_ip(&s);

		dp_give(s.side, f.bytes, f.len);
		dp_run();
		if (i % 2)
			clock_advance(3000);
	}
	dp_flush(0);
	dp_flush(1);
}

static void
track(void)
{
	DP("sysctl -w net.netfilter.nf_conntrack_max=8192");
	DP("sysctl -w net.pollux.conntrack=on");
	converse(7);
	converse(9000);
}

static int
configure(void **state)
{
	struct dp_ip s = packet(7, false);

	if (dp_router(state) != 0)
		return -1;
	flow = dp_ip(&s);
	s = packet(9000, false);
	other = dp_ip(&s);
	if (tracked)
		track();
	str_add(&restore, "*filter\n:FORWARD ACCEPT [0:0]\n");
	for (unsigned i = 0; i < RULES; i++)
		str_printf(&restore, "-A FORWARD -s 10.1.0.0/%u -p udp --dport %u -j DROP\n",
			   16 + i % 16, 10000 + i);
	str_add(&restore, "COMMIT\n");
	run("restore");
	return 0;
}

/* The next command of the circle; then a whole burst goes through now and then. */
static void
change(unsigned n)
{
	const char *command = circle[n % RTE_DIM(circle)].command;
	unsigned seen;

	__atomic_store_n(&at, 2 * n + 1, __ATOMIC_SEQ_CST);
	run(command);
	__atomic_store_n(&at, 2 * n + 2, __ATOMIC_SEQ_CST);
	rcu_reap();
	rule_build_tick();
	if (pause_ms != 0)
		rte_delay_us_sleep(pause_ms * 1000);
	if (n % 3 != 0)
		return;
	seen = __atomic_load_n(&rounds, __ATOMIC_ACQUIRE);
	while (__atomic_load_n(&rounds, __ATOMIC_ACQUIRE) - seen < 2)
		sched_yield();
}

/* With net.pollux.flow_cache=0 nothing is served. */
static bool
caches(void)
{
	return atoi(DP("sysctl -n net.pollux.flow_cache")) != 0;
}

static void
packets_meet_the_rules_in_force(void **state)
{
	uint64_t until = clock_ms() + milliseconds;
	unsigned changes = 0;

	DP_HANDS_OFF(&stop);
	assert_int_equal(rte_eal_remote_launch(sender, NULL, OTHER_LCORE), 0);
	/* Twice around at least, however slow the machine is; a whole circle each time. */
	while (clock_ms() < until || changes < 2 * RTE_DIM(circle) ||
	       changes % RTE_DIM(circle) != 0)
		change(changes++);
	rule_build_wait();
	__atomic_store_n(&stop, true, __ATOMIC_RELAXED);
	rte_eal_mp_wait_lcore();
	DP_TAKES(&stop);
	print_message("%u commits, %u bursts, %" PRIu64 " packets by what was known\n", changes,
		      rounds, flow_stat().served);
	if (wrong[0] != '\0')
		fail_msg("%s", wrong);
	assert_true(flow_stat().served > 0 || !tracked || !caches());
	dp_flush(0);
	dp_balance();
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(packets_meet_the_rules_in_force) };

	if (argc > 1)
		milliseconds = strtoul(argv[1], NULL, 0);
	if (argc > 2)
		pause_ms = strtoul(argv[2], NULL, 0);
	tracked = argc > 3 && strcmp(argv[3], "tracked") == 0;
	return cmocka_run_group_tests_name("commits", tests, configure, dp_teardown);
}
