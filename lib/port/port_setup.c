/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Configures and starts a device: queues over lanes, offloads, symmetric RSS, MTU, multicast.
 * Control lcore only; the device is not yet in any generation.
 */
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <rte_bus.h>
#include <rte_errno.h>
#include <rte_lcore.h>

#include "base_log.h"
#include "pkt.h"
#include "pkt_pool.h"
#include "port_lane.h"
#include "port_own.h"
#include "port_rss.h"

#define DESCRIPTORS 1024
#define RSS_KEY_MAX 128
/* Ethernet header and two VLAN tags */
#define FRAME_OVERHEAD (RTE_ETHER_HDR_LEN + 8)

struct setup {
	struct port *p;
	struct rte_eth_dev_info info;
	struct rte_eth_conf conf;
	uint16_t nb_rxq, nb_txq;
	uint16_t nb_rxd, nb_txd;
	uint8_t rss_key[RSS_KEY_MAX];
};

static int
failed(const struct port *p, const char *what, int rc, struct err *e)
{
	if (rc == -ENOMEM)
		return err_set(e, rc,
			       "port %s: %s: not enough memory; reserve more hugepages "
			       "(/proc/sys/vm/nr_hugepages) or start with --mbufs more",
			       p->name, what);
	return err_set(e, rc, "port %s: %s: %s%s%s", p->name, what, rte_strerror(-rc),
		       log_heard()[0] != '\0' ? "; the driver says: " : "", log_heard());
}

static int
choose_queues(struct setup *s, unsigned queues, struct err *e)
{
	unsigned max_rx = RTE_MIN(s->info.max_rx_queues, LANE_MAX);
	unsigned max_tx = RTE_MIN(s->info.max_tx_queues, LANE_MAX);

	if (queues > max_rx)
		return err_set(e, -EINVAL, "port %s: %u queues asked for, the device can have %u",
			       s->p->name, queues, max_rx);
	s->nb_rxq = queues ? queues : RTE_MIN(lane_count(), max_rx);
	s->nb_txq = RTE_MIN(queues ? queues : lane_count(), max_tx);
	/* More transmit queues than lanes would stay idle. */
	s->nb_txq = RTE_MIN(s->nb_txq, lane_count());
	if (s->nb_rxq == 0 || s->nb_txq == 0)
		return err_set(e, -EINVAL,
			       "port %s: the device has %u receive and %u transmit queues; "
			       "at least one of each is needed",
			       s->p->name, s->info.max_rx_queues, s->info.max_tx_queues);
	return 0;
}

/* RSS so that both directions of a flow reach one queue: Toeplitz with a key of period 16 bits. */
static void
choose_rss(struct setup *s)
{
	uint64_t hf = RTE_ETH_RSS_IP | RTE_ETH_RSS_TCP | RTE_ETH_RSS_UDP | RTE_ETH_RSS_SCTP;
	struct rte_eth_rss_conf *rss = &s->conf.rx_adv_conf.rss_conf;

	hf &= s->info.flow_type_rss_offloads;
	if (s->nb_rxq == 1 || hf == 0)
		return;
	s->conf.rxmode.mq_mode = RTE_ETH_MQ_RX_RSS;
	rss->rss_hf = hf;
	if (s->info.hash_key_size > 0 && s->info.hash_key_size <= RSS_KEY_MAX) {
		for (unsigned i = 0; i < s->info.hash_key_size; i++)
			s->rss_key[i] = port_rss_key(i);
		rss->rss_key = s->rss_key;
		rss->rss_key_len = s->info.hash_key_size;
	}
	s->conf.rxmode.offloads |= s->info.rx_offload_capa & RTE_ETH_RX_OFFLOAD_RSS_HASH;
}

static void
choose_offloads(struct setup *s)
{
	s->conf.rxmode.offloads = s->info.rx_offload_capa & RTE_ETH_RX_OFFLOAD_CHECKSUM;
	/* Allowed only while all mbufs come from one pool and nobody holds a second reference. */
	if (rte_socket_count() == 1)
		s->conf.txmode.offloads =
			s->info.tx_offload_capa & RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE;
}

/* A device on top of a kernel interface keeps that interface's MTU. 0: unknown. */
static unsigned
kernel_mtu(const struct setup *s)
{
	struct ifreq ifr = { 0 };
	unsigned mtu = 0;
	int fd;

	if (s->info.if_index == 0 || if_indextoname(s->info.if_index, ifr.ifr_name) == NULL)
		return 0;
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return 0;
	if (ioctl(fd, SIOCGIFMTU, &ifr) == 0 && ifr.ifr_mtu <= UINT16_MAX)
		mtu = ifr.ifr_mtu;
	close(fd);
	return mtu;
}

static int
configure(struct setup *s)
{
	uint16_t id = s->p->dpdk_id;
	int rc;

	s->conf.intr_conf.rxq = port_idle() == PORT_IDLE_IRQ;
	rc = rte_eth_dev_configure(id, s->nb_rxq, s->nb_txq, &s->conf);
	if (rc != 0 && s->conf.intr_conf.rxq) {
		s->conf.intr_conf.rxq = 0;
		rc = rte_eth_dev_configure(id, s->nb_rxq, s->nb_txq, &s->conf);
	}
	if (rc == 0)
		return 0;
	/* Some devices refuse RSS they announce, or want as many queues one way as the other. */
	s->conf.rxmode.mq_mode = RTE_ETH_MQ_RX_NONE;
	memset(&s->conf.rx_adv_conf.rss_conf, 0, sizeof(s->conf.rx_adv_conf.rss_conf));
	s->conf.rxmode.offloads &= ~RTE_ETH_RX_OFFLOAD_RSS_HASH;
	s->nb_rxq = s->nb_txq = RTE_MIN(s->nb_rxq, s->nb_txq);
	return rte_eth_dev_configure(id, s->nb_rxq, s->nb_txq, &s->conf);
}

static unsigned
lane_load(unsigned lane)
{
	return PORT_MAX - port_lane_room(lane);
}

/* Receive queues go round robin from the least loaded lane, lanes of the port's node first. */
static int
assign_rx(struct setup *s, struct err *e)
{
	struct port *p = s->p;
	unsigned first = 0, n = lane_count();

	for (unsigned lane = 1; lane < n; lane++) {
		bool near = p->socket < 0 || lane_socket(lane) == p->socket;
		bool first_near = p->socket < 0 || lane_socket(first) == p->socket;

		if (near != first_near ? near : lane_load(lane) < lane_load(first))
			first = lane;
	}
	for (unsigned q = 0; q < s->nb_rxq; q++) {
		unsigned lane = (first + q) % n;

		if (port_lane_room(lane) < q / n + 1)
			return err_set(e, -ENOSPC,
				       "port %s: lane %u polls %u queues already; ask for "
				       "fewer queues or give Pollux more cores",
				       p->name, lane, PORT_MAX);
		p->rx_lane[q] = lane;
	}
	p->nb_rxq = s->nb_rxq;
	return 0;
}

/* Lanes that poll the port own a transmit queue first; the others share by handing over. */
static void
assign_tx(struct setup *s)
{
	struct port *p = s->p;
	unsigned heirs[LANE_MAX], nb = 0, n = lane_count();
	bool owns[LANE_MAX] = { false };

	p->nb_txq = s->nb_txq;
	for (unsigned q = 0; q < p->nb_rxq + n && nb < p->nb_txq; q++) {
		unsigned lane = q < p->nb_rxq ? p->rx_lane[q] : q - p->nb_rxq;

		if (owns[lane])
			continue;
		owns[lane] = true;
		p->tx_lane[lane] = lane;
		p->tx_queue[lane] = nb;
		heirs[nb++] = lane;
	}
	for (unsigned lane = 0, next = 0; lane < n; lane++) {
		if (owns[lane])
			continue;
		p->tx_lane[lane] = heirs[next++ % nb];
		p->tx_queue[lane] = p->tx_queue[p->tx_lane[lane]];
	}
}

static int
queue_socket(const struct port *p, unsigned lane)
{
	return p->socket >= 0 ? p->socket : lane_socket(lane);
}

/* The lane whose transmit queue it is. */
static unsigned
owner_of(const struct port *p, unsigned queue)
{
	unsigned lane = 0;

	while (lane + 1 < lane_count() && (p->tx_lane[lane] != lane || p->tx_queue[lane] != queue))
		lane++;
	return lane;
}

static int
queues_setup(struct setup *s, struct err *e)
{
	struct rte_eth_rxconf rx = s->info.default_rxconf;
	struct rte_eth_txconf tx = s->info.default_txconf;
	struct port *p = s->p;
	int rc;

	rx.offloads = s->conf.rxmode.offloads;
	tx.offloads = s->conf.txmode.offloads;
	s->nb_rxd = s->nb_txd = DESCRIPTORS;
	rc = rte_eth_dev_adjust_nb_rx_tx_desc(p->dpdk_id, &s->nb_rxd, &s->nb_txd);
	if (rc != 0)
		return failed(p, "number of descriptors", rc, e);
	for (unsigned q = 0; q < s->nb_rxq; q++) {
		int socket = queue_socket(p, p->rx_lane[q]);
		struct rte_mempool *pool = pkt_pool_get(socket);

		if (pool == NULL)
			return failed(p, "packet memory", -ENOMEM, e);
		rc = rte_eth_rx_queue_setup(p->dpdk_id, q, s->nb_rxd, socket, &rx, pool);
		if (rc != 0 && strcmp(s->info.driver_name, "net_af_xdp") == 0)
			return failed(p,
				      "receive queue (no XDP there, or the interface was a port "
				      "before: net_af_xdp gives queues back only at exit)",
				      rc, e);
		if (rc != 0)
			return failed(p, "receive queue", rc, e);
	}
	for (unsigned q = 0; q < s->nb_txq; q++) {
		rc = rte_eth_tx_queue_setup(p->dpdk_id, q, s->nb_txd,
					    queue_socket(p, owner_of(p, q)), &tx);
		if (rc != 0)
			return failed(p, "transmit queue", rc, e);
	}
	return 0;
}

int
port_mtu_fits(const struct port *p, unsigned mtu, struct err *e)
{
	struct rte_mempool *pool = pkt_pool_get(queue_socket(p, p->rx_lane[0]));
	unsigned room;

	if (pool == NULL)
		return failed(p, "packet memory", -ENOMEM, e);
	room = rte_pktmbuf_data_room_size(pool) - RTE_PKTMBUF_HEADROOM - FRAME_OVERHEAD;
	if (mtu < RTE_ETHER_MIN_MTU || mtu > room)
		return err_set(e, -EINVAL,
			       "port %s: MTU %u: expected %u to %u (a frame must fit one "
			       "packet buffer)",
			       p->name, mtu, RTE_ETHER_MIN_MTU, room);
	return 0;
}

static int
start(struct setup *s, bool *promisc, struct err *e)
{
	struct port *p = s->p;
	int rc = rte_eth_dev_start(p->dpdk_id);

	if (rc != 0)
		return failed(p, "start", rc, e);
	/* Neighbour discovery needs multicast. */
	*promisc = rte_eth_allmulticast_enable(p->dpdk_id) != 0 &&
		   rte_eth_promiscuous_get(p->dpdk_id) == 0 &&
		   rte_eth_promiscuous_enable(p->dpdk_id) == 0;
	rte_eth_macaddr_get(p->dpdk_id, &p->mac);
	return 0;
}

/* What a lane can wait for; devices without Rx interrupts have nothing. */
static int
interrupt_fd(uint16_t dpdk_id, uint16_t queue, bool *eventfd)
{
	int fd = rte_eth_dev_rx_intr_ctl_q_get_fd(dpdk_id, queue);
	char link[32], kind[64];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = fd >= 0 ? readlink(link, kind, sizeof(kind) - 1) : -1;
	kind[n < 0 ? 0 : n] = '\0';
	*eventfd = strcmp(kind, "anon_inode:[eventfd]") == 0;
	if (!*eventfd && strcmp(kind, "/dev/net/tun") != 0)
		return -1;
	/* A lane reads to clear it; it must never wait there. */
	if (fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) != 0)
		return -1;
	return fd;
}

void
port_interrupts(struct port *p, bool on)
{
	int level = rte_log_get_level(rte_eth_dev_logtype);

	/* ethdev calls it an error that a device has none. */
	rte_log_set_level(rte_eth_dev_logtype, RTE_LOG_CRIT);
	for (unsigned q = 0; q < p->nb_rxq; q++)
		p->rx_fd[q] = on ? interrupt_fd(p->dpdk_id, q, &p->rx_eventfd[q]) : -1;
	rte_log_set_level(rte_eth_dev_logtype, level);
}

static int
set_mtu(struct setup *s, struct err *e)
{
	struct port *p = s->p;
	unsigned kernel = kernel_mtu(s);
	int rc;

	rc = rte_eth_dev_get_mtu(p->dpdk_id, &p->mtu);
	if (rc != 0)
		return failed(p, "MTU", rc, e);
	if (kernel != 0 && kernel != p->mtu) {
		rc = port_mtu_fits(p, kernel, e);
		if (rc != 0)
			return rc;
		rte_eth_dev_set_mtu(p->dpdk_id, kernel);
		p->mtu = kernel;
	}
	return port_mtu_fits(p, p->mtu, e);
}

/* A device that is only software says the node of the thread that made it: its queues may lie where their lanes are. */
static int
node_of(const struct setup *s)
{
	const struct rte_bus *bus = rte_dev_bus(s->info.device);

	if (rte_socket_count() > 1 && strcmp(rte_bus_name(bus), "vdev") == 0)
		return SOCKET_ID_ANY;
	return rte_eth_dev_socket_id(s->p->dpdk_id);
}

int
port_setup(struct port *p, unsigned queues, bool *promisc, struct err *e)
{
	struct setup s = { .p = p };
	int rc;

	log_listen();
	rc = rte_eth_dev_info_get(p->dpdk_id, &s.info);
	if (rc != 0)
		return failed(p, "device information", rc, e);
	p->socket = node_of(&s);
	rc = choose_queues(&s, queues, e);
	if (rc != 0)
		return rc;
	choose_offloads(&s);
	choose_rss(&s);
	rc = configure(&s);
	if (rc != 0)
		return failed(p, "configuration", rc, e);
	rc = assign_rx(&s, e);
	if (rc != 0)
		return rc;
	assign_tx(&s);
	rc = queues_setup(&s, e);
	if (rc == 0)
		rc = set_mtu(&s, e);
	if (rc == 0)
		rc = start(&s, promisc, e);
	if (rc == 0)
		port_interrupts(p, s.conf.intr_conf.rxq);
	p->rx_offloads = s.conf.rxmode.offloads;
	p->tx_offloads = s.conf.txmode.offloads;
	p->rss_hf = s.conf.rx_adv_conf.rss_conf.rss_hf;
	if (rc == 0 && p->rss_hf != 0)
		port_rss_learn(p, s.info.reta_size);
	return rc;
}
