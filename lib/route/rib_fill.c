/* SPDX-License-Identifier: BSD-3-Clause */
/* A routing table, or two in one, as its forwarding table wants them. Control lcore. */
#include <errno.h>
#include <stdlib.h>

#include "rib_table.h"

struct place {
	uint64_t key; /* rib_order() */
	const struct rib_prefix *x;
};

struct fill {
	const struct fib *f;
	fib_put_fn *put;
	void *arg;
	struct place *of;
	unsigned n;
};

static unsigned
list(const struct rib_prefix *x, uint32_t *nh, unsigned n)
{
	for (const struct rib_route *r = x ? x->first : NULL; r != NULL && n < FIB_SMALL_MAX;
	     r = r->next)
		nh[n++] = r->nh;
	return n;
}

/* Both tables' routes of the prefix; the second table's prefix alone when the first has it as well. */
static int
fill_one(struct fill *f, const struct rib_prefix *x)
{
	const struct rib *first = f->f->from[0], *second = f->f->from[1];
	uint32_t nh[FIB_SMALL_MAX];
	unsigned n = list(x, nh, 0);

	if (x->rib == first && second != NULL)
		n = list(rib_find(second, &x->p), nh, n);
	return f->put(f->arg, &x->p, nh, n);
}

static bool
gather(struct rib_prefix *x, void *arg)
{
	struct fill *f = arg;
	const struct rib_prefix *other;

	if (x->first == NULL)
		return true;
	other = x->rib == f->f->from[0] ? NULL : rib_find(f->f->from[0], &x->p);
	if (other == NULL || other->first == NULL)
		f->of[f->n++] = (struct place){ rib_order(&x->p), x };
	return true;
}

static int
by_place(const void *pa, const void *pb)
{
	const struct place *a = pa, *b = pb;

	return a->key < b->key ? -1 : a->key > b->key;
}

/* In the order of addresses: what is near in the tables is filled one after another. */
int
rib_fill(const struct fib *f, fib_put_fn *put, void *arg)
{
	unsigned max = f->from[0]->nb_prefixes + (f->from[1] ? f->from[1]->nb_prefixes : 0);
	struct fill fill = { .f = f, .put = put, .arg = arg };
	int rc = 0;

	fill.of = malloc((max + 1) * sizeof(*fill.of));
	if (fill.of == NULL)
		return -ENOMEM;
	rib_each(f->from[0], gather, &fill);
	rib_each(f->from[1], gather, &fill);
	qsort(fill.of, fill.n, sizeof(*fill.of), by_place);
	for (unsigned i = 0; i < fill.n && rc == 0; i++)
		rc = fill_one(&fill, fill.of[i].x);
	free(fill.of);
	return rc;
}

unsigned
rib_fill_count(const struct fib *f)
{
	return f->from[0]->nb_routes + (f->from[1] != NULL ? f->from[1]->nb_routes : 0);
}
