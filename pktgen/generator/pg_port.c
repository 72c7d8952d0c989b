/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <stdlib.h>

#include <rte_cycles.h>
#include <rte_ethdev.h>

#include "pg_port.h"

#define RING 1024
#define CACHE 256
#define WIRE_OVERHEAD 20 /* preamble, start, gap between frames */
#define LINK_WAIT_MS 9000

static int
find(const char *text, unsigned otherwise, struct pg_side *s, const char *option, struct err *e)
{
	char *end;
	unsigned long n = otherwise;

	if (text != NULL && rte_eth_dev_get_port_by_name(text, &s->port) == 0)
		return 0;
	if (text != NULL) {
		n = strtoul(text, &end, 10);
		if (end == text || *end != '\0' || n >= rte_eth_dev_count_avail())
			return err_set(
				e, -ENODEV,
				"%s: \"%s\": no such port among the %u of EAL (-a PCI-ADDRESS, "
				"--vdev NAME): expected a name or a number from 0",
				option, text, rte_eth_dev_count_avail());
	}
	/* The n-th of those that are there: numbers may have gaps. */
	s->port = rte_eth_find_next(0);
	while (n-- > 0)
		s->port = rte_eth_find_next(s->port + 1);
	return 0;
}

int
pg_ports_find(struct pg_run *r, struct err *e)
{
	const struct pg_options *o = r->o;
	unsigned nb = rte_eth_dev_count_avail();
	static char name[2][RTE_ETH_NAME_MAX_LEN];

	if (nb == 0)
		return err_set(
			e, -ENODEV,
			"no ports: give EAL some before \"--\": -a PCI-ADDRESS, or --vdev NAME");
	if (find(o->tx, 0, &r->side[0], "--tx", e) != 0 ||
	    find(o->rx, nb > 1 && o->tx == NULL, &r->side[1], "--rx", e) != 0)
		return -ENODEV;
	if (o->tx != NULL && o->rx == NULL)
		return err_set(e, -EINVAL, "--tx without --rx: name both, they may be the same");
	r->nb_sides = r->side[0].port == r->side[1].port ? 1 : 2;
	for (unsigned i = 0; i < 2; i++) {
		rte_eth_dev_get_name_by_port(r->side[i].port, name[i]);
		r->side[i].name = name[i];
	}
	return 0;
}

/* Buffers for all rings, for what the workers hold, and for the caches. */
static int
make_pool(struct pg_run *r, struct err *e)
{
	unsigned nb = r->nb_workers * (r->nb_sides * 2 * RING + 4 * PG_BURST + CACHE) + RING;
	unsigned room = RTE_PKTMBUF_HEADROOM + RTE_MAX(2048u, r->o->size + PG_HEADERS_MAX);

	r->pool = rte_pktmbuf_pool_create("pktgen", nb, CACHE, 0, room,
					  rte_eth_dev_socket_id(r->side[0].port));
	if (r->pool == NULL)
		return err_set(e, -ENOMEM,
			       "too little memory for %u packet buffers of %u bytes: reserve more "
			       "hugepages (sysctl -w vm.nr_hugepages=N), or give EAL more (-m MB)",
			       nb, room);
	return 0;
}

/* Which queue each worker has at the port; how many there are. */
static uint16_t
deal_queues(struct pg_run *r, unsigned side)
{
	uint16_t nb = 0;

	for (unsigned i = 0; i < r->nb_workers; i++) {
		struct pg_worker *w = &r->worker[i];
		bool has = r->o->mode != PG_CONNECTIONS || r->nb_workers == 1 ||
			   (side == 0 ? w->client : w->server);

		w->queue[side] = has ? nb++ : PG_NO_QUEUE;
	}
	return nb;
}

static int
set_up_queues(struct pg_run *r, struct pg_side *s, uint16_t nb, struct err *e)
{
	uint16_t nb_rx = RING, nb_tx = RING;
	int socket = rte_eth_dev_socket_id(s->port), rc;

	rc = rte_eth_dev_adjust_nb_rx_tx_desc(s->port, &nb_rx, &nb_tx);
	for (uint16_t q = 0; q < nb && rc == 0; q++) {
		rc = rte_eth_rx_queue_setup(s->port, q, nb_rx, socket, NULL, r->pool);
		if (rc == 0)
			rc = rte_eth_tx_queue_setup(s->port, q, nb_tx, socket, NULL);
	}
	return rc == 0 ? 0 : err_set(e, rc, "%s: queues: %s", s->name, rte_strerror(-rc));
}

static int
set_mtu(struct pg_run *r, struct pg_side *s, struct err *e)
{
	unsigned want = r->o->size - RTE_MIN(r->o->size, (unsigned)RTE_ETHER_HDR_LEN + PG_FCS);
	uint16_t mtu;
	int rc;

	if (rte_eth_dev_get_mtu(s->port, &mtu) != 0 || want <= mtu)
		return 0;
	rc = rte_eth_dev_set_mtu(s->port, want);
	/* Drivers that know no MTU know no limit. */
	return rc == 0 || rc == -ENOTSUP
		       ? 0
		       : err_set(e, rc,
				 "%s: frames of %u bytes need an MTU of %u, which it refuses: %s",
				 s->name, r->o->size, want, rte_strerror(-rc));
}

static int
configure(struct pg_run *r, struct pg_side *s, uint16_t nb, struct err *e)
{
	struct rte_eth_dev_info info;
	struct rte_eth_conf conf = { 0 };
	int rc = rte_eth_dev_info_get(s->port, &info);

	if (rc != 0)
		return err_set(e, rc, "%s: %s", s->name, rte_strerror(-rc));
	if (nb > info.max_rx_queues || nb > info.max_tx_queues)
		return err_set(
			e, -ENOTSUP,
			"%s has %u rx and %u tx queues, and there are %u workers, which need "
			"one each: fewer lcores (-l 0,1)",
			s->name, info.max_rx_queues, info.max_tx_queues, nb);
	if (nb > 1) {
		conf.rxmode.mq_mode = RTE_ETH_MQ_RX_RSS;
		conf.rx_adv_conf.rss_conf.rss_hf =
			(RTE_ETH_RSS_IP | RTE_ETH_RSS_TCP | RTE_ETH_RSS_UDP) &
			info.flow_type_rss_offloads;
		if (conf.rx_adv_conf.rss_conf.rss_hf == 0)
			conf.rxmode.mq_mode = RTE_ETH_MQ_RX_NONE;
	}
	rc = rte_eth_dev_configure(s->port, nb, nb, &conf);
	if (rc != 0)
		return err_set(e, rc, "%s: configuring %u queues: %s", s->name, nb,
			       rte_strerror(-rc));
	return set_mtu(r, s, e);
}

static int
start(struct pg_side *s, struct err *e)
{
	int rc = rte_eth_dev_start(s->port);

	if (rc != 0)
		return err_set(e, rc, "%s does not start: %s", s->name, rte_strerror(-rc));
	s->started = true;
	/* What is sent to the addresses that are played comes with whatever MAC the other side knows. */
	rte_eth_promiscuous_enable(s->port);
	rte_eth_allmulticast_enable(s->port);
	return 0;
}

static int
await_link(const struct pg_side *s, struct err *e)
{
	struct rte_eth_link link;

	for (unsigned ms = 0; ms < LINK_WAIT_MS; ms += 100) {
		if (rte_eth_link_get_nowait(s->port, &link) != 0 || link.link_status)
			return 0;
		rte_delay_us_sleep(100000);
	}
	return err_set(e, -ENETDOWN, "%s: its link is down", s->name);
}

int
pg_ports_start(struct pg_run *r, struct err *e)
{
	int rc = make_pool(r, e);

	for (unsigned i = 0; i < r->nb_sides && rc == 0; i++) {
		uint16_t nb = deal_queues(r, i);

		rc = configure(r, &r->side[i], nb, e);
		if (rc == 0)
			rc = set_up_queues(r, &r->side[i], nb, e);
		if (rc == 0)
			rc = start(&r->side[i], e);
	}
	for (unsigned i = 0; i < r->nb_sides && rc == 0; i++)
		rc = await_link(&r->side[i], e);
	for (unsigned i = 0; i < 2 && rc == 0; i++)
		rte_eth_macaddr_get(r->side[i].port, &r->side[i].host.mac);
	return rc;
}

void
pg_ports_close(struct pg_run *r)
{
	for (unsigned i = 0; i < r->nb_sides; i++) {
		if (!r->side[i].started)
			continue;
		rte_eth_dev_stop(r->side[i].port);
		rte_eth_dev_close(r->side[i].port);
	}
}

double
pg_ports_line_rate(const struct pg_run *r)
{
	struct rte_eth_link link = { 0 };

	if (rte_eth_link_get_nowait(r->side[0].port, &link) != 0 || link.link_speed == 0 ||
	    link.link_speed == RTE_ETH_SPEED_NUM_UNKNOWN)
		return 0;
	return link.link_speed * 1e6 / 8 / (pg_frame_mean(&r->frame) + WIRE_OVERHEAD);
}
