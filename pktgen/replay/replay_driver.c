/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The device "net_replay": a virtual one, given to any program by LD_PRELOAD. It says of a packet
 * what a NIC would (checksums are good, the flow's hash), and needs neither rings nor doorbells:
 * kinder than a NIC, and the same for all.
 */
#include <errno.h>
#include <stdio.h>

#include <rte_cycles.h>
#include <rte_mbuf.h>

#include <bus_vdev_driver.h>
#include <ethdev_driver.h>
#include <ethdev_vdev.h>

#include "replay.h"

#define REPORT_BURSTS 64

static unsigned nb_devices;

/* How many packets have come by now; what finds the ring full is lost. */
static uint16_t
due(struct replay_rxq *q, uint16_t n)
{
	uint64_t now = rte_rdtsc(), room = q->ring << 32;

	q->due += (now - q->last) * q->per_cycle;
	q->last = now;
	if (unlikely(q->due > room)) {
		q->lost += (q->due - room) >> 32;
		q->due = room;
	}
	n = (uint16_t)RTE_MIN((uint64_t)n, q->due >> 32);
	q->due -= (uint64_t)n << 32;
	return n;
}

static uint16_t
rx_burst(void *queue, struct rte_mbuf **pkts, uint16_t n)
{
	struct replay_rxq *q = queue;

	if (unlikely(q->reports && ++q->bursts % REPORT_BURSTS == 0))
		replay_report();
	if (q->per_cycle != 0)
		n = due(q, n);
	if (unlikely(n == 0))
		return 0;
	n = replay_flow_burst(q, pkts, n);
	q->packets += n;
	return n;
}

static uint16_t
rx_nothing(void *queue, struct rte_mbuf **pkts, uint16_t n)
{
	(void)queue, (void)pkts, (void)n;
	return 0;
}

static uint16_t
tx_burst(void *queue, struct rte_mbuf **pkts, uint16_t n)
{
	struct replay_txq *q = queue;

	rte_pktmbuf_free_bulk(pkts, n);
	q->packets += n;
	return n;
}

static int
configure(struct rte_eth_dev *dev)
{
	(void)dev;
	return 0;
}

static int
start(struct rte_eth_dev *dev)
{
	struct replay_device *d = dev->data->dev_private;

	dev->data->dev_link.link_status = RTE_ETH_LINK_UP;
	for (unsigned i = 0; i < dev->data->nb_rx_queues; i++) {
		struct replay_rxq *q = &d->rxq[i];

		q->first = (uint16_t)i;
		q->stride = dev->data->nb_rx_queues;
		q->last = rte_rdtsc();
		q->due = 0;
		q->per_cycle = (uint64_t)(d->plan.rate * 4294967296.0 / q->stride /
					  (double)rte_get_tsc_hz());
		replay_flow_start(q, dev->data->mac_addrs->addr_bytes);
	}
	return 0;
}

static int
stop(struct rte_eth_dev *dev)
{
	dev->data->dev_link.link_status = RTE_ETH_LINK_DOWN;
	return 0;
}

static int
nothing_to_do(struct rte_eth_dev *dev)
{
	(void)dev;
	return 0;
}

static int
link_update(struct rte_eth_dev *dev, int wait)
{
	(void)wait;
	dev->data->dev_link.link_status =
		dev->data->dev_started ? RTE_ETH_LINK_UP : RTE_ETH_LINK_DOWN;
	dev->data->dev_link.link_speed = RTE_ETH_SPEED_NUM_100G;
	dev->data->dev_link.link_duplex = RTE_ETH_LINK_FULL_DUPLEX;
	return 0;
}

static int
mtu_set(struct rte_eth_dev *dev, uint16_t mtu)
{
	(void)dev, (void)mtu;
	return 0;
}

static int
mac_addr_set(struct rte_eth_dev *dev, struct rte_ether_addr *mac)
{
	(void)dev, (void)mac;
	return 0;
}

static int
rss_hash_update(struct rte_eth_dev *dev, struct rte_eth_rss_conf *conf)
{
	(void)dev, (void)conf;
	return 0;
}

static int
infos_get(struct rte_eth_dev *dev, struct rte_eth_dev_info *info)
{
	(void)dev;
	info->max_mac_addrs = 1;
	info->min_mtu = 68;
	info->max_mtu = 9700;
	info->max_rx_pktlen = 9728;
	info->max_rx_queues = info->max_tx_queues = REPLAY_QUEUES;
	info->rx_offload_capa = RTE_ETH_RX_OFFLOAD_CHECKSUM | RTE_ETH_RX_OFFLOAD_RSS_HASH;
	info->tx_offload_capa = RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE | RTE_ETH_TX_OFFLOAD_IPV4_CKSUM |
				RTE_ETH_TX_OFFLOAD_UDP_CKSUM | RTE_ETH_TX_OFFLOAD_TCP_CKSUM;
	info->flow_type_rss_offloads = RTE_ETH_RSS_IP | RTE_ETH_RSS_UDP | RTE_ETH_RSS_TCP;
	info->reta_size = 128;
	info->hash_key_size = 40;
	return 0;
}

static const uint32_t *
ptypes_get(struct rte_eth_dev *dev)
{
	static const uint32_t types[] = { RTE_PTYPE_L2_ETHER,    RTE_PTYPE_L3_IPV4,
					  RTE_PTYPE_L3_IPV6,     RTE_PTYPE_L3_IPV4_EXT,
					  RTE_PTYPE_L3_IPV6_EXT, RTE_PTYPE_L4_TCP,
					  RTE_PTYPE_L4_UDP,      RTE_PTYPE_UNKNOWN };

	(void)dev;
	return types;
}

static int
rx_queue_setup(struct rte_eth_dev *dev, uint16_t index, uint16_t descriptors, unsigned socket,
	       const struct rte_eth_rxconf *conf, struct rte_mempool *pool)
{
	struct replay_device *d = dev->data->dev_private;
	struct replay_rxq *q = &d->rxq[index];
	struct rte_mbuf m = { .data_off = RTE_PKTMBUF_HEADROOM,
			      .refcnt = 1,
			      .nb_segs = 1,
			      .port = dev->data->port_id };

	(void)socket, (void)conf;
	q->plan = &d->plan;
	q->pool = pool;
	q->ring = d->plan.ring != 0 ? d->plan.ring : descriptors;
	q->ol_flags = d->plan.rss ? RTE_MBUF_F_RX_RSS_HASH : 0;
	if (d->plan.checksum)
		q->ol_flags |= RTE_MBUF_F_RX_IP_CKSUM_GOOD | RTE_MBUF_F_RX_L4_CKSUM_GOOD;
	q->rearm = *replay_rearm(&m);
	q->reports = index == 0 && d->plan.flows != 0;
	dev->data->rx_queues[index] = q;
	return 0;
}

static int
tx_queue_setup(struct rte_eth_dev *dev, uint16_t index, uint16_t descriptors, unsigned socket,
	       const struct rte_eth_txconf *conf)
{
	struct replay_device *d = dev->data->dev_private;

	(void)descriptors, (void)socket, (void)conf;
	dev->data->tx_queues[index] = &d->txq[index];
	return 0;
}

static int
stats_get(struct rte_eth_dev *dev, struct rte_eth_stats *stats)
{
	const struct replay_device *d = dev->data->dev_private;

	for (unsigned i = 0; i < REPLAY_QUEUES; i++) {
		stats->ipackets += d->rxq[i].packets;
		stats->imissed += d->rxq[i].lost;
		stats->rx_nombuf += d->rxq[i].no_buffer;
		stats->opackets += d->txq[i].packets;
	}
	return 0;
}

static const struct eth_dev_ops ops = {
	.dev_configure = configure,
	.dev_start = start,
	.dev_stop = stop,
	.dev_close = nothing_to_do,
	.dev_infos_get = infos_get,
	.dev_supported_ptypes_get = ptypes_get,
	.link_update = link_update,
	.promiscuous_enable = nothing_to_do,
	.promiscuous_disable = nothing_to_do,
	.allmulticast_enable = nothing_to_do,
	.allmulticast_disable = nothing_to_do,
	.mtu_set = mtu_set,
	.mac_addr_set = mac_addr_set,
	.rss_hash_update = rss_hash_update,
	.rx_queue_setup = rx_queue_setup,
	.tx_queue_setup = tx_queue_setup,
	.stats_get = stats_get,
	.stats_reset = nothing_to_do,
};

static int
probe(struct rte_vdev_device *vdev)
{
	struct replay_plan plan;
	struct rte_eth_dev *dev;
	struct replay_device *d;

	if (replay_plan_read(&plan, rte_vdev_device_args(vdev)) != 0)
		return -EINVAL;
	dev = rte_eth_vdev_allocate(vdev, sizeof(*d));
	if (dev == NULL)
		return -ENOMEM;
	d = dev->data->dev_private;
	d->plan = plan;
	dev->data->mac_addrs = rte_zmalloc("net_replay", sizeof(struct rte_ether_addr), 0);
	if (dev->data->mac_addrs == NULL || replay_report_add(d) != 0) {
		rte_eth_dev_release_port(dev);
		return -ENOMEM;
	}
	*dev->data->mac_addrs = (struct rte_ether_addr){ { 2, 0, 0, 0, 0, (uint8_t)nb_devices++ } };
	dev->data->dev_flags |= RTE_ETH_DEV_AUTOFILL_QUEUE_XSTATS;
	dev->dev_ops = &ops;
	dev->rx_pkt_burst = plan.flows != 0 ? rx_burst : rx_nothing;
	dev->tx_pkt_burst = tx_burst;
	rte_eth_dev_probing_finish(dev);
	return 0;
}

static int
remove_device(struct rte_vdev_device *vdev)
{
	struct rte_eth_dev *dev = rte_eth_dev_allocated(rte_vdev_device_name(vdev));

	if (dev == NULL)
		return 0;
	replay_report_remove(dev->data->dev_private);
	return rte_eth_dev_release_port(dev);
}

static struct rte_vdev_driver driver = { .probe = probe, .remove = remove_device };

RTE_PMD_REGISTER_VDEV(net_replay, driver);
RTE_PMD_REGISTER_PARAM_STRING(net_replay,
			      "flows=<n> answers=none|plain|translated proto=udp|tcp size=64|imix "
			      "ip6=0|1 spread=0|1 fresh=<percent> rate=<pps> ring=<n> "
			      "rss=0|1 checksum=0|1");
