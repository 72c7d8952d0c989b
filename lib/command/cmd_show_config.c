/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * `show config`: which core polls what, where memory lies, how devices are set up.
 */
#include <numa.h>
#include <string.h>

#include <rte_eal.h>
#include <rte_ethdev.h>
#include <rte_lcore.h>
#include <rte_malloc.h>
#include <rte_mempool.h>

#include "cmd_show.h"
#include "cmd_table.h"
#include "port_lane.h"

static void
print_queues(struct cmd *c, const struct port_table *t, unsigned lane)
{
	if (t->nb_rxq[lane] == 0)
		str_add(&c->out, " none");
	for (unsigned i = 0; i < t->nb_rxq[lane]; i++) {
		const struct port_rxq *q = &t->rxq[lane][i];

		if (t->by_index[q->port] != NULL)
			str_printf(&c->out, " %s/%u", t->by_index[q->port]->name, q->queue);
		else
			str_printf(&c->out, " %s/host", t->twin[q->port]->name);
	}
}

static void
print_lane(struct cmd *c, const struct port_table *t, unsigned lane)
{
	const struct port_lane *l = &port_lanes[lane];
	rte_cpuset_t cpus = rte_lcore_cpuset(l->lcore);
	unsigned mode = __atomic_load_n(&l->idle, __ATOMIC_RELAXED);

	str_printf(&c->out, "lane %u: lcore %u, cpus", lane, l->lcore);
	for (unsigned cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &cpus))
			str_printf(&c->out, " %u", cpu);
	str_printf(&c->out, ", node %d, idle %s", lane_socket(lane), port_idle_name(mode));
	if (mode != (unsigned)port_idle())
		str_printf(&c->out,
			   " (%s asked for: not all of its queues can, or a lane hands over to it)",
			   port_idle_name(port_idle()));
	str_add(&c->out, ", polls");
	print_queues(c, t, lane);
	str_printf(&c->out,
		   "\n  rounds %" PRIu64 ", empty %" PRIu64 ", slept %" PRIu64 ", packets %" PRIu64
		   "\n",
		   __atomic_load_n(&l->rounds, __ATOMIC_RELAXED),
		   __atomic_load_n(&l->empty, __ATOMIC_RELAXED),
		   __atomic_load_n(&l->slept, __ATOMIC_RELAXED),
		   __atomic_load_n(&l->packets, __ATOMIC_RELAXED));
}

/* DPDK's -1: memory or a device that belongs to none. */
static const char *
node_text(int node, char text[16])
{
	if (node < 0)
		return "any node";
	snprintf(text, 16, "node %d", node);
	return text;
}

static void
print_pool(struct rte_mempool *mp, void *arg)
{
	struct cmd *c = arg;
	char node[16];

	/* Object size tells packet pools from the drivers' own small ones. */
	str_printf(&c->out, "pool %s: %s, %u objects of %u bytes, %u free\n", mp->name,
		   node_text(mp->socket_id, node), mp->size, mp->elt_size,
		   rte_mempool_avail_count(mp));
}

static void
print_memory(struct cmd *c)
{
	struct rte_malloc_socket_stats s;

	str_printf(&c->out, "memory: %s, %d NUMA node%s in the machine\n",
		   rte_eal_has_hugepages() ? "hugepages"
					   : "no hugepages (slow: packet buffers lie one "
					     "per 4 KB page)",
		   numa_available() < 0 ? 1 : numa_num_configured_nodes(),
		   numa_available() >= 0 && numa_num_configured_nodes() > 1 ? "s" : "");
	for (unsigned i = 0; i < rte_socket_count(); i++) {
		int socket = rte_socket_id_by_idx(i);

		if (rte_malloc_get_socket_stats(socket, &s) == 0 && s.heap_totalsz_bytes > 0)
			str_printf(&c->out, "node %d: %zu MB taken, %zu MB in use\n", socket,
				   s.heap_totalsz_bytes >> 20, s.heap_allocsz_bytes >> 20);
	}
}

static int
show_cores(struct cmd *c)
{
	const struct port_table *t = port_table_get(gen_current());
	unsigned main_lcore = rte_get_main_lcore();
	char node[16];

	str_printf(&c->out, "control: lcore %u, node %d\n", main_lcore,
		   (int)rte_lcore_to_socket_id(main_lcore));
	for (unsigned lane = 0; lane < lane_count(); lane++)
		print_lane(c, t, lane);
	if (!port_forwarding())
		str_add(&c->out, "receiving is stopped (\"start\" resumes)\n");
	for (unsigned i = 1; i < PORT_MAX; i++) {
		const struct port *p = t->by_index[i];

		if (p != NULL)
			str_printf(&c->out, "port %s: %s\n", p->name, node_text(p->socket, node));
	}
	rte_mempool_walk(print_pool, c);
	print_memory(c);
	return 0;
}

static void
print_rxtx(struct cmd *c, const struct port *p)
{
	str_printf(&c->out,
		   "port %s: RX queues %u, TX queues %u, Rx offloads=0x%" PRIx64
		   ", Tx offloads=0x%" PRIx64 ", RSS 0x%" PRIx64 "\n",
		   p->name, p->nb_rxq, p->nb_txq, p->rx_offloads, p->tx_offloads, p->rss_hf);
	for (unsigned q = 0; q < p->nb_rxq; q++) {
		struct rte_eth_rxq_info info;

		if (rte_eth_rx_queue_info_get(p->dpdk_id, q, &info) == 0)
			str_printf(&c->out, "  RX queue %u: lane %u, RX desc=%u\n", q,
				   p->rx_lane[q], info.nb_desc);
		else
			str_printf(&c->out, "  RX queue %u: lane %u\n", q, p->rx_lane[q]);
	}
	for (unsigned lane = 0; lane < lane_count(); lane++) {
		if (p->tx_lane[lane] == lane)
			str_printf(&c->out, "  lane %u: TX queue %u\n", lane, p->tx_queue[lane]);
		else
			str_printf(&c->out, "  lane %u: hands over to lane %u\n", lane,
				   p->tx_lane[lane]);
	}
}

static int
show_rxtx(struct cmd *c)
{
	for (unsigned i = 1; i < PORT_MAX; i++)
		if (port_get(gen_current(), i) != NULL)
			print_rxtx(c, port_get(gen_current(), i));
	return 0;
}

static int
show_fwd(struct cmd *c)
{
	const struct port_table *t = port_table_get(gen_current());
	unsigned queues = 0;

	for (unsigned lane = 0; lane < lane_count(); lane++)
		queues += t->nb_rxq[lane];
	str_printf(&c->out, "netfilter packet forwarding - ports=%u - cores=%u - streams=%u - %s\n",
		   t->nb, lane_count(), queues, port_forwarding() ? "started" : "stopped");
	for (unsigned lane = 0; lane < lane_count(); lane++) {
		str_printf(&c->out, "Logical Core %u (lane %u) polls:", port_lanes[lane].lcore,
			   lane);
		print_queues(c, t, lane);
		str_add(&c->out, "\n");
	}
	return 0;
}

static json_t *
queues_json(const struct port_table *t, unsigned lane)
{
	json_t *queues = json_array();

	for (unsigned i = 0; i < t->nb_rxq[lane]; i++) {
		const struct port_rxq *q = &t->rxq[lane][i];
		const struct port *p = t->by_index[q->port];

		json_array_append_new(queues,
				      json_pack("{s:s, s:b, s:i}", "port",
						p != NULL ? p->name : t->twin[q->port]->name,
						"host", p == NULL, "queue", (int)q->queue));
	}
	return queues;
}

/* For cores and fwd alike: who polls what, and how busy it is. */
static int
lanes_json(struct cmd *c)
{
	json_t *lanes = json_array();

	for (unsigned lane = 0; lane < lane_count(); lane++) {
		const struct port_lane *l = &port_lanes[lane];
		unsigned idle = __atomic_load_n(&l->idle, __ATOMIC_RELAXED);

		json_array_append_new(
			lanes,
			json_pack("{s:i, s:i, s:i, s:s, s:I, s:I, s:I, s:I, s:o}", "lane",
				  (int)lane, "lcore", (int)l->lcore, "node", lane_socket(lane),
				  "idle", port_idle_name(idle), "rounds",
				  (json_int_t)__atomic_load_n(&l->rounds, __ATOMIC_RELAXED),
				  "empty", (json_int_t)__atomic_load_n(&l->empty, __ATOMIC_RELAXED),
				  "slept", (json_int_t)__atomic_load_n(&l->slept, __ATOMIC_RELAXED),
				  "packets",
				  (json_int_t)__atomic_load_n(&l->packets, __ATOMIC_RELAXED),
				  "polls", queues_json(port_table_get(gen_current()), lane)));
	}
	return cmd_json(c, json_pack("{s:b, s:i, s:o}", "forwarding", port_forwarding(),
				     "control_lcore", (int)rte_get_main_lcore(), "lanes", lanes));
}

static int
rxtx_json(struct cmd *c)
{
	json_t *ports = json_array();

	for (unsigned i = 1; i < PORT_MAX; i++) {
		const struct port *p = port_get(gen_current(), i);

		if (p != NULL)
			json_array_append_new(ports,
					      json_pack("{s:s, s:i, s:i, s:I, s:I, s:I}", "port",
							p->name, "rx_queues", (int)p->nb_rxq,
							"tx_queues", (int)p->nb_txq, "rx_offloads",
							(json_int_t)p->rx_offloads, "tx_offloads",
							(json_int_t)p->tx_offloads, "rss",
							(json_int_t)p->rss_hf));
	}
	return cmd_json(c, ports);
}

static int show_config(struct cmd *c, int argc, char **argv);
SHOW_PART(config, "config", show_config, "cores|rxtx|fwd",
	  "which core polls what, where memory lies, how devices are set up", SHOW_JSON)

static int
show_config(struct cmd *c, int argc, char **argv)
{
	if (argc == 1 && strcmp(argv[0], "cores") == 0)
		return c->json ? lanes_json(c) : show_cores(c);
	if (argc == 1 && strcmp(argv[0], "rxtx") == 0)
		return c->json ? rxtx_json(c) : show_rxtx(c);
	if (argc == 1 && strcmp(argv[0], "fwd") == 0)
		return c->json ? lanes_json(c) : show_fwd(c);
	return SHOW_USAGE(c, config);
}
