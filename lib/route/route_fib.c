/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Forwarding tables. Workers read the published form, the control lcore changes the other, swaps,
 * lets a grace period pass and repeats the changes on the one that is idle then.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base_log.h"
#include "route_fib.h"
#include "rib_table.h"

#define BIG_UNTIL 512 /* a table that grew large becomes small again below */
/* So many changes, and more than half as many as routes stay: filling a new instance is faster. */
#define ANEW_CHANGES 20000u

const struct fib_live *route_live4, *route_live6;

static struct fib *fast[2]; /* [0] IPv4, [1] IPv6 */

struct fib *
fib_fast(uint8_t family)
{
	return fast[family == AF_INET6];
}

static int
too_small(uint8_t family, struct err *e)
{
	return err_set(e, -ENOMEM,
		       "%s: no memory for a larger forwarding table: reserve more hugepages "
		       "(or start with a larger -m)",
		       family == AF_INET ? "IPv4 routes" : "IPv6 routes");
}

static int
put_instance(void *arg, const struct ip_prefix *p, const uint32_t *nh, unsigned n)
{
	return fib_instance_put(arg, p, nh[0]);
}

static int
put_small(void *arg, const struct ip_prefix *p, const uint32_t *nh, unsigned n)
{
	fib_small_put(arg, p, nh, n);
	return 0;
}

/* Makes *i, of the size it says or larger, and fills it. On error there is none. */
static int
make_full(struct fib *f, struct fib_instance *i, struct err *e)
{
	int rc;

	if (f->listing.of == NULL && rib_list(f, &f->listing) != 0)
		return err_set(e, -ENOMEM, "no memory for a forwarding table");
	fib_instance_fit(i, rib_groups(&f->listing));
	for (;;) {
		if (fib_instance_make(f->family, i) != 0)
			return too_small(f->family, e);
		rc = rib_fill(f, &f->listing, put_instance, i);
		if (rc == 0)
			return 0;
		fib_instance_free(f->family, i);
		if (rc != -ENOSPC && rc != -ENOMEM && rc != -EOVERFLOW)
			return err_set(e, rc, "forwarding table: %s", strerror(-rc));
		if (!fib_instance_enlarge(i, rc))
			return too_small(f->family, e);
	}
}

/* A new instance in place of the idle one; on error *i is as it was. */
static int
remake(struct fib *f, struct fib_instance *i, struct err *e)
{
	struct fib_instance old = *i, now = old;
	int rc = make_full(f, &now, e);

	if (rc != 0)
		return rc;
	fib_instance_free(f->family, &old);
	*i = now;
	return 0;
}

/* Neighbours in the tables change one after another: much faster when they are many. */
static int
by_address(const void *pa, const void *pb)
{
	const struct fib_change *a = pa, *b = pb;
	uint64_t ka = rib_order(&a->p), kb = rib_order(&b->p);

	return ka < kb ? -1 : ka > kb;
}

/* Either way *i holds what the RIB holds, or is unchanged. */
static int
bring_up_to_date(struct fib *f, struct fib_instance *i, struct fib_change *c, unsigned n,
		 struct err *e)
{
	unsigned count = rib_fill_count(f);
	struct fib_instance was = *i;
	int rc;

	if (count > i->routes || (n > ANEW_CHANGES && n > count / 2)) {
		fib_instance_size(f->family, &was, count + count / 4);
		was.wide = i->wide;
		was.tbl8 = RTE_MAX(was.tbl8, count > i->routes ? i->tbl8 : 0);
		was.live = i->live;
		rc = remake(f, &was, e);
		if (rc == 0)
			*i = was;
		return rc;
	}
	if (n > 1)
		qsort(c, n, sizeof(*c), by_address);
	rc = fib_instance_change(i, c, n);
	if (rc == 0)
		return 0;
	if (!fib_instance_enlarge(i, rc)) {
		i->routes = was.routes;
		i->tbl8 = was.tbl8;
		return too_small(f->family, e);
	}
	rc = remake(f, i, e);
	if (rc != 0) {
		was.live = i->live;
		*i = was;
	}
	return rc;
}

static void
publish(struct fib *f, const struct fib_live *live)
{
	__atomic_store_n(&f->live, live, __ATOMIC_RELEASE);
	if (f->fast)
		__atomic_store_n(f->family == AF_INET ? &route_live4 : &route_live6, live,
				 __ATOMIC_RELEASE);
}

/* The instance that workers do not read. */
static struct fib_instance *
idle_of(struct fib *f)
{
	return &f->of[!f->shown];
}

int
fib_apply(struct fib *f, struct fib_change *c, unsigned n, struct err *e)
{
	int rc;

	if (f->live == NULL || f->fresh || n == 0)
		return 0;
	rc = f->stale ? remake(f, idle_of(f), e) : bring_up_to_date(f, idle_of(f), c, n, e);
	if (rc == 0) {
		f->stale = false;
		f->applied = true;
	}
	return rc;
}

static int
make_small(struct fib *f, unsigned count, struct err *e)
{
	f->pending = fib_small_new(count);
	if (f->pending == NULL || rib_list(f, &f->listing) != 0)
		return err_set(e, -ENOMEM, "no memory for a forwarding table");
	rib_fill(f, &f->listing, put_small, f->pending);
	fib_small_finish(f->pending);
	return 0;
}

static int
make_instances(struct fib *f, unsigned count, struct err *e)
{
	int rc;

	for (unsigned k = 0; k < 2; k++) {
		fib_instance_size(f->family, &f->of[k], count + count / 4);
		rc = make_full(f, &f->of[k], e);
		if (rc != 0) {
			if (k == 1)
				fib_instance_free(f->family, &f->of[0]);
			return rc;
		}
	}
	f->shown = 0;
	f->fresh = true;
	publish(f, &f->of[0].live);
	return 0;
}

int
fib_prepare(struct fib *f, struct err *e)
{
	unsigned count = rib_fill_count(f);
	int rc = 0;

	f->pending = NULL;
	f->fresh = f->applied = false;
	if (count <= FIB_SMALL_MAX)
		rc = make_small(f, count, e);
	/* Nobody reads new instances while the small form is published. */
	if (rc == 0 && f->live == NULL && (f->fast || count > FIB_SMALL_MAX))
		rc = make_instances(f, count, e);
	if (rc != 0)
		fib_abandon(f);
	return rc;
}

void
fib_commit(struct fib *f)
{
	struct fib_small *old = f->small;

	f->fresh = false;
	if (f->applied) {
		f->shown = !f->shown;
		publish(f, &f->of[f->shown].live);
	}
	__atomic_store_n(&f->small, f->pending, __ATOMIC_RELEASE);
	f->pending = old;
}

/* No memory to make the second instance larger: it is made anew before it is used again. */
void
fib_settle(struct fib *f, struct fib_change *c, unsigned n)
{
	struct err e;

	free(f->pending);
	f->pending = NULL;
	if (f->applied && bring_up_to_date(f, idle_of(f), c, n, &e) != 0) {
		LOG(WARNING, "%s", e.text);
		f->stale = true;
	}
	rib_unlist(&f->listing);
	f->applied = false;
	if (f->fast || f->live == NULL || f->small == NULL || rib_fill_count(f) >= BIG_UNTIL)
		return;
	__atomic_store_n(&f->live, NULL, __ATOMIC_RELEASE);
	for (unsigned k = 0; k < 2; k++)
		fib_instance_free(f->family, &f->of[k]);
}

void
fib_abandon(struct fib *f)
{
	free(f->pending);
	f->pending = NULL;
	rib_unlist(&f->listing);
	f->stale |= f->applied;
	f->applied = false;
	if (!f->fresh)
		return;
	f->fresh = false;
	publish(f, NULL);
	for (unsigned k = 0; k < 2; k++)
		fib_instance_free(f->family, &f->of[k]);
}

struct fib *
fib_new(uint8_t family, bool fast_one, struct rib *a, struct rib *b, struct err *e)
{
	struct fib *f = calloc(1, sizeof(*f));

	if (f == NULL) {
		err_set(e, -ENOMEM, "no memory for one more routing table");
		return NULL;
	}
	f->family = family;
	f->fast = fast_one;
	f->from[0] = a;
	f->from[1] = b;
	if (fib_prepare(f, e) != 0) {
		free(f);
		return NULL;
	}
	fib_commit(f);
	fib_settle(f, NULL, 0);
	return f;
}

uint32_t
fib_lookup(const struct fib *f, const struct ip_addr *dst, uint16_t out, uint8_t *len)
{
	const struct fib_small *small = __atomic_load_n(&f->small, __ATOMIC_ACQUIRE);
	const struct fib_live *live;

	if (small != NULL)
		return fib_small_lookup(small, dst, out, len);
	live = __atomic_load_n(&f->live, __ATOMIC_ACQUIRE);
	return live == NULL ? NEXTHOP_NONE : fib_instance_lookup(f->family, live, dst, out, len);
}

size_t
fib_memory(const struct fib *f)
{
	return sizeof(*f) + fib_small_memory(f->small) + fib_instance_memory(f->family, &f->of[0]) +
	       fib_instance_memory(f->family, &f->of[1]);
}

int
fib_init(struct err *e)
{
	static const uint8_t families[] = { AF_INET, AF_INET6 };

	for (unsigned i = 0; i < 2; i++) {
		struct rib *local = rib_make(families[i], RT_TABLE_LOCAL);
		struct rib *main = rib_make(families[i], RT_TABLE_MAIN);

		fast[i] = local && main ? fib_new(families[i], true, local, main, e) : NULL;
		if (fast[i] == NULL)
			return err_set(
				e, -ENOMEM,
				"forwarding tables take about 150 MB and there is not so much "
				"memory: reserve more hugepages, or with --no-huge give a larger "
				"-m");
	}
	return 0;
}
