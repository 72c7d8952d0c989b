/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How many groups (tbl8) rte_fib and rte_fib6 want reserved for prefixes: for each step of 8 bits
 * below the first 24 one, unless a prefix near by has brought it. IPv6 was seen to need up to 5 % more
 * than that. Control lcore; private to lib/route.
 */
#pragma once

#include "base_addr.h"

struct fib_groups {
	uint32_t n;
	/* The last prefix and those that cover it, longest last. */
	unsigned depth;
	struct ip_prefix over[129];
};

/* Prefixes come in the order of addresses, of one address the shorter first. */
void fib_groups_add(struct fib_groups *g, const struct ip_prefix *p);
