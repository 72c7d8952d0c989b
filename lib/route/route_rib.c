/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Batches: every change of the RIB is noted in a journal; the end of the outermost batch turns the
 * changed prefixes into FIB changes, applies them, and then lets go of what was removed, or takes
 * the journal back. Control lcore.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "addr_host.h"
#include "base_log.h"
#include "rib_journal.h"
#include "rib_table.h"
#include "route_nexthop.h"

struct note {
	struct rib_prefix *x;
	struct rib_route *r;
	bool removed;
};

static struct {
	unsigned depth;
	struct note *notes;
	size_t nb_notes, cap_notes;
	struct rib_prefix **dirty;
	size_t nb_dirty, cap_dirty;
	uint64_t seq;
	unsigned count[2];
} rib;

/* Room for one more element; NULL when memory is short, and the old array stays. */
static void *
room(void *array, size_t nb, size_t *cap, size_t size)
{
	void *p = array;

	if (nb == *cap) {
		p = realloc(array, (*cap ? *cap * 2 : 64) * size);
		if (p != NULL)
			*cap = *cap ? *cap * 2 : 64;
	}
	return p;
}

static int
note(struct rib_prefix *x, struct rib_route *r, bool removed)
{
	struct note *n = room(rib.notes, rib.nb_notes, &rib.cap_notes, sizeof(*n));
	struct rib_prefix **d;

	if (n == NULL)
		return -ENOMEM;
	rib.notes = n;
	if (!x->dirty) {
		d = room(rib.dirty, rib.nb_dirty, &rib.cap_dirty, sizeof(*d));
		if (d == NULL)
			return -ENOMEM;
		rib.dirty = d;
		rib.dirty[rib.nb_dirty++] = x;
		x->dirty = true;
	}
	rib.notes[rib.nb_notes++] = (struct note){ x, r, removed };
	return 0;
}

static uint8_t
hop_type(uint8_t rtn)
{
	switch (rtn) {
	case RTN_LOCAL:
	case RTN_ANYCAST:
		return NEXTHOP_LOCAL;
	case RTN_BROADCAST:
		return NEXTHOP_BROADCAST;
	case RTN_BLACKHOLE:
		return NEXTHOP_BLACKHOLE;
	case RTN_UNREACHABLE:
		return NEXTHOP_UNREACHABLE;
	case RTN_PROHIBIT:
		return NEXTHOP_PROHIBIT;
	case RTN_THROW: /* the end of the last table: as no route */
		return NEXTHOP_NO_ROUTE;
	default:
		return NEXTHOP_UNICAST;
	}
}

int
rib_insert(const struct route *r, uint64_t seq)
{
	const struct nexthop hop = { .type = hop_type(r->type),
				     .port = r->port,
				     .mtu = r->mtu,
				     .gw = r->gw,
				     .src = r->src };
	struct rib_prefix *x = rib_get(&r->dst);
	struct rib_route *n = calloc(1, sizeof(*n));
	int rc = -ENOMEM;

	if (x == NULL || n == NULL)
		goto fail;
	n->r = *r;
	n->seq = seq ? seq : ++rib.seq;
	rc = nexthop_ref(&hop, &n->nh);
	if (rc != 0)
		goto fail;
	rc = note(x, n, false);
	if (rc != 0) {
		nexthop_unref(n->nh);
		goto fail;
	}
	rib_link(x, n);
	rib.count[r->dst.addr.family == AF_INET6]++;
	return 0;
fail:
	free(n);
	if (x != NULL && x->first == NULL && !x->dirty)
		rib_drop(x);
	return rc;
}

int
rib_remove(struct rib_prefix *x, struct rib_route *r)
{
	int rc = note(x, r, true);

	if (rc != 0)
		return rc;
	rib_unlink(x, r);
	rib.count[x->p.addr.family == AF_INET6]--;
	return 0;
}

void
route_batch_begin(void)
{
	rib.depth++;
}

static uint32_t
best(const struct rib_prefix *x)
{
	return x->first == NULL ? FIB_ABSENT : x->first->nh;
}

struct fill_arg {
	int (*put)(void *fib, const struct ip_prefix *p, uint32_t nh);
	void *fib;
	int rc;
};

static bool
fill_one(struct rib_prefix *x, void *arg)
{
	struct fill_arg *f = arg;

	if (x->first != NULL)
		f->rc = f->put(f->fib, &x->p, best(x));
	return f->rc == 0;
}

static int
fill(uint8_t family, int (*put)(void *fib, const struct ip_prefix *p, uint32_t nh), void *fib)
{
	struct fill_arg f = { put, fib, 0 };

	rib_each(family, fill_one, &f);
	return f.rc;
}

/* The dirty prefixes of the family whose best next hop is not the installed one. */
static unsigned
collect(uint8_t family, struct fib_change *c)
{
	unsigned n = 0;

	for (size_t i = 0; i < rib.nb_dirty; i++) {
		struct rib_prefix *x = rib.dirty[i];

		if (x->p.addr.family == family && best(x) != x->installed)
			c[n++] = (struct fib_change){ x->p, x->installed, best(x) };
	}
	return n;
}

/* family's changes the other way round, after the other family's failed. */
static void
revert(uint8_t family, struct fib_change *c, unsigned n)
{
	struct err e;

	for (unsigned i = 0; i < n; i++) {
		uint32_t old = c[i].old_nh;

		c[i].old_nh = c[i].new_nh;
		c[i].new_nh = old;
	}
	if (n > 0 && fib_apply(family, c, n, fill, &e) != 0)
		LOG(ERR, "%s", e.text);
}

static int
install(struct err *e)
{
	struct fib_change *c;
	unsigned n4, n6;
	int rc = 0;

	if (rib.nb_dirty == 0)
		return 0;
	c = malloc(rib.nb_dirty * sizeof(*c));
	if (c == NULL)
		return err_set(e, -ENOMEM, "no memory to change %zu routes", rib.nb_dirty);
	n4 = collect(AF_INET, c);
	n6 = collect(AF_INET6, c + n4);
	if (n4 > 0)
		rc = fib_apply(AF_INET, c, n4, fill, e);
	if (rc == 0 && n6 > 0) {
		rc = fib_apply(AF_INET6, c + n4, n6, fill, e);
		if (rc != 0)
			revert(AF_INET, c, n4);
	}
	free(c);
	return rc;
}

static void
take_back(void)
{
	while (rib.nb_notes > 0) {
		struct note *n = &rib.notes[--rib.nb_notes];
		unsigned f = n->x->p.addr.family == AF_INET6;

		if (n->removed) {
			rib_link(n->x, n->r);
			rib.count[f]++;
		} else {
			rib_unlink(n->x, n->r);
			nexthop_unref(n->r->nh);
			free(n->r);
			rib.count[f]--;
		}
	}
}

/* fib_apply() waited: no worker has the removed routes' next hops any more. */
static void
let_go(void)
{
	for (size_t i = 0; i < rib.nb_notes; i++)
		if (rib.notes[i].removed) {
			nexthop_unref(rib.notes[i].r->nh);
			free(rib.notes[i].r);
		}
	rib.nb_notes = 0;
}

int
route_batch_end(struct err *e)
{
	int rc;

	if (--rib.depth > 0)
		return 0;
	rc = install(e);
	if (rc == 0)
		let_go();
	else
		take_back();
	for (size_t i = 0; i < rib.nb_dirty; i++) {
		struct rib_prefix *x = rib.dirty[i];

		x->dirty = false;
		if (rc == 0)
			x->installed = best(x);
		if (x->first == NULL)
			rib_drop(x);
	}
	rib.nb_dirty = 0;
	addr_host_routes();
	return rc;
}

unsigned
route_count(uint8_t family)
{
	return rib.count[family == AF_INET6];
}
