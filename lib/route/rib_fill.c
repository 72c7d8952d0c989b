/* SPDX-License-Identifier: BSD-3-Clause */
/* A routing table, or two in one, as its forwarding table wants them. Control lcore. */
#include <errno.h>
#include <stdlib.h>

#include <rte_prefetch.h>

#include "rib_table.h"

#define AHEAD 4

struct rib_place {
	uint64_t key; /* rib_order() */
	const struct rib_prefix *x;
};

struct gather {
	const struct fib *f;
	struct rib_listing *l;
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
gather(struct rib_prefix *x, void *arg)
{
	struct gather *g = arg;
	const struct rib_prefix *other;

	if (x->first == NULL)
		return true;
	/* The second table's prefix stands alone only when the first has it not. */
	other = x->rib == g->f->from[0] ? NULL : rib_find(g->f->from[0], &x->p);
	if (other == NULL || other->first == NULL)
		g->l->of[g->l->n++] = (struct rib_place){ rib_order(&x->p), x };
	return true;
}

static int
by_place(const void *pa, const void *pb)
{
	const struct rib_place *a = pa, *b = pb;
	uint64_t qa, qb;

	if (a->key != b->key || a->x->p.addr.family == AF_INET)
		return a->key < b->key ? -1 : a->key > b->key;
	qa = rte_be_to_cpu_64(a->x->p.addr.q[1]);
	qb = rte_be_to_cpu_64(b->x->p.addr.q[1]);
	if (qa != qb)
		return qa < qb ? -1 : 1;
	return a->x->p.len - b->x->p.len;
}

/* In the order of addresses: what is near in the tables is filled one after another. */
int
rib_list(const struct fib *f, struct rib_listing *l)
{
	unsigned max = f->from[0]->nb_prefixes + (f->from[1] ? f->from[1]->nb_prefixes : 0);
	struct gather g = { f, l };

	l->n = 0;
	l->of = malloc((max + 1) * sizeof(*l->of));
	if (l->of == NULL)
		return -ENOMEM;
	rib_each(f->from[0], gather, &g);
	rib_each(f->from[1], gather, &g);
	qsort(l->of, l->n, sizeof(*l->of), by_place);
	return 0;
}

void
rib_unlist(struct rib_listing *l)
{
	free(l->of);
	l->of = NULL;
	l->n = 0;
}

/* Both tables' routes of the prefix. */
static int
fill_one(const struct fib *f, const struct rib_prefix *x, fib_put_fn *put, void *arg)
{
	uint32_t nh[FIB_SMALL_MAX];
	unsigned n = list(x, nh, 0);

	if (x->rib == f->from[0] && f->from[1] != NULL)
		n = list(rib_find(f->from[1], &x->p), nh, n);
	return put(arg, &x->p, nh, n);
}

/* Prefixes lie anywhere in memory: those to come are fetched while others are worked on. */
static void
fetch(const struct rib_listing *l, unsigned i)
{
	if (i + 2 * AHEAD >= l->n)
		return;
	rte_prefetch0(l->of[i + 2 * AHEAD].x);
	rte_prefetch0(&l->of[i + 2 * AHEAD].x->p);
	rte_prefetch0(&l->of[i + AHEAD].x->first->nh);
}

int
rib_fill(const struct fib *f, const struct rib_listing *l, fib_put_fn *put, void *arg)
{
	int rc = 0;

	for (unsigned i = 0; i < l->n && rc == 0; i++) {
		fetch(l, i);
		rc = fill_one(f, l->of[i].x, put, arg);
	}
	return rc;
}

uint32_t
rib_groups(const struct rib_listing *l)
{
	struct fib_groups g = { .n = 0 };

	for (unsigned i = 0; i < l->n; i++) {
		fetch(l, i);
		fib_groups_add(&g, &l->of[i].x->p);
	}
	return g.n;
}

unsigned
rib_fill_count(const struct fib *f)
{
	return f->from[0]->nb_routes + (f->from[1] != NULL ? f->from[1]->nb_routes : 0);
}
