/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Many connections: a table of so many is filled, and says what each takes; so many short ones come and go, and all
 * memory is free again. ARGUMENTS: flows, short connections (tests/soaks/flows.sh, connections.sh: millions; with
 * DP_MB megabytes).
 */
#include <stdio.h>
#include <stdlib.h>

#include <rte_cycles.h>
#include <rte_malloc.h>

#include "base_clock.h"
#include "base_err.h"
#include "ct_limit.h"
#include "ct_own.h"
#include "ct_table.h"
#include "dp.h"
#include "dp_tcp.h"

#define BURST 32
#define CLIENTS 0x0b000000u /* 11.0.0.0/8 */
#define SERVER 0x0a020002u

static unsigned nb_flows = 20000, nb_short = 20000;

static int
configure(void **state)
{
	static const char *const lines[] = {
		"ip addr add 10.1.0.1/24 dev p0",
		"ip addr add 10.2.0.1/24 dev p1",
		"sysctl -w net.ipv4.ip_forward=1",
		"ip route add 11.0.0.0/8 via 10.1.0.2",
		"ip neigh add 10.1.0.2 lladdr 02:00:00:00:01:00 dev p0",
		"ip neigh add 10.2.0.2 lladdr 02:00:00:00:01:01 dev p1",
		"sysctl -w net.netfilter.nf_conntrack_tcp_timeout_syn_sent=86400",
		"sysctl -w net.netfilter.nf_conntrack_tcp_timeout_time_wait=1",
	};
	char line[80];

	if (dp_setup(state) != 0)
		return -1;
	for (unsigned i = 0; i < RTE_DIM(lines); i++)
		DP(lines[i]);
	snprintf(line, sizeof(line), "sysctl -w net.netfilter.nf_conntrack_max=%u", nb_flows);
	DP(line);
	DP("iptables -A FORWARD -m conntrack --ctstate INVALID -j DROP");
	return 0;
}

/* A segment of the n-th connection: 60,000 for each client. */
static void
talk(unsigned n, unsigned side, uint8_t flags, uint32_t seq, uint32_t ack)
{
	uint32_t client = CLIENTS + n / 60000;
	uint16_t port = 1024 + n % 60000;

	dp_tcp_give(&(struct dp_tcp){ .src = side ? SERVER : client,
				      .dst = side ? client : SERVER,
				      .sport = side ? 80 : port,
				      .dport = side ? port : 80,
				      .seq = seq,
				      .ack = ack,
				      .flags = flags,
				      .side = side });
}

static size_t
heap(void)
{
	struct rte_malloc_socket_stats s;

	assert_int_equal(rte_malloc_get_socket_stats(rte_socket_id_by_idx(0), &s), 0);
	return s.heap_allocsz_bytes;
}

/* All entries are where they were taken from. */
static void
all_free(void)
{
	const struct ct_pool *pool = ct_entries(HOOK_IP4);
	uint32_t nb_free;

	clock_advance(6 * 86400 * 1000ull);
	for (unsigned i = 0; i < 100000 && (i < 200 || ct_count() != 0); i++) {
		clock_advance(20);
		dp_round(0);
		dp_round(1);
	}
	assert_int_equal(ct_count(), 0);
	for (unsigned i = 0; i < 100000 && ct_table_info(HOOK_IP4).waiting != 0; i++) {
		clock_advance(20);
		dp_round(0);
		dp_round(1);
	}
	nb_free = pool->nb_free;
	for (unsigned lane = 0; lane < LANE_MAX; lane++)
		nb_free += pool->cache[lane].nb;
	assert_int_equal(nb_free, ct_pool_items(pool));
	dp_balance();
}

static void
per_second(const char *what, unsigned n, uint64_t from)
{
	double s = (double)(rte_rdtsc() - from) / rte_get_tsc_hz();

	printf("%u %s: %.1f s, %.0f a second\n", n, what, s, n / s);
}

static void
fill(void **state)
{
	struct ct_table_info info;
	uint64_t from = rte_rdtsc();

	for (unsigned i = 0; i < nb_flows; i++) {
		talk(i, 0, DP_SYN, 100, 0);
		if (i % BURST == BURST - 1) {
			dp_run();
			assert_int_equal(dp_flush(1), BURST);
		}
	}
	dp_run();
	dp_flush(1);
	per_second("connections made", nb_flows, from);
	assert_int_equal(ct_count(), nb_flows);
	info = ct_table_info(HOOK_IP4);
	printf("%u connections of %u, %zu bytes of entries, %zu of the index: %.1f bytes each\n",
	       info.entries, info.capacity, info.bytes_entries, info.bytes_index,
	       info.bytes_per_flow);
	if (nb_flows >= 4000000)
		assert_true(info.bytes_per_flow < 260);
	all_free();
}

/* Opened and closed by both, BURST at once; each step is a burst. */
static void
open_and_close(unsigned first)
{
	static const struct {
		uint8_t side, flags;
		uint32_t seq, ack;
	} steps[] = {
		{ 0, DP_SYN, 100, 0 },
		{ 1, DP_SYN | DP_ACK, 200, 101 },
		{ 0, DP_ACK, 101, 201 },
		{ 0, DP_FIN | DP_ACK, 101, 201 },
		{ 1, DP_FIN | DP_ACK, 201, 102 },
		{ 0, DP_ACK, 102, 202 },
	};

	for (unsigned s = 0; s < RTE_DIM(steps); s++) {
		for (unsigned i = 0; i < BURST; i++)
			talk(first + i, steps[s].side, steps[s].flags, steps[s].seq, steps[s].ack);
		dp_run();
		assert_int_equal(dp_flush(steps[s].side ^ 1), BURST);
	}
}

static void
come_and_go(void **state)
{
	uint64_t from = rte_rdtsc();
	size_t before = 0;

	for (unsigned i = 0; i < nb_short; i += BURST) {
		open_and_close(i);
		clock_advance(20);
		if (i == nb_short / 100 / BURST * BURST)
			before = heap();
	}
	per_second("connections opened and closed", nb_short, from);
	all_free();
	printf("%zu bytes of memory after the first of them, %zu at the end\n", before, heap());
	assert_true(heap() <= before);
	assert_int_equal(ct_limit_dropped(), 0);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fill),
		cmocka_unit_test(come_and_go),
	};

	if (argc > 1)
		nb_flows = strtoul(argv[1], NULL, 0);
	if (argc > 2)
		nb_short = strtoul(argv[2], NULL, 0);
	return cmocka_run_group_tests_name("track_many", tests, configure, dp_teardown);
}
