/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What commands do to the RIB: Linux's rules about which route stands beside, before or in place of
 * which. Control lcore.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rib_journal.h"
#include "route_check.h"
#include "route_match.h"

/* Closes the batch; rc is what happened before. */
static int
finish(int rc, struct err *e)
{
	struct err later = { "" };
	int end = route_batch_end(&later);

	if (rc == -ENOBUFS && e->text[0] == '\0')
		err_set(e, rc, "No room for one more routing table or neighbour");
	if (rc != 0)
		return rc;
	if (end != 0)
		*e = later;
	return end;
}

/* The first route of the metric, from `at` on. */
static struct rib_route *
of_metric(struct rib_route *at, uint32_t metric)
{
	while (at != NULL && at->r.metric != metric)
		at = at->next;
	return at;
}

/* As rib_insert(), in place of old. */
static int
put_instead(struct rib_prefix *x, struct rib_route *old, const struct route *r)
{
	uint64_t seq = old->seq;
	int rc = rib_remove(x, old);

	return rc == 0 ? rib_insert(r, seq) : rc;
}

static int
add4(struct rib_prefix *x, const struct route *r, unsigned flags)
{
	struct rib_route *first = of_metric(x ? x->first : NULL, r->metric), *same = first;

	if (first != NULL && (flags & ROUTE_EXCL))
		return -EEXIST;
	while (same != NULL && !route_same(&same->r, r))
		same = of_metric(same->next, r->metric);
	if (first != NULL && (flags & ROUTE_REPLACE)) {
		if (same != NULL)
			return same == first ? 0 : -EEXIST;
		return put_instead(x, first, r);
	}
	if (same != NULL)
		return -EEXIST;
	if (!(flags & ROUTE_CREATE))
		return -ENOENT;
	return rib_insert(r, flags & ROUTE_PREPEND ? rib_seq_first() : 0);
}

/* IPv6: routes with gateways of one prefix and metric are paths of one route. */
static bool
can_join(const struct route *r)
{
	for (unsigned i = 0; i < RTE_MAX(r->nb_hops, 1u); i++)
		if (route_hop_of(r, i).gw.family == AF_UNSPEC)
			return false;
	return r->type == RTN_UNICAST;
}

static int
join(struct rib_prefix *x, struct rib_route *old, const struct route *r)
{
	unsigned n = RTE_MAX(old->r.nb_hops, 1), m = RTE_MAX(r->nb_hops, 1u);
	struct route_hop *hops = malloc((n + m) * sizeof(*hops));
	struct route all = old->r;
	int rc = 0;

	if (hops == NULL)
		return -ENOMEM;
	for (unsigned i = 0; i < n; i++)
		hops[i] = route_hop_of(&old->r, i);
	for (unsigned i = 0; i < m && rc == 0; i++) {
		hops[n] = route_hop_of(r, i);
		for (unsigned k = 0; k < n; k++)
			if (route_same_hop(&hops[k], &hops[n]))
				rc = -EEXIST;
		n++;
	}
	all.nb_hops = n;
	all.hops = hops;
	if (rc == 0)
		rc = n > ROUTE_HOPS_MAX ? -EINVAL : put_instead(x, old, &all);
	free(hops);
	return rc;
}

static int
add6(struct rib_prefix *x, const struct route *r, unsigned flags)
{
	struct rib_route *at = of_metric(x ? x->first : NULL, r->metric), *any = at;
	struct rib_route *group = NULL;

	if (at != NULL && (flags & ROUTE_EXCL))
		return -EEXIST;
	for (; at != NULL; at = of_metric(at->next, r->metric)) {
		if (flags & ROUTE_REPLACE && can_join(&at->r) == can_join(r))
			return put_instead(x, at, r);
		if (can_join(&at->r))
			group = at;
		else if (!(flags & ROUTE_REPLACE) && !can_join(r) && at->r.port == r->port)
			return -EEXIST;
	}
	if (any != NULL && flags & ROUTE_REPLACE)
		return put_instead(x, any, r);
	if (any == NULL && !(flags & ROUTE_CREATE))
		return -ENOENT;
	return group != NULL && can_join(r) ? join(x, group, r) : rib_insert(r, 0);
}

int
route_add(struct route *r, unsigned flags, struct err *e)
{
	int rc = route_check(r, e);
	struct rib_prefix *x;

	if (rc != 0)
		return rc;
	route_batch_begin();
	x = rib_find(rib_of(r->dst.addr.family, r->table), &r->dst);
	rc = r->dst.addr.family == AF_INET ? add4(x, r, flags) : add6(x, r, flags);
	return finish(rc, e);
}

/* One path less. */
static int
leave(struct rib_prefix *x, struct rib_route *old, unsigned gone)
{
	struct route_hop *hops = malloc(old->r.nb_hops * sizeof(*hops));
	struct route rest = old->r;
	unsigned n = 0;
	int rc;

	if (hops == NULL)
		return -ENOMEM;
	for (unsigned i = 0; i < old->r.nb_hops; i++)
		if (i != gone)
			hops[n++] = old->r.hops[i];
	rest.nb_hops = n;
	rest.hops = hops;
	if (n == 1) {
		rest.nb_hops = 0;
		rest.gw = hops[0].gw;
		rest.port = hops[0].port;
		rest.onlink = hops[0].onlink;
	}
	rc = put_instead(x, old, &rest);
	free(hops);
	return rc;
}

/* The path of an IPv6 route that m means, as IPv6 looks at each by itself; -1: none. */
static int
which_path(const struct route *r, const struct route_match *m)
{
	for (unsigned i = 0; m->r.nb_hops < 2 && i < r->nb_hops; i++) {
		struct route one = *r;

		one.nb_hops = 0;
		one.gw = r->hops[i].gw;
		one.port = r->hops[i].port;
		if (route_matches(&one, m))
			return i;
	}
	return -1;
}

static int del_match(struct rib_prefix *x, const struct route_match *m);

/* IPv6 takes a list of paths as one deletion each. */
static int
del_paths(struct rib_prefix *x, const struct route_match *m)
{
	int rc = -ESRCH;

	for (unsigned i = 0; i < m->r.nb_hops; i++) {
		const struct route_hop *hop = &m->r.hops[i];
		struct route_match one = *m;

		one.r.nb_hops = 0;
		one.r.gw = hop->gw;
		one.r.port = hop->port;
		one.mask |= (hop->gw.family != AF_UNSPEC ? ROUTE_M_GW : 0) |
			    (hop->port != 0 ? ROUTE_M_PORT : 0);
		rc = del_match(x, &one);
		if (rc != 0)
			break;
	}
	return rc;
}

static int
del_match(struct rib_prefix *x, const struct route_match *m)
{
	if (m->r.dst.addr.family == AF_INET6 && m->r.nb_hops > 1)
		return del_paths(x, m);
	for (struct rib_route *r = x ? x->first : NULL; r != NULL; r = r->next) {
		int path = x->rib->family == AF_INET6 ? which_path(&r->r, m) : -1;

		/* With a gateway only that path goes. */
		if (path >= 0 && m->mask & ROUTE_M_GW)
			return leave(x, r, path);
		if (path >= 0 || route_matches(&r->r, m))
			return rib_remove(x, r);
	}
	return -ESRCH;
}

int
route_del(const struct route_match *given, struct err *e)
{
	struct route_match m = *given;
	struct ip_prefix *p = &m.r.dst;

	e->text[0] = '\0';
	ip_addr_mask(&p->addr, p->len);
	if (p->addr.family == AF_INET && !ip_addr_equal(&p->addr, &given->r.dst.addr))
		return err_set(e, -EINVAL, "Invalid prefix for given prefix length");
	if (p->addr.family == AF_INET && rib_of(AF_INET, m.r.table) == NULL)
		return err_set(e, -ESRCH, "FIB table does not exist");
	route_batch_begin();
	return finish(del_match(rib_find(rib_of(p->addr.family, m.r.table), p), &m), e);
}

int
route_table_need(uint8_t family, uint32_t table, struct err *e)
{
	if (rib_make(family, table) != NULL)
		return 0;
	return err_set(e, -ENOBUFS, "no room for one more routing table (at most %u)",
		       RIB_TABLES_MAX);
}
