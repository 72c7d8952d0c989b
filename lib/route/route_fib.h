/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Forwarding tables: what workers read of one routing table, or of local and main in one (the fast
 * ones, one per family). With few routes a table is one small sorted array that is replaced at every
 * change; with many, and always for the fast ones, a pair of rte_fib instances of which the idle one
 * is changed. Control lcore; private to lib/route.
 *
 * A change of several tables: fib_prepare() each, fib_apply() each, then fib_commit() each, or
 * fib_abandon() each; nothing can fail after the last fib_apply().
 */
#pragma once

#include "base_addr.h"
#include "base_err.h"
#include "fib_instance.h"
#include "fib_small.h"

struct rib;

struct fib {
	/* What workers read, atomic: the small form is taken when it is there. */
	struct fib_small *small;
	const struct fib_live *live;
	/* Control lcore. */
	struct rib
		*from[2]; /* tables it is made of; the first one's routes come first; NULL: none */
	uint8_t family;
	bool fast;     /* has instances always, and is what route4_lookup(), route6_lookup() read */
	bool fresh;    /* instances were made by this fib_prepare() */
	uint8_t shown; /* index of the published instance */
	struct fib_instance of[2];
	struct fib_small *pending;
};

/* NULL and the text: no memory. */
struct fib *fib_new(uint8_t family, bool fast, struct rib *a, struct rib *b, struct err *e);
/* Calls put for every prefix with its next hops, best first; stops at the first that is not 0. */
typedef int fib_put_fn(void *arg, const struct ip_prefix *p, const uint32_t *nh, unsigned n);
int rib_fill(const struct fib *f, fib_put_fn *put, void *arg);
unsigned rib_fill_count(const struct fib *f); /* routes */

int fib_prepare(struct fib *f, struct err *e);
/*
 * Applies the changes to both instances, one after the other, with a grace period between. An
 * instance that is too small is made anew, larger. On error the published one is as it was.
 */
int fib_apply(struct fib *f, const struct fib_change *c, unsigned n, struct err *e);
/* true: something was replaced; after a grace period comes fib_settle(). */
bool fib_commit(struct fib *f);
void fib_settle(struct fib *f);
void fib_abandon(struct fib *f);

/* Workers and control: as fib_small_lookup(). */
uint32_t fib_lookup(const struct fib *f, const struct ip_addr *dst, uint16_t out, uint8_t *len);
size_t fib_memory(const struct fib *f);
/* The table local and main in one; made at the start. */
struct fib *fib_fast(uint8_t family);
int fib_init(struct err *e);
