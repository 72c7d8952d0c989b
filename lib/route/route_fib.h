/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Two FIB instances per family. Control lcore; private to lib/route.
 */
#pragma once

#include "base_addr.h"
#include "base_err.h"
#include "route.h"

struct fib_change {
	struct ip_prefix p;
	uint32_t old_nh, new_nh; /* FIB_ABSENT: the prefix is not in the FIB */
};

#define FIB_ABSENT UINT32_MAX

/* Calls put for every prefix that shall be in the family's FIB after the changes. */
typedef int fib_fill_fn(uint8_t family,
			int (*put)(void *fib, const struct ip_prefix *p, uint32_t nh), void *fib);

int fib_init(struct err *e);
/*
 * Applies the changes (all of one family) to both instances, one after the other, with a grace
 * period between. When the instance is too small it is made anew, larger, from fill. On error the
 * published instance is as it was.
 */
int fib_apply(uint8_t family, const struct fib_change *c, unsigned n, fib_fill_fn *fill,
	      struct err *e);
