/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Proxy entries (`ip neigh add proxy`): addresses for which the box answers in the place of their
 * station. One small sorted table that is replaced as a whole; workers read it without locks.
 */
#pragma once

#include "neigh.h"

#define NEIGH_PROXY_MAX 1024

/* Worker: is there an entry for the address on the port? *router (may be NULL): it says "router". */
bool neigh_proxy_find(uint16_t port, const struct ip_addr *addr, bool *router);
/* Worker: is there any of IPv6? */
bool neigh_proxy_any6(void);
/* Worker: is there one of IPv6 on the port whose solicited-node group (RFC 4291 2.7.1) this is? */
bool neigh_proxy_group6(uint16_t port, const uint8_t group[16]);

/*
 * Control lcore. One that is there only gets the router flag anew. port 0: on all ports (IPv4). -ENOBUFS:
 * NEIGH_PROXY_MAX are there, or IPv6 without a port, as in Linux; -ENOMEM.
 */
int neigh_proxy_add(uint16_t port, const struct ip_addr *addr, bool router, struct err *e);
/* Control lcore. -ENOENT, -ENOMEM. */
int neigh_proxy_del(uint16_t port, const struct ip_addr *addr);
/* Control lcore: those of the port (family 0: both). */
void neigh_proxy_flush_port(uint16_t port, uint8_t family);
/* Control lcore: all, with addr, port, router and proxy set. fn may delete entries. */
void neigh_proxy_walk(void (*fn)(const struct neigh_info *i, void *arg), void *arg);
