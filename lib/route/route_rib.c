/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Batches: every change of the RIB is noted in a journal; the end of the outermost batch turns the
 * changed prefixes into changes of the forwarding tables, applies them, and then lets go of what was
 * removed, or takes the journal back. Control lcore.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "addr_host.h"
#include "base_log.h"
#include "base_rcu.h"
#include "policy_compile.h"
#include "rib_journal.h"
#include "route_nexthop.h"

#define SEQ_START (1ull << 62) /* ages grow from here; `prepend` goes below */

struct note {
	struct rib_prefix *x;
	struct rib_route *r;
	bool removed;
};

/* A prefix that changed, and what forwarding tables had for it before. */
struct dirty {
	struct rib_prefix *x;
	uint32_t own, fast; /* next hop ids, FIB_ABSENT: none */
	bool in_fast;       /* of table local or main, and not noted for the other one already */
};

static struct {
	unsigned depth;
	struct note *notes;
	size_t nb_notes, cap_notes;
	struct dirty *dirty;
	size_t nb_dirty, cap_dirty;
	struct touched {
		struct fib *fib;
		struct fib_change *c; /* its part of the batch's changes */
		unsigned n;
	} * fibs;
	size_t nb_fibs, cap_fibs;
	uint64_t seq, seq_first;
} rib = { .seq = SEQ_START, .seq_first = SEQ_START };

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

static uint32_t
best(const struct rib_prefix *x)
{
	return x == NULL || x->first == NULL ? FIB_ABSENT : x->first->nh;
}

/* What the forwarding table has for x's prefix: of two tables the first one's that has any. */
static uint32_t
best_of(const struct fib *f, const struct rib_prefix *x)
{
	const struct rib_prefix *a = x->rib == f->from[0] ? x : rib_find(f->from[0], &x->p);
	uint32_t nh = best(a);

	if (nh != FIB_ABSENT || f->from[1] == NULL)
		return nh;
	return best(x->rib == f->from[1] ? x : rib_find(f->from[1], &x->p));
}

static int
touch_fib(struct fib *f)
{
	struct touched *p = room(rib.fibs, rib.nb_fibs, &rib.cap_fibs, sizeof(*p));

	if (p == NULL)
		return -ENOMEM;
	rib.fibs = p;
	rib.fibs[rib.nb_fibs++] = (struct touched){ .fib = f };
	return 0;
}

/* local and main make one forwarding table; so do both when each has one of its own as well. */
static struct fib *
fast_of(const struct rib *t)
{
	struct fib *f = fib_fast(t->family);

	return t == f->from[0] || t == f->from[1] ? f : NULL;
}

static int
touch_table(struct rib *t)
{
	struct fib *f = fast_of(t);
	struct rib *twin = f == NULL ? NULL : t == f->from[0] ? f->from[1] : f->from[0];

	if (t->dirty)
		return 0;
	if (f != NULL && !twin->dirty && touch_fib(f) != 0)
		return -ENOMEM;
	if (t->fib != NULL && touch_fib(t->fib) != 0)
		return -ENOMEM;
	t->dirty = true;
	return 0;
}

static int
touch(struct rib_prefix *x)
{
	struct dirty *d;
	struct fib *f;

	if (x->dirty)
		return 0;
	d = room(rib.dirty, rib.nb_dirty, &rib.cap_dirty, sizeof(*d));
	if (d == NULL)
		return -ENOMEM;
	rib.dirty = d;
	if (touch_table(x->rib) != 0)
		return -ENOMEM;
	d = &rib.dirty[rib.nb_dirty++];
	*d = (struct dirty){ .x = x, .own = best(x) };
	f = fast_of(x->rib);
	if (f != NULL) {
		const struct rib *twin = x->rib == f->from[0] ? f->from[1] : f->from[0];
		const struct rib_prefix *other = rib_find(twin, &x->p);

		d->in_fast = other == NULL || !other->dirty;
		d->fast = best_of(f, x);
	}
	x->dirty = true;
	return 0;
}

static int
note(struct rib_prefix *x, struct rib_route *r, bool removed)
{
	struct note *n = room(rib.notes, rib.nb_notes, &rib.cap_notes, sizeof(*n));

	if (n == NULL)
		return -ENOMEM;
	rib.notes = n;
	if (touch(x) != 0)
		return -ENOMEM;
	rib.notes[rib.nb_notes++] = (struct note){ x, r, removed };
	return 0;
}

static void
route_free(struct rib_route *r)
{
	free(r->r.hops);
	free(r);
}

static struct rib_route *
route_copy(const struct route *r)
{
	struct rib_route *n = calloc(1, sizeof(*n));

	if (n == NULL)
		return NULL;
	n->r = *r;
	n->r.hops = NULL;
	if (r->nb_hops < 2)
		return n;
	n->r.hops = malloc(r->nb_hops * sizeof(*r->hops));
	if (n->r.hops == NULL) {
		free(n);
		return NULL;
	}
	memcpy(n->r.hops, r->hops, r->nb_hops * sizeof(*r->hops));
	return n;
}

int
rib_insert(const struct route *r, uint64_t seq)
{
	struct rib *t = rib_make(r->dst.addr.family, r->table);
	struct rib_prefix *x = t == NULL ? NULL : rib_get(t, &r->dst);
	struct rib_route *n = x == NULL ? NULL : route_copy(r);
	int rc = t == NULL ? -ENOBUFS : -ENOMEM;

	if (n == NULL)
		goto fail;
	n->seq = seq ? seq : ++rib.seq;
	rc = nexthop_ref_route(r, &n->nh);
	if (rc != 0)
		goto fail;
	rc = note(x, n, false);
	if (rc != 0) {
		nexthop_unref(n->nh);
		goto fail;
	}
	rib_link(x, n);
	return 0;
fail:
	if (n != NULL)
		route_free(n);
	if (x != NULL && x->first == NULL && !x->dirty)
		rib_drop(x);
	return rc;
}

int
rib_remove(struct rib_prefix *x, struct rib_route *r)
{
	int rc = note(x, r, true);

	if (rc == 0)
		rib_unlink(x, r);
	return rc;
}

uint64_t
rib_seq_first(void)
{
	return --rib.seq_first;
}

void
route_batch_begin(void)
{
	rib.depth++;
}

/* The prefixes of the table whose best next hop is another one now. */
static unsigned
collect(const struct fib *f, struct fib_change *c)
{
	unsigned n = 0;

	for (size_t i = 0; i < rib.nb_dirty; i++) {
		const struct dirty *d = &rib.dirty[i];
		uint32_t old = f->fast ? d->fast : d->own, now;

		if (f->fast ? !d->in_fast || fast_of(d->x->rib) != f : d->x->rib->fib != f)
			continue;
		now = best_of(f, d->x);
		if (now != old)
			c[n++] = (struct fib_change){ d->x->p, old, now };
	}
	return n;
}

/* All forwarding tables or none: workers see nothing of it before all are ready. */
static int
apply_all(struct fib_change *c, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; i < rib.nb_fibs && rc == 0; i++) {
		struct touched *t = &rib.fibs[i];

		t->c = c;
		t->n = collect(t->fib, c);
		c += t->n;
		rc = fib_prepare(t->fib, e);
		if (rc == 0)
			rc = fib_apply(t->fib, t->c, t->n, e);
	}
	for (size_t i = 0; i < rib.nb_fibs && rc != 0; i++)
		fib_abandon(rib.fibs[i].fib);
	return rc;
}

static void
publish_all(void)
{
	for (size_t i = 0; i < rib.nb_fibs; i++)
		fib_commit(rib.fibs[i].fib);
	rcu_wait();
	for (size_t i = 0; i < rib.nb_fibs; i++)
		fib_settle(rib.fibs[i].fib, rib.fibs[i].c, rib.fibs[i].n);
}

static int
install(struct err *e)
{
	struct fib_change *c;
	int rc;

	if (rib.nb_dirty == 0)
		return 0;
	/* A prefix changes at most two: its table's own, and that of local and main. */
	c = malloc(2 * rib.nb_dirty * sizeof(*c));
	if (c == NULL)
		return err_set(e, -ENOMEM, "no memory to change %zu routes", rib.nb_dirty);
	rc = apply_all(c, e);
	if (rc == 0)
		publish_all();
	free(c);
	return rc;
}

static void
take_back(void)
{
	while (rib.nb_notes > 0) {
		struct note *n = &rib.notes[--rib.nb_notes];

		if (n->removed) {
			rib_link(n->x, n->r);
		} else {
			rib_unlink(n->x, n->r);
			nexthop_unref(n->r->nh);
			route_free(n->r);
		}
	}
}

/* A grace period has passed: no worker has the removed routes' next hops any more. */
static void
let_go(void)
{
	for (size_t i = 0; i < rib.nb_notes; i++)
		if (rib.notes[i].removed) {
			nexthop_unref(rib.notes[i].r->nh);
			route_free(rib.notes[i].r);
		}
	rib.nb_notes = 0;
}

/* A batch of a million routes shall not hold its memory for ever. */
static void
forget(void)
{
	for (size_t i = 0; i < rib.nb_dirty; i++) {
		struct rib_prefix *x = rib.dirty[i].x;

		x->dirty = false;
		x->rib->dirty = false;
		if (x->first == NULL)
			rib_drop(x);
	}
	rib.nb_dirty = rib.nb_fibs = 0;
	if (rib.cap_dirty <= 4096 && rib.cap_notes <= 4096)
		return;
	free(rib.dirty);
	free(rib.notes);
	rib.dirty = NULL;
	rib.notes = NULL;
	rib.cap_dirty = rib.cap_notes = 0;
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
	forget();
	addr_host_routes();
	policy_follow_tables();
	return rc;
}

unsigned
route_count(uint8_t family)
{
	unsigned n = 0;

	for (struct rib *t = NULL; (t = rib_next(family, t)) != NULL;)
		n += t->nb_routes;
	return n;
}
