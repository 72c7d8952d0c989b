/* SPDX-License-Identifier: BSD-3-Clause */
/* The walk of single packets and bursts through the whole router. */
#include <string.h>

#include <rte_ip.h>

#include "base_clock.h"
#include "dp.h"
#include "dp_frame.h"
#include "neigh.h"

#define C_MAC "02:00:00:00:01:00"
#define S_MAC "02:00:00:00:01:01"

static const struct dp_ip udp = { .src = "10.1.0.2",
				  .dst = "10.2.0.2",
				  .proto = IPPROTO_UDP,
				  .ttl = 64,
				  .sport = 1000,
				  .dport = 53,
				  .payload = 4 };

static void
give(const struct dp_ip *s)
{
	struct dp_frame f = dp_ip(s);

	dp_give(s->side, f.bytes, f.len);
}

static void
forward4(void **state)
{
	struct dp_frame f = dp_ip(&udp);
	struct rte_ipv4_hdr *ip;
	struct rte_mbuf *m;

	dp_give(0, f.bytes, f.len + 14); /* padded to 60 */
	dp_run();
	m = dp_take(1);
	assert_non_null(m);
	assert_int_equal(m->data_len, f.len);
	assert_memory_equal(rte_pktmbuf_mtod(m, void *), "\2\0\0\0\1\1\2\0\0\0\0\x11\x08\0", 14);
	ip = rte_pktmbuf_mtod_offset(m, struct rte_ipv4_hdr *, 14);
	assert_int_equal(ip->time_to_live, 63);
	assert_int_equal(rte_raw_cksum(ip, 20), 0xffff);
	assert_memory_equal(ip + 1, f.bytes + 34, f.len - 34);
	rte_pktmbuf_free(m);
	assert_null(dp_take(0));
	dp_balance();
}

static void
forward6(void **state)
{
	struct dp_ip s = udp;
	struct rte_mbuf *m;

	s.src = "fd01::2";
	s.dst = "fd02::2";
	give(&s);
	dp_run();
	m = dp_take(1);
	assert_non_null(m);
	assert_int_equal(rte_pktmbuf_mtod(m, uint8_t *)[14 + 7], 63);
	assert_memory_equal(rte_pktmbuf_mtod(m, void *), "\2\0\0\0\1\1\2\0\0\0\0\x11\x86\xdd", 14);
	rte_pktmbuf_free(m);
	dp_balance();
}

/* A burst equals its packets one after another: answers come in the order of their causes. */
static void
answers_in_order(void **state)
{
	struct dp_ip ping = udp, dead = udp;
	struct rte_mbuf *m;

	ping.proto = IPPROTO_ICMP;
	ping.sport = 8 << 8;
	ping.dst = "10.1.0.1";
	dead.ttl = 1;
	for (int i = 0; i < 3; i++) {
		give(&dead);
		give(&udp);
		give(&ping);
	}
	dp_run();
	for (int i = 0; i < 6; i++) {
		m = dp_take(0);
		assert_non_null(m);
		assert_int_equal(rte_pktmbuf_mtod(m, uint8_t *)[34], i % 2 ? 0 : 11);
		rte_pktmbuf_free(m);
	}
	assert_int_equal(dp_flush(1), 3);
	dp_balance();
}

static void
rules_count(void **state)
{
	struct dp_ip s = udp;
	const char *out;

	DP("iptables -A FORWARD -p udp --dport 53 -j DROP");
	DP("iptables -A FORWARD -s 10.1.0.0/24");
	for (int i = 0; i < 20; i++) {
		s.dport = i % 2 ? 53 : 54;
		give(&s);
	}
	dp_run();
	assert_int_equal(dp_flush(1), 10);
	out = DP("iptables-save -c");
	assert_non_null(strstr(out, "[10:320] -A FORWARD -p udp -m udp --dport 53 -j DROP\n"));
	assert_non_null(strstr(out, "[10:320] -A FORWARD -s 10.1.0.0/24\n"));
	assert_non_null(strstr(out, ":FORWARD ACCEPT [10:320]\n"));
	DP("iptables -F");
	dp_balance();
}

static void
parked_in_order(void **state)
{
	struct dp_ip s = udp;
	struct dp_frame reply = dp_arp(1, 2, "02:00:00:00:01:07", "10.2.0.7", "10.2.0.1");
	struct rte_mbuf *m;

	s.dst = "10.2.0.7";
	for (int i = 0; i < 10; i++) {
		s.sport = i;
		give(&s);
	}
	dp_run();
	m = dp_take(1);
	assert_non_null(m); /* one question for all of them */
	assert_memory_equal(rte_pktmbuf_mtod(m, uint8_t *) + 12, "\x08\x06\0\1\x08\0\6\4\0\1", 10);
	rte_pktmbuf_free(m);
	assert_null(dp_take(1));
	assert_int_equal(neigh_parked(), 10);
	dp_balance();
	dp_give(1, reply.bytes, reply.len);
	dp_run();
	for (int i = 0; i < 10; i++) {
		m = dp_take(1);
		assert_non_null(m);
		assert_int_equal(rte_pktmbuf_mtod(m, uint8_t *)[35], i);
		rte_pktmbuf_free(m);
	}
	assert_int_equal(neigh_parked(), 0);
	dp_balance();
}

static void
no_answer(void **state)
{
	struct dp_ip s = udp;
	unsigned asked = 0;
	struct rte_mbuf *m;

	s.dst = "10.2.0.8";
	give(&s);
	give(&s);
	dp_run();
	for (int i = 0; i < 50; i++) {
		clock_advance(100);
		neigh_timer(clock_ms());
		dp_run();
		asked += dp_flush(1);
	}
	assert_int_equal(asked, 3);
	/* Host unreachable for each packet that waited, quoting it as it would have left. */
	for (int i = 0; i < 2; i++) {
		m = dp_take(0);
		assert_non_null(m);
		assert_int_equal(rte_pktmbuf_mtod(m, uint8_t *)[34], 3);
		assert_int_equal(rte_pktmbuf_mtod(m, uint8_t *)[35], 1);
		assert_int_equal(rte_pktmbuf_mtod(m, uint8_t *)[42 + 8], 63);
		rte_pktmbuf_free(m);
	}
	assert_null(dp_take(0));
	dp_balance();
}

/* However many packets wait, memory and the queue are bounded, and nothing is lost unseen. */
static void
parking_is_bounded(void **state)
{
	struct dp_ip s = udp;

	s.dst = "10.2.0.9";
	for (int i = 0; i < 300; i++)
		give(&s);
	dp_run();
	assert_int_equal(neigh_parked(), NEIGH_PARK_MAX);
	assert_int_equal(dp_dropped("neigh-queue-full"), 300 - NEIGH_PARK_MAX);
	dp_balance();
	for (int i = 0; i < 50; i++) {
		clock_advance(100);
		neigh_timer(clock_ms());
		dp_run();
	}
	assert_int_equal(neigh_parked(), 0);
	dp_balance();
}

static void
errors_are_limited(void **state)
{
	struct dp_ip s = udp;

	clock_advance(60000);
	s.ttl = 1;
	s.src = "10.1.0.2";
	for (int i = 0; i < 200; i++)
		give(&s);
	dp_run();
	assert_int_equal(dp_flush(0), 6);
	clock_advance(1000);
	give(&s);
	give(&s);
	dp_run();
	assert_int_equal(dp_flush(0), 1);
	dp_balance();
}

/* Lanes read the clock once per burst: one may be behind what another has noted. */
static void
limit_with_clock_behind(void **state)
{
	struct dp_ip s = udp;

	s.ttl = 1;
	clock_advance(60000);
	for (int i = 0; i < 8; i++)
		give(&s);
	dp_run();
	assert_int_equal(dp_flush(0), 6);
	clock_advance(-100);
	for (int i = 0; i < 8; i++)
		give(&s);
	dp_run();
	assert_int_equal(dp_flush(0), 0);
	clock_advance(100);
	dp_balance();
}

static void
fragments_out(void **state)
{
	struct dp_ip s = udp;

	s.payload = 1400;
	DP("ip link set p1 mtu 600");
	give(&s);
	s.df = true;
	give(&s);
	dp_run();
	assert_int_equal(dp_flush(1), 3);
	assert_int_equal(dp_flush(0), 1);
	assert_int_equal(dp_dropped("ip4-too-big"), 1);
	DP("ip link set p1 mtu 1500");
	dp_balance();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forward4),           cmocka_unit_test(forward6),
		cmocka_unit_test(answers_in_order),   cmocka_unit_test(rules_count),
		cmocka_unit_test(parked_in_order),    cmocka_unit_test(no_answer),
		cmocka_unit_test(parking_is_bounded), cmocka_unit_test(errors_are_limited),
		cmocka_unit_test(fragments_out),      cmocka_unit_test(limit_with_clock_behind),
	};

	return cmocka_run_group_tests_name("walk", tests, dp_router, dp_teardown);
}
