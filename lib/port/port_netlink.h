/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What Pollux tells a kernel about the twin of a port: its state, its addresses, its default route.
 * A socket belongs to the network namespace it was opened in, wherever the caller is later. Control
 * lcore. All return 0 or -errno as the kernel answered.
 */
#pragma once

#include <stdbool.h>

#include <rte_ether.h>

#include "base_addr.h"

/* In the namespace the caller is in now. */
int port_netlink_open(void);

struct port_netlink_link {
	bool up, carrier;
	struct rte_ether_addr mac;
};
/* An interface that asks for no neighbours (NOARP), in that state. */
int port_netlink_link(int fd, int ifindex, const struct port_netlink_link *l);

/* net.ipv4.conf.IF.route_localnet there. */
int port_netlink_localnet(int fd, int ifindex, bool on);

struct port_netlink_addr {
	struct ip_prefix prefix;
	struct ip_addr broadcast, peer; /* AF_UNSPEC: none */
	uint8_t scope;                  /* RT_SCOPE_* */
};
/* Adds or deletes; what is there already, or no more, is no error. */
int port_netlink_addr(int fd, int ifindex, bool add, const struct port_netlink_addr *a);

/* The family's default route by the interface; src AF_UNSPEC: the kernel chooses. */
int port_netlink_default(int fd, int ifindex, bool add, uint8_t family, const struct ip_addr *src);
