/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What goes to the host and what comes from it: the twin of port p0 is a pair of rings instead of an
 * interface in a namespace.
 */
#include <netinet/ip_icmp.h>
#include <string.h>

#include <rte_eth_ring.h>
#include <rte_ethdev.h>
#include <rte_ip.h>
#include <rte_ring.h>

#include "base_clock.h"
#include "dp.h"
#include "dp_frame.h"
#include "neigh.h"
#include "pkt.h"
#include "pkt_pool.h"
#include "port.h"
#include "port_own.h"

#define C_MAC "02:00:00:00:01:00"
#define S_MAC "02:00:00:00:01:01"
#define RING 256

static struct rte_ring *from_host, *to_host;

/* As port_host_add() does, around another device. Lane 1 owns it: what lane 0 delivers is handed over. */
static int
make_twin(void)
{
	const struct port *p = port_by_name(gen_current(), "p0");
	struct port *twin = port_new(NULL), *with = port_new(p);
	bool promisc;
	struct err e;
	int id;

	from_host = rte_ring_create("from_host", RING, SOCKET_ID_ANY, 0);
	to_host = rte_ring_create("to_host", RING, SOCKET_ID_ANY, 0);
	id = rte_eth_from_rings("host", &from_host, 1, &to_host, 1, SOCKET_ID_ANY);
	if (id < 0 || port_free_index(&twin->index, &e) != 0)
		return -1;
	twin->dpdk_id = id;
	if (port_setup(twin, 1, &promisc, &e) != 0)
		return -1;
	twin->rx_lane[0] = twin->tx_lane[0] = twin->tx_lane[1] = 1;
	twin->host_of = p->index;
	twin->mac = p->mac;
	twin->mtu = p->mtu;
	twin->up = true;
	with->host = twin->index;
	if (port_tx_rings(twin, &e) != 0)
		return -1;
	port_publish_twin(twin->index, twin);
	port_publish(with->index, with);
	return 0;
}

static int
configure(void **state)
{
	if (dp_router(state) != 0)
		return -1;
	return make_twin();
}

static int
leave(void **state)
{
	struct port *without = port_new(port_by_name(gen_current(), "p0"));
	uint16_t twin = without->host;

	without->host = 0;
	port_publish(without->index, without);
	port_publish_twin(twin, NULL);
	return dp_teardown(state);
}

static void
give(const struct dp_ip *s)
{
	struct dp_frame f = dp_ip(s);

	dp_give(s->side, f.bytes, f.len);
}

/* The host sends by the twin: to its own Ethernet address, as interfaces without ARP do. */
static void
host_sends_frame(const struct dp_frame *f)
{
	struct rte_mbuf *m = pkt_alloc(0);

	assert_non_null(m);
	memcpy(rte_pktmbuf_append(m, f->len), f->bytes, f->len);
	assert_int_equal(rte_ring_enqueue(from_host, m), 0);
}

static void
host_sends(const struct dp_ip *s)
{
	struct dp_frame f = dp_ip(s);

	host_sends_frame(&f);
}

static struct rte_mbuf *
host_takes(void)
{
	void *m;

	return rte_ring_dequeue(to_host, &m) == 0 ? m : NULL;
}

static unsigned
host_flush(void)
{
	struct rte_mbuf *m;
	unsigned n = 0;

	for (; (m = host_takes()) != NULL; n++)
		rte_pktmbuf_free(m);
	return n;
}

static const struct dp_ip to_box = { .src = "10.1.0.2",
				     .dst = "10.1.0.1",
				     .proto = IPPROTO_UDP,
				     .ttl = 64,
				     .sport = 1000,
				     .dport = 53,
				     .payload = 4 };

static const struct dp_ip from_box = { .src = "10.1.0.1",
				       .dst = "10.2.0.2",
				       .proto = IPPROTO_UDP,
				       .ttl = 64,
				       .sport = 53,
				       .dport = 1000,
				       .payload = 4 };

static void
to_the_host(void **state)
{
	struct dp_frame f = dp_ip(&to_box);
	struct dp_ip refused = to_box, six = to_box;
	struct rte_mbuf *m;

	DP("iptables -A INPUT -p udp --dport 54 -j DROP");
	refused.dport = 54;
	give(&to_box);
	give(&refused);
	dp_run();
	m = host_takes();
	assert_non_null(m);
	assert_int_equal(m->data_len, f.len);
	assert_memory_equal(rte_pktmbuf_mtod(m, void *), f.bytes, f.len);
	rte_pktmbuf_free(m);
	assert_null(host_takes());
	six.src = "fd01::2";
	six.dst = "fd01::1";
	give(&six);
	dp_run();
	assert_int_equal(host_flush(), 1);
	/* Nobody but the host answers. */
	assert_null(dp_take(0));
	assert_non_null(strstr(DP("iptables-save -c"),
			       "[1:32] -A INPUT -p udp -m udp --dport 54 -j DROP\n"));
	DP("iptables -F");
	dp_balance();
}

/* Port p1 has no twin: its address is the box's own, whichever way it is reached. */
static void
not_to_the_host(void **state)
{
	struct dp_frame who = dp_arp(0, 1, C_MAC, "10.1.0.2", "10.1.0.1");
	struct dp_ip other = to_box;

	other.dst = "10.2.0.1";
	give(&other);
	dp_give(0, who.bytes, who.len);
	dp_run();
	assert_int_equal(host_flush(), 0);
	assert_int_equal(dp_flush(0), 2);
	dp_balance();
}

/* The host has an address of p0: who asks for it at p1 gets to the twin all the same. */
static void
by_another_port(void **state)
{
	struct dp_ip s = to_box;
	struct rte_mbuf *m;

	s.src = "10.2.0.2";
	s.side = 1;
	give(&s);
	dp_run();
	m = host_takes();
	assert_non_null(m);
	assert_memory_equal(rte_pktmbuf_mtod(m, void *), "\2\0\0\0\0\x10\2\0\0\0\1\1", 12);
	rte_pktmbuf_free(m);
	dp_balance();
}

static void
from_the_host(void **state)
{
	struct dp_ip six = from_box;
	struct rte_mbuf *m;

	DP("iptables -A OUTPUT -o p1 -p udp --sport 53");
	host_sends(&from_box);
	dp_run();
	m = dp_take(1);
	assert_non_null(m);
	assert_memory_equal(rte_pktmbuf_mtod(m, void *), "\2\0\0\0\1\1\2\0\0\0\0\x11\x08\0", 14);
	assert_int_equal(rte_pktmbuf_mtod_offset(m, struct rte_ipv4_hdr *, 14)->time_to_live, 64);
	rte_pktmbuf_free(m);
	six.src = "fd01::1";
	six.dst = "fd02::2";
	host_sends(&six);
	dp_run();
	assert_int_equal(dp_flush(1), 1);
	assert_non_null(strstr(DP("iptables-save -c"),
			       "[1:32] -A OUTPUT -o p1 -p udp -m udp --sport 53\n"));
	DP("iptables -F");
	dp_balance();
}

static void
to_everybody(void **state)
{
	struct dp_ip s = from_box;
	struct rte_mbuf *m;

	s.dst = "255.255.255.255";
	host_sends(&s);
	s.dst = "10.1.0.255";
	host_sends(&s);
	dp_run();
	for (int i = 0; i < 2; i++) {
		m = dp_take(0);
		assert_non_null(m);
		assert_memory_equal(rte_pktmbuf_mtod(m, void *),
				    "\xff\xff\xff\xff\xff\xff\2\0\0\0\0\x10\x08\0", 14);
		rte_pktmbuf_free(m);
	}
	s.dst = "224.129.0.5";
	host_sends(&s);
	s.src = "fd01::1";
	s.dst = "ff02::1:2";
	host_sends(&s);
	dp_run();
	m = dp_take(0);
	assert_non_null(m);
	assert_memory_equal(rte_pktmbuf_mtod(m, void *), "\1\0\x5e\1\0\5\2\0\0\0\0\x10\x08\0", 14);
	rte_pktmbuf_free(m);
	m = dp_take(0);
	assert_non_null(m);
	assert_memory_equal(rte_pktmbuf_mtod(m, void *), "\x33\x33\0\1\0\2\2\0\0\0\0\x10\x86\xdd",
			    14);
	rte_pktmbuf_free(m);
	dp_balance();
}

static void
expect_error(uint8_t type, uint8_t code)
{
	struct rte_mbuf *m = host_takes();

	assert_non_null(m);
	assert_memory_equal(rte_pktmbuf_mtod(m, void *), "\2\0\0\0\0\x10", 6);
	assert_int_equal(rte_pktmbuf_mtod(m, uint8_t *)[34], type);
	assert_int_equal(rte_pktmbuf_mtod(m, uint8_t *)[35], code);
	rte_pktmbuf_free(m);
	dp_balance();
}

/* The host's programs learn what a local sender learns on Linux. */
static void
errors_for_the_host(void **state)
{
	struct dp_ip s = from_box;

	s.dst = "172.16.0.1";
	host_sends(&s);
	dp_run();
	expect_error(ICMP_DEST_UNREACH, ICMP_NET_UNREACH);
	DP("iptables -A OUTPUT -p udp --dport 7 -j REJECT");
	s.dst = "10.2.0.2";
	s.dport = 7;
	host_sends(&s);
	dp_run();
	expect_error(ICMP_DEST_UNREACH, ICMP_PORT_UNREACH);
	DP("iptables -F");
	DP("ip link set p1 mtu 600");
	s.df = true;
	s.payload = 1000;
	host_sends(&s);
	dp_run();
	expect_error(ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED);
	DP("ip link set p1 mtu 1500");
	s.df = false;
	s.payload = 4;
	s.dst = "10.2.0.77";
	host_sends(&s);
	dp_run();
	for (int i = 0; i < 50; i++) {
		clock_advance(100);
		neigh_timer(clock_ms());
		dp_run();
	}
	expect_error(ICMP_DEST_UNREACH, ICMP_HOST_UNREACH);
}

/* A rule in OUTPUT resets the connection: the reset is for the host, from the far end. */
static void
reset_for_the_host(void **state)
{
	struct dp_ip s = from_box;
	struct rte_mbuf *m;

	DP("iptables -A OUTPUT -p tcp --dport 1000 -j REJECT --reject-with tcp-reset");
	s.proto = IPPROTO_TCP;
	host_sends(&s);
	dp_run();
	assert_null(dp_take(1));
	m = host_takes();
	assert_non_null(m);
	assert_memory_equal(rte_pktmbuf_mtod(m, void *), "\2\0\0\0\0\x10", 6);
	assert_memory_equal(rte_pktmbuf_mtod(m, uint8_t *) + 26, "\x0a\2\0\2\x0a\1\0\1", 8);
	rte_pktmbuf_free(m);
	DP("iptables -F");
	dp_balance();
}

/* What rules say about the host's packets is in the log at once, though no port receives anything. */
static void
log_of_the_host(void **state)
{
	DP("log clear");
	DP("iptables -A OUTPUT -p udp -j LOG --log-prefix 'host '");
	host_sends(&from_box);
	dp_run();
	assert_non_null(strstr(DP("log show"), "] host IN= OUT=p1 "));
	assert_int_equal(dp_flush(1), 1);
	DP("iptables -F");
	dp_balance();
}

/* Two fragments of s: the second one has its L4 header's bytes as payload. */
static void
make_fragments(const struct dp_ip *s, struct dp_frame f[2])
{
	struct dp_ip piece = *s;

	piece.frag = RTE_IPV4_HDR_MF_FLAG;
	f[0] = dp_ip(&piece);
	piece.frag = (8u + s->payload) / 8;
	f[1] = dp_ip(&piece);
}

/* With tracking OUTPUT sees the host's datagram; the wire, and the host, its fragments. */
static void
fragments_of_the_host(void **state)
{
	struct dp_ip s = from_box, group = from_box, here = to_box;
	struct dp_frame f[2];

	DP("sysctl -w net.pollux.conntrack=on");
	DP("iptables -A OUTPUT -p udp");
	s.payload = group.payload = here.payload = 400;
	make_fragments(&s, f);
	host_sends_frame(&f[1]);
	host_sends_frame(&f[0]);
	group.dst = "224.0.0.251";
	make_fragments(&group, f);
	host_sends_frame(&f[0]);
	host_sends_frame(&f[1]);
	dp_run();
	assert_int_equal(dp_flush(1), 2);
	assert_int_equal(dp_flush(0), 2);
	assert_non_null(strstr(DP("iptables-save -c"), "[2:1672] -A OUTPUT -p udp\n"));
	/* To the host: whole, if its interface takes that. */
	make_fragments(&here, f);
	dp_give(0, f[0].bytes, f[0].len);
	dp_give(0, f[1].bytes, f[1].len);
	dp_run();
	assert_int_equal(host_flush(), 1);
	DP("iptables -F");
	DP("sysctl -w net.pollux.conntrack=auto");
	dp_balance();
}

static void
host_takes_no_more(void **state)
{
	uint64_t before = dp_dropped("host-full");

	for (int i = 0; i < RING + 50; i++)
		give(&to_box);
	dp_run();
	assert_int_equal(host_flush(), RING - 1);
	assert_int_equal(dp_dropped("host-full") - before, 51);
	dp_balance();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(to_the_host),           cmocka_unit_test(not_to_the_host),
		cmocka_unit_test(by_another_port),       cmocka_unit_test(from_the_host),
		cmocka_unit_test(to_everybody),          cmocka_unit_test(errors_for_the_host),
		cmocka_unit_test(reset_for_the_host),    cmocka_unit_test(log_of_the_host),
		cmocka_unit_test(fragments_of_the_host), cmocka_unit_test(host_takes_no_more),
	};

	return cmocka_run_group_tests_name("host", tests, configure, leave);
}
