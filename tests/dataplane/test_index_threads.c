/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One lane looks connections up while another adds and removes others, so many that buckets overflow, and the control
 * lcore makes the tables larger and of another kind: who is in is found all the time, who is found is who was asked
 * for. Meant for ThreadSanitizer too. ARGUMENT: rounds.
 */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_launch.h>
#include <rte_lcore.h>

#include "base_rcu.h"
#include "ct_hooks.h"
#include "ct_table.h"
#include "dp.h"
#include "dp_sync.h"

#define STAY 500u  /* connections that stay in the table */
#define COME 4000u /* that come and go */
#define BURST 32u

static unsigned rounds = 40;
static bool stop;
static uint32_t faults; /* of the lanes, which must not end the test themselves */

static void
expect(bool good)
{
	if (!good)
		__atomic_fetch_add(&faults, 1, __ATOMIC_RELAXED);
}

static struct ct_key4
key(uint32_t i, enum ct_dir dir)
{
	struct ct_key4 k = { .proto = IPPROTO_UDP };

	k.src = dir == CT_ORIGINAL ? 10 + (i << 8) : 9;
	k.dst = dir == CT_ORIGINAL ? 9 : 10 + (i << 8);
	k.sport = dir == CT_ORIGINAL ? i : 53;
	k.dport = dir == CT_ORIGINAL ? 53 : i;
	return k;
}

static struct ct *
insert(unsigned lane, uint32_t i)
{
	struct ct *ct = ct_alloc(lane, AF_INET), *other;

	if (ct == NULL)
		return NULL;
	ct->proto = IPPROTO_UDP;
	ct->key[CT_ORIGINAL] = key(i, CT_ORIGINAL);
	ct->key[CT_REPLY] = key(i, CT_REPLY);
	ct->expires = 1000000;
	return ct_insert(lane, ct, 0, &other) == 0 ? ct : NULL;
}

/* Those that stay are found; of the others who is found has the key. */
static void
look(uint32_t first)
{
	struct ct_key4 keys[BURST];
	uint64_t found[BURST];

	for (unsigned i = 0; i < BURST; i++)
		keys[i] = key((first + i * 131) % (STAY + COME), i % 2);
	ct_find4(keys, BURST, found);
	for (unsigned i = 0; i < BURST; i++) {
		const struct ct *ct = (const void *)(uintptr_t)(found[i] & ~CT_INFO_MASK);
		bool stays = (first + i * 131) % (STAY + COME) < STAY;

		if (found[i] == 0)
			expect(!stays);
		else
			expect(!ct_expired(ct, 0) && (found[i] & 1) == i % 2 &&
			       memcmp(&ct->key[i % 2], &keys[i], sizeof(keys[i])) == 0);
	}
}

static int
reader(void *arg)
{
	uint32_t first = 0;

	DP_TAKES(&stop);
	rcu_online(0);
	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
		for (unsigned n = 0; n < 8; n++)
			look(first += 7);
		rcu_quiescent(0);
	}
	rcu_offline(0);
	DP_HANDS_OFF(&stop);
	return 0;
}

static int
writer(void *arg)
{
	static struct ct *in[COME];
	uint32_t seed = 1;

	DP_TAKES(&stop);
	rcu_online(1);
	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
		uint32_t i = (seed = seed * 1103515245 + 12345) / 65536 % COME;

		if (in[i] == NULL)
			expect((in[i] = insert(1, STAY + i)) != NULL);
		else if (ct_remove(1, in[i]))
			in[i] = NULL;
		rcu_quiescent(1);
	}
	for (unsigned i = 0; i < COME; i++) {
		while (in[i] != NULL && !ct_remove(1, in[i]))
			rcu_quiescent(1);
	}
	rcu_offline(1);
	DP_HANDS_OFF(&stop);
	return 0;
}

static int
configure(void **state)
{
	struct err e;

	if (dp_setup(state) != 0)
		return -1;
	DP("sysctl -w net.netfilter.nf_conntrack_max=1000");
	return ct_prepare(HOOK_IP4, &e);
}

static void
read_and_write(void **state)
{
	int (*const work[])(void *) = { reader, writer };
	unsigned n = 0, lcore;
	char line[80];

	for (uint32_t i = 0; i < STAY; i++)
		assert_non_null(insert(LANE_MAX, i));
	DP_HANDS_OFF(&stop);
	RTE_LCORE_FOREACH_WORKER(lcore)
		assert_int_equal(rte_eal_remote_launch(work[n++], NULL, lcore), 0);
	for (unsigned r = 0; r < rounds; r++) {
		snprintf(line, sizeof(line), "sysctl -w net.pollux.ct_table=%s",
			 r % 3 == 0 ? "rte_hash" : "tag");
		DP(line);
		snprintf(line, sizeof(line), "sysctl -w net.netfilter.nf_conntrack_max=%u",
			 1000 + r * 500);
		DP(line);
		rte_delay_us_sleep(5000);
	}
	__atomic_store_n(&stop, true, __ATOMIC_RELAXED);
	rte_eal_mp_wait_lcore();
	DP_TAKES(&stop);
	assert_int_equal(faults, 0);
	assert_int_equal(ct_count(), STAY);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(read_and_write) };

	if (argc > 1)
		rounds = strtoul(argv[1], NULL, 0);
	return cmocka_run_group_tests_name("index_threads", tests, configure, dp_teardown);
}
