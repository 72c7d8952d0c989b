/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * `show port` and `clear port`, in testpmd's style but by port name.
 */
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_version.h>

#include "cmd_show.h"
#include "port_host.h"

typedef void port_fn(struct cmd *c, const struct port *p);

static const char *
duplex(const struct rte_eth_link *link)
{
	return link->link_duplex == RTE_ETH_LINK_FULL_DUPLEX ? "full-duplex" : "half-duplex";
}

static const char *
on_off(int on)
{
	return on == 1 ? "enabled" : "disabled";
}

static void
info_device(struct cmd *c, const struct port *p, const struct rte_eth_dev_info *info)
{
	char mac[RTE_ETHER_ADDR_FMT_SIZE], device[RTE_ETH_NAME_MAX_LEN] = "", fw[64];
	struct rte_eth_link link = { 0 };

	rte_ether_format_addr(mac, sizeof(mac), &p->mac);
	rte_eth_dev_get_name_by_port(p->dpdk_id, device);
	str_printf(&c->out, "MAC address: %s\n", mac);
	str_printf(&c->out, "Device name: %s\n", device);
	str_printf(&c->out, "Driver name: %s\n", info->driver_name);
	if (rte_eth_dev_fw_version_get(p->dpdk_id, fw, sizeof(fw)) == 0)
		str_printf(&c->out, "Firmware-version: %s\n", fw);
	else
		str_add(&c->out, "Firmware-version: not available\n");
	str_printf(&c->out, "Devargs: %s\n", p->devargs);
	str_printf(&c->out, "Connect to socket: %d\n", p->socket);
	if (p->host != 0)
		str_printf(&c->out, "Host twin: %s in %s%s\n", p->name,
			   *port_host_netns(p) ? "namespace " : "the daemon's namespace",
			   port_host_netns(p));
	if (rte_eth_link_get_nowait(p->dpdk_id, &link) != 0)
		link = (struct rte_eth_link){ 0 };
	str_printf(&c->out, "Admin status: %s\n", p->up ? "up" : "down");
	str_printf(&c->out, "Link status: %s\n", p->link ? "up" : "down");
	str_printf(&c->out, "Link speed: %s\n", rte_eth_link_speed_to_str(link.link_speed));
	str_printf(&c->out, "Link duplex: %s\n", duplex(&link));
	str_printf(&c->out, "Autoneg status: %s\n", link.link_autoneg ? "On" : "Off");
	str_printf(&c->out, "MTU: %u\n", p->mtu);
	str_printf(&c->out, "Promiscuous mode: %s\n", on_off(rte_eth_promiscuous_get(p->dpdk_id)));
	str_printf(&c->out, "Allmulticast mode: %s\n",
		   on_off(rte_eth_allmulticast_get(p->dpdk_id)));
}

static void
show_info(struct cmd *c, const struct port *p)
{
	struct rte_eth_dev_info info;

	str_printf(&c->out, "\n********************* Infos for port %-2s *********************\n",
		   p->name);
	if (rte_eth_dev_info_get(p->dpdk_id, &info) != 0) {
		str_add(&c->out, "the device gives no information\n");
		return;
	}
	info_device(c, p, &info);
	str_printf(&c->out, "Maximum number of MAC addresses: %u\n", info.max_mac_addrs);
	str_printf(&c->out, "Redirection table size: %u\n", info.reta_size);
	str_printf(&c->out, "Supported RSS offload flow types: 0x%" PRIx64 "\n",
		   info.flow_type_rss_offloads);
	str_printf(&c->out, "Minimum size of RX buffer: %u\n", info.min_rx_bufsize);
	str_printf(&c->out, "Maximum configurable length of RX packet: %u\n", info.max_rx_pktlen);
	str_printf(&c->out, "Current number of RX queues: %u\n", p->nb_rxq);
	str_printf(&c->out, "Max possible RX queues: %u\n", info.max_rx_queues);
	str_printf(&c->out, "Max possible number of RXDs per queue: %u\n", info.rx_desc_lim.nb_max);
	str_printf(&c->out, "Min possible number of RXDs per queue: %u\n", info.rx_desc_lim.nb_min);
	str_printf(&c->out, "Current number of TX queues: %u\n", p->nb_txq);
	str_printf(&c->out, "Max possible TX queues: %u\n", info.max_tx_queues);
	str_printf(&c->out, "Max possible number of TXDs per queue: %u\n", info.tx_desc_lim.nb_max);
	str_printf(&c->out, "Min possible number of TXDs per queue: %u\n", info.tx_desc_lim.nb_min);
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
show_stats(struct cmd *c, const struct port *p)
{
	struct rte_eth_stats s;
	int rc = rte_eth_stats_get(p->dpdk_id, &s);

	str_printf(&c->out,
		   "\n  ######################## NIC statistics for port %-2s "
		   "########################\n",
		   p->name);
	if (rc != 0) {
		str_printf(&c->out, "  the device keeps no statistics: %s\n", rte_strerror(-rc));
		return;
	}
	str_printf(&c->out,
		   "  RX-packets: %-10" PRIu64 " RX-missed: %-10" PRIu64 " RX-bytes:  %-" PRIu64
		   "\n",
		   s.ipackets, s.imissed, s.ibytes);
	str_printf(&c->out, "  RX-errors: %-" PRIu64 "\n", s.ierrors);
	str_printf(&c->out, "  RX-nombuf:  %-10" PRIu64 "\n", s.rx_nombuf);
	str_printf(&c->out,
		   "  TX-packets: %-10" PRIu64 " TX-errors: %-10" PRIu64 " TX-bytes:  %-" PRIu64
		   "\n",
		   s.opackets, s.oerrors, s.obytes);
	show_rates(c, p, &s);
	str_add(&c->out,
		"  ############################################################################\n");
}

static void
show_xstats(struct cmd *c, const struct port *p)
{
	int n = rte_eth_xstats_get_names(p->dpdk_id, NULL, 0);
	struct rte_eth_xstat_name *names = n > 0 ? calloc(n, sizeof(*names)) : NULL;
	struct rte_eth_xstat *values = n > 0 ? calloc(n, sizeof(*values)) : NULL;

	str_printf(&c->out, "###### NIC extended statistics for port %-2s\n", p->name);
	if (names != NULL && values != NULL &&
	    rte_eth_xstats_get_names(p->dpdk_id, names, n) == n &&
	    rte_eth_xstats_get(p->dpdk_id, values, n) == n)
		for (int i = 0; i < n; i++)
			str_printf(&c->out, "%s: %" PRIu64 "\n", names[i].name, values[i].value);
	free(names);
	free(values);
}

static void
show_summary(struct cmd *c, const struct port *p)
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
	str_printf(&c->out, "%-15s %-17s %-20s %-14s %-6s %s\n", p->name, mac, device,
		   info.driver_name,
		   !p->up    ? "off"
		   : p->link ? "up"
			     : "down",
		   rte_eth_link_speed_to_str(link.link_speed));
}

static void
clear_stats(struct cmd *c, const struct port *p)
{
	rte_eth_stats_reset(p->dpdk_id);
	memset(&shown[p->index], 0, sizeof(shown[p->index]));
}

static void
clear_xstats(struct cmd *c, const struct port *p)
{
	rte_eth_xstats_reset(p->dpdk_id);
}

static int
for_each(struct cmd *c, const char *name, port_fn *fn)
{
	const struct port *p;

	if (name != NULL && strcmp(name, "all") != 0) {
		p = port_by_name(gen_current(), name);
		if (p == NULL)
			return cmd_fail(c, 1, "port: there is no port \"%.40s\"", name);
		fn(c, p);
		return 0;
	}
	for (unsigned i = 1; i < PORT_MAX; i++) {
		p = port_get(gen_current(), i);
		if (p != NULL)
			fn(c, p);
	}
	return 0;
}

int
cmd_show_port(struct cmd *c, int argc, char **argv)
{
	static const struct {
		const char *name;
		port_fn *fn;
	} whats[] = { { "info", show_info },
		      { "stats", show_stats },
		      { "xstats", show_xstats },
		      { "summary", show_summary } };

	for (unsigned i = 0; i < RTE_DIM(whats) && argc >= 1 && argc <= 2; i++) {
		if (strcmp(argv[0], whats[i].name) != 0)
			continue;
		if (whats[i].fn == show_summary)
			str_printf(
				&c->out,
				"Number of available ports: %u\n%-15s %-17s %-20s %-14s %-6s %s\n",
				port_table_get(gen_current())->nb, "Port", "MAC Address", "Name",
				"Driver", "Status", "Link");
		return for_each(c, argc == 2 ? argv[1] : NULL, whats[i].fn);
	}
	return cmd_fail(c, 2, "port: expected show port info|stats|xstats|summary [NAME|all]");
}

int
cmd_clear_port(struct cmd *c, int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[0], "stats") == 0)
		return for_each(c, argv[1], clear_stats);
	if (argc == 2 && strcmp(argv[0], "xstats") == 0)
		return for_each(c, argv[1], clear_xstats);
	return cmd_fail(c, 2, "port: expected clear port stats|xstats NAME|all");
}
