/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Ports on DPDK's null and ring devices: names, queues over lanes, changes, hand-over. Two lanes
 * without workers: the test calls what a worker would.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <rte_eal.h>
#include <rte_ethdev.h>

#include "base_drop.h"
#include "base_rcu.h"
#include "pkt.h"
#include "pkt_pool.h"
#include "port.h"
#include "port_lane.h"
#include "port_tx.h"

static struct err e;
static unsigned seen[3];
static char last_name[PORT_NAME_MAX];

static void
on_event(enum port_event event, const struct port *p)
{
	seen[event]++;
	strcpy(last_name, p->name);
}

static int
setup(void **state)
{
	char *argv[] = { "test", "--no-huge",      "--no-shconf",   "--no-pci", "-m",
			 "256",  "--no-telemetry", "--log-level=1", "-l",       "0" };

	if (rte_eal_init(RTE_DIM(argv), argv) < 0)
		return -1;
	lane_set_count(2);
	port_on_event(on_event);
	return rcu_init() != 0 ? -1 : pkt_pool_init(8192);
}

static int
clean(void **state)
{
	port_close_all();
	memset(seen, 0, sizeof(seen));
	return 0;
}

static const struct port *
find(const char *name)
{
	return port_by_name(gen_current(), name);
}

static const struct port_table *
table(void)
{
	return port_table_get(gen_current());
}

static void
add_and_del(void **state)
{
	assert_int_equal(port_add("p0", "net_null0", 0, &e), 0);
	assert_int_equal(seen[PORT_ADDED], 1);
	assert_non_null(find("p0"));
	assert_true(find("p0")->up);
	assert_int_equal(find("p0")->mtu, 1500);
	assert_int_equal(table()->nb, 1);
	assert_int_equal(port_add("p1", "net_null1", 0, &e), 0);
	assert_int_not_equal(find("p0")->index, find("p1")->index);
	assert_int_equal(port_del("p0", &e), 0);
	assert_int_equal(seen[PORT_GOING], 1);
	assert_string_equal(last_name, "p0");
	assert_null(find("p0"));
	assert_int_equal(rte_eth_dev_count_avail(), 1);
	assert_int_equal(port_add("p0", "net_null0", 0, &e), 0);
	assert_int_equal(table()->nb, 2);
}

static void
refusals(void **state)
{
	static const char *const names[] = {
		"", "a b", "a/b", "a:b", "all", "..", "sixteen-letters-"
	};

	for (unsigned i = 0; i < RTE_DIM(names); i++)
		assert_true(port_add(names[i], "net_null0", 0, &e) < 0);
	assert_int_equal(rte_eth_dev_count_avail(), 0);
	assert_int_equal(port_add("fifteen-letters", "net_null0", 0, &e), 0);
	assert_true(port_add("fifteen-letters", "net_null1", 0, &e) < 0);
	assert_non_null(strstr(e.text, "port del"));
	assert_true(port_add("x", "net_null0", 0, &e) < 0);
	assert_non_null(strstr(e.text, "fifteen-letters already"));
	assert_true(port_add("x", "nothing-like-this", 0, &e) < 0);
	assert_true(port_add("x", "", 0, &e) < 0);
	assert_true(port_add("x", "0000:ff:1f.7", 0, &e) < 0);
	assert_non_null(strstr(e.text, "--no-pci"));
	assert_true(port_add("x", "net_af_packet0,iface=nowhere0", 0, &e) < 0);
	assert_non_null(strstr(e.text, "iface=nowhere0"));
	assert_int_equal(port_del("x", &e), -ENODEV);
	assert_int_equal(table()->nb, 1);
	assert_int_equal(rte_eth_dev_count_avail(), 1);
}

static void
queues_over_lanes(void **state)
{
	assert_int_equal(port_add("two", "net_null0", 0, &e), 0);
	assert_int_equal(find("two")->nb_rxq, 2);
	assert_int_equal(table()->nb_rxq[0], 1);
	assert_int_equal(table()->nb_rxq[1], 1);
	assert_int_equal(port_add("one", "net_null1", 1, &e), 0);
	assert_int_equal(port_add("other", "net_null2", 1, &e), 0);
	/* The second one goes to the lane that polls less. */
	assert_int_equal(table()->nb_rxq[0], 2);
	assert_int_equal(table()->nb_rxq[1], 2);
	assert_int_equal(port_add("four", "net_null3", 4, &e), 0);
	assert_int_equal(find("four")->nb_rxq, 4);
	assert_int_equal(table()->nb_rxq[0], 4);
	port_forwarding_set(false);
	assert_int_equal(table()->nb_rxq[0], 0);
	port_forwarding_set(true);
	assert_int_equal(table()->nb_rxq[0], 4);
}

static void
changes(void **state)
{
	struct rte_ether_addr mac = { { 2, 0, 0, 0, 0, 9 } }, group = { { 1, 0, 0x5e, 0, 0, 1 } };
	uint16_t index;

	assert_int_equal(port_add("p", "net_null0", 0, &e), 0);
	index = find("p")->index;
	assert_int_equal(port_set_mtu("p", 1400, &e), 0);
	assert_int_equal(find("p")->mtu, 1400);
	assert_true(port_set_mtu("p", 60000, &e) < 0);
	assert_non_null(strstr(e.text, "expected"));
	assert_true(port_set_mtu("p", 67, &e) < 0);
	assert_int_equal(find("p")->mtu, 1400);
	assert_int_equal(port_set_mac("p", &mac, &e), 0);
	assert_memory_equal(&find("p")->mac, &mac, sizeof(mac));
	assert_true(port_set_mac("p", &group, &e) < 0);
	assert_int_equal(seen[PORT_CHANGED], 2);
	assert_int_equal(port_set_up("p", false, &e), 0);
	assert_false(find("p")->up);
	assert_int_equal(table()->nb_rxq[0] + table()->nb_rxq[1], 0);
	assert_int_equal(port_set_up("p", false, &e), 0);
	assert_int_equal(seen[PORT_CHANGED], 3);
	assert_int_equal(port_set_up("p", true, &e), 0);
	assert_int_equal(table()->nb_rxq[0] + table()->nb_rxq[1], 2);
	assert_int_equal(find("p")->index, index);
}

static uint64_t
dropped(const char *name)
{
	for (unsigned i = 0; i < drop_nb(); i++)
		if (strcmp(drop_info(i)->name, name) == 0)
			return drop_read(i);
	fail();
	return 0;
}

static struct rte_mbuf *
frame(void)
{
	struct rte_mbuf *m = pkt_alloc(0);

	assert_non_null(m);
	assert_non_null(rte_pktmbuf_append(m, 60));
	return m;
}

static void
transmit(void **state)
{
	struct rte_mbuf *m = frame(), *got = NULL;
	uint64_t down = dropped("tx-port-down");
	uint16_t index;

	/* One queue, polled by one lane: the other lane has to hand over. A ring gives back. */
	assert_int_equal(port_add("r", "net_ring0", 1, &e), 0);
	index = find("r")->index;
	unsigned heir = find("r")->rx_lane[0], other = 1 - heir;

	assert_int_equal(find("r")->tx_lane[other], heir);
	assert_true(port_lane_is_heir(table(), heir));
	assert_false(port_lane_is_heir(table(), other));
	port_tx(other, gen_current(), index, m);
	port_tx_flush(other, gen_current());
	assert_int_equal(port_tx_queued(), 1);
	assert_int_equal(port_tx_handed_over(heir, gen_current()), 1);
	port_tx_flush(heir, gen_current());
	assert_int_equal(port_tx_queued(), 0);
	assert_int_equal(rte_eth_rx_burst(find("r")->dpdk_id, 0, &got, 1), 1);
	assert_ptr_equal(got, m);
	/* What is still in a ring when its port goes is dropped, and counted. */
	port_tx(other, gen_current(), index, m);
	port_tx_flush(other, gen_current());
	assert_int_equal(port_del("r", &e), 0);
	assert_int_equal(port_tx_handed_over(heir, gen_current()), 1);
	port_tx_flush(heir, gen_current());
	assert_int_equal(dropped("tx-port-down"), down + 1);
}

static void
full_device(void **state)
{
	uint64_t sent, full = dropped("tx-full"), over = dropped("tx-hand-over-full");
	uint16_t index;
	unsigned heir;

	assert_int_equal(port_add("r", "net_ring0", 1, &e), 0);
	index = find("r")->index;
	heir = find("r")->rx_lane[0];
	sent = port_tx_lanes[heir].sent;
	for (unsigned i = 0; i < 3000; i++)
		port_tx(heir, gen_current(), index, frame());
	port_tx_flush(heir, gen_current());
	sent = port_tx_lanes[heir].sent - sent;
	assert_true(sent > 0 && sent < 3000);
	assert_int_equal(dropped("tx-full") - full, 3000 - sent);
	for (unsigned i = 0; i < 3000; i++)
		port_tx(1 - heir, gen_current(), index, frame());
	port_tx_flush(1 - heir, gen_current());
	assert_int_equal(dropped("tx-hand-over-full") - over + port_tx_queued(), 3000);
}

/* As many ports as fit, and one more. */
static void
many(void **state)
{
	char name[16], device[32];
	int rc = 0;

	for (unsigned i = 0; i < PORT_MAX - 1 && rc == 0; i++) {
		snprintf(name, sizeof(name), "p%u", i);
		snprintf(device, sizeof(device), "net_null%u", i);
		rc = port_add(name, device, 1, &e);
	}
	/* DPDK may have fewer; either way the last refusal is clear and nothing broke. */
	if (rc == 0)
		rc = port_add("more", "net_null99", 1, &e);
	assert_true(rc < 0);
	assert_true(e.text[0] != '\0');
	assert_true(table()->nb >= 30);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(add_and_del, clean),
		cmocka_unit_test_teardown(refusals, clean),
		cmocka_unit_test_teardown(queues_over_lanes, clean),
		cmocka_unit_test_teardown(changes, clean),
		cmocka_unit_test_teardown(transmit, clean),
		cmocka_unit_test_teardown(full_device, clean),
		cmocka_unit_test_teardown(many, clean),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
