/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/nat: what new connections are translated to. Addresses as Linux chose them; ports by their class. */
#include "base_drop.h"
#include "ct_track.h"
#include "nat_setup.h"

#include <stdio.h>
#include <stdlib.h>

#define INSIDE "10.1.0.2"
#define OTHER "10.1.0.3"
#define OUTSIDE "10.2.0.1"
#define SERVER "10.2.0.2"

/* A connection whose source is translated; it has left if it could. */
static struct ct *
leaves(uint8_t proto, const char *src, unsigned sport, unsigned dport, struct nat_range r)
{
	struct ct_tuple t = tuple(proto, src, sport, SERVER, dport);
	struct ct *ct = fresh(&t, 0);

	nat_setup_null(&ctx, ct, NAT_DST);
	nat_setup(&ctx, ct, &r, NAT_SRC);
	assert_true(nat_decided(ct, NAT_SRC));
	return confirmed(ct) ? ct : NULL;
}

static void
check_address(const char *line)
{
	char end[16], src[64], dst[64], min[64], max[64], flags[16], wanted[64];
	enum nat_manip manip;
	struct ct_tuple t;
	union ct_addr is, ought;
	struct nat_range r;
	struct ct *ct;
	int zone;

	assert_int_equal(sscanf(line, "%15s %63s %63s %63s %63s %15s %d : %63s", end, src, dst, min,
				max, flags, &zone, wanted),
			 8);
	manip = strcmp(end, "source") == 0 ? NAT_SRC : NAT_DST;
	r = range(min, max);
	r.flags |= strcmp(flags, "persistent") == 0 ? NAT_PERSISTENT : 0;
	t = tuple(IPPROTO_UDP, src, 5000, dst, 9);
	t.zone = zone;
	ct = fresh(&t, zone);
	nat_setup(&ctx, ct, &r, manip);
	is = addr_to(ct, manip);
	ought = addr_of(wanted);
	if (memcmp(&is, &ought, sizeof(is)) != 0)
		fail_msg("%s", line);
	assert_int_equal(port_to(ct, manip), manip == NAT_SRC ? 5000 : 9);
	next_burst();
}

static void
addresses(void **state)
{
	FILE *f = fopen("nat_address.txt", "r");
	unsigned lines = 0;
	char line[512];

	assert_non_null(f);
	while (fgets(line, sizeof(line), f) != NULL) {
		if (line[0] == '#')
			continue;
		check_address(line);
		lines++;
	}
	fclose(f);
	assert_true(lines > 50);
}

static void
classes(void **state)
{
	static const struct {
		unsigned port, min, max;
	} c[] = { { 1, 1, 511 },       { 511, 1, 511 },       { 512, 600, 1023 },
		  { 1023, 600, 1023 }, { 1024, 1024, 65535 }, { 65535, 1024, 65535 } };
	struct nat_range r = range(OUTSIDE, OUTSIDE);

	for (unsigned i = 0; i < RTE_DIM(c); i++) {
		const struct ct *kept = leaves(IPPROTO_UDP, INSIDE, c[i].port, 53, r), *other;
		uint64_t found = ct_stats[0].found;

		assert_int_equal(port_to(kept, NAT_SRC), c[i].port);
		assert_int_equal(ct_stats[0].found, found);
		other = leaves(IPPROTO_UDP, OTHER, c[i].port, 53, r);
		assert_non_null(other);
		assert_in_range(port_to(other, NAT_SRC), c[i].min, c[i].max);
		assert_int_not_equal(port_to(other, NAT_SRC), c[i].port);
		assert_true(ct_stats[0].found > found);
		/* To another server its own port is free, but it has one already. */
		assert_int_equal(port_to(leaves(IPPROTO_UDP, OTHER, c[i].port, 54, r), NAT_SRC),
				 port_to(other, NAT_SRC));
	}
}

static void
ids(void **state)
{
	struct nat_range r = range(OUTSIDE, OUTSIDE);

	assert_int_equal(port_to(leaves(IPPROTO_ICMP, INSIDE, 77, 0, r), NAT_SRC), 77);
	assert_int_not_equal(port_to(leaves(IPPROTO_ICMP, OTHER, 77, 0, r), NAT_SRC), 77);
}

/* Protocols without ports: one connection at a time. */
static void
without_ports(void **state)
{
	struct nat_range r = range(OUTSIDE, OUTSIDE);
	struct ct_tuple t = tuple(IPPROTO_ESP, OTHER, 0, SERVER, 0);
	struct ct *ct;

	assert_non_null(leaves(IPPROTO_ESP, INSIDE, 0, 0, r));
	ct = fresh(&t, 0);
	nat_setup(&ctx, ct, &r, NAT_SRC);
	assert_true(ct_status(ct) & CT_NAT_EXHAUSTED);
	assert_false(confirmed(ct));
}

static void
small_range(void **state)
{
	struct nat_range r = ports(OUTSIDE, 6000, 6001, 0);
	const struct ct *a = leaves(IPPROTO_UDP, INSIDE, 1, 53, r), *b;
	struct ct_tuple t = tuple(IPPROTO_UDP, INSIDE, 3, SERVER, 53);
	struct ct *c;

	b = leaves(IPPROTO_UDP, INSIDE, 2, 53, r);
	assert_int_equal(port_to(a, NAT_SRC) + port_to(b, NAT_SRC), 12001);
	c = fresh(&t, 0);
	nat_setup(&ctx, c, &r, NAT_SRC);
	assert_true(ct_status(c) & CT_NAT_EXHAUSTED);
	assert_false(confirmed(c));
	/* Another remote end is another matter; a port of the range is kept. */
	assert_non_null(leaves(IPPROTO_UDP, INSIDE, 3, 54, r));
	assert_int_equal(port_to(leaves(IPPROTO_UDP, INSIDE, 6001, 55, r), NAT_SRC), 6001);
}

static void
one_port(void **state)
{
	struct nat_range r = ports(OUTSIDE, 6000, 6000, 0);
	struct ct_tuple t = tuple(IPPROTO_UDP, OTHER, 6000, SERVER, 53);
	struct ct *ct;

	assert_non_null(leaves(IPPROTO_UDP, INSIDE, 6000, 53, r));
	ct = fresh(&t, 0);
	nat_setup(&ctx, ct, &r, NAT_SRC);
	assert_true(ct_status(ct) & CT_NAT_EXHAUSTED);
	assert_false(confirmed(ct));
}

static void
random_ports(void **state)
{
	struct nat_range r = range(OUTSIDE, OUTSIDE);
	unsigned kept = 0;

	r.flags |= NAT_PROTO_RANDOM_FULLY;
	for (unsigned port = 2000; port < 2008; port++)
		kept += port_to(leaves(IPPROTO_UDP, INSIDE, port, 53, r), NAT_SRC) == port;
	assert_true(kept < 4);
}

static unsigned
forwarded_to(unsigned sport, unsigned dport, struct nat_range r)
{
	struct ct_tuple t = tuple(IPPROTO_TCP, INSIDE, sport, OUTSIDE, dport);
	struct ct *ct = fresh(&t, 0);

	nat_setup(&ctx, ct, &r, NAT_DST);
	nat_setup_null(&ctx, ct, NAT_SRC);
	assert_true(confirmed(ct));
	return port_to(ct, NAT_DST);
}

/* Ports of destinations are tried from the first one of the range on. */
static void
destinations(void **state)
{
	struct nat_range r = ports(SERVER, 3000, 3010, 0);

	assert_int_equal(forwarded_to(1, 80, r), 3000);
	assert_int_equal(forwarded_to(2, 80, r), 3000);
	assert_int_equal(forwarded_to(1, 81, r), 3001);
	assert_int_equal(forwarded_to(1, 3005, r), 3005);
	r.flags |= NAT_PROTO_OFFSET;
	r.base_port = 2000;
	assert_int_equal(forwarded_to(3, 2003, r), 3003);
	assert_int_equal(forwarded_to(3, 2010, r), 3010);
	assert_int_equal(forwarded_to(3, 2011, r), 3000);
	assert_int_equal(forwarded_to(3, 3003, r), 3002);
}

/* Two destinations that become one: the source gives way (N7), though nobody asked. */
static void
implicit(void **state)
{
	struct nat_range r = range(SERVER, SERVER);
	struct ct_tuple t = tuple(IPPROTO_UDP, INSIDE, 5, OUTSIDE, 53);
	struct ct *ct;

	assert_non_null(leaves(IPPROTO_UDP, INSIDE, 5, 53, range(INSIDE, INSIDE)));
	ct = fresh(&t, 0);
	nat_setup(&ctx, ct, &r, NAT_DST);
	assert_int_equal(port_to(ct, NAT_SRC), 5);
	nat_setup_null(&ctx, ct, NAT_SRC);
	assert_int_not_equal(port_to(ct, NAT_SRC), 5);
	assert_in_range(port_to(ct, NAT_SRC), 1, 511);
	assert_int_equal(ct_status(ct) & CT_NAT_MASK, CT_NAT_MASK);
	assert_false(ct_status(ct) & CT_NAT_EXHAUSTED);
	assert_true(confirmed(ct));
}

/* Those before it in the burst have theirs, though none is in the table yet. */
static void
in_one_burst(void **state)
{
	struct nat_range r = ports(OUTSIDE, 6000, 6002, 0);
	struct ct *ct[4];
	unsigned sum = 0;

	for (unsigned i = 0; i < RTE_DIM(ct); i++) {
		struct ct_tuple t = tuple(IPPROTO_UDP, INSIDE, 1 + i, SERVER, 53);

		ct[i] = fresh(&t, 0);
	}
	for (unsigned i = 0; i < 3; i++) {
		nat_setup(&ctx, ct[i], &r, NAT_SRC);
		sum += port_to(ct[i], NAT_SRC);
	}
	nat_setup(&ctx, ct[3], &r, NAT_SRC);
	assert_int_equal(sum, 18003);
	assert_true(ct_status(ct[3]) & CT_NAT_EXHAUSTED);
	for (unsigned i = 0; i < RTE_DIM(ct); i++)
		assert_int_equal(confirmed(ct[i]), i < 3);
}

/* A TCP connection of that port, in a state, whose first packets ended at end. */
static void
tcp_was(unsigned port, uint8_t state, uint32_t end, uint32_t status)
{
	struct ct *ct = leaves(IPPROTO_TCP, INSIDE, port, 80, ports(OUTSIDE, 6000, 6000, 0));

	assert_non_null(ct);
	ct->state = state;
	ct->tcp.seen[CT_ORIGINAL].end = end;
	ct_status_set(ct, status);
}

static bool
tcp_may_come(uint8_t state, uint32_t end)
{
	struct ct_tuple t = tuple(IPPROTO_TCP, OTHER, 9, SERVER, 80);
	struct nat_range r = ports(OUTSIDE, 6000, 6000, 0);
	struct ct *ct = fresh(&t, 0);

	ct->state = state;
	ct->tcp.seen[CT_ORIGINAL].end = end;
	nat_setup(&ctx, ct, &r, NAT_SRC);
	if (!confirmed(ct))
		return false;
	nat_test_begin(NULL);
	return true;
}

static void
ended_connections(void **state)
{
	tcp_was(5, CT_TCP_ESTABLISHED, 100, 0);
	assert_false(tcp_may_come(CT_TCP_SYN_SENT, 200));
	nat_test_begin(NULL);
	tcp_was(5, CT_TCP_TIME_WAIT, 100, 0);
	assert_false(tcp_may_come(CT_TCP_SYN_SENT, 100));
	assert_false(tcp_may_come(CT_TCP_ESTABLISHED, 200));
	assert_true(tcp_may_come(CT_TCP_SYN_SENT, 200));
	tcp_was(5, CT_TCP_CLOSE, 0xfffffff0, 0);
	assert_true(tcp_may_come(CT_TCP_SYN_SENT, 5));
	tcp_was(5, CT_TCP_TIME_WAIT, 100, CT_FIXED_TIMEOUT);
	assert_false(tcp_may_come(CT_TCP_SYN_SENT, 200));
}

/* The same addresses and ports in another zone are another network's. */
static void
zones(void **state)
{
	struct nat_range r = range(OUTSIDE, OUTSIDE);
	struct ct_tuple t = tuple(IPPROTO_UDP, OTHER, 5000, SERVER, 53);
	struct ct *ct;

	leaves(IPPROTO_UDP, INSIDE, 5000, 53, r);
	t.zone = 7;
	ct = fresh(&t, 7);
	nat_setup(&ctx, ct, &r, NAT_SRC);
	assert_int_equal(port_to(ct, NAT_SRC), 5000);
	assert_true(confirmed(ct));
	/* Only its original direction is of zone 7: the reply is not. */
	ct = fresh(&t, 0);
	nat_setup(&ctx, ct, &r, NAT_SRC);
	assert_int_not_equal(port_to(ct, NAT_SRC), 5000);
}

static void
ipv6(void **state)
{
	struct nat_range r = range("fd02::1", "fd02::1");
	struct ct_tuple t = tuple(IPPROTO_TCP, "fd01::2", 700, "fd02::2", 53);
	struct ct *ct = fresh(&t, 0);

	nat_setup(&ctx, ct, &r, NAT_SRC);
	assert_int_equal(port_to(ct, NAT_SRC), 700);
	assert_true(confirmed(ct));
	t = tuple(IPPROTO_TCP, "fd01::3", 700, "fd02::2", 53);
	ct = fresh(&t, 0);
	nat_setup(&ctx, ct, &r, NAT_SRC);
	assert_in_range(port_to(ct, NAT_SRC), 600, 1023);
	assert_int_not_equal(port_to(ct, NAT_SRC), 700);
	assert_true(confirmed(ct));
}

/* What finds no port does not leave, and says why. */
static void
dropped(void **state)
{
	struct nat_range r = ports(OUTSIDE, 6000, 6000, 0);
	struct ct_tuple t = tuple(IPPROTO_UDP, OTHER, 5000, SERVER, 53);
	struct rte_mbuf *m = pkt_alloc(0);
	struct ct *ct = fresh(&t, 0);
	uint64_t failed = ct_stats[0].insert_failed;
	verdict_t verdict = VERDICT_ACCEPT;

	assert_non_null(leaves(IPPROTO_UDP, INSIDE, 5000, 53, r));
	nat_setup(&ctx, ct, &r, NAT_SRC);
	assert_true(ct_status(ct) & CT_NAT_LISTED);
	ct_set(m, ct, CT_INFO_NEW);
	ct_confirm(&ctx, NULL, &m, 1, &verdict);
	assert_true(verdict >= VERDICT_DROP);
	assert_string_equal(drop_info(verdict - VERDICT_DROP)->name, "nat-exhausted");
	assert_int_equal(ct_stats[0].insert_failed, failed + 1);
	assert_false(ct_status(ct) & CT_NAT_LISTED);
	rte_pktmbuf_free(m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(addresses, nat_test_begin),
		cmocka_unit_test_setup(classes, nat_test_begin),
		cmocka_unit_test_setup(ids, nat_test_begin),
		cmocka_unit_test_setup(without_ports, nat_test_begin),
		cmocka_unit_test_setup(small_range, nat_test_begin),
		cmocka_unit_test_setup(one_port, nat_test_begin),
		cmocka_unit_test_setup(random_ports, nat_test_begin),
		cmocka_unit_test_setup(destinations, nat_test_begin),
		cmocka_unit_test_setup(implicit, nat_test_begin),
		cmocka_unit_test_setup(in_one_burst, nat_test_begin),
		cmocka_unit_test_setup(dropped, nat_test_begin),
		cmocka_unit_test_setup(ended_connections, nat_test_begin),
		cmocka_unit_test_setup(zones, nat_test_begin),
		cmocka_unit_test_setup(ipv6, nat_test_begin),
	};

	return cmocka_run_group_tests(tests, nat_test_setup, NULL);
}
