/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Ports: DPDK devices under a name, as interfaces of the router. A port's description is immutable
 * within a generation; a change (MTU, MAC, up/down) makes a new description. Index 0 is no port.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <rte_ether.h>

#include "base_err.h"
#include "base_gen.h"
#include "base_lane.h"
#include "base_str.h"

#define PORT_MAX 64      /* indexes 1 .. PORT_MAX-1 */
#define PORT_NAME_MAX 16 /* IFNAMSIZ, NUL included */

struct port {
	uint16_t index;   /* 1.. ; stays while the port exists */
	uint16_t dpdk_id; /* ethdev port */
	char name[PORT_NAME_MAX];
	char devargs[256];
	struct rte_ether_addr mac;
	uint16_t mtu;   /* IP bytes */
	uint16_t mtu6;  /* of IPv6: net.ipv6.conf.PORT.mtu */
	uint32_t group; /* ip link set NAME group N: a number that rules may ask for */
	bool up;        /* administratively up: ip link set NAME up|down */
	bool link;      /* the device reports a carrier */
	/*
	 * The port's twin in the host (port_host.h) is a device like a port, under an index of its own,
	 * in port_table.twin: no name finds it.
	 */
	uint16_t host;    /* index of the twin; 0: none */
	uint16_t host_of; /* in a twin: index of its port; 0: this is no twin */
	uint64_t host_ns; /* in a twin: which network namespace */
	uint8_t nb_rxq;   /* queues polled: rx queue q belongs to lane rx_lane[q] */
	uint8_t nb_txq;
	uint8_t rx_lane[LANE_MAX];
	uint8_t tx_queue[LANE_MAX]; /* lane -> tx queue */
	uint8_t tx_lane[LANE_MAX];  /* lane -> lane that transmits for it (itself, or hand over) */
	/*
	 * Readable when receive queue q has packets; -1: no such thing. An eventfd stays so until read,
	 * others (net_tap's) until the queue is empty.
	 */
	int rx_fd[LANE_MAX];
	bool rx_eventfd[LANE_MAX];
	int socket; /* NUMA node of the device */
	uint64_t rx_offloads, tx_offloads;
	uint64_t rss_hf; /* 0: no RSS */
};

/* What a lane polls, in the order it polls. */
struct port_rxq {
	uint16_t port; /* index */
	uint16_t dpdk_id;
	uint16_t queue;
};

struct port_table {
	const struct port *by_index[PORT_MAX]; /* NULL: free, or a twin's */
	const struct port *twin[PORT_MAX];     /* the twin of that index; NULL: none */
	uint16_t nb;
	uint16_t nb_rxq[LANE_MAX];
	struct port_rxq rxq[LANE_MAX][PORT_MAX];
};

extern unsigned port_gen_slot;
extern const struct port_table port_table_none;

/* Any thread. Never NULL. */
static inline const struct port_table *
port_table_get(const struct gen *gen)
{
	const struct port_table *t = gen->slot[port_gen_slot];

	return t != NULL ? t : &port_table_none;
}

static inline const struct port *
port_get(const struct gen *gen, uint16_t index)
{
	return port_table_get(gen)->by_index[index];
}

/* A port or a twin: whatever packets can leave by. NULL: neither. */
static inline const struct port *
port_or_twin(const struct port_table *t, uint16_t index)
{
	return t->by_index[index] != NULL ? t->by_index[index] : t->twin[index];
}

/* NULL: no such name. Control lcore. */
const struct port *port_by_name(const struct gen *gen, const char *name);

/* Control lcore; workers may be running. Errors carry a text that names the mend. */
int port_add(const char *name, const char *devargs, unsigned queues,
	     struct err *e); /* queues 0: one per lane where the device can */
int port_del(const char *name, struct err *e);
int port_set_mtu(const char *name, uint16_t mtu, struct err *e);
int port_set_up(const char *name, bool up, struct err *e);
int port_set_group(const char *name, uint32_t group, struct err *e);
int port_set_mac(const char *name, const struct rte_ether_addr *mac, struct err *e);
/* testpmd's start and stop: off, no lane polls any queue. Control lcore. */
void port_forwarding_set(bool on);
bool port_forwarding(void);
/* Control lcore, every 100 ms or so: follows carrier changes. */
void port_poll_links(void);
/* Control lcore, at exit, workers stopped. */
void port_close_all(void);

/*
 * Called after a port was added (up, in the published generation), before it goes (still there),
 * and after its description changed. Higher levels (addresses, routes, neighbours) follow.
 * Constructor time.
 */
enum port_event { PORT_ADDED, PORT_GOING, PORT_CHANGED };
void port_on_event(void (*fn)(enum port_event event, const struct port *p));
