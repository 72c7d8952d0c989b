/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One thread sends packets through the walk while another changes their routes: each packet leaves
 * by the way from before or from after the change, by no third one, and none is lost; one that comes
 * after a change was answered goes the new way. ARGUMENT: milliseconds.
 */
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_ether.h>
#include <rte_launch.h>
#include <rte_lcore.h>

#include "base_addr.h"
#include "base_clock.h"
#include "base_rcu.h"
#include "dp.h"
#include "dp_frame.h"
#include "dp_sync.h"

#define COPIES 8 /* of each flow's packet in one burst */
#define STATES_MAX 6
#define OTHER_LCORE 2 /* on another core than control, where there is one (dp_setup()) */
#define BACK 6        /* gateway 6 is on the port that packets come from, 2 to 5 on the other */

/* Where the packets for one destination go after each command of a circle. */
struct flow {
	const char *dst;
	struct {
		const char *command;
		unsigned gateway;
	} of[STATES_MAX];
	unsigned at; /* commands answered, twice, and one more while one runs; control writes */
	/* Of the thread that sends. */
	struct dp_frame frame;
	struct ip_addr addr;
	unsigned from, out;
};

#define VIA4(n) " via 10.2.0." #n
#define VIA6(n) " via fd02::" #n

static struct flow flows[] = {
	/* The gateway and the port of a prefix. */
	{ .dst = "10.3.1.1",
	  .of = { { "ip route replace 10.3.0.0/16" VIA4(2), 2 },
		  { "ip route replace 10.3.0.0/16" VIA4(3), 3 },
		  { "ip route replace 10.3.0.0/16 via 10.1.0.6", BACK } } },
	{ .dst = "fd03::1",
	  .of = { { "ip -6 route replace fd03::/32" VIA6(2), 2 },
		  { "ip -6 route replace fd03::/32" VIA6(3), 3 },
		  { "ip -6 route replace fd03::/32 via fd01::6", BACK } } },
	/* Prefixes within others, which have other gateways, come and go. */
	{ .dst = "10.4.1.1",
	  .of = { { "ip route replace 10.4.0.0/16" VIA4(2), 2 },
		  { "ip route add 10.4.1.0/24" VIA4(3), 3 },
		  { "ip route add 10.4.1.1/32" VIA4(2), 2 },
		  { "ip route add 10.4.1.0/28" VIA4(4), 2 },
		  { "ip route del 10.4.1.1/32", 4 },
		  { "ip route flush root 10.4.1.0/24", 2 } } },
	{ .dst = "fd04::1:0:0:1",
	  .of = { { "ip -6 route replace fd04::/32" VIA6(2), 2 },
		  { "ip -6 route add fd04::/64" VIA6(3), 3 },
		  { "ip -6 route add fd04::1:0:0:1/128" VIA6(2), 2 },
		  { "ip -6 route add fd04::1:0:0:0/80" VIA6(4), 2 },
		  { "ip -6 route del fd04::1:0:0:1/128", 4 },
		  { "ip -6 route flush root fd04::/33", 2 } } },
	/* The default route. */
	{ .dst = "192.0.2.1",
	  .of = { { "ip route replace default" VIA4(4), 4 },
		  { "ip route replace default" VIA4(5), 5 },
		  { "ip route add 128.0.0.0/1" VIA4(2), 2 },
		  { "ip route del 128.0.0.0/1", 5 } } },
	{ .dst = "2001:db8::1",
	  .of = { { "ip -6 route replace default" VIA6(4), 4 },
		  { "ip -6 route replace default" VIA6(5), 5 },
		  { "ip -6 route add 2000::/3" VIA6(2), 2 },
		  { "ip -6 route del 2000::/3", 5 } } },
	/* A rule sends it to another table, whose routes change as well. */
	{ .dst = "10.5.1.1",
	  .of = { { "ip route replace 10.5.0.0/16" VIA4(2), 2 },
		  { "ip route replace default" VIA4(3) " table 100", 2 },
		  { "ip rule add to 10.5.0.0/16 lookup 100", 3 },
		  { "ip route replace default" VIA4(4) " table 100", 4 },
		  { "ip route flush table 100", 2 },
		  { "ip rule del to 10.5.0.0/16", 2 } } },
	{ .dst = "fd05::1",
	  .of = { { "ip -6 route replace fd05::/32" VIA6(2), 2 },
		  { "ip -6 route replace default" VIA6(3) " dev p1 table 100", 2 },
		  { "ip -6 rule add iif p0 to fd05::/32 lookup 100", 3 },
		  { "ip -6 route replace default" VIA6(4) " dev p1 table 100", 4 },
		  { "ip -6 route flush table 100", 2 },
		  { "ip -6 rule del iif p0 to fd05::/32", 2 } } },
};

static unsigned milliseconds = 2500;
static bool stop;
static unsigned rounds;     /* bursts that went through */
static unsigned in_between; /* packets that were on their way while their route changed */
static char wrong[200];     /* the sender's first complaint; read when it has ended */

static unsigned
states(const struct flow *f)
{
	unsigned n = 0;

	while (n < STATES_MAX && f->of[n].command != NULL)
		n++;
	return n;
}

static const void *
destination(const struct rte_mbuf *m, uint8_t *family)
{
	const uint8_t *l3 = rte_pktmbuf_mtod_offset(m, const uint8_t *, RTE_ETHER_HDR_LEN);

	*family = l3[0] >> 4 == 4 ? AF_INET : AF_INET6;
	return *family == AF_INET ? l3 + 16 : l3 + 24;
}

/* NULL: not one of ours (a redirect). */
static struct flow *
flow_of(const struct rte_mbuf *m)
{
	uint8_t family;
	const void *dst = destination(m, &family);

	for (unsigned i = 0; i < RTE_DIM(flows); i++)
		if (flows[i].addr.family == family &&
		    memcmp(&flows[i].addr.w, dst, ip_addr_bits(family) / 8) == 0)
			return &flows[i];
	return NULL;
}

/* Could the flow's packets go by the gateway at some time since f->from? */
static bool
allowed(const struct flow *f, unsigned gateway)
{
	unsigned until = __atomic_load_n(&f->at, __ATOMIC_ACQUIRE), n = states(f);

	for (unsigned k = f->from / 2; k <= (until + 1) / 2; k++)
		if (f->of[k % n].gateway == gateway)
			return true;
	return false;
}

static void
look(unsigned side, const struct rte_mbuf *m)
{
	const struct rte_ether_hdr *eth = rte_pktmbuf_mtod(m, const struct rte_ether_hdr *);
	unsigned gateway = eth->dst_addr.addr_bytes[5];
	struct flow *f = flow_of(m);

	if (f == NULL)
		return;
	f->out++;
	if (wrong[0] == '\0' && (side != (gateway != BACK) || !allowed(f, gateway)))
		snprintf(wrong, sizeof(wrong), "to %s by gateway %u and port %u, at %u to %u",
			 f->dst, gateway, side, f->from, __atomic_load_n(&f->at, __ATOMIC_RELAXED));
}

static void
burst(void)
{
	struct rte_mbuf *m;

	for (unsigned i = 0; i < RTE_DIM(flows); i++) {
		flows[i].from = __atomic_load_n(&flows[i].at, __ATOMIC_ACQUIRE);
		flows[i].out = 0;
	}
	for (unsigned i = 0; i < RTE_DIM(flows) * COPIES; i++) {
		const struct dp_frame *frame = &flows[i % RTE_DIM(flows)].frame;

		dp_give(0, frame->bytes, frame->len);
	}
	dp_run();
	for (unsigned side = 0; side < DP_SIDES; side++)
		for (; (m = dp_take(side)) != NULL; rte_pktmbuf_free(m))
			look(side, m);
	for (unsigned i = 0; i < RTE_DIM(flows); i++) {
		if (flows[i].out != COPIES && wrong[0] == '\0')
			snprintf(wrong, sizeof(wrong), "to %s: %u of %u packets, at %u",
				 flows[i].dst, flows[i].out, COPIES, flows[i].from);
		if (flows[i].from != __atomic_load_n(&flows[i].at, __ATOMIC_RELAXED))
			in_between += COPIES;
	}
}

static int
sender(void *arg)
{
	DP_TAKES(&stop);
	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
		burst();
		__atomic_add_fetch(&rounds, 1, __ATOMIC_RELEASE);
	}
	DP_HANDS_OFF(&stop);
	return 0;
}

static void
neighbours(void)
{
	char line[100];

	for (unsigned n = 2; n <= BACK; n++)
		for (unsigned v6 = 0; v6 < 2; v6++) {
			snprintf(line, sizeof(line),
				 "ip neigh replace %s%u lladdr 02:00:00:00:02:%02x nud permanent "
				 "dev p%u",
				 v6          ? n == BACK ? "fd01::" : "fd02::"
				 : n == BACK ? "10.1.0."
					     : "10.2.0.",
				 n, n, n != BACK);
			DP(line);
		}
}

static int
configure(void **state)
{
	static const char *const lines[] = {
		"ip addr add 10.1.0.1/24 dev p0",
		"ip addr add 10.2.0.1/24 dev p1",
		"ip addr add fd01::1/64 dev p0",
		"ip addr add fd02::1/64 dev p1",
		"ip neigh add 10.1.0.2 lladdr 02:00:00:00:01:02 nud permanent dev p0",
		"ip neigh add fd01::2 lladdr 02:00:00:00:01:02 nud permanent dev p0",
		"sysctl -w net.ipv4.ip_forward=1",
		"sysctl -w net.ipv6.conf.all.forwarding=1",
	};

	if (dp_setup(state) != 0)
		return -1;
	DP_ALL(lines);
	neighbours();
	for (unsigned i = 0; i < RTE_DIM(flows); i++) {
		struct flow *f = &flows[i];
		struct dp_ip s = { .src = strchr(f->dst, ':') ? "fd01::2" : "10.1.0.2",
				   .dst = f->dst,
				   .proto = IPPROTO_UDP,
				   .ttl = 64,
				   .payload = 20 };

		f->frame = dp_ip(&s);
		if (ip_addr_parse(f->dst, 0, &f->addr) != 0)
			return -1;
		DP(f->of[0].command);
	}
	return 0;
}

/* The next command of the flow's circle; then one whole burst goes through. */
static void
change(struct flow *f)
{
	unsigned at = f->at, seen;

	__atomic_store_n(&f->at, at + 1, __ATOMIC_SEQ_CST);
	DP(f->of[(at / 2 + 1) % states(f)].command);
	__atomic_store_n(&f->at, at + 2, __ATOMIC_SEQ_CST);
	rcu_reap();
	seen = __atomic_load_n(&rounds, __ATOMIC_ACQUIRE);
	while (__atomic_load_n(&rounds, __ATOMIC_ACQUIRE) - seen < 2)
		sched_yield();
}

static void
every_packet_by_the_old_or_the_new_way(void **state)
{
	uint64_t until = clock_ms() + milliseconds;
	unsigned changes = 0;

	DP_HANDS_OFF(&stop);
	assert_int_equal(rte_eal_remote_launch(sender, NULL, OTHER_LCORE), 0);
	/* Each command at least twice, however slow the machine is. */
	while (clock_ms() < until || changes < RTE_DIM(flows) * STATES_MAX * 2)
		change(&flows[changes++ % RTE_DIM(flows)]);
	__atomic_store_n(&stop, true, __ATOMIC_RELAXED);
	rte_eal_mp_wait_lcore();
	DP_TAKES(&stop);
	print_message("%u changes, %u bursts, %u packets while their route changed\n", changes,
		      rounds, in_between);
	if (wrong[0] != '\0')
		fail_msg("%s", wrong);
	assert_true(in_between > 0);
	dp_balance();
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(
		every_packet_by_the_old_or_the_new_way) };

	if (argc > 1)
		milliseconds = strtoul(argv[1], NULL, 0);
	return cmocka_run_group_tests_name("churn", tests, configure, dp_teardown);
}
