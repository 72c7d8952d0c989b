/* SPDX-License-Identifier: BSD-3-Clause */
/* A routing table, or two in one, as its forwarding table wants them. Control lcore. */
#include "rib_table.h"

struct fill {
	const struct fib *f;
	fib_put_fn *put;
	void *arg;
	bool second; /* the prefixes of the second table */
	int rc;
};

static unsigned
list(const struct rib_prefix *x, uint32_t *nh, unsigned n)
{
	for (const struct rib_route *r = x ? x->first : NULL; r != NULL && n < FIB_SMALL_MAX;
	     r = r->next)
		nh[n++] = r->nh;
	return n;
}

static bool
fill_one(struct rib_prefix *x, void *arg)
{
	const struct rib_prefix *other;
	struct fill *f = arg;
	uint32_t nh[FIB_SMALL_MAX];
	unsigned n;

	if (x->first == NULL)
		return true;
	other = rib_find(f->f->from[!f->second], &x->p);
	if (f->second && other != NULL && other->first != NULL)
		return true; /* came with the first table's */
	n = list(x, nh, 0);
	n = f->second ? n : list(other, nh, n);
	f->rc = f->put(f->arg, &x->p, nh, n);
	return f->rc == 0;
}

int
rib_fill(const struct fib *f, fib_put_fn *put, void *arg)
{
	struct fill fill = { .f = f, .put = put, .arg = arg };

	rib_each(f->from[0], fill_one, &fill);
	fill.second = true;
	if (fill.rc == 0)
		rib_each(f->from[1], fill_one, &fill);
	return fill.rc;
}

unsigned
rib_fill_count(const struct fib *f)
{
	return f->from[0]->nb_routes + (f->from[1] != NULL ? f->from[1]->nb_routes : 0);
}
