/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * All routes in the order in which Linux prints them: IPv4 by address, longer prefixes of the same
 * address first; IPv6 from left to right through the tree, longer prefixes before what contains
 * them. Control lcore, for show commands.
 */
#include <stdlib.h>

#include "rib_table.h"

struct list {
	struct rib_prefix **x;
	size_t n, cap;
};

static bool
gather(struct rib_prefix *x, void *arg)
{
	struct list *l = arg;

	if (l->n == l->cap) {
		size_t cap = l->cap ? l->cap * 2 : 64;
		void *p = realloc(l->x, cap * sizeof(*l->x));

		if (p == NULL)
			return false;
		l->x = p;
		l->cap = cap;
	}
	l->x[l->n++] = x;
	return true;
}

static int
order4(const void *pa, const void *pb)
{
	const struct rib_prefix *a = *(struct rib_prefix *const *)pa;
	const struct rib_prefix *b = *(struct rib_prefix *const *)pb;
	int d = memcmp(&a->p.addr.v4, &b->p.addr.v4, 4);

	return d != 0 ? d : b->p.len - a->p.len;
}

static int
order6(const void *pa, const void *pb)
{
	const struct rib_prefix *a = *(struct rib_prefix *const *)pa;
	const struct rib_prefix *b = *(struct rib_prefix *const *)pb;
	uint8_t len = a->p.len < b->p.len ? a->p.len : b->p.len;
	struct ip_addr x = a->p.addr, y = b->p.addr;
	int d;

	ip_addr_mask(&x, len);
	ip_addr_mask(&y, len);
	d = memcmp(x.v6, y.v6, 16);
	return d != 0 ? d : b->p.len - a->p.len;
}

void
route_walk(uint8_t family, uint32_t table, void (*fn)(const struct route *r, void *arg), void *arg)
{
	struct list l = { 0 };

	rib_each(rib_of(family, table), gather, &l);
	if (l.n > 0)
		qsort(l.x, l.n, sizeof(*l.x), family == AF_INET ? order4 : order6);
	for (size_t i = 0; i < l.n; i++)
		for (struct rib_route *r = l.x[i]->first; r != NULL; r = r->next)
			fn(&r->r, arg);
	free(l.x);
}
