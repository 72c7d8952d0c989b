/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Forwarding tables: what workers read of one routing table, or of local and main in one (the fast
 * ones, one per family). With few routes a table is one small sorted array that is replaced at every
 * change; with many, and always for the fast ones, a pair of rte_fib instances of which the idle one
 * is changed. Control lcore; private to lib/route.
 *
 * A change of several tables: fib_prepare() and fib_apply() each; then, when all went well, fib_commit()
 * each, a grace period, fib_settle() each; else fib_abandon() each. Nothing can fail after fib_apply().
 */
#pragma once

#include "base_addr.h"
#include "base_err.h"
#include "fib_groups.h"
#include "fib_instance.h"
#include "fib_small.h"

struct rib;

struct rib_listing {
	struct rib_place *of; /* NULL: not made */
	unsigned n;
};

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
	bool applied;  /* the idle instance holds what is to be published */
	bool stale;    /* the idle instance is not what the published one is */
	uint8_t shown; /* index of the published instance */
	struct fib_instance of[2];
	struct fib_small *pending;
	struct rib_listing listing; /* of this batch, made when it is needed */
};

/* NULL and the text: no memory. */
struct fib *fib_new(uint8_t family, bool fast, struct rib *a, struct rib *b, struct err *e);
/* Calls put for every prefix with its next hops, best first; stops at the first that is not 0. */
typedef int fib_put_fn(void *arg, const struct ip_prefix *p, const uint32_t *nh, unsigned n);
int rib_fill(const struct fib *f, const struct rib_listing *l, fib_put_fn *put, void *arg);
/* Its prefixes, sorted; valid as long as the RIB does not change. 0 or -ENOMEM. */
int rib_list(const struct fib *f, struct rib_listing *l);
void rib_unlist(struct rib_listing *l);
uint32_t rib_groups(const struct rib_listing *l); /* as fib_groups.h counts them */
unsigned rib_fill_count(const struct fib *f);     /* routes */

int fib_prepare(struct fib *f, struct err *e);
/* Changes the instance that workers do not read; makes it anew when it is too small. Sorts c. */
int fib_apply(struct fib *f, struct fib_change *c, unsigned n, struct err *e);
/* Publishes. */
void fib_commit(struct fib *f);
/* After the grace period, with the same changes: for the instance that was published before. */
void fib_settle(struct fib *f, struct fib_change *c, unsigned n);
void fib_abandon(struct fib *f);

/* Workers and control: as fib_small_lookup(). */
uint32_t fib_lookup(const struct fib *f, const struct ip_addr *dst, uint16_t out, uint8_t *len);
size_t fib_memory(const struct fib *f);
/* The table local and main in one; made at the start. */
struct fib *fib_fast(uint8_t family);
int fib_init(struct err *e);
