/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * `show port` and `clear port`, in testpmd's style but by port name.
 */
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_errno.h>
#include <rte_ethdev.h>

#include "cmd_show.h"
#include "cmd_table.h"
#include "port_host.h"

/* Shows one port: into the text, or into its JSON object. */
typedef void port_fn(struct cmd *c, const struct port *p, json_t *o);

static void
text_field(struct cmd *c, json_t *o, const char *title, const char *key, const char *value)
{
	if (c->json)
		json_object_set_new(o, key, json_string(value));
	else
		str_printf(&c->out, "%s: %s\n", title, value);
}

static void
number_field(struct cmd *c, json_t *o, const char *title, const char *key, uint64_t value)
{
	if (c->json)
		json_object_set_new(o, key, json_integer(value));
	else
		str_printf(&c->out, "%s: %" PRIu64 "\n", title, value);
}

static void
info_link(struct cmd *c, const struct port *p, json_t *o)
{
	struct rte_eth_link link = { 0 };
	bool full;

	if (rte_eth_link_get_nowait(p->dpdk_id, &link) != 0)
		link = (struct rte_eth_link){ 0 };
	full = link.link_duplex == RTE_ETH_LINK_FULL_DUPLEX;
	text_field(c, o, "Admin status", "admin", p->up ? "up" : "down");
	text_field(c, o, "Link status", "link", p->link ? "up" : "down");
	text_field(c, o, "Link speed", "speed", rte_eth_link_speed_to_str(link.link_speed));
	text_field(c, o, "Link duplex", "duplex", full ? "full-duplex" : "half-duplex");
	text_field(c, o, "Autoneg status", "autoneg", link.link_autoneg ? "On" : "Off");
	number_field(c, o, "MTU", "mtu", p->mtu);
	text_field(c, o, "Promiscuous mode", "promiscuous",
		   rte_eth_promiscuous_get(p->dpdk_id) == 1 ? "enabled" : "disabled");
	text_field(c, o, "Allmulticast mode", "allmulticast",
		   rte_eth_allmulticast_get(p->dpdk_id) == 1 ? "enabled" : "disabled");
}

static void
info_device(struct cmd *c, const struct port *p, const struct rte_eth_dev_info *info, json_t *o)
{
	char mac[RTE_ETHER_ADDR_FMT_SIZE], device[RTE_ETH_NAME_MAX_LEN] = "", fw[64];

	rte_ether_format_addr(mac, sizeof(mac), &p->mac);
	rte_eth_dev_get_name_by_port(p->dpdk_id, device);
	if (rte_eth_dev_fw_version_get(p->dpdk_id, fw, sizeof(fw)) != 0)
		strcpy(fw, "not available");
	text_field(c, o, "MAC address", "mac", mac);
	text_field(c, o, "Device name", "device", device);
	text_field(c, o, "Driver name", "driver", info->driver_name);
	text_field(c, o, "Firmware-version", "firmware", fw);
	text_field(c, o, "Devargs", "devargs", p->devargs);
	if (c->json)
		json_object_set_new(o, "socket", json_integer(p->socket));
	else
		str_printf(&c->out, "Connect to socket: %d\n", p->socket);
	if (p->host != 0)
		text_field(c, o, "Host twin in namespace", "host",
			   *port_host_netns(p) ? port_host_netns(p) : "of the daemon");
	info_link(c, p, o);
}

static void
show_info(struct cmd *c, const struct port *p, json_t *o)
{
	struct rte_eth_dev_info i;

	if (!c->json)
		str_printf(&c->out,
			   "\n********************* Infos for port %-2s *********************\n",
			   p->name);
	if (rte_eth_dev_info_get(p->dpdk_id, &i) != 0) {
		text_field(c, o, "Device", "error", "it gives no information");
		return;
	}
	info_device(c, p, &i, o);
	number_field(c, o, "Maximum number of MAC addresses", "max_macs", i.max_mac_addrs);
	number_field(c, o, "Redirection table size", "reta_size", i.reta_size);
	if (c->json)
		json_object_set_new(o, "rss_types", json_integer(i.flow_type_rss_offloads));
	else
		str_printf(&c->out, "Supported RSS offload flow types: 0x%" PRIx64 "\n",
			   i.flow_type_rss_offloads);
	number_field(c, o, "Minimum size of RX buffer", "min_rx_buffer", i.min_rx_bufsize);
	number_field(c, o, "Maximum configurable length of RX packet", "max_rx_packet",
		     i.max_rx_pktlen);
	number_field(c, o, "Current number of RX queues", "rx_queues", p->nb_rxq);
	number_field(c, o, "Max possible RX queues", "max_rx_queues", i.max_rx_queues);
	number_field(c, o, "Max possible number of RXDs per queue", "max_rx_descriptors",
		     i.rx_desc_lim.nb_max);
	number_field(c, o, "Min possible number of RXDs per queue", "min_rx_descriptors",
		     i.rx_desc_lim.nb_min);
	number_field(c, o, "Current number of TX queues", "tx_queues", p->nb_txq);
	number_field(c, o, "Max possible TX queues", "max_tx_queues", i.max_tx_queues);
	number_field(c, o, "Max possible number of TXDs per queue", "max_tx_descriptors",
		     i.tx_desc_lim.nb_max);
	number_field(c, o, "Min possible number of TXDs per queue", "min_tx_descriptors",
		     i.tx_desc_lim.nb_min);
}

/* For the rates since the last show. */
static struct {
	uint64_t tsc, rx, tx, rx_bytes, tx_bytes;
} shown[PORT_MAX];

static void
show_rates(struct cmd *c, const struct port *p, const struct rte_eth_stats *s)
{
	uint64_t now = rte_rdtsc(), then = shown[p->index].tsc;
	double seconds = then != 0 ? (double)(now - then) / rte_get_tsc_hz() : 0;
	double scale = seconds > 0 ? 1 / seconds : 0;

	str_add(&c->out, "\n  Throughput (since last show)\n");
	str_printf(&c->out, "  Rx-pps: %12.0f          Rx-bps: %12.0f\n",
		   (int64_t)(s->ipackets - shown[p->index].rx) * scale,
		   (int64_t)(s->ibytes - shown[p->index].rx_bytes) * 8 * scale);
	str_printf(&c->out, "  Tx-pps: %12.0f          Tx-bps: %12.0f\n",
		   (int64_t)(s->opackets - shown[p->index].tx) * scale,
		   (int64_t)(s->obytes - shown[p->index].tx_bytes) * 8 * scale);
	shown[p->index].tsc = now;
	shown[p->index].rx = s->ipackets;
	shown[p->index].tx = s->opackets;
	shown[p->index].rx_bytes = s->ibytes;
	shown[p->index].tx_bytes = s->obytes;
}

static void
stats_json(json_t *o, const struct rte_eth_stats *s)
{
	const struct {
		const char *key;
		uint64_t value;
	} all[] = { { "rx_packets", s->ipackets }, { "rx_missed", s->imissed },
		    { "rx_bytes", s->ibytes },     { "rx_errors", s->ierrors },
		    { "rx_nombuf", s->rx_nombuf }, { "tx_packets", s->opackets },
		    { "tx_errors", s->oerrors },   { "tx_bytes", s->obytes } };

	for (unsigned i = 0; i < RTE_DIM(all); i++)
		json_object_set_new(o, all[i].key, json_integer(all[i].value));
}

static void
stats_text(struct cmd *c, const struct port *p, const struct rte_eth_stats *s)
{
	str_printf(&c->out,
		   "  RX-packets: %-10" PRIu64 " RX-missed: %-10" PRIu64 " RX-bytes:  %-" PRIu64
		   "\n",
		   s->ipackets, s->imissed, s->ibytes);
	str_printf(&c->out, "  RX-errors: %-" PRIu64 "\n", s->ierrors);
	str_printf(&c->out, "  RX-nombuf:  %-10" PRIu64 "\n", s->rx_nombuf);
	str_printf(&c->out,
		   "  TX-packets: %-10" PRIu64 " TX-errors: %-10" PRIu64 " TX-bytes:  %-" PRIu64
		   "\n",
		   s->opackets, s->oerrors, s->obytes);
	show_rates(c, p, s);
	str_add(&c->out,
		"  ############################################################################\n");
}

static void
show_stats(struct cmd *c, const struct port *p, json_t *o)
{
	struct rte_eth_stats s;
	int rc = rte_eth_stats_get(p->dpdk_id, &s);

	if (!c->json)
		str_printf(&c->out,
			   "\n  ######################## NIC statistics for port %-2s "
			   "########################\n",
			   p->name);
	if (rc != 0)
		text_field(c, o, "  the device keeps no statistics", "error", rte_strerror(-rc));
	else if (c->json)
		stats_json(o, &s);
	else
		stats_text(c, p, &s);
}

static void
show_xstats(struct cmd *c, const struct port *p, json_t *o)
{
	int n = rte_eth_xstats_get_names(p->dpdk_id, NULL, 0);
	struct rte_eth_xstat_name *names = n > 0 ? calloc(n, sizeof(*names)) : NULL;
	struct rte_eth_xstat *values = n > 0 ? calloc(n, sizeof(*values)) : NULL;

	if (!c->json)
		str_printf(&c->out, "###### NIC extended statistics for port %-2s\n", p->name);
	if (names != NULL && values != NULL &&
	    rte_eth_xstats_get_names(p->dpdk_id, names, n) == n &&
	    rte_eth_xstats_get(p->dpdk_id, values, n) == n)
		for (int i = 0; i < n; i++)
			number_field(c, o, names[i].name, names[i].name, values[i].value);
	free(names);
	free(values);
}

static void
show_summary(struct cmd_table *t, const struct port *p)
{
	char mac[RTE_ETHER_ADDR_FMT_SIZE], device[RTE_ETH_NAME_MAX_LEN] = "";
	struct rte_eth_dev_info info = { 0 };
	struct rte_eth_link link = { 0 };

	rte_ether_format_addr(mac, sizeof(mac), &p->mac);
	rte_eth_dev_get_name_by_port(p->dpdk_id, device);
	if (rte_eth_link_get_nowait(p->dpdk_id, &link) != 0)
		link = (struct rte_eth_link){ 0 };
	if (rte_eth_dev_info_get(p->dpdk_id, &info) != 0)
		info.driver_name = "?";
	cmd_table_text(t, p->name);
	cmd_table_text(t, mac);
	cmd_table_text(t, device);
	cmd_table_text(t, info.driver_name);
	cmd_table_text(t, !p->up ? "off" : p->link ? "up" : "down");
	cmd_table_text(t, rte_eth_link_speed_to_str(link.link_speed));
}

static int
show_summaries(struct cmd *c)
{
	static const struct cmd_column columns[] = {
		{ "Port", "port" },     { "MAC Address", "mac" }, { "Name", "device" },
		{ "Driver", "driver" }, { "Status", "status" },   { "Link", "speed" },
	};
	struct cmd_table t = cmd_table(c, columns, RTE_DIM(columns));

	if (!c->json)
		str_printf(&c->out, "Number of available ports: %u\n",
			   port_table_get(gen_current())->nb);
	for (unsigned i = 1; i < PORT_MAX; i++)
		if (port_get(gen_current(), i) != NULL)
			show_summary(&t, port_get(gen_current(), i));
	return cmd_table_end(&t);
}

static void
clear_stats(struct cmd *c, const struct port *p, json_t *o)
{
	rte_eth_stats_reset(p->dpdk_id);
	memset(&shown[p->index], 0, sizeof(shown[p->index]));
}

static void
clear_xstats(struct cmd *c, const struct port *p, json_t *o)
{
	rte_eth_xstats_reset(p->dpdk_id);
}

static void
one_port(struct cmd *c, const struct port *p, port_fn *fn, json_t *all)
{
	json_t *o = c->json ? json_pack("{s:s}", "port", p->name) : NULL;

	fn(c, p, o);
	if (o != NULL)
		json_array_append_new(all, o);
}

static int
for_each(struct cmd *c, const char *name, port_fn *fn)
{
	bool all = name == NULL || strcmp(name, "all") == 0;
	json_t *array;

	if (!all && port_by_name(gen_current(), name) == NULL)
		return cmd_fail(c, 1, "port: there is no port \"%.40s\"", name);
	array = c->json ? json_array() : NULL;
	for (unsigned i = 1; i < PORT_MAX; i++) {
		const struct port *p = port_get(gen_current(), i);

		if (p != NULL && (all || strcmp(p->name, name) == 0))
			one_port(c, p, fn, array);
	}
	return array != NULL ? cmd_json(c, array) : 0;
}

static int show_port(struct cmd *c, int argc, char **argv);
SHOW_PART(port, "port", show_port, "info|stats|xstats|summary [NAME|all]",
	  "devices: what they are, what they counted", SHOW_JSON)

static int
show_port(struct cmd *c, int argc, char **argv)
{
	static const struct {
		const char *name;
		port_fn *fn;
	} whats[] = { { "info", show_info }, { "stats", show_stats }, { "xstats", show_xstats } };

	if (argc == 1 && strcmp(argv[0], "summary") == 0)
		return show_summaries(c);
	for (unsigned i = 0; i < RTE_DIM(whats) && argc >= 1 && argc <= 2; i++)
		if (strcmp(argv[0], whats[i].name) == 0)
			return for_each(c, argc == 2 ? argv[1] : NULL, whats[i].fn);
	return SHOW_USAGE(c, port);
}

static int clear_port(struct cmd *c, int argc, char **argv);
SHOW_PART(clear_port, "port", clear_port, "stats|xstats NAME|all", "the devices' counters",
	  SHOW_CLEAR)

static int
clear_port(struct cmd *c, int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[0], "stats") == 0)
		return for_each(c, argv[1], clear_stats);
	if (argc == 2 && strcmp(argv[0], "xstats") == 0)
		return for_each(c, argv[1], clear_xstats);
	return SHOW_USAGE(c, clear_port);
}
