/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Many connections: a table of so many is filled, and says what each takes; so many short ones come and go, and all
 * memory is free again. ARGUMENTS: flows, short connections (tests/soaks/flows.sh, connections.sh, nat.sh: millions; with
 * DP_MB megabytes), and addresses that clients are translated to (1.2.3.4-1.2.3.5), if they are.
 */
#include <stdio.h>
#include <stdlib.h>

#include <rte_cycles.h>
#include <rte_ether.h>
#include <rte_ip.h>
#include <rte_malloc.h>
#include <rte_tcp.h>

#include "base_clock.h"
#include "base_err.h"
#include "ct_limit.h"
#include "ct_own.h"
#include "ct_table.h"
#include "dp.h"
#include "dp_tcp.h"

#define BURST 32
#define SAME_PORT 8         /* clients in a row that use the same port */
#define CLIENTS 0x0b000000u /* 11.0.0.0/8 */
#define SERVER 0x0a020002u
#define STEP 1000 /* sequence numbers of a burst's connections are that far apart */

static unsigned nb_flows = 20000, nb_short = 20000;
static const char *translated;

static int
configure(void **state)
{
	static const char *const lines[] = {
		"ip route add 11.0.0.0/8 via 10.1.0.2",
		"sysctl -w net.netfilter.nf_conntrack_tcp_timeout_syn_sent=86400",
		"sysctl -w net.netfilter.nf_conntrack_tcp_timeout_time_wait=1",
	};
	char line[120];

	if (dp_router(state) != 0)
		return -1;
	DP_ALL(lines);
	snprintf(line, sizeof(line), "sysctl -w net.netfilter.nf_conntrack_max=%u", nb_flows);
	DP(line);
	DP("iptables -A FORWARD -m conntrack --ctstate INVALID -j DROP");
	if (translated == NULL)
		return 0;
	snprintf(line, sizeof(line), "iptables -t nat -A POSTROUTING -o p1 -j SNAT --to-source %s",
		 translated);
	DP(line);
	return 0;
}

/* The client as its server sees it. */
struct end {
	uint32_t addr;
	uint16_t port;
};

/* The n-th connection's: the same ports again after 60,000 times SAME_PORT. */
static struct end
client(unsigned n)
{
	return (struct end){ .addr = CLIENTS + n / (60000 * SAME_PORT) * SAME_PORT + n % SAME_PORT,
			     .port = 1024 + n / SAME_PORT % 60000 };
}

static void
from_client(unsigned n, uint8_t flags, uint32_t seq, uint32_t ack)
{
	struct end c = client(n);

	dp_tcp_give(&(struct dp_tcp){ .src = c.addr,
				      .dst = SERVER,
				      .sport = c.port,
				      .dport = 80,
				      .seq = seq,
				      .ack = ack,
				      .flags = flags });
}

static void
from_server(struct end to, uint8_t flags, uint32_t seq, uint32_t ack)
{
	dp_tcp_give(&(struct dp_tcp){ .src = SERVER,
				      .dst = to.addr,
				      .sport = 80,
				      .dport = to.port,
				      .seq = seq,
				      .ack = ack,
				      .flags = flags,
				      .side = 1 });
}

static size_t
heap(void)
{
	struct rte_malloc_socket_stats s;

	assert_int_equal(rte_malloc_get_socket_stats(rte_socket_id_by_idx(0), &s), 0);
	return s.heap_allocsz_bytes;
}

/* All entries are where they were taken from, and no list has any. */
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
	assert_int_equal(dp_nat_sources(HOOK_IP4), 0);
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

	if (translated != NULL)
		skip(); /* one server has no room for all of them */
	for (unsigned i = 0; i < nb_flows; i++) {
		from_client(i, DP_SYN, 100, 0);
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

/* What the burst's clients have sent is there, in any order: who they are for the server. */
static void
arrived(struct end *ends)
{
	struct rte_mbuf *m;
	unsigned n = 0;

	while ((m = dp_take(1)) != NULL) {
		const struct rte_ipv4_hdr *ip =
			rte_pktmbuf_mtod_offset(m, void *, sizeof(struct rte_ether_hdr));
		const struct rte_tcp_hdr *tcp = (const void *)(ip + 1);
		unsigned i = rte_be_to_cpu_32(tcp->sent_seq) / STEP;

		assert_in_range(i, 0, BURST - 1);
		assert_int_equal(rte_ipv4_udptcp_cksum_verify(ip, tcp), 0);
		ends[i].addr = rte_be_to_cpu_32(ip->src_addr);
		ends[i].port = rte_be_to_cpu_16(tcp->src_port);
		rte_pktmbuf_free(m);
		n++;
	}
	assert_int_equal(n, BURST);
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
	struct end ends[BURST];

	for (unsigned s = 0; s < RTE_DIM(steps); s++) {
		for (unsigned i = 0; i < BURST; i++) {
			uint32_t seq = i * STEP + steps[s].seq, ack = i * STEP + steps[s].ack;

			if (steps[s].side == 0)
				from_client(first + i, steps[s].flags, seq, ack);
			else
				from_server(ends[i], steps[s].flags, seq, ack);
		}
		dp_run();
		if (steps[s].side == 0)
			arrived(ends);
		else
			assert_int_equal(dp_flush(0), BURST);
	}
}

/* A line for every tenth of them. */
static void
tell(unsigned done)
{
	unsigned tenth = RTE_MAX(nb_short / 10 / BURST * BURST, (unsigned)BURST);

	if (done % tenth != 0 || nb_short < 1000000)
		return;
	printf("%u connections, %u now\n", done, ct_count());
	fflush(stdout);
}

static void
come_and_go(void **state)
{
	uint64_t from = rte_rdtsc();
	size_t before = 0;

	for (unsigned i = 0; i < nb_short; i += BURST) {
		open_and_close(i);
		tell(i);
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

/* As many ports as connections: each gets one, also when others have used them. */
static void
ports_come_back(void **state)
{
	char line[120];

	if (translated == NULL)
		skip();
	snprintf(line, sizeof(line),
		 "iptables -t nat -I POSTROUTING -p tcp -j SNAT --to-source 10.2.0.99:5000-%u",
		 5000 + BURST - 1);
	DP(line);
	for (unsigned i = 0; i < 10; i++) {
		open_and_close(i * BURST);
		assert_int_equal(ct_count(), BURST);
		assert_int_not_equal(dp_nat_sources(HOOK_IP4), 0);
		all_free();
	}
	assert_int_equal(dp_dropped("nat-exhausted"), 0);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fill),
		cmocka_unit_test(come_and_go),
		cmocka_unit_test(ports_come_back),
	};

	if (argc > 1)
		nb_flows = strtoul(argv[1], NULL, 0);
	if (argc > 2)
		nb_short = strtoul(argv[2], NULL, 0);
	if (argc > 3)
		translated = argv[3];
	return cmocka_run_group_tests_name("track_many", tests, configure, dp_teardown);
}
