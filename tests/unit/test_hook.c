/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/hook: order by priority, verdicts, counters across generations. */
#include "eal.h"

#include "base_param.h"
#include "hook.h"
#include "hook_profile.h"
#include "pkt.h"

static char trace[64];
static verdict_t answer;
static unsigned repeats;

static void
record(const struct hook_ctx *ctx, void *priv, struct rte_mbuf **pkts, uint16_t n,
       verdict_t *verdicts)
{
	strcat(trace, priv);
	(void)verdicts;
}

static void
odd_ones(const struct hook_ctx *ctx, void *priv, struct rte_mbuf **pkts, uint16_t n,
	 verdict_t *verdicts)
{
	for (uint16_t i = 1; i < n; i += 2)
		verdicts[i] = answer;
}

static void
again(const struct hook_ctx *ctx, void *priv, struct rte_mbuf **pkts, uint16_t n,
      verdict_t *verdicts)
{
	if (repeats > 0) {
		repeats--;
		verdicts[0] = VERDICT_REPEAT;
	}
}

static void
clear(void)
{
	struct gen *d = gen_draft();

	while (hook_unregister(d, HOOK_IP4, HOOK_FORWARD, "a") == 0 ||
	       hook_unregister(d, HOOK_IP4, HOOK_FORWARD, "b") == 0 ||
	       hook_unregister(d, HOOK_IP4, HOOK_FORWARD, "c") == 0)
		;
	gen_commit(d);
}

static uint16_t
walk(struct rte_mbuf **pkts, uint16_t n)
{
	struct hook_ctx ctx = { .gen = gen_current(), .family = HOOK_IP4, .point = HOOK_FORWARD };

	return hook_walk(hook_list_get(ctx.gen, HOOK_IP4, HOOK_FORWARD), &ctx, pkts, n);
}

static void
order(void **state)
{
	struct rte_mbuf *m = pkt_alloc(0);
	struct gen *d = gen_draft();

	assert_null(hook_list_get(gen_current(), HOOK_IP4, HOOK_FORWARD));
	assert_int_equal(hook_register(d, HOOK_IP4, HOOK_FORWARD, 50, "c", record, "c"), 0);
	assert_int_equal(hook_register(d, HOOK_IP4, HOOK_FORWARD, -1, "a", record, "a"), 0);
	assert_int_equal(hook_register(d, HOOK_IP4, HOOK_FORWARD, 50, "b", record, "b"), 0);
	assert_int_equal(hook_register(d, HOOK_IP4, HOOK_FORWARD, 0, "b", record, "x"), -EEXIST);
	gen_commit(d);
	assert_int_equal(walk(&m, 1), 1);
	assert_string_equal(trace, "acb"); /* same priority: first come, first called */
	clear();
	assert_null(hook_list_get(gen_current(), HOOK_IP4, HOOK_FORWARD));
	rte_pktmbuf_free(m);
}

static void
verdicts(void **state)
{
	uint16_t reason = drop_register("test-reason", "for this test");
	struct rte_mbuf *m[5], *kept[5];
	struct gen *d = gen_draft();

	hook_register(d, HOOK_IP4, HOOK_FORWARD, 0, "a", odd_ones, NULL);
	gen_commit(d);
	for (int i = 0; i < 5; i++)
		kept[i] = m[i] = pkt_alloc(0);
	answer = VERDICT_DROP_FOR(reason);
	assert_int_equal(walk(m, 5), 3);
	assert_ptr_equal(m[0], kept[0]);
	assert_ptr_equal(m[1], kept[2]);
	assert_ptr_equal(m[2], kept[4]);
	assert_int_equal(drop_read(reason), 2);
	answer = VERDICT_STOLEN;
	kept[1] = m[1];
	assert_int_equal(walk(m, 3), 2);
	assert_int_equal(drop_read(reason), 2);
	rte_pktmbuf_free(kept[1]); /* stolen: ours again */
	rte_pktmbuf_free(m[0]);
	rte_pktmbuf_free(m[1]);
	clear();
}

static void
repetition(void **state)
{
	struct rte_mbuf *m = pkt_alloc(0);
	struct gen *d = gen_draft();

	hook_register(d, HOOK_IP4, HOOK_FORWARD, 0, "a", again, NULL);
	gen_commit(d);
	repeats = 3;
	assert_int_equal(walk(&m, 1), 1);
	repeats = 1000000; /* for ever: the packet is dropped, the worker goes on */
	assert_int_equal(walk(&m, 1), 0);
	clear();
}

static void
keep_info(const struct hook_info *i, void *arg)
{
	struct hook_info *kept = arg;

	if (i->family == HOOK_IP4 && i->point == HOOK_FORWARD)
		*kept = *i;
}

static void
listing(void **state)
{
	struct hook_info seen = { 0 };
	struct gen *d = gen_draft();
	struct rte_mbuf *m = pkt_alloc(0);

	hook_register(d, HOOK_IP4, HOOK_FORWARD, -150, "a", record, "a");
	gen_commit(d);
	walk(&m, 1);
	rte_pktmbuf_free(m);
	hook_each(keep_info, &seen);
	assert_string_equal(seen.name, "a");
	assert_int_equal(seen.priority, -150);
	assert_int_equal(seen.packets, 1);
	clear();
}

/* What waits is not counted before the function sees it for good. */
static void
waiting(void **state)
{
	struct hook_ctx ctx = { .family = HOOK_IP4, .point = HOOK_FORWARD };
	struct hook_info seen = { 0 };
	struct gen *d = gen_draft();
	struct rte_mbuf *m[4], *kept[4];

	hook_register(d, HOOK_IP4, HOOK_FORWARD, HOOK_PRI_CONNTRACK, "a", odd_ones, NULL);
	gen_commit(d);
	for (int i = 0; i < 4; i++)
		kept[i] = m[i] = pkt_alloc(0);
	answer = VERDICT_WAIT;
	assert_int_equal(walk(m, 4), 2);
	hook_each(keep_info, &seen);
	assert_int_equal(seen.packets, 2);
	answer = VERDICT_ACCEPT;
	m[0] = kept[1];
	m[1] = kept[3];
	ctx.gen = gen_current();
	assert_int_equal(hook_walk_from(hook_list_get(ctx.gen, HOOK_IP4, HOOK_FORWARD),
					HOOK_PRI_CONNTRACK, &ctx, m, 2),
			 2);
	hook_each(keep_info, &seen);
	assert_int_equal(seen.packets, 4);
	assert_int_equal(seen.dropped, 0);
	for (int i = 0; i < 4; i++)
		rte_pktmbuf_free(kept[i]);
	clear();
}

/* Cycles count while they are asked for, from zero each time; packets always. */
static void
profile(void **state)
{
	struct param *on = param_find("net.pollux.profile");
	struct hook_info seen = { 0 };
	uint64_t cycles, packets;
	struct gen *d = gen_draft();
	struct rte_mbuf *m = pkt_alloc(0);

	hook_register(d, HOOK_IP4, HOOK_FORWARD, 0, "a", again, "a");
	gen_commit(d);
	walk(&m, 1);
	assert_int_equal(hook_profile_begin(), 0);
	param_set(on, 1);
	walk(&m, 1);
	assert_int_not_equal(hook_profile_stage(0, HOOK_STAGE_WALK, hook_profile_begin(), 3), 0);
	hook_each(keep_info, &seen);
	assert_int_equal(seen.timed, 1);
	assert_int_not_equal(seen.cycles, 0);
	assert_int_equal(seen.packets, 2);
	hook_profile_read(HOOK_STAGE_WALK, &cycles, &packets);
	assert_int_equal(packets, 3);
	param_set(on, 0);
	walk(&m, 1);
	param_set(on, 1);
	hook_each(keep_info, &seen);
	hook_profile_read(HOOK_STAGE_WALK, &cycles, &packets);
	assert_int_equal(seen.timed, 0);
	assert_int_equal(packets, 0);
	param_set(on, 0);
	rte_pktmbuf_free(m);
	clear();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(order),   cmocka_unit_test(verdicts), cmocka_unit_test(repetition),
		cmocka_unit_test(listing), cmocka_unit_test(waiting),  cmocka_unit_test(profile),
	};

	return cmocka_run_group_tests_name("hook", tests, eal_setup, NULL);
}
