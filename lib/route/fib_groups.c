/* SPDX-License-Identifier: BSD-3-Clause */
#include "fib_groups.h"

#define FIRST_LEVEL 24u /* bits of the first table */
#define STEP 8u         /* bits of a group */

static unsigned
steps(unsigned len)
{
	return len <= FIRST_LEVEL ? 0 : (len - FIRST_LEVEL + STEP - 1) / STEP;
}

static bool
covers(const struct ip_prefix *a, const struct ip_prefix *b)
{
	return a->len < b->len && ip_prefix_contains(a, &b->addr);
}

/* Is the last prefix in the same group as p would be in? */
static bool
beside_last(const struct fib_groups *g, const struct ip_prefix *p)
{
	const struct ip_prefix *last = g->over + g->depth;
	struct ip_prefix group = *p;

	group.len = p->addr.family == AF_INET ? FIRST_LEVEL : p->len / STEP * STEP;
	if (g->depth == 0 || (--last)->len <= FIRST_LEVEL || last->len < group.len)
		return false;
	ip_addr_mask(&group.addr, group.len);
	return ip_prefix_contains(&group, &last->addr);
}

void
fib_groups_add(struct fib_groups *g, const struct ip_prefix *p)
{
	bool counted = p->len <= FIRST_LEVEL || beside_last(g, p);

	while (g->depth > 0 && !covers(&g->over[g->depth - 1], p))
		g->depth--;
	if (!counted)
		g->n += steps(p->len) - (g->depth > 0 ? steps(g->over[g->depth - 1].len) : 0);
	g->over[g->depth++] = *p;
}
