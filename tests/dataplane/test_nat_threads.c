/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Translated connections on two workers: requests come in on one, the answers, to what the server has seen, on the other.
 * Both choose ports from the same few at once. Then the same while connections are removed, addresses come and go,
 * rules and the table's size change. Meant for ThreadSanitizer too. ARGUMENT: rounds.
 */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>

#include <rte_ip.h>
#include <rte_udp.h>

#include "base_clock.h"
#include "base_rcu.h"
#include "ct_table.h"
#include "dp.h"
#include "dp_frame.h"
#include "dp_workers.h"

#define REQUESTS 24
#define MARK 0x0badcafe
#define FIRST_PORT \
	5000 /* of those that clients are given: 10.2.0.99, 64 of them for a server's port */
#define PORTS 64
#define SERVICES 8 /* the server's ports, from 80 on */

static unsigned rounds = 200, seen, given;
static uint64_t replies_right;
static bool strict;

/* A request's payload, which its answer has as well: who sent it. */
struct tag {
	uint32_t mark;
	uint32_t client;
	uint16_t port;
	uint16_t answer;
} __rte_packed;

/* Whose each port of 10.2.0.99 is, for each service. */
static struct tag owner[SERVICES][PORTS];

static int
configure(void **state)
{
	static const char *const lines[] = {
		"sysctl -w net.ipv4.conf.all.send_redirects=0",
		"sysctl -w net.ipv4.conf.p1.send_redirects=0",
		"ip route add 10.8.0.0/16 via 10.1.0.2",
		"ip route add 10.9.0.0/16 via 10.2.0.2",
		"sysctl -w net.netfilter.nf_conntrack_max=8192",
		"sysctl -w net.pollux.conntrack=on",
		"iptables -t nat -A POSTROUTING -p udp -d 10.2.0.2 -m udp --dport 80:87 -j SNAT "
		"--to-source 10.2.0.99:5000-5063",
		"iptables -t nat -A POSTROUTING -p udp -o p1 -j MASQUERADE",
		"iptables -t nat -A PREROUTING -p udp -d 10.2.0.77 -j DNAT --to-destination "
		"10.1.0.2",
		"ip6tables -t nat -A POSTROUTING -o p1 -j MASQUERADE",
	};

	if (dp_router(state) != 0)
		return -1;
	DP_ALL(lines);
	return dp_workers_start() ? 0 : -1;
}

static void
give(struct dp_frame *f, unsigned side)
{
	given++;
	dp_give(side, f->bytes, f->len);
}

/* IPv4 with a tag instead of a checksum. */
static void
request(unsigned n, unsigned side, const char *dst, uint16_t port)
{
	struct dp_ip s = { .src = side == 0 ? "10.8.0.0" : "10.9.0.0",
			   .dst = dst,
			   .proto = IPPROTO_UDP,
			   .ttl = 64,
			   .sport = 1000 + n % 16,
			   .dport = port,
			   .payload = sizeof(struct tag),
			   .side = side };
	struct dp_frame f = dp_ip(&s);
	struct rte_ipv4_hdr *ip = (void *)(f.bytes + sizeof(struct rte_ether_hdr));
	struct rte_udp_hdr *udp = (void *)(ip + 1);
	struct tag *t = (void *)(udp + 1);

	ip->src_addr += rte_cpu_to_be_32(n / 16 % 4096);
	ip->hdr_checksum = 0;
	ip->hdr_checksum = rte_ipv4_cksum(ip);
	udp->dgram_cksum = 0;
	*t = (struct tag){ .mark = MARK, .client = ip->src_addr, .port = udp->src_port };
	give(&f, side);
}

/* The server sees a request: nobody else's port. It answers. */
static void
serve(struct rte_ipv4_hdr *ip, unsigned side)
{
	struct rte_udp_hdr *udp = (void *)(ip + 1);
	struct tag *t = (void *)(udp + 1);
	uint16_t service = rte_be_to_cpu_16(udp->dst_port) - 80, port = udp->src_port;
	uint16_t at = rte_be_to_cpu_16(port) - FIRST_PORT;
	struct dp_frame f = { .len = sizeof(struct rte_ether_hdr) + 28 + sizeof(*t) };
	uint32_t src = ip->src_addr;

	if (strict && ip->src_addr == RTE_BE32(RTE_IPV4(10, 2, 0, 99))) {
		assert_in_range(at, 0, PORTS - 1);
		assert_in_range(service, 0, SERVICES - 1);
		if (owner[service][at].mark != 0)
			assert_memory_equal(&owner[service][at], t, sizeof(*t));
		owner[service][at] = *t;
	}
	ip->src_addr = ip->dst_addr;
	ip->dst_addr = src;
	ip->time_to_live = 64;
	ip->hdr_checksum = 0;
	ip->hdr_checksum = rte_ipv4_cksum(ip);
	udp->src_port = udp->dst_port;
	udp->dst_port = port;
	t->answer = 1;
	memcpy(f.bytes, (uint8_t[]){ 2, 0, 0, 0, 0, 0x10 + side, 2, 0, 0, 0, 1, side, 8, 0 }, 14);
	memcpy(f.bytes + 14, ip, f.len - 14);
	give(&f, side);
}

/* The clients and servers of both sides take what has come. */
static void
take_all(void)
{
	struct rte_mbuf *m;

	for (unsigned side = 0; side < DP_SIDES; side++)
		while ((m = dp_take(side)) != NULL) {
			struct rte_ipv4_hdr *ip =
				rte_pktmbuf_mtod_offset(m, void *, sizeof(struct rte_ether_hdr));
			struct rte_udp_hdr *udp = (void *)(ip + 1);
			struct tag *t = (void *)(udp + 1);

			if (ip->version_ihl == 0x45 && ip->next_proto_id == IPPROTO_UDP &&
			    t->mark == MARK && t->answer == 0) {
				seen++;
				serve(ip, side);
			} else if (ip->version_ihl == 0x45 && ip->next_proto_id == IPPROTO_UDP &&
				   t->mark == MARK && ip->dst_addr == t->client &&
				   udp->dst_port == t->port) {
				replies_right++;
			} else if (strict && ip->version_ihl == 0x45) {
				fail_msg("an answer came to somebody else");
			}
			rte_pktmbuf_free(m);
		}
}

static void
pace(void)
{
	do
		take_all();
	while (dp_unread(0) + dp_unread(1) > 300);
}

/* From both sides, to the same services; some come again. */
static void
traffic(unsigned round)
{
	for (unsigned i = 0; i < REQUESTS; i++) {
		unsigned n = (round % 97 * REQUESTS + i) * 7;
		struct dp_ip s = { .src = "fd01::2",
				   .dst = "fd02::2",
				   .proto = i % 2 ? IPPROTO_TCP : IPPROTO_UDP,
				   .ttl = 64,
				   .sport = n,
				   .dport = 53 };
		struct dp_frame f = dp_ip(&s);

		request(n, i % 2, "10.2.0.2", 80 + n % SERVICES);
		if (i % 3 == 0)
			request(n, 0, "10.9.0.1", 2000);
		if (i % 3 == 1)
			request(n, 1, "10.2.0.77", 3000 + n % 3);
		if (i % 8 == 0)
			give(&f, 0);
	}
}

static void
both_choose(void **state)
{
	strict = true;
	for (unsigned r = 0; r < rounds; r++) {
		traffic(r);
		pace();
		rcu_reap();
	}
	while (dp_unread(0) + dp_unread(1) > 0)
		take_all();
	printf("%u requests came to servers, %lu answers to clients\n", seen, replies_right);
	assert_true(seen > 0 && replies_right > 0);
	strict = false;
}

static bool
take_some(struct ct *ct, void *arg)
{
	unsigned *n = arg;

	if ((*n)++ % 8 == 0)
		ct_remove(LANE_MAX, ct);
	return true;
}

/* What takes masqueraded connections away, or changes what they were made by. */
static void
change(unsigned n)
{
	static const char *const lines[] = {
		"ip addr del 10.2.0.1/24 dev p1",
		"ip addr add 10.2.0.1/24 dev p1",
		"ip route replace 10.9.0.0/16 via 10.2.0.2",
		"iptables -t nat -I POSTROUTING -p udp -o p1 -j MASQUERADE --to-ports 600-700 "
		"--random",
		"iptables -t nat -D POSTROUTING -p udp -o p1 -j MASQUERADE --to-ports 600-700 "
		"--random",
		"ip addr add 10.2.0.5/24 dev p1",
		"ip addr del 10.2.0.5/24 dev p1",
		"conntrack -F",
		"ip6tables -t nat -F",
		"ip6tables -t nat -A POSTROUTING -o p1 -j MASQUERADE",
	};

	DP(lines[n % RTE_DIM(lines)]);
}

static void
removed_meanwhile(void **state)
{
	char line[80];

	for (unsigned r = 0; r < rounds; r++) {
		unsigned n = 0;

		traffic(r);
		pace();
		if (r % 3 == 0)
			ct_each(take_some, &n);
		if (r % 4 == 1)
			change(r / 4);
		if (r % 10 == 0)
			clock_advance(40000);
		if (r % 20 == 10) {
			snprintf(line, sizeof(line), "sysctl -w net.netfilter.nf_conntrack_max=%u",
				 8192 + r * 100);
			DP(line);
		}
		rcu_reap();
	}
}

static void
none_is_left(void **state)
{
	struct pipeline_totals t;

	take_all();
	dp_workers_stop(given);
	t = pipeline_totals();
	assert_int_equal(t.received, given);
	assert_int_equal(t.received + t.originated,
			 t.sent + t.delivered + t.dropped + t.absorbed + t.parked + t.queued);
	clock_advance(1000000000);
	for (unsigned i = 0; i < 100000 && (i < 400 || ct_count() != 0); i++) {
		clock_advance(20);
		dp_round_all();
	}
	assert_int_equal(ct_count(), 0);
	assert_int_equal(dp_nat_sources(HOOK_IP4) + dp_nat_sources(HOOK_IP6), 0);
	DP("iptables -t nat -F");
	DP("ip6tables -t nat -F");
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(both_choose),
					    cmocka_unit_test(removed_meanwhile),
					    cmocka_unit_test(none_is_left) };

	if (argc > 1)
		rounds = strtoul(argv[1], NULL, 0);
	return cmocka_run_group_tests_name("nat_threads", tests, configure, dp_teardown);
}
