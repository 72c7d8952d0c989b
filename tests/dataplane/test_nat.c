/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Translation in the walk: a burst gives the frames that its packets give one after another, all of them with right
 * checksums; ways that change end what was masqueraded.
 */
#include <stdio.h>
#include <string.h>

#include <rte_random.h>

#include "base_clock.h"
#include "ct_table.h"
#include "dp.h"
#include "dp_frame.h"
#include "pkt_checksum.h"
#include "pkt_guard.h"
#include "pkt_parse.h"

#define MAC "02:00:00:00:01:0"
#define BURST 60
#define ROUNDS 40

static int
configure(void **state)
{
	if (dp_router(state) != 0)
		return -1;
	DP("sysctl -w net.ipv4.icmp_ratemask=0");
	DP("sysctl -w net.ipv4.icmp_msgs_per_sec=1000000");
	DP("sysctl -w net.ipv4.icmp_msgs_burst=1000000");
	DP("sysctl -w net.ipv6.icmp.ratelimit=0");
	for (unsigned side = 0; side < DP_SIDES; side++)
		for (unsigned host = 3; host <= 4; host++) {
			char line[80];

			snprintf(line, sizeof(line), "ip neigh add 10.%u.0.%u lladdr %s%u dev p%u",
				 side + 1, host, MAC, side, side);
			DP(line);
			snprintf(line, sizeof(line), "ip neigh add fd0%u::%u lladdr %s%u dev p%u",
				 side + 1, host, MAC, side, side);
			DP(line);
		}
	DP("ip route add blackhole 192.0.2.0/24"); /* errors are limited in number where there is no route */
	DP("sysctl -w net.netfilter.nf_conntrack_max=8192");
	DP("iptables -t nat -A PREROUTING -d 192.0.2.1 -j DNAT --to-destination 10.2.0.3");
	DP("iptables -t nat -A PREROUTING -d 192.0.2.2 -p tcp -j DNAT --to-destination "
	   "10.2.0.4:8080");
	DP("iptables -t nat -A PREROUTING -d 192.0.2.3 -j DNAT --to-destination 10.1.0.1");
	DP("iptables -t nat -A POSTROUTING -s 10.1.0.0/25 -j MASQUERADE");
	DP("iptables -A FORWARD -p udp --dport 7 -j REJECT");
	DP("iptables -A FORWARD -p tcp --dport 7 -j REJECT --reject-with tcp-reset");
	DP("ip6tables -t nat -A PREROUTING -d 2001:db8::1 -j DNAT --to-destination fd02::3");
	DP("ip6tables -t nat -A PREROUTING -d 2001:db8::3 -j DNAT --to-destination fd01::1");
	DP("ip6tables -t nat -A POSTROUTING -j MASQUERADE");
	DP("ip6tables -A FORWARD -p udp --dport 7 -j REJECT");
	return 0;
}

#define ONE_OF(...) ((const char *[]){ __VA_ARGS__ }[rte_rand_max(4)])

/* Few flows, so that a burst has several packets of each; no two would have the same reply. */
static struct dp_frame
any(void)
{
	static const uint8_t protos[] = { IPPROTO_TCP, IPPROTO_UDP, 0, 200 };
	bool v6 = rte_rand_max(3) == 0, own = rte_rand_max(4) == 0;
	unsigned client = 2 + rte_rand_max(3);
	char src[20];
	struct dp_ip s = { .src = src, .ttl = rte_rand_max(10) == 0 ? 1 : 64 };

	s.proto = protos[rte_rand_max(RTE_DIM(protos))];
	s.payload = rte_rand_max(50);
	s.dport = rte_rand_max(4) == 0 ? 7 : 53;
	s.sport = 1000 * client + 2 * s.dport + rte_rand_max(2);
	if (s.proto == 0) {
		s.proto = v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP;
		s.sport = v6 ? 128 << 8 : 8 << 8;
	}
	if (s.proto == 200 || s.proto == IPPROTO_ICMP || s.proto == IPPROTO_ICMPV6)
		client = 2; /* no ports, the same identifier */
	snprintf(src, sizeof(src), v6 ? "fd01::%u" : "10.1.0.%u", client);
	s.dst = v6 ? ONE_OF("fd02::2", "2001:db8::1", "fd02::4", "2001:db8:9::")
		   : ONE_OF("10.2.0.2", "192.0.2.1", "192.0.2.2", "10.2.0.4");
	/* The resets of closed ports end connections only when the burst is through. */
	if (own && s.proto != IPPROTO_TCP)
		s.dst = v6 ? "2001:db8::3" : "192.0.2.3";
	return dp_ip(&s);
}

struct sent {
	unsigned nb[DP_SIDES];
	struct rte_mbuf *m[DP_SIDES][4 * BURST];
};

static void
take_all(struct sent *t)
{
	for (unsigned side = 0; side < DP_SIDES; side++)
		while (t->nb[side] < 4 * BURST && (t->m[side][t->nb[side]] = dp_take(side)) != NULL)
			t->nb[side]++;
}

/* As the wire would see it, with the sums made anew. */
static void
check_sums(struct rte_mbuf *m)
{
	const struct rte_ether_hdr *eth = rte_pktmbuf_mtod(m, void *);
	struct rte_ether_addr mac = eth->dst_addr;
	struct rte_mbuf *copy = rte_pktmbuf_copy(m, m->pool, 0, UINT32_MAX);
	uint16_t reason;

	assert_non_null(copy);
	pkt_unguard(copy);
	copy->ol_flags = 0;
	assert_true(pkt_parse(copy, 1, &mac, &reason) <= PKT_KIND_IP6);
	/* An answer that is nothing but zeros has the other zero, as on Linux. */
	assert_true(pkt_l4_checksum_summed(copy) || pkt_l4_sum(copy) == 0);
	rte_pktmbuf_free(copy);
}

/* The identification of what the box makes is a random one. */
static void
clear_id(struct rte_mbuf *m)
{
	struct rte_ipv4_hdr *ip = rte_pktmbuf_mtod_offset(m, void *, RTE_ETHER_HDR_LEN);

	if (ip->version_ihl >> 4 == 4 && ip->time_to_live == 64)
		ip->packet_id = ip->hdr_checksum = 0;
}

static void
same(struct rte_mbuf *a, struct rte_mbuf *b)
{
	clear_id(a);
	clear_id(b);
	assert_int_equal(a->data_len, b->data_len);
	assert_memory_equal(rte_pktmbuf_mtod(a, void *), rte_pktmbuf_mtod(b, void *), a->data_len);
}

static void
forget(void)
{
	DP("conntrack -F");
	clock_advance(1000); /* room for errors again */
	for (unsigned i = 0; i < 4; i++) {
		dp_round(0);
		dp_round(1);
	}
	assert_int_equal(ct_count(), 0);
}

static void
burst_as_one_by_one(void **state)
{
	static struct dp_frame frames[BURST];
	unsigned translated = 0;

	forget();
	for (unsigned round = 0; round < ROUNDS; round++) {
		static struct sent burst, single;

		memset(&burst, 0, sizeof(burst));
		memset(&single, 0, sizeof(single));
		for (unsigned i = 0; i < BURST; i++)
			frames[i] = any();
		for (unsigned i = 0; i < BURST; i++)
			dp_give(0, frames[i].bytes, frames[i].len);
		dp_run();
		take_all(&burst);
		translated += ct_count();
		forget();
		for (unsigned i = 0; i < BURST; i++) {
			dp_give(0, frames[i].bytes, frames[i].len);
			dp_run();
		}
		take_all(&single);
		forget();
		for (unsigned side = 0; side < DP_SIDES; side++) {
			assert_int_equal(burst.nb[side], single.nb[side]);
			for (unsigned i = 0; i < burst.nb[side]; i++) {
				check_sums(burst.m[side][i]);
				same(burst.m[side][i], single.m[side][i]);
				rte_pktmbuf_free(burst.m[side][i]);
				rte_pktmbuf_free(single.m[side][i]);
			}
		}
	}
	assert_true(translated > ROUNDS);
	dp_balance();
}

static void
another_way(void **state)
{
	struct dp_frame f = dp_ip(&(struct dp_ip){ .src = "10.1.0.2",
						   .dst = "10.3.0.2",
						   .proto = IPPROTO_UDP,
						   .ttl = 64,
						   .sport = 5,
						   .dport = 6 });

	DP("ip route add 10.3.0.0/24 via 10.2.0.2");
	dp_give(0, f.bytes, f.len);
	dp_run();
	assert_int_equal(dp_flush(1), 1);
	assert_int_equal(ct_count(), 1);
	DP("sysctl -w net.ipv4.conf.p0.send_redirects=0");
	DP("sysctl -w net.ipv4.conf.all.send_redirects=0");
	DP("ip route replace 10.3.0.0/24 via 10.1.0.3");
	dp_give(0, f.bytes, f.len);
	dp_run();
	assert_int_equal(dp_flush(0) + dp_flush(1), 0);
	assert_int_equal(dp_dropped("nat-port-changed"), 1);
	assert_int_equal(ct_count(), 0);
	dp_give(0, f.bytes, f.len);
	dp_run();
	assert_int_equal(dp_flush(0), 1);
	DP("ip route del 10.3.0.0/24");
	forget();
	dp_balance();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(burst_as_one_by_one),
		cmocka_unit_test(another_way),
	};

	return cmocka_run_group_tests(tests, configure, dp_teardown);
}
