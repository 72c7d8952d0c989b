/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Next hops: small numbers for equal {type, port, mtu, gateway, source}, shared by routes and
 * counted. Control lcore; workers read nexthop_table. Private to lib/route.
 */
#pragma once

#include "route.h"

#define NEXTHOP_UNUSED 32767u /* an id that no next hop has: the FIB's to use aside */

/* Before the first route. */
void nexthop_init(void);
/* Finds or makes (the neighbour of the gateway with it), one reference more. 0 or -ENOSPC, -ENOBUFS. */
int nexthop_ref(const struct nexthop *spec, uint32_t *id);
/* One reference more of an id in use. */
void nexthop_hold(uint32_t id);
/* The last reference frees at once: call after the grace period that follows the swap. */
void nexthop_unref(uint32_t id);
unsigned nexthop_count(void);
