/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A table that is full: who is in and assured does not notice a flood, the flood's own connections make room for each
 * other, tables grow under traffic, and nothing is left when all has expired. ARGUMENT: packets of the flood.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_tcp.h>

#include "base_clock.h"
#include "base_err.h"
#include "ct_limit.h"
#include "ct_own.h"
#include "ct_stat.h"
#include "ct_table.h"
#include "dp.h"
#include "dp_tcp.h"
#include "queue_log.h"

#define FLOWS 1000
#define MAX 8192
#define BURST 32

static unsigned flood_packets = 1000000;

static int
configure(void **state)
{
	static const char *const lines[] = {
		"ip route add 172.16.0.0/12 via 10.1.0.2",
		"sysctl -w net.netfilter.nf_conntrack_max=8192",
		"sysctl -w net.netfilter.nf_conntrack_tcp_timeout_syn_sent=86400",
		"iptables -P FORWARD DROP",
		"iptables -A FORWARD -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT",
		"iptables -A FORWARD -i p0 -m conntrack --ctstate NEW -j ACCEPT",
	};

	if (dp_router(state) != 0)
		return -1;
	DP_ALL(lines);
	return 0;
}

/* A segment of the i-th of those that are in; seq of a side that has sent its SYN is 101. */
static void
talk(unsigned i, unsigned side, uint8_t flags, uint32_t seq, uint32_t ack)
{
	uint32_t client = 0x0a010002, server = 0x0a020002;

	dp_tcp_give(&(struct dp_tcp){ .src = side ? server : client,
				      .dst = side ? client : server,
				      .sport = side ? 80 : 10000 + i,
				      .dport = side ? 10000 + i : 80,
				      .seq = seq,
				      .ack = ack,
				      .flags = flags,
				      .side = side });
}

/* The n-th packet of the flood, from an address of its own. */
static void
flood(unsigned n)
{
	dp_tcp_give(&(struct dp_tcp){ .src = 0xac100000 + n,
				      .dst = 0x0a020002,
				      .sport = n | 1024,
				      .dport = 81,
				      .seq = n,
				      .flags = DP_SYN });
}

/* Frames that left by the port, of those to or from port 80. */
static unsigned
talked(unsigned side)
{
	unsigned n = 0;

	for (struct rte_mbuf *m = dp_take(side); m != NULL; m = dp_take(side)) {
		const struct rte_tcp_hdr *t =
			rte_pktmbuf_mtod_offset(m, const struct rte_tcp_hdr *, 34);

		n += t->src_port == RTE_BE16(80) || t->dst_port == RTE_BE16(80);
		rte_pktmbuf_free(m);
	}
	return n;
}

static void
establish(void)
{
	for (unsigned i = 0; i < FLOWS; i++) {
		talk(i, 0, DP_SYN, 100, 0);
		dp_run();
		talk(i, 1, DP_SYN | DP_ACK, 100, 101);
		dp_run();
		talk(i, 0, DP_ACK, 101, 101);
		dp_run();
		assert_int_equal(talked(0), 1);
		assert_int_equal(talked(1), 2);
	}
	assert_int_equal(ct_count(), FLOWS);
}

static bool
count_assured(struct ct *ct, void *arg)
{
	*(unsigned *)arg += (ct_status(ct) & CT_ASSURED) != 0;
	return true;
}

static unsigned
nb_assured(void)
{
	unsigned n = 0;

	ct_each(count_assured, &n);
	return n;
}

/* Until all that is there has expired; then all entries are free. */
static void
forget(void)
{
	const struct ct_pool *pool = ct_entries(HOOK_IP4);
	uint32_t nb_free;

	clock_advance(6 * 86400 * 1000ull);
	for (unsigned i = 0; i < 200; i++) {
		clock_advance(20);
		dp_round(0);
		dp_round(1);
	}
	assert_int_equal(ct_count(), 0);
	assert_int_equal(ct_table_info(HOOK_IP4).waiting, 0);
	nb_free = pool->nb_free;
	for (unsigned lane = 0; lane < LANE_MAX; lane++)
		nb_free += pool->cache[lane].nb;
	assert_int_equal(nb_free, ct_pool_items(pool));
	dp_balance();
}

static uint64_t
early_drops(void)
{
	return ct_stats[0].early_drop + ct_stats[1].early_drop;
}

static void
flood_hurts_nobody(void **state)
{
	uint64_t early = early_drops(), full = ct_limit_dropped();
	unsigned sent = 0, round = 0, heard[2] = { 0 };

	establish();
	for (; sent < flood_packets; round++) {
		for (unsigned i = 0; i < BURST - 2; i++)
			flood(sent++);
		for (unsigned side = 0; side < 2; side++)
			talk((round * 2 + side) % FLOWS, side, DP_ACK, 101, 101);
		dp_run();
		heard[0] += talked(1);
		heard[1] += talked(0);
	}
	assert_int_equal(heard[0], round);
	assert_int_equal(heard[1], round);
	assert_int_equal(ct_count(), MAX);
	assert_int_equal(nb_assured(), FLOWS);
	/* Each new one took the place of an old one, but for a few. */
	assert_int_equal(early_drops() - early + (ct_limit_dropped() - full), sent + FLOWS - MAX);
	assert_true(ct_limit_dropped() - full < sent / 100);
	assert_int_equal(dp_dropped("ct-full"), ct_limit_dropped());
	forget();
}

/* What the log says of packets without a place, as Linux's does, and as seldom. */
static unsigned
lines_about_it(void)
{
	const char *at;
	unsigned n = 0;

	queue_log_round();
	at = DP("log show");
	while ((at = strstr(at, "nf_conntrack: nf_conntrack: table full, dropping packet\n")) !=
	       NULL) {
		at++;
		n++;
	}
	return n;
}

/* All are assured: the next one finds no place, and says so; those who are in go on. */
static void
full_of_assured(void **state)
{
	uint64_t full = ct_limit_dropped(), early = early_drops();

	establish();
	DP("sysctl -w net.netfilter.nf_conntrack_max=1000");
	DP("log clear"); /* with what is still to be said */
	clock_advance(6000);
	flood(0);
	dp_run();
	assert_int_equal(lines_about_it(), 1);
	for (unsigned i = 0; i < BURST; i++)
		flood(i);
	dp_run();
	assert_int_equal(talked(1), 0);
	assert_int_equal(ct_limit_dropped() - full, BURST + 1);
	assert_int_equal(early_drops(), early);
	assert_in_range(lines_about_it(), 10, 11); /* more on a very slow machine */
	talk(7, 1, DP_ACK, 101, 101);
	dp_run();
	assert_int_equal(talked(0), 1);
	DP("sysctl -w net.nf_conntrack_max=8192");
	flood(1);
	dp_run();
	assert_int_equal(dp_flush(1), 1);
	forget();
}

/* Larger by far, twice, with connections in it that are found afterwards. */
static void
grows(void **state)
{
	establish();
	for (unsigned max = 50000; max <= 100000; max += 50000) {
		char line[80];

		snprintf(line, sizeof(line), "sysctl -w net.netfilter.nf_conntrack_max=%u", max);
		DP(line);
		assert_int_equal(ct_table_info(HOOK_IP4).capacity, max);
		for (unsigned i = 0; i < FLOWS; i++) {
			talk(i, i % 2, DP_ACK, 101, 101);
			dp_run();
		}
		assert_int_equal(talked(0), FLOWS / 2);
		assert_int_equal(talked(1), FLOWS / 2);
		for (unsigned i = 0; i < 20000; i++) {
			flood(max + i);
			if (i % BURST == 0)
				dp_run();
		}
		dp_run();
		dp_flush(1);
	}
	assert_int_equal(ct_count(), FLOWS + 40000);
	assert_string_equal(DP("sysctl -n net.nf_conntrack_max"), "100000\n");
	dp_command(1, "sysctl -w net.netfilter.nf_conntrack_max=0");
	dp_command(1, "sysctl -w net.netfilter.nf_conntrack_max=16000000");
	assert_int_equal(ct_table_info(HOOK_IP4).capacity, 100000);
	assert_string_equal(DP("sysctl -n net.netfilter.nf_conntrack_max"), "100000\n");
	dp_command(1, "sysctl -w net.netfilter.nf_conntrack_count=1");
	assert_string_equal(DP("sysctl -n net.netfilter.nf_conntrack_count"), "41000\n");
	forget();
	DP("sysctl -w net.netfilter.nf_conntrack_max=8192");
}

/* A year passes within one burst's time, and then again. */
static void
clock_jumps(void **state)
{
	for (unsigned year = 0; year < 3; year++) {
		for (unsigned i = 0; i < 500; i++)
			flood(i);
		dp_run();
		assert_int_equal(dp_flush(1), 500);
		assert_int_equal(ct_count(), 500);
		clock_advance(365 * 86400 * 1000ull);
		/* The same flows anew: what is left of the old ones is not them. */
		for (unsigned i = 0; i < 500; i++)
			flood(i);
		dp_run();
		assert_int_equal(dp_flush(1), 500);
		assert_int_equal(ct_count(), 500);
	}
	forget();
}

/* Resets of everybody, right ones and wrong ones: no more entries than connections. */
static void
reset_storm(void **state)
{
	establish();
	for (unsigned i = 0; i < 20000; i++) {
		talk(i % FLOWS, i & 1, DP_RST | (i & 2 ? DP_ACK : 0), i % 5 == 0 ? 101 : i * 77777,
		     101);
		if (i % BURST == 0)
			dp_run();
	}
	dp_run();
	talked(0);
	talked(1);
	assert_true(ct_count() <= FLOWS);
	forget();
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flood_hurts_nobody),
		cmocka_unit_test(full_of_assured),
		cmocka_unit_test(grows),
		cmocka_unit_test(clock_jumps),
		cmocka_unit_test(reset_storm),
	};

	if (argc > 1)
		flood_packets = strtoul(argv[1], NULL, 0);
	return cmocka_run_group_tests_name("track_full", tests, configure, dp_teardown);
}
