/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Next hops: small numbers for equal {type, port, mtu, gateway, source, realm}, and for groups of them,
 * shared by routes and counted. Control lcore; workers read nexthop_table. Private to lib/route.
 */
#pragma once

#include "route.h"
#include "route_rib.h"

#define NEXTHOP_UNUSED 32767u /* an id that no next hop has: the FIB's to use aside */

/* Before the first route. */
void nexthop_init(void);
/* Finds or makes (the neighbour of the gateway with it), one reference more. 0 or -ENOSPC, -ENOBUFS. */
int nexthop_ref(const struct nexthop *spec, uint32_t *id);
/* What a route needs: one, or a group of them. */
int nexthop_ref_route(const struct route *r, uint32_t *id);
/* The last reference frees at once: call after the grace period that follows the swap. */
void nexthop_unref(uint32_t id);
/* A port rose or fell: groups spread over the paths that are left. */
void nexthop_follow_ports(void);
unsigned nexthop_count(void);
size_t nexthop_memory(void);
