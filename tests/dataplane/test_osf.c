/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One thread sends SYNs of a known system while another loads fingerprints and takes them out, so that the known one is now
 * here and now there in the list: every SYN has to be known.
 */
#include <netinet/in.h>
#include <sched.h>
#include <string.h>

#include <rte_launch.h>
#include <rte_lcore.h>

#include "base_rcu.h"
#include "base_str.h"
#include "cmd.h"
#include "dp.h"
#include "dp_frame.h"
#include "dp_sync.h"

#define COPIES 32
#define ROUNDS 60
#define OTHER_LCORE 2 /* on another core than control, where there is one (dp_setup()) */

static const struct dp_ip syn = { .src = "10.1.0.2",
				  .dst = "10.2.0.2",
				  .proto = IPPROTO_TCP,
				  .ttl = 64,
				  .sport = 1000,
				  .dport = 80,
				  .win = 5000 };

static bool stop;
static unsigned bursts, lost;

static int
sender(void *arg)
{
	struct dp_frame f = dp_ip(&syn);

	DP_TAKES(&stop);
	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
		for (unsigned i = 0; i < COPIES; i++)
			dp_give(0, f.bytes, f.len);
		dp_run();
		lost += COPIES - dp_flush(1);
		__atomic_add_fetch(&bursts, 1, __ATOMIC_RELEASE);
	}
	DP_HANDS_OFF(&stop);
	return 0;
}

static void
load(const char *command, const char *text)
{
	struct str out = { 0 }, err = { 0 };

	if (cmd_run_line(command, text, strlen(text), &out, &err) != 0)
		fail_msg("%s%s", str_text(&out), str_text(&err));
	str_free(&out);
	str_free(&err);
}

static void
known_all_the_time(void **state)
{
	static const char known[] = "5000:64:0:40:.:Known:1::x\n";
	static const char others[] = "5000:63:0:40:.:Other:1::x\n*:64:0:41:.:Other:2::x\n"
				     "*:64:0:60:M*,S,T,N,W7:Other:3::x\n";

	DP("iptables -A FORWARD -p tcp -m osf --genre Known --ttl 2 -j ACCEPT");
	DP("iptables -P FORWARD DROP");
	load("nfnl_osf -f /dev/stdin", others);
	load("nfnl_osf -f /dev/stdin", known);
	DP_HANDS_OFF(&stop);
	assert_int_equal(rte_eal_remote_launch(sender, NULL, OTHER_LCORE), 0);
	for (unsigned i = 0; i < ROUNDS; i++) {
		unsigned seen = __atomic_load_n(&bursts, __ATOMIC_ACQUIRE);

		load(i % 2 == 0 ? "nfnl_osf -d -f /dev/stdin" : "nfnl_osf -f /dev/stdin", others);
		rcu_reap();
		while (__atomic_load_n(&bursts, __ATOMIC_ACQUIRE) - seen < 2)
			sched_yield();
	}
	__atomic_store_n(&stop, true, __ATOMIC_RELAXED);
	rte_eal_mp_wait_lcore();
	DP_TAKES(&stop);
	assert_int_equal(lost, 0);
	assert_true(bursts >= 2 * ROUNDS);
	dp_balance();
}

/* What the sender sends is not known without it. */
static void
unknown_without_it(void **state)
{
	struct dp_frame f = dp_ip(&syn);

	load("nfnl_osf -d -f /dev/stdin", "5000:64:0:40:.:Known:1::x\n");
	dp_give(0, f.bytes, f.len);
	dp_run();
	assert_int_equal(dp_flush(1), 0);
	dp_balance();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_all_the_time),
		cmocka_unit_test(unknown_without_it),
	};

	return cmocka_run_group_tests_name("osf", tests, dp_router, dp_teardown);
}
