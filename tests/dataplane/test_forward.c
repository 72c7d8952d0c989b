/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Random bursts through the router twice, with net.pollux.fast_forward and without: the same frames, the same drops,
 * the same neighbours. ARGUMENTS: rounds, seed.
 */
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include <rte_random.h>

#include "base_clock.h"
#include "base_drop.h"
#include "dp.h"
#include "dp_frame.h"
#include "neigh.h"

#define BURST 64
#define TOLD "02:00:00:00:01:09" /* what ARP messages of the burst tell of station 3 */
#define SENT 256                 /* frames that a burst may make a port send, of each kind */
#define LISTS (2 * DP_SIDES)     /* of each port: forwarded, and made by the box */

static unsigned rounds = 400;
static uint64_t seed = 1;
static bool tame; /* nothing that makes an error */

static int
configure(void **state)
{
	static const char *const lines[] = {
		"ip addr add 10.1.0.1/24 dev p0",
		"ip addr add 10.2.0.1/24 dev p1",
		"ip addr add fd01::1/64 dev p0",
		"ip addr add fd02::1/64 dev p1",
		"ip route add 192.0.2.0/24 via 10.2.0.2",
		"ip route add 192.0.3.0/24 via 10.2.0.3 mtu 600",
		"ip route add 192.0.4.0/24 nexthop via 10.2.0.2 nexthop via 10.2.0.3",
		"ip route add blackhole 198.51.100.0/24",
		"ip route add prohibit 203.0.113.0/24",
		"ip -6 route add fd09::/64 via fd02::2",
		"ip -6 route add fd0a::/64 via fd02::3 mtu 1280",
		"ip link set p1 mtu 1300",
		"sysctl -w net.ipv4.ip_forward=1",
		"sysctl -w net.ipv6.conf.all.forwarding=1",
		/* Whom errors leave without tokens depends on their order, see is_own(). */
		"sysctl -w net.ipv4.icmp_ratemask=0",
		"sysctl -w net.ipv6.icmp.ratemask=",
		/* How many a station was told of before counts; see redirects(). */
		"sysctl -w net.ipv4.conf.all.send_redirects=0",
		"sysctl -w net.ipv4.conf.p0.send_redirects=0",
		"sysctl -w net.ipv4.conf.p1.send_redirects=0",
	};

	if (dp_setup(state) != 0)
		return -1;
	rte_srand(seed);
	DP_ALL(lines);
	return 0;
}

/* Mostly an ordinary address, now and then a special one. */
static const char *
pick4(unsigned side, bool destination)
{
	static const char *const ours[DP_SIDES][3] = { { "10.1.0.2", "10.1.0.3", "10.1.0.77" },
						       { "10.2.0.2", "10.2.0.3", "10.2.0.4" } };
	static const char *const behind[] = { "192.0.2.5", "192.0.3.5", "192.0.4.1", "192.0.4.2",
					      "192.0.4.3" };
	static const char *const odd[] = { "10.1.0.1",     "10.2.0.1",    "8.8.8.8",
					   "198.51.100.1", "203.0.113.9", "255.255.255.255",
					   "224.0.0.1",    "127.0.0.1",   "0.0.0.0",
					   "10.2.0.255",   "240.0.0.1",   "10.2.0.9" };

	if (!tame && rte_rand() % 32 == 0)
		return odd[rte_rand() % RTE_DIM(odd)];
	if (destination && side == 0 && rte_rand() % 2)
		return behind[rte_rand() % RTE_DIM(behind)];
	return ours[destination ? !side : side][rte_rand() % 16 ? rte_rand() % 2 : 2];
}

static const char *
pick6(unsigned side, bool destination)
{
	static const char *const ours[DP_SIDES][3] = { { "fd01::2", "fd01::3", "fd01::77" },
						       { "fd02::2", "fd02::3", "fd02::4" } };
	static const char *const behind[] = { "fd09::1", "fd0a::1" };
	static const char *const odd[] = { "fd01::1",        "fd02::1", "fd77::1", "ff02::1",
					   "ff02::1:ff00:1", "::1",     "::",      "2001:db8::1" };

	if (!tame &&
	    rte_rand() % 32 == 0) /* the box's own, which are first, look like its own packets */
		return odd[destination ? rte_rand() % RTE_DIM(odd)
				       : 2 + rte_rand() % (RTE_DIM(odd) - 2)];
	if (destination && side == 0 && rte_rand() % 2)
		return behind[rte_rand() % RTE_DIM(behind)];
	return ours[destination ? !side : side][rte_rand() % 16 ? rte_rand() % 2 : 2];
}

static uint16_t
payload(void)
{
	static const uint16_t edges[] = { 550, 572, 573, 1230, 1240, 1252, 1253, 1272, 1273, 1400 };

	return tame || rte_rand() % 8 ? rte_rand() % 64 : edges[rte_rand() % RTE_DIM(edges)];
}

static void
spoil(struct dp_frame *f)
{
	switch (rte_rand() % 4) {
	case 0: /* some bit of the headers, checksum as it was */
		f->bytes[rte_rand() % RTE_MIN(f->len, 60u)] ^= 1u << rte_rand() % 8;
		break;
	case 1:
		f->len = rte_rand() % (f->len + 1);
		break;
	case 2: /* frame to a group */
		memset(f->bytes, rte_rand() % 2 ? 0xff : 0x33, 6);
		break;
	case 3: /* extension headers, options: what follows is read as such */
		f->bytes[rte_rand() % 2 ? 20 : 14] = rte_rand() % 2 ? 0 : 0x46;
		break;
	}
}

static struct dp_frame
random_frame(unsigned side, bool v6)
{
	static const uint8_t protos[] = { IPPROTO_UDP, IPPROTO_TCP, IPPROTO_ICMP };
	static const uint16_t frags[] = { 0, 0, 0, 0x2000, 0x2010, 0x0020 };
	struct dp_ip s = { .src = v6 ? pick6(side, false) : pick4(side, false),
			   .dst = v6 ? pick6(side, true) : pick4(side, true),
			   .proto = protos[rte_rand() % RTE_DIM(protos)],
			   .ttl = tame || rte_rand() % 32 ? 2 + rte_rand() % 250 : rte_rand() % 3,
			   .tos = rte_rand(),
			   .id = rte_rand(),
			   .frag = frags[rte_rand() % RTE_DIM(frags)],
			   .sport = 0x0300 + rte_rand() % 1000,
			   .dport = rte_rand() % 120,
			   .payload = payload(),
			   .df = rte_rand() % 2,
			   .side = side };
	struct dp_frame f;

	if (v6 && s.proto == IPPROTO_ICMP)
		s.proto = IPPROTO_ICMPV6;
	f = dp_ip(&s);
	if (rte_rand() % 64 == 0)
		return dp_arp(side, 1 + rte_rand() % 2, TOLD, side == 0 ? "10.1.0.3" : "10.2.0.3",
			      side == 0 ? "10.1.0.1" : "10.2.0.1");
	if (rte_rand() % 16 == 0)
		f.len += rte_rand() % 20; /* padding */
	if (!tame && rte_rand() % 24 == 0)
		spoil(&f);
	return f;
}

/* What a burst did. */
struct result {
	unsigned n[LISTS];
	struct dp_frame sent[LISTS][SENT];
	uint64_t drops[DROP_MAX];
	struct pipeline_totals totals;
	char neighbours[4000];
};

static void
neighbours_fresh(void)
{
	static const char *const lines[] = {
		"ip neigh flush dev p0",
		"ip neigh flush dev p1",
		"ip neigh replace 10.1.0.2 lladdr 02:00:00:00:01:00 dev p0 nud permanent",
		"ip neigh replace 10.1.0.3 lladdr 02:00:00:00:01:03 dev p0 nud stale",
		"ip neigh replace 10.2.0.2 lladdr 02:00:00:00:02:00 dev p1 nud stale",
		"ip neigh replace 10.2.0.3 lladdr 02:00:00:00:02:03 dev p1 nud stale",
		"ip neigh replace fd01::2 lladdr 02:00:00:00:01:00 dev p0 nud stale",
		"ip neigh replace fd01::3 lladdr 02:00:00:00:01:03 dev p0 nud stale",
		"ip neigh replace fd02::2 lladdr 02:00:00:00:02:00 dev p1 nud permanent",
		"ip neigh replace fd02::3 lladdr 02:00:00:00:02:03 dev p1 nud stale",
	};

	DP_ALL(lines);
}

/*
 * Made by the box: the walk sends these when the burst is through, the pass where their causes were, so that they are
 * compared in no order, and without the neighbour's address, which another packet of the burst may have told. Its
 * IPv4 packets have ids that nobody foresees.
 */
static bool
is_own(struct dp_frame *f)
{
	static const uint8_t own4[2][4] = { { 10, 1, 0, 1 }, { 10, 2, 0, 1 } };
	static const uint8_t own6[3][2] = { { 0xfd, 1 }, { 0xfd, 2 }, { 0xfe, 0x80 } };
	static const uint8_t one[14] = { [13] = 1 };

	if (memcmp(f->bytes + 12, "\x08\0", 2) == 0) {
		if (memcmp(f->bytes + 26, own4[0], 4) != 0 &&
		    memcmp(f->bytes + 26, own4[1], 4) != 0)
			return false;
		memset(f->bytes + 18, 0, 2);
		memset(f->bytes + 24, 0, 2);
		return true;
	}
	if (memcmp(f->bytes + 12, "\x86\xdd", 2) != 0)
		return true;
	for (unsigned i = 0; i < 2; i++)
		if (memcmp(f->bytes + 22, own6[i], 2) == 0 && memcmp(f->bytes + 24, one, 14) == 0)
			return true;
	return memcmp(f->bytes + 22, own6[2], 2) == 0;
}

static int
by_bytes(const void *pa, const void *pb)
{
	const struct dp_frame *a = pa, *b = pb;

	return a->len != b->len ? (int)a->len - (int)b->len : memcmp(a->bytes, b->bytes, a->len);
}

static void
take_all(struct result *r)
{
	struct rte_mbuf *m;

	memset(r->n, 0, sizeof(r->n));
	for (unsigned side = 0; side < DP_SIDES; side++) {
		while ((m = dp_take(side)) != NULL) {
			struct dp_frame f = { .len = m->pkt_len };
			unsigned list;

			assert_int_equal(m->nb_segs, 1);
			assert_int_equal(m->pkt_len, m->data_len);
			memcpy(f.bytes, rte_pktmbuf_mtod(m, void *), f.len);
			rte_pktmbuf_free(m);
			list = 2 * side + is_own(&f);
			if (list & 1)
				memset(f.bytes, 0, RTE_ETHER_ADDR_LEN);
			assert_true(r->n[list] < SENT);
			r->sent[list][r->n[list]++] = f;
		}
		qsort(r->sent[2 * side + 1], r->n[2 * side + 1], sizeof(struct dp_frame), by_bytes);
	}
}

static void
play(bool fast, unsigned side, const struct dp_frame *frames, unsigned n, struct result *r)
{
	struct pipeline_totals now;
	char *at;

	/* Errors may be sent again, and what waited for fragments has ended. */
	clock_advance(60000);
	dp_run();
	neighbours_fresh();
	DP(fast ? "sysctl -w net.pollux.fast_forward=1" : "sysctl -w net.pollux.fast_forward=0");
	clock_advance(2000); /* what is used now was not used when it became stale */
	dp_run();
	dp_balance();
	for (unsigned i = 0; i < drop_nb(); i++)
		r->drops[i] = drop_total(i);
	r->totals = pipeline_totals();
	for (unsigned i = 0; i < n; i++)
		dp_give(side, frames[i].bytes, frames[i].len);
	dp_run();
	take_all(r);
	for (unsigned i = 0; i < drop_nb(); i++)
		r->drops[i] = drop_total(i) - r->drops[i];
	now = pipeline_totals();
	r->totals = (struct pipeline_totals){ .received = now.received - r->totals.received,
					      .originated = now.originated - r->totals.originated,
					      .sent = now.sent - r->totals.sent,
					      .delivered = now.delivered - r->totals.delivered,
					      .dropped = now.dropped - r->totals.dropped,
					      .absorbed = now.absorbed - r->totals.absorbed,
					      .parked = now.parked - r->totals.parked };
	neigh_timer(clock_ms());
	snprintf(r->neighbours, sizeof(r->neighbours), "%s", DP("ip neigh show"));
	/* Was it used after the burst had told its address? By the box's own packets perhaps, see is_own(). */
	while ((at = strstr(r->neighbours, TOLD " DELAY")) != NULL)
		memcpy(at + strlen(TOLD), " STALE", 6);
	dp_run();
	dp_balance();
}

static void
same_frames(const struct result *a, const struct result *b)
{
	for (unsigned list = 0; list < LISTS; list++) {
		assert_int_equal(a->n[list], b->n[list]);
		for (unsigned i = 0; i < a->n[list]; i++) {
			const struct dp_frame *f = &a->sent[list][i], *g = &b->sent[list][i];

			assert_int_equal(f->len, g->len);
			assert_memory_equal(f->bytes, g->bytes, f->len);
		}
	}
}

static void
both_ways(unsigned side, const struct dp_frame *frames, unsigned n)
{
	static struct result walked, fast;

	play(false, side, frames, n, &walked);
	play(true, side, frames, n, &fast);
	same_frames(&walked, &fast);
	for (unsigned i = 0; i < drop_nb(); i++)
		if (walked.drops[i] != fast.drops[i])
			fail_msg("%s: %lu walked, %lu fast", drop_info(i)->name, walked.drops[i],
				 fast.drops[i]);
	assert_memory_equal(&walked.totals, &fast.totals, sizeof(fast.totals));
	assert_string_equal(walked.neighbours, fast.neighbours);
}

/* The share of IPv6 in thirds: bursts of one family, and mixed ones. */
static void
bursts(unsigned nb)
{
	static struct dp_frame frames[BURST];

	for (unsigned r = 0; r < nb; r++) {
		unsigned side = rte_rand() % DP_SIDES, n = 1 + rte_rand() % BURST;
		unsigned v6 = rte_rand() % 3;

		for (unsigned i = 0; i < n; i++)
			frames[i] = random_frame(side, v6 == 2 || (v6 == 1 && rte_rand() % 2));
		both_ways(side, frames, n);
	}
}

static void
plainly(void **state)
{
	bursts(rounds);
}

/* What the pass must notice: everything that makes packets not plain, by port, rule or route. */
static void
settings(void **state)
{
	static const char *const of[][2] = {
		{ "sysctl -w net.ipv4.conf.p0.rp_filter=1",
		  "sysctl -w net.ipv4.conf.p0.rp_filter=0" },
		{ "sysctl -w net.ipv4.conf.p0.forwarding=0",
		  "sysctl -w net.ipv4.conf.p0.forwarding=1" },
		{ "sysctl -w net.ipv6.conf.all.forwarding=0",
		  "sysctl -w net.ipv6.conf.all.forwarding=1" },
		{ "sysctl -w net.ipv6.conf.p1.mtu=1290", "sysctl -w net.ipv6.conf.p1.mtu=1300" },
		{ "ip rule add from 10.1.0.3 blackhole pref 10", "ip rule del pref 10" },
		{ "ip -6 rule add from fd01::3 blackhole pref 10", "ip -6 rule del pref 10" },
		{ "ip neigh add proxy fd02::4 dev p0", "ip neigh del proxy fd02::4 dev p0" },
		{ "iptables -A FORWARD -p tcp -j REJECT", "iptables -F FORWARD" },
		{ "iptables -t mangle -A POSTROUTING -j TTL --ttl-inc 1",
		  "iptables -t mangle -F POSTROUTING" },
		{ "ip6tables -t raw -A PREROUTING -p udp -j DROP",
		  "ip6tables -t raw -F PREROUTING" },
		{ "ip route add 10.2.0.4/32 via 10.1.0.2",
		  "ip route del 10.2.0.4/32 via 10.1.0.2" },
		{ "ip route add default via 10.2.0.3", "ip route del default via 10.2.0.3" },
	};

	for (unsigned i = 0; i < RTE_DIM(of); i++) {
		DP(of[i][0]);
		bursts(rounds / 20);
		DP(of[i][1]);
	}
}

static void
port_down(void **state)
{
	DP("ip link set p1 down");         /* its IPv6 addresses go for good */
	bursts(RTE_MIN(rounds / 20, 20u)); /* what comes in there waits */
	DP("ip link set p1 up");
	bursts(rounds / 20);
}

/* Packets that leave by the port they came in by. */
static void
redirects(void **state)
{
	static const char *const on[] = { "sysctl -w net.ipv4.conf.all.send_redirects=1",
					  "ip route add 10.1.0.3/32 via 10.2.0.2",
					  "ip -6 route add fd01::3/128 via fd02::2" };

	DP_ALL(on);
	tame = true;
	bursts(rounds / 10);
	tame = false;
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(plainly), cmocka_unit_test(settings),
					    cmocka_unit_test(redirects),
					    cmocka_unit_test(port_down) };

	if (argc > 1)
		rounds = strtoul(argv[1], NULL, 0);
	if (argc > 2)
		seed = strtoul(argv[2], NULL, 0);
	return cmocka_run_group_tests_name("forward", tests, configure, dp_teardown);
}
