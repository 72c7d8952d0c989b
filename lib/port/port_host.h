/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Host twins. A port's twin is an interface of the same name, MAC and MTU in a network namespace of
 * the host (a DPDK net_tap device): what is addressed to the box goes out there after INPUT, and what
 * the host sends comes in by it, through OUTPUT and POSTROUTING. It follows its port: up and down,
 * carrier, MTU, MAC; it goes with the port, with its namespace, and when somebody deletes it there.
 * It asks for no neighbours (NOARP): whatever the host sends reaches Pollux, whose routes and
 * neighbours decide. Control lcore.
 */
#pragma once

#include "base_err.h"
#include "port.h"
#include "port_netlink.h"

/* netns NULL: the daemon's own namespace; a name of `ip netns`, or a path. Errors carry a text. */
int port_host_add(const char *name, const char *netns, struct err *e);
int port_host_del(const char *name, struct err *e);

/* The namespace as it was given, "" for the daemon's own; NULL: the port has no twin. */
const char *port_host_netns(const struct port *p);

/* Whether the twin takes 127/8 as a network like others. What fails is logged. */
void port_host_localnet(const struct port *p, bool on);
/* Puts an address on the port's twin, or takes it from there. What fails is logged. */
void port_host_addr(const struct port *p, bool add, const struct port_netlink_addr *a);
/* Makes the twin the host's default route of the family, or no more. */
void port_host_default(const struct port *p, bool add, uint8_t family, const struct ip_addr *src);
