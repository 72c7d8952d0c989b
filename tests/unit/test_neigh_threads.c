/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Neighbours, routes and addresses under two workers while the control lcore changes them. Run
 * under a thread sanitizer it says whether every shared field is written as it should be; run plainly
 * it says whether a packet is lost or doubled.
 */
#include <pthread.h>

#include "route_setup.h"

#include "addr.h"
#include "base_clock.h"
#include "base_drop.h"
#include "cmd.h"
#include "pkt.h"
#include "pkt_pool.h"

#define WORKERS 2
#define STEPS 600
#define ADDRS 64

static uint64_t made, freed; /* packets, atomic */
static bool stop;            /* atomic */

static void
free_packets(struct rte_mbuf **pkts, unsigned n)
{
	__atomic_fetch_add(&freed, n, __ATOMIC_RELAXED);
	rte_pktmbuf_free_bulk(pkts, n);
}

static void
on_failed(struct rte_mbuf **pkts, unsigned n)
{
	free_packets(pkts, n);
}

static void
on_resolved(const struct neigh *n, struct rte_mbuf **pkts, unsigned nb)
{
	free_packets(pkts, nb);
}

static void
one_packet(unsigned lane, struct neigh *n, uint64_t now)
{
	const struct neigh_l2 *l2 = neigh_l2(n);
	struct rte_mbuf *m;

	if (l2 != NULL) {
		/* Destination 02:00:00:00:00:XX of one kind only: never half of a header. */
		assert_int_equal(l2->bytes[0], 2);
		assert_true(l2->bytes[5] == 0xa || l2->bytes[5] == 0xb);
		neigh_use(n, now);
		return;
	}
	m = pkt_alloc(lane);
	if (m == NULL)
		return;
	__atomic_fetch_add(&made, 1, __ATOMIC_RELAXED);
	if (neigh_park(lane, n, m, now) >= NEIGH_KNOWN)
		free_packets(&m, 1);
}

static void
one_route(const struct gen *gen, unsigned i)
{
	uint32_t dst[2] = { 0x0a010000 + i % ADDRS, 0x0a090000 + i };
	uint64_t ids[2];

	route4_lookup(dst, ids, 2);
	for (unsigned k = 0; k < 2; k++) {
		const struct nexthop *nh = nexthop_get(ids[k]);

		assert_true(nh->type <= NEXTHOP_PROHIBIT);
		if (nh->neigh != NULL)
			neigh_l2(nh->neigh);
	}
	addr_maybe_own4(gen, rte_cpu_to_be_32(dst[0]));
}

static void *
worker(void *arg)
{
	static const struct rte_ether_addr macs[2] = { { { 2, 0, 0, 0, 0, 0xa } },
						       { { 2, 0, 0, 0, 0, 0xb } } };
	unsigned lane = (uintptr_t)arg;
	uint32_t x = 12345 + lane;

	for (unsigned i = 0; !__atomic_load_n(&stop, __ATOMIC_RELAXED); i++) {
		const struct gen *gen;
		struct rte_mbuf *out[NEIGH_PARK_MAX];
		uint64_t now = clock_ms();
		struct ip_addr a;
		struct neigh *n;

		rcu_online(lane);
		gen = gen_current();
		x = x * 1664525 + 1013904223;
		a = ip_addr_v4(rte_cpu_to_be_32(0x0a010000 + (x >> 16) % ADDRS));
		n = neigh_get(1, &a);
		if (n != NULL && (x >> 8) % 8 == 0)
			free_packets(out, neigh_learn(n, gen, &macs[(x >> 12) % 2],
						      (x >> 15 & 1) | NEIGH_OVERRIDE, now, out,
						      NEIGH_PARK_MAX));
		else if (n != NULL)
			one_packet(lane, n, now);
		one_route(gen, x >> 16);
		rcu_quiescent(lane);
		if (i % 64 == 0)
			rcu_offline(lane);
	}
	rcu_offline(lane);
	return NULL;
}

static void
command(const char *line)
{
	struct str out = { 0 }, err = { 0 };

	cmd_run_line(line, NULL, 0, &out, &err);
	str_free(&out);
	str_free(&err);
}

static bool
at_work(void)
{
	return __atomic_load_n(&made, __ATOMIC_RELAXED) > 100;
}

static void
test_workers_and_control(void **state)
{
	static const char *const lines[] = {
		"ip addr add 10.1.0.1/16 dev r0",
		"ip route add 10.9.0.0/17 via 10.1.0.5",
		"ip neigh replace 10.1.0.5 lladdr 02:00:00:00:00:0a dev r0 nud stale",
		"ip route replace 10.9.0.0/16 via 10.1.0.6",
		"ip neigh del 10.1.0.5 dev r0",
		"ip route del 10.9.0.0/17",
		"ip neigh show",
		"ip neigh flush dev r0",
		"ip addr del 10.1.0.1/16 dev r0",
	};
	pthread_t threads[WORKERS];
	uint64_t gone = 0, full = 0;

	neigh_ops = (struct neigh_ops){ .failed = on_failed, .resolved = on_resolved };
	for (uintptr_t i = 0; i < WORKERS; i++)
		pthread_create(&threads[i], NULL, worker, (void *)i);
	/* On a busy machine the workers may start late: goes on until they did something. */
	for (unsigned i = 0; i < STEPS || (!at_work() && i < 1000 * STEPS); i++) {
		command(lines[i % (sizeof(lines) / sizeof(lines[0]))]);
		neigh_timer(clock_ms() + i * 50);
		rcu_reap();
	}
	__atomic_store_n(&stop, true, __ATOMIC_RELAXED);
	for (unsigned i = 0; i < WORKERS; i++)
		pthread_join(threads[i], NULL);
	neigh_flush_port(1, 0, true);
	rcu_wait();
	rcu_reap();
	for (unsigned i = 0; i < drop_nb(); i++) {
		gone += strcmp(drop_info(i)->name, "neigh-gone") == 0 ? drop_read(i) : 0;
		full += strcmp(drop_info(i)->name, "neigh-queue-full") == 0 ? drop_read(i) : 0;
	}
	assert_int_equal(neigh_parked(), 0);
	assert_true(made > 0);
	assert_int_equal(made, freed + gone + full);
	assert_int_equal(rte_mempool_in_use_count(pkt_pool_get(SOCKET_ID_ANY)), 0);
}

static int
setup(void **state)
{
	if (route_setup(state) != 0)
		return -1;
	lane_set_count(WORKERS);
	for (unsigned i = 1; i < WORKERS; i++)
		rte_rcu_qsbr_thread_register(rcu, i);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_workers_and_control) };

	return cmocka_run_group_tests(tests, setup, NULL);
}
