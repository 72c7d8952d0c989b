/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A forwarding table of few routes, immutable: all routes of all prefixes in one sorted array, each
 * knowing the next one to try. Made by the control lcore, read by workers, freed after a grace
 * period. Private to lib/route.
 */
#pragma once

#include "base_addr.h"
#include "route.h"

#define FIB_SMALL_MAX 1024 /* routes */

struct fib_small;

/* Room for n routes; NULL: no memory. free() frees it. */
struct fib_small *fib_small_new(unsigned n);
/* The n routes of one prefix, best first. */
void fib_small_put(struct fib_small *s, const struct ip_prefix *p, const uint32_t *nh, unsigned n);
/* After the last put. */
void fib_small_finish(struct fib_small *s);
/*
 * The id of the best route to dst that leaves by out (0: any; only unicast routes are bound to a
 * port). *len: its prefix length. NEXTHOP_NONE: none.
 */
uint32_t fib_small_lookup(const struct fib_small *s, const struct ip_addr *dst, uint16_t out,
			  uint8_t *len);
size_t fib_small_memory(const struct fib_small *s);
