/* SPDX-License-Identifier: BSD-3-Clause */
/* Which routes are the same, and which a selector means. Pure; control lcore. */
#include "route_match.h"

static bool
same_addr(const struct ip_addr *a, const struct ip_addr *b)
{
	return a->family == b->family && (a->family == AF_UNSPEC || ip_addr_equal(a, b));
}

bool
route_same_hop(const struct route_hop *a, const struct route_hop *b)
{
	return a->port == b->port && same_addr(&a->gw, &b->gw);
}

struct route_hop
route_hop_of(const struct route *r, unsigned i)
{
	if (r->nb_hops > 1)
		return r->hops[i];
	return (struct route_hop){
		.gw = r->gw,
		.port = r->port,
		.weight = 1,
		.onlink = r->onlink,
		.realm = r->realm,
	};
}

/* Each path of r is the one of w in its place, where w names paths. */
static bool
same_hops(const struct route *r, const struct route *w)
{
	for (unsigned i = 0; w->nb_hops > 1 && i < RTE_MAX(r->nb_hops, 1u); i++) {
		const struct route_hop hop = route_hop_of(r, i), *want = &w->hops[i];

		if (i >= w->nb_hops || (want->port != 0 && want->port != hop.port) ||
		    (want->realm != 0 && want->realm != hop.realm) ||
		    (want->gw.family != AF_UNSPEC && !same_addr(&want->gw, &hop.gw)))
			return false;
	}
	return true;
}

bool
route_matches(const struct route *r, const struct route_match *m)
{
	const struct route *w = &m->r;
	const struct route_hop hop = route_hop_of(r, 0);

	if ((m->mask & ROUTE_M_FAMILY) && r->dst.addr.family != w->dst.addr.family)
		return false;
	if ((m->mask & ROUTE_M_DST) &&
	    (r->dst.len != w->dst.len || !same_addr(&r->dst.addr, &w->dst.addr)))
		return false;
	return (!(m->mask & ROUTE_M_METRIC) || r->metric == w->metric) &&
	       (!(m->mask & ROUTE_M_TABLE) || r->table == w->table) &&
	       (!(m->mask & ROUTE_M_PORT) || hop.port == w->port) &&
	       (!(m->mask & ROUTE_M_TYPE) || r->type == w->type) &&
	       (!(m->mask & ROUTE_M_PROTO) || r->proto == w->proto) &&
	       (!(m->mask & ROUTE_M_SCOPE) || r->scope == w->scope) &&
	       (!(m->mask & ROUTE_M_GW) || same_addr(&hop.gw, &w->gw)) &&
	       (!(m->mask & ROUTE_M_REALM) || hop.realm == w->realm) &&
	       (!(m->mask & ROUTE_M_SRC) || same_addr(&r->src, &w->src)) && same_hops(r, w);
}

bool
route_same(const struct route *a, const struct route *b)
{
	if (a->metric != b->metric || a->table != b->table || a->type != b->type ||
	    a->scope != b->scope || a->proto != b->proto || a->mtu != b->mtu ||
	    a->nb_hops != b->nb_hops || !same_addr(&a->src, &b->src))
		return false;
	for (unsigned i = 0; i < a->nb_hops; i++)
		if (!route_same_hop(&a->hops[i], &b->hops[i]) ||
		    a->hops[i].weight != b->hops[i].weight || a->hops[i].realm != b->hops[i].realm)
			return false;
	return a->nb_hops > 1 ||
	       (a->port == b->port && a->realm == b->realm && same_addr(&a->gw, &b->gw));
}

bool
route_uses_port(const struct route *r, uint16_t port)
{
	for (unsigned i = 0; i < RTE_MAX(r->nb_hops, 1u); i++)
		if (route_hop_of(r, i).port == port)
			return true;
	return false;
}
