/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_eal.h>
#include <rte_eth_ring.h>
#include <rte_ethdev.h>
#include <rte_ring.h>

#include "base_clock.h"
#include "base_drop.h"
#include "base_rcu.h"
#include "cmd.h"
#include "dp.h"
#include "dp_sync.h"
#include "nat_source_own.h"
#include "neigh.h"
#include "pkt.h"
#include "pkt_guard.h"
#include "pkt_pool.h"
#include "base_param.h"
#include "port.h"
#include "port_own.h"
#include "port_tx.h"
#include "queue_log.h"
#include "route.h"

#define RING 2048
#define POOL 8192

#define QUEUES_MAX 4

/* tx: one ring, which all queues of the port fill. */
static struct rte_ring *rx[DP_SIDES][QUEUES_MAX], *tx[DP_SIDES];
static unsigned nb_queues = 1, given;
static struct str last_out, last_err;

static int
make_port(unsigned side)
{
	char name[32], line[64];
	struct port *p;
	struct err e;
	int id;

	for (unsigned q = 0; q < nb_queues; q++) {
		snprintf(name, sizeof(name), "rx%u.%u", side, q);
		rx[side][q] = rte_ring_create(name, RING, SOCKET_ID_ANY, 0);
	}
	snprintf(name, sizeof(name), "tx%u", side);
	tx[side] = rte_ring_create(name, RING, SOCKET_ID_ANY, 0);
	snprintf(name, sizeof(name), "side%u", side);
	id = rte_eth_from_rings(name, rx[side], nb_queues, &tx[side], 1, SOCKET_ID_ANY);
	if (id < 0)
		return -1;
	rte_eth_dev_get_name_by_port(id, name);
	snprintf(line, sizeof(line), "p%u", side);
	if (param_set_text(param_find("net.ipv6.conf.default.accept_dad"), "0", &e) != 0 ||
	    port_add(line, name, nb_queues, &e) != 0) {
		fprintf(stderr, "port_add: %s\n", e.text);
		return -1;
	}
	dp_sync_device(id, rx[side][0], tx[side]);
	/* Ring devices have no address to set: describe the port anew, as port_set_mac() would. */
	p = port_new(port_by_name(gen_current(), line));
	p->mac = (struct rte_ether_addr){ { 2, 0, 0, 0, 0, 0x10 + side } };
	port_publish(p->index, p);
	/* A change through the front door tells the levels above. */
	return port_set_mtu(line, 1400, &e) != 0 ? -1 : port_set_mtu(line, 1500, &e);
}

/* Parameters that DP_SETTINGS sets from the start: "name=value name=value". */
static int
set_parameters(void)
{
	const char *text = getenv("DP_SETTINGS");
	char *copy = strdup(text != NULL ? text : ""), *rest = copy, *part;
	int rc = 0;

	while ((part = strsep(&rest, " ")) != NULL) {
		char *value = strchr(part, '=');
		struct err e;

		if (*part == '\0')
			continue;
		if (value != NULL)
			*value++ = '\0';
		if (value == NULL || param_find(part) == NULL ||
		    param_set_text(param_find(part), value, &e) != 0) {
			fprintf(stderr, "DP_SETTINGS: %s\n", part);
			rc = -1;
		}
	}
	free(copy);
	return rc;
}

static int
start(unsigned lanes, char **argv, int argc)
{
	struct err e = { "" };

	if (rte_eal_init(argc, argv) < 0)
		return -1;
	lane_set_count(lanes);
	dp_sync_pools();
	if (rcu_init() != 0 || pkt_pool_init(POOL) != 0 || neigh_init(&e) != 0 ||
	    route_init(&e) != 0 || queue_log_init(&e) != 0 || pipeline_init(&e) != 0) {
		fprintf(stderr, "init: %s\n", e.text);
		return -1;
	}
	if (set_parameters() != 0)
		return -1;
	for (unsigned side = 0; side < DP_SIDES; side++)
		if (make_port(side) != 0)
			return -1;
	return 0;
}

int
dp_setup(void **state)
{
	/* Workers' lcores on whatever cores there are; most tests use lane 0 alone. */
	static char lcores[2][32] = { "0@0,1@0,2@1", "0@0,1@0,2@1,3@0,4@1" };
	const char *text = getenv("DP_LANES");
	unsigned lanes = text != NULL && atoi(text) == 4 ? 4 : 2;
	char *mb = getenv("DP_MB");
	char *argv[] = { "dp",
			 "--no-huge",
			 "--no-shconf",
			 "--no-pci",
			 "-m",
			 mb != NULL ? mb : "512",
			 "--no-telemetry",
			 "--log-level=3",
			 "--lcores",
			 lcores[lanes == 4] };

	(void)state;
	nb_queues = lanes / 2;
	return start(lanes, argv, RTE_DIM(argv));
}

int
dp_router(void **state)
{
	static const char *const lines[] = {
		"ip addr add 10.1.0.1/24 dev p0",
		"ip addr add 10.2.0.1/24 dev p1",
		"ip addr add fd01::1/64 dev p0",
		"ip addr add fd02::1/64 dev p1",
		"ip neigh add 10.1.0.2 lladdr 02:00:00:00:01:00 dev p0",
		"ip neigh add 10.2.0.2 lladdr 02:00:00:00:01:01 dev p1",
		"ip neigh add fd01::2 lladdr 02:00:00:00:01:00 dev p0",
		"ip neigh add fd02::2 lladdr 02:00:00:00:01:01 dev p1",
		"sysctl -w net.ipv4.ip_forward=1",
		"sysctl -w net.ipv6.conf.all.forwarding=1",
	};

	if (dp_setup(state) != 0)
		return -1;
	DP_ALL(lines);
	return 0;
}

int
dp_teardown(void **state)
{
	(void)state;
	str_free(&last_out);
	str_free(&last_err);
	port_close_all();
	return 0;
}

const char *
dp_command(int rc, const char *line)
{
	int got;

	str_clear(&last_out);
	str_clear(&last_err);
	got = cmd_run_line(line, NULL, 0, &last_out, &last_err);
	if (got != rc)
		fail_msg("%s: exit status %d, not %d: %s", line, got, rc, str_text(&last_err));
	return str_text(&last_out);
}

void
dp_give(unsigned side, const void *frame, unsigned len)
{
	struct rte_ring *ring = rx[side][given++ / DP_SIDES % nb_queues];
	struct rte_mbuf *m = pkt_alloc(0);

	assert_non_null(m);
	memcpy(rte_pktmbuf_append(m, len), frame, len);
	m->port = side;
	pkt_guard(m);
	DP_HANDS_OFF(rx[side][0]);
	assert_int_equal(rte_ring_enqueue(ring, m), 0);
}

unsigned
dp_unread(unsigned side)
{
	unsigned n = 0;

	for (unsigned q = 0; q < nb_queues; q++)
		n += rte_ring_count(rx[side][q]);
	return n;
}

unsigned
dp_round(unsigned lane)
{
	const struct gen *gen = gen_current();
	const struct port_table *ports = port_table_get(gen);
	uint64_t now = clock_ms();
	unsigned handled = 0;

	for (unsigned i = 0; i < ports->nb_rxq[lane]; i++) {
		const struct port_rxq *q = &ports->rxq[lane][i];
		struct rte_mbuf *pkts[PKT_BURST];
		uint16_t n = rte_eth_rx_burst(q->dpdk_id, q->queue, pkts, PKT_BURST);

		handled += n;
		if (n > 0)
			pipeline_rx(lane, gen, now, q->port, pkts, n);
	}
	handled += pipeline_handed_over(lane, gen, now);
	port_tx_flush(lane, gen);
	handled += port_tx_handed_over(lane, gen);
	return handled;
}

void
dp_round_all(void)
{
	for (unsigned lane = 0; lane < lane_count(); lane++)
		dp_round(lane);
}

void
dp_run(void)
{
	unsigned handled;

	do {
		handled = 0;
		for (unsigned lane = 0; lane < lane_count(); lane++) {
			rcu_online(lane);
			handled += dp_round(lane);
			rcu_offline(lane);
		}
	} while (handled != 0);
}

struct rte_mbuf *
dp_take(unsigned side)
{
	void *m;

	if (rte_ring_dequeue(tx[side], &m) != 0)
		return NULL;
	DP_TAKES(tx[side]);
	return m;
}

unsigned
dp_flush(unsigned side)
{
	struct rte_mbuf *m;
	unsigned n = 0;

	for (; (m = dp_take(side)) != NULL; n++)
		rte_pktmbuf_free(m);
	return n;
}

uint64_t
dp_dropped(const char *reason)
{
	for (unsigned i = 0; i < drop_nb(); i++)
		if (strcmp(drop_info(i)->name, reason) == 0)
			return drop_read(i);
	fail_msg("no drop reason %s", reason);
	return 0;
}

void
dp_balance(void)
{
	struct pipeline_totals t;
	unsigned unread = 0; /* a port that is down is not read */

	rcu_reap(); /* what the control lcore frees after a grace period */
	t = pipeline_totals();
	for (unsigned side = 0; side < DP_SIDES; side++) {
		dp_flush(side);
		unread += dp_unread(side);
	}
	assert_int_equal(t.received + t.originated,
			 t.sent + t.delivered + t.dropped + t.absorbed + t.parked + t.queued);
	assert_int_equal(rte_mempool_in_use_count(pkt_pool_get(lane_socket(0))),
			 t.parked + t.queued + unread);
}

unsigned
dp_nat_sources(enum hook_family family)
{
	const struct nat_buckets *tables[] = { nat_sources[family].now, nat_sources[family].next };
	unsigned n = 0;

	for (unsigned t = 0; t < RTE_DIM(tables); t++)
		for (uint32_t i = 0; tables[t] != NULL && i < tables[t]->nb; i++)
			n += tables[t]->head[i] != 0;
	return n;
}
