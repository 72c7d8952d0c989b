/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Sets that two workers read and change while the control lcore does so too: members that nobody takes out are found at
 * any moment, others never. Under a thread sanitizer it says whether every shared field is written as it should be.
 */
#include "eal.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <string.h>

#include "base_clock.h"
#include "cmd.h"
#include "set_elem.h"

#define WORKERS 2
#define STEPS 150
#define MINE 64 /* addresses that a worker adds and takes out */

static bool stop; /* atomic */
static uint64_t looks;

static struct set_key
key(uint32_t addr)
{
	struct set_key k = { .len = { 32 } };

	k.ip[0].w[0] = htonl(addr);
	return k;
}

static int
ask(const char *set, uint16_t number, uint32_t addr)
{
	struct set_key k = key(addr);
	struct set_ask a = { .now = clock_ms(), .flags = SET_ASK_COUNT, .bytes = 100 };
	struct set *s = set_get(number);

	__atomic_fetch_add(&looks, 1, __ATOMIC_RELAXED);
	return s != NULL ? set_test(s, &k, &a) : -1;
}

static void
change(uint16_t number, uint32_t addr, unsigned i)
{
	struct set_key k = key(addr);
	struct set_ext x = { .timeout = SET_NO_TIMEOUT, .packets = 1, .bytes = 1 };
	struct set *s = set_get(number);

	if (i % 2 == 0)
		set_add(s, &k, &x, true, clock_ms());
	else
		set_del(s, &k, clock_ms());
}

static void *
worker(void *arg)
{
	unsigned lane = (uintptr_t)arg;
	uint32_t x = 99 + lane;

	for (unsigned i = 0; !__atomic_load_n(&stop, __ATOMIC_RELAXED); i++) {
		uint16_t a = 0, nets = 1, timed = 3;

		rcu_online(lane);
		x = x * 1664525 + 1013904223;
		assert_int_equal(ask("a", a, 0x0a000000 + (x >> 16) % 100), 1);
		assert_int_equal(ask("a", a, 0x0c000000 + (x >> 16)), 0);
		assert_int_equal(ask("nets", nets, 0x0a010000 + (x >> 24)), 1);
		assert_int_equal(ask("nets", nets, 0x0a010100 + (x >> 24)), -ENOTEMPTY);
		change(timed, 0x0b000000 + lane * MINE + (x >> 16) % MINE, i);
		ask("timed", timed, 0x0b000000 + (x >> 16) % (2 * MINE));
		rcu_quiescent(lane);
		if (i % 64 == 0)
			rcu_offline(lane);
	}
	rcu_offline(lane);
	return NULL;
}

static void
command(const char *line, int want)
{
	struct str out = { 0 }, err = { 0 };
	int rc = cmd_run_line(line, "", 0, &out, &err);

	if (rc != want)
		print_error("%s: %d\n%s", line, rc, str_text(&err));
	assert_int_equal(rc, want);
	str_free(&out);
	str_free(&err);
}

static void
make(void)
{
	command("ipset create a hash:ip counters", 0);
	command("ipset create nets hash:net", 0);
	command("ipset create b hash:ip counters", 0);
	command("ipset create timed hash:ip timeout 60 counters comment", 0);
	command("ipset add a 10.0.0.0-10.0.0.99", 0);
	command("ipset add b 10.0.0.0-10.0.0.99", 0);
	command("ipset add nets 10.0.0.0/8", 0);
	command("ipset add nets 10.1.1.0/24 nomatch", 0);
}

/* Grows and shrinks, swaps, sweeps, lists. */
static void
step(unsigned i)
{
	char line[80];

	snprintf(line, sizeof(line), "ipset add a 10.1.%u.0/24", i % 256);
	command(line, 0);
	snprintf(line, sizeof(line), "ipset add nets 172.16.%u.0/%u -exist", i % 256, 16 + i % 16);
	command(line, 0);
	command("ipset swap a b", 0);
	snprintf(line, sizeof(line), "ipset del b 10.1.%u.0/24", i % 256);
	command(line, 0);
	snprintf(line, sizeof(line), "ipset del nets 172.16.%u.0/%u", i % 256, 16 + i % 16);
	command(line, 0);
	command("ipset add timed 11.0.0.0/25 -exist comment x", 0);
	command("ipset list timed", 0);
	command("ipset create c hash:ip", 0);
	command("ipset destroy c", 0);
	if (i % 8 == 0)
		command("ipset flush timed", 0);
	set_tick(clock_ms());
	rcu_reap();
}

static void
together(void **state)
{
	pthread_t thread[WORKERS];

	make();
	for (uintptr_t i = 0; i < WORKERS; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, worker, (void *)i), 0);
	while (__atomic_load_n(&looks, __ATOMIC_RELAXED) == 0)
		;
	for (unsigned i = 0; i < STEPS; i++)
		step(i);
	__atomic_store_n(&stop, true, __ATOMIC_RELAXED);
	for (unsigned i = 0; i < WORKERS; i++)
		pthread_join(thread[i], NULL);
	command("ipset test a 10.0.0.99", 0);
	command("ipset destroy", 0);
	rcu_wait();
	rcu_reap();
}

static int
setup(void **state)
{
	if (eal_setup(state) != 0)
		return -1;
	lane_set_count(WORKERS);
	for (unsigned i = 1; i < WORKERS; i++)
		rte_rcu_qsbr_thread_register(rcu, i);
	return 0;
}

int
main(void)
{
	static const struct CMUnitTest tests[] = { cmocka_unit_test(together) };

	return cmocka_run_group_tests(tests, setup, NULL);
}
