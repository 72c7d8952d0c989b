/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One rte_fib or rte_fib6, as large as its routes need. Control lcore; private to lib/route.
 *
 * Next hops take two bytes in the tables (ids below 32,767) until one does not fit; then, and when
 * a table is too small for its routes, an instance is made anew, wider or larger.
 */
#pragma once

#include "base_addr.h"
#include "route.h"

struct fib_change {
	struct ip_prefix p;
	uint32_t old_nh, new_nh; /* FIB_ABSENT: the prefix is not in the table */
};

#define FIB_ABSENT UINT32_MAX

struct fib_instance {
	struct fib_live live; /* first: what workers see */
	uint32_t routes, tbl8;
	bool wide;        /* 4-byte next hops */
	uint32_t changes; /* since it was made */
};

/* Empty, of the size *i says. 0 or -ENOMEM. */
int fib_instance_make(uint8_t family, struct fib_instance *i);
void fib_instance_free(uint8_t family, struct fib_instance *i);
/* nh FIB_ABSENT: takes the prefix out. Negative errno: too small (see fib_instance_enlarge()). */
int fib_instance_put(struct fib_instance *i, const struct ip_prefix *p, uint32_t nh);
/* All or nothing. */
int fib_instance_change(struct fib_instance *i, const struct fib_change *c, unsigned n);
/* What an instance that failed with `why` becomes. false: it is as large as it gets. */
bool fib_instance_enlarge(struct fib_instance *i, int why);
/* Its size for so many routes, */
void fib_instance_size(uint8_t family, struct fib_instance *i, unsigned routes);
/* and for so many groups at least. */
void fib_instance_fit(struct fib_instance *i, uint32_t groups);
/* The best route to dst and, when it leaves by another port, those to shorter prefixes. */
uint32_t fib_instance_lookup(uint8_t family, const struct fib_live *live, const struct ip_addr *dst,
			     uint16_t out, uint8_t *len);
size_t fib_instance_memory(uint8_t family, const struct fib_instance *i);
