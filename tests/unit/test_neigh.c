/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/route: neighbour states by the clock, parking, order, limits. The clock is a parameter. */
#include <errno.h>

#include "route_setup.h"

#include "base_clock.h"
#include "base_drop.h"
#include "base_param.h"
#include "neigh_table.h"
#include "pkt.h"
#include "pkt_pool.h"

static const struct rte_ether_addr mac_a = { { 2, 0, 0, 0, 0, 0xa } };
static const struct rte_ether_addr mac_b = { { 2, 0, 0, 0, 0, 0xb } };

static unsigned asked, asked_one, failed;
static unsigned resolved;

static void
on_solicit(const struct neigh *n, const struct rte_ether_addr *mac, const struct ip_addr *waiting)
{
	asked++;
	asked_one += mac != NULL;
}

static void
on_failed(struct rte_mbuf **pkts, unsigned n)
{
	failed += n;
	rte_pktmbuf_free_bulk(pkts, n);
}

static void
on_resolved(const struct neigh *n, struct rte_mbuf **pkts, unsigned nb)
{
	assert_non_null(neigh_l2(n));
	resolved += nb;
	rte_pktmbuf_free_bulk(pkts, nb);
}

static int
setup(void **state)
{
	neigh_ops = (struct neigh_ops){ on_solicit, on_failed, on_resolved };
	return route_setup(state);
}

static int
clean(void **state)
{
	neigh_flush_port(port_index("r0"), 0, true);
	rcu_wait();
	rcu_reap();
	asked = asked_one = failed = resolved = 0;
	assert_int_equal(neigh_parked(), 0);
	assert_int_equal(rte_mempool_in_use_count(pkt_pool_get(SOCKET_ID_ANY)), 0);
	return 0;
}

static void
set(const char *name, const char *value)
{
	struct err e;

	assert_int_equal(param_set_text(param_find(name), value, &e), 0);
}

static int
value(const char *name)
{
	return param_get(param_find(name));
}

static struct neigh *
fresh(const char *text)
{
	struct ip_addr a = ip(text);
	struct neigh *n = neigh_get(port_index("r0"), &a);

	assert_non_null(n);
	assert_ptr_equal(n, neigh_find(port_index("r0"), &a));
	return n;
}

static struct rte_mbuf *
packet(uint32_t number)
{
	struct rte_mbuf *m = pkt_alloc(0);

	assert_non_null(m);
	pkt(m)->mark = number;
	return m;
}

static uint64_t
drops(const char *name)
{
	for (unsigned i = 0; i < drop_nb(); i++)
		if (strcmp(drop_info(i)->name, name) == 0)
			return drop_read(i);
	fail();
	return 0;
}

static void
tick_until(uint64_t from, uint64_t to)
{
	for (uint64_t t = from; t <= to; t += 100)
		neigh_timer(t);
}

static unsigned
learn(struct neigh *n, const struct rte_ether_addr *mac, bool solicited, bool override,
      uint64_t now)
{
	struct rte_mbuf *out[NEIGH_PARK_MAX];
	unsigned nb =
		neigh_learn(n, gen_current(), mac,
			    (solicited ? NEIGH_SOLICITED : 0) | (override ? NEIGH_OVERRIDE : 0),
			    now, out, NEIGH_PARK_MAX);

	for (unsigned i = 1; i < nb; i++)
		assert_true(pkt(out[i])->mark > pkt(out[i - 1])->mark);
	rte_pktmbuf_free_bulk(out, nb);
	return nb;
}

static void
test_resolve_in_order(void **state)
{
	struct neigh *n = fresh("10.1.0.2");
	uint64_t now = clock_ms() + 1000000;
	struct rte_mbuf *m;

	assert_int_equal(neigh_park(0, n, packet(1), now), NEIGH_PARKED_SOLICIT);
	for (unsigned i = 2; i <= 5; i++)
		assert_int_equal(neigh_park(0, n, packet(i), now), NEIGH_PARKED);
	assert_int_equal(neigh_parked(), 5);
	assert_int_equal(n->state, NUD_INCOMPLETE);
	assert_int_equal(learn(n, &mac_a, true, true, now + 20), 5);
	assert_int_equal(n->state, NUD_REACHABLE);
	assert_memory_equal(neigh_l2(n)->bytes, &mac_a, 6);
	assert_memory_equal(neigh_l2(n)->bytes + 6, &port_get(gen_current(), port_index("r0"))->mac,
			    6);
	assert_int_equal(neigh_l2(n)->bytes[12], 0x08);
	assert_int_equal(neigh_parked(), 0);
	m = packet(6);
	assert_int_equal(neigh_park(0, n, m, now + 30), NEIGH_KNOWN);
	rte_pktmbuf_free(m);
}

static void
test_three_questions_then_failed(void **state)
{
	struct neigh *n = fresh("10.1.0.3");
	uint64_t now = clock_ms() + 2000000;

	assert_int_equal(neigh_park(0, n, packet(1), now), NEIGH_PARKED_SOLICIT);
	assert_int_equal(neigh_park(0, n, packet(2), now + 500), NEIGH_PARKED);
	tick_until(now, now + 900);
	assert_int_equal(asked, 0); /* the worker asked first */
	tick_until(now + 1000, now + 2900);
	assert_int_equal(asked, 2);
	assert_int_equal(failed, 0);
	tick_until(now + 3000, now + 3000);
	assert_int_equal(asked, 2);
	assert_int_equal(asked_one, 0);
	assert_int_equal(failed, 2);
	assert_int_equal(n->state, NUD_FAILED);
	/* The next packet begins anew. */
	assert_int_equal(neigh_park(0, n, packet(3), now + 3500), NEIGH_PARKED_SOLICIT);
	assert_int_equal(learn(n, &mac_a, true, true, now + 3600), 1);
}

static void
test_full_queue_loses_the_oldest(void **state)
{
	struct neigh *n = fresh("10.1.0.4");
	uint64_t before = drops("neigh-queue-full"), now = 3000000;
	struct rte_mbuf *out[NEIGH_PARK_MAX];

	for (unsigned i = 1; i <= NEIGH_PARK_MAX + 3; i++)
		neigh_park(0, n, packet(i), now);
	assert_int_equal(drops("neigh-queue-full") - before, 3);
	assert_int_equal(neigh_parked(), NEIGH_PARK_MAX);
	/* In two helpings. */
	assert_int_equal(neigh_learn(n, gen_current(), &mac_a, NEIGH_SOLICITED | NEIGH_OVERRIDE,
				     now, out, 50),
			 50);
	assert_int_equal(pkt(out[0])->mark, 4);
	rte_pktmbuf_free_bulk(out, 50);
	assert_int_equal(learn(n, &mac_a, true, true, now), NEIGH_PARK_MAX - 50);
}

static void
test_total_limit(void **state)
{
	uint64_t now = 4000000, parked = 0;
	struct rte_mbuf *m = NULL;
	char text[32];

	for (unsigned i = 0; i < 64; i++) {
		struct neigh *n;

		snprintf(text, sizeof(text), "10.7.0.%u", i);
		n = fresh(text);
		for (unsigned k = 0; k < NEIGH_PARK_MAX && m == NULL; k++) {
			/* One packet stands for many: the pool is small. */
			m = pkt_alloc(0);
			if (m == NULL)
				goto out;
			if (neigh_park(0, n, m, now) != NEIGH_FULL) {
				parked++;
				m = NULL;
			}
		}
	}
out:
	assert_true(parked <= NEIGH_PARK_TOTAL);
	assert_true(m != NULL || parked > 3500);
	rte_pktmbuf_free(m);
	neigh_flush_port(port_index("r0"), 0, true);
	assert_int_equal(neigh_parked(), 0);
	assert_true(drops("neigh-gone") >= parked);
}

static void
test_stale_delay_probe(void **state)
{
	struct neigh *n = fresh("10.1.0.5");
	uint64_t now = clock_ms() + 5000000;

	learn(n, &mac_a, true, true, now);
	/* Between 15 and 45 s: unused, so it becomes stale. */
	tick_until(now, now + 14900);
	assert_int_equal(n->state, NUD_REACHABLE);
	tick_until(now + 15000, now + 46000);
	assert_int_equal(n->state, NUD_STALE);
	assert_non_null(neigh_l2(n));
	/* Used: five seconds of grace, then three questions to it alone. */
	now += 47000;
	neigh_use(n, now);
	tick_until(now, now + 100);
	assert_int_equal(n->state, NUD_DELAY);
	tick_until(now + 200, now + 5000);
	assert_int_equal(n->state, NUD_PROBE);
	assert_int_equal(asked_one, 1);
	assert_non_null(neigh_l2(n));
	tick_until(now + 5100, now + 7900);
	assert_int_equal(asked_one, 3);
	/* An answer in time. */
	learn(n, &mac_a, true, true, now + 7950);
	assert_int_equal(n->state, NUD_REACHABLE);
	/* In use when its time is over: straight to DELAY; no answer: FAILED. */
	now += 8000;
	for (uint64_t t = now; t < now + 60000 && n->state == NUD_REACHABLE; t += 100) {
		neigh_use(n, t);
		neigh_timer(t);
	}
	assert_int_equal(n->state, NUD_DELAY);
	tick_until(now + 60000, now + 70000);
	assert_int_equal(n->state, NUD_FAILED);
	assert_null(neigh_l2(n));
}

static void
test_unused_goes(void **state)
{
	struct ip_addr a = ip("10.1.0.6");
	struct neigh *n = fresh("10.1.0.6");
	uint64_t now = clock_ms() + 1000;

	learn(n, &mac_a, false, true, now);
	assert_int_equal(n->state, NUD_STALE);
	/* Few neighbours are kept. */
	tick_until(now, now + 90000);
	assert_ptr_equal(neigh_find(port_index("r0"), &a), n);
	set("net.ipv4.neigh.default.gc_thresh1", "0");
	set("net.ipv4.neigh.r0.gc_stale_time", "100");
	tick_until(now + 90000, now + 99900);
	assert_ptr_equal(neigh_find(port_index("r0"), &a), n);
	tick_until(now + 100000, now + 100100);
	assert_null(neigh_find(port_index("r0"), &a));
	set("net.ipv4.neigh.default.gc_thresh1", "128");
	set("net.ipv4.neigh.r0.gc_stale_time", "60");
}

static void
test_who_may_change_an_address(void **state)
{
	struct neigh *n = fresh("10.1.0.7"), *n6 = fresh("fd01::7");
	uint64_t now = clock_ms() + 7000000;

	learn(n, &mac_a, true, true, now);
	learn(n, &mac_b, true, false, now + 500); /* a second ARP reply too soon */
	assert_memory_equal(neigh_l2(n)->bytes, &mac_a, 6);
	learn(n, &mac_b, true, false, now + 2000);
	assert_memory_equal(neigh_l2(n)->bytes, &mac_b, 6);
	learn(n, &mac_b, false, true, now + 2100); /* a hint makes nothing older */
	assert_int_equal(n->state, NUD_REACHABLE);
	learn(n, &mac_a, false, true, now + 5000); /* a request from another address */
	assert_int_equal(n->state, NUD_STALE);
	assert_memory_equal(neigh_l2(n)->bytes, &mac_a, 6);

	learn(n6, &mac_a, true, true, now);
	assert_int_equal(neigh_l2(n6)->bytes[12], 0x86);
	learn(n6, &mac_b, true, false, now + 100); /* RFC 4861 7.2.5: doubt, but keep */
	assert_int_equal(n6->state, NUD_STALE);
	assert_memory_equal(neigh_l2(n6)->bytes, &mac_a, 6);
	learn(n6, &mac_b, true, true, now + 200);
	assert_memory_equal(neigh_l2(n6)->bytes, &mac_b, 6);
}

static void
test_operator(void **state)
{
	struct neigh_set s = { .port = port_index("r0"),
			       .addr = ip("10.1.0.8"),
			       .mac = &mac_a,
			       .state = NUD_PERMANENT };
	uint64_t now = clock_ms() + 8000000;
	struct neigh *n;
	struct err e;

	assert_int_equal(neigh_set(&s, NEIGH_REPLACE, now, &e), -ENOENT);
	n = fresh("10.1.0.8");
	assert_int_equal(neigh_park(0, n, packet(1), now), NEIGH_PARKED_SOLICIT);
	assert_int_equal(neigh_set(&s, NEIGH_CREATE | NEIGH_EXCL, now, &e), -EEXIST);
	assert_int_equal(neigh_set(&s, NEIGH_CREATE | NEIGH_REPLACE, now, &e), 0);
	assert_int_equal(resolved, 1);
	/* Nothing from the wire changes it, nor does time. */
	learn(n, &mac_b, true, true, now + 5000);
	assert_memory_equal(neigh_l2(n)->bytes, &mac_a, 6);
	tick_until(now, now + 100000);
	assert_int_equal(n->state, NUD_PERMANENT);
	neigh_flush_port(s.port, 0, false);
	assert_non_null(neigh_find(s.port, &s.addr));
	assert_int_equal(neigh_del(s.port, &s.addr), 0);
	assert_int_equal(neigh_del(s.port, &s.addr), -ENOENT);
	assert_null(neigh_find(s.port, &s.addr));
}

static void
test_table_full(void **state)
{
	struct ip_addr a = ip("10.200.0.0");
	unsigned made = 0, count = neigh_count(AF_INET);
	uint64_t now = clock_ms() + 1000;

	while (neigh_get(port_index("r0"), &a) != NULL) {
		made++;
		a.v4 = rte_cpu_to_be_32(rte_be_to_cpu_32(a.v4) + 1);
	}
	assert_int_equal(made + count, value("net.ipv4.neigh.default.gc_thresh3"));
	/* Routes may need more, and do not take IPv6 its room. */
	assert_non_null(neigh_get_free(port_index("r0"), &a));
	fresh("fd01::99");
	/* Crowded: what nobody needs goes at once, and there is room again. */
	neigh_timer(now + 2000);
	rcu_reap();
	assert_non_null(neigh_get(port_index("r0"), &a));
	neigh_flush_port(port_index("r0"), 0, true);
	rcu_reap();
	assert_int_equal(neigh_count(AF_INET), 0);
	assert_int_equal(neigh_count(AF_INET6), 0);
	/* Headers come back too: more changes than there are headers. */
	for (unsigned i = 0; i < 5 * NEIGH_MAX; i++) {
		struct neigh *n = fresh("10.1.0.9");

		learn(n, i % 2 ? &mac_a : &mac_b, true, true, now + 2000ull * i);
		assert_memory_equal(neigh_l2(n)->bytes, i % 2 ? &mac_a : &mac_b, 6);
		neigh_l2_reap();
		rcu_reap();
	}
}

static void
test_permanent_is_not_counted(void **state)
{
	struct neigh_set s = { .port = port_index("r0"),
			       .addr = ip("10.1.0.10"),
			       .mac = &mac_a,
			       .state = NUD_PERMANENT };
	struct err e;

	assert_int_equal(neigh_set(&s, NEIGH_CREATE, clock_ms(), &e), 0);
	assert_int_equal(neigh_count(AF_INET), 0);
	s.state = NUD_STALE;
	assert_int_equal(neigh_set(&s, NEIGH_REPLACE, clock_ms(), &e), 0);
	assert_int_equal(neigh_count(AF_INET), 1);
	s.state = NUD_PERMANENT;
	assert_int_equal(neigh_set(&s, NEIGH_REPLACE, clock_ms(), &e), 0);
	assert_int_equal(neigh_del(s.port, &s.addr), 0);
	assert_int_equal(neigh_count(AF_INET), 0);
}

static void
test_queue_in_bytes_and_packets(void **state)
{
	struct neigh *n = fresh("10.1.0.11");
	uint64_t before = drops("neigh-queue-full"), now = 9000000;

	assert_int_equal(value("net.ipv4.neigh.r0.unres_qlen"), 101);
	set("net.ipv4.neigh.r0.unres_qlen", "3");
	assert_int_equal(value("net.ipv4.neigh.r0.unres_qlen_bytes"), 6270);
	for (unsigned i = 1; i <= 5; i++)
		neigh_park(0, n, packet(i), now);
	assert_int_equal(neigh_parked(), 3);
	/* The last packet always finds room. */
	set("net.ipv4.neigh.r0.unres_qlen_bytes", "0");
	assert_int_equal(value("net.ipv4.neigh.r0.unres_qlen"), 0);
	neigh_park(0, n, packet(6), now);
	assert_int_equal(neigh_parked(), 1);
	assert_int_equal(drops("neigh-queue-full") - before, 5);
	assert_int_equal(value("net.ipv6.neigh.r0.unres_qlen"), 101);
	set("net.ipv4.neigh.r0.unres_qlen_bytes", "212992");
	assert_int_equal(value("net.ipv4.neigh.r0.unres_qlen"), 101);
}

static void
test_numbers_of_questions(void **state)
{
	struct neigh *n = fresh("fd01::12");
	uint64_t now = clock_ms() + 10000000;
	struct rte_mbuf *m = packet(1);

	set("net.ipv6.neigh.r0.mcast_solicit", "0");
	assert_int_equal(neigh_park(0, n, m, now), NEIGH_UNASKED);
	rte_pktmbuf_free(m);
	set("net.ipv6.neigh.r0.mcast_solicit", "3");
	set("net.ipv6.neigh.r0.delay_first_probe_time", "0");
	set("net.ipv6.neigh.r0.ucast_solicit", "1");
	set("net.ipv6.neigh.r0.mcast_resolicit", "2");
	set("net.ipv6.neigh.r0.retrans_time_ms", "200");
	learn(n, &mac_a, false, true, now);
	assert_int_equal(n->state, NUD_STALE);
	neigh_use(n, now);
	tick_until(now + 100, now + 1000);
	assert_int_equal(asked_one, 1);
	assert_int_equal(asked, 3);
	assert_int_equal(n->state, NUD_FAILED);
	set("net.ipv6.neigh.r0.delay_first_probe_time", "5");
	set("net.ipv6.neigh.r0.ucast_solicit", "3");
	set("net.ipv6.neigh.r0.mcast_resolicit", "0");
	set("net.ipv6.neigh.r0.retrans_time_ms", "1000");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_resolve_in_order, clean),
		cmocka_unit_test_teardown(test_three_questions_then_failed, clean),
		cmocka_unit_test_teardown(test_full_queue_loses_the_oldest, clean),
		cmocka_unit_test_teardown(test_total_limit, clean),
		cmocka_unit_test_teardown(test_stale_delay_probe, clean),
		cmocka_unit_test_teardown(test_unused_goes, clean),
		cmocka_unit_test_teardown(test_who_may_change_an_address, clean),
		cmocka_unit_test_teardown(test_operator, clean),
		cmocka_unit_test_teardown(test_table_full, clean),
		cmocka_unit_test_teardown(test_permanent_is_not_counted, clean),
		cmocka_unit_test_teardown(test_queue_in_bytes_and_packets, clean),
		cmocka_unit_test_teardown(test_numbers_of_questions, clean),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
