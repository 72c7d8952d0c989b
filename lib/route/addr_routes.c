/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which routes an address brings, as Linux has them: in table local the address itself and IPv4's
 * broadcast (IPv6: the subnet's router anycast), in table main the connected subnet. Called by
 * addr_control.c and addr_port.c on the control lcore.
 */
#include <arpa/inet.h>

#include "addr_conf6.h"
#include "addr_routes.h"
#include "base_log.h"
#include "route_rib.h"

#define METRIC6_KERNEL 256

#define ROUTES_PER_ADDR 4

static struct route
local_route(const struct addr *a)
{
	struct route r = {
		.dst = { a->prefix.addr, ip_addr_bits(a->prefix.addr.family) },
		.table = RT_TABLE_LOCAL,
		.port = a->port,
		.type = RTN_LOCAL,
		.proto = RTPROT_KERNEL,
		.scope = RT_SCOPE_HOST,
		.src = a->primary,
	};

	/* IPv6 has no scopes of routes; its local routes have no preferred source. */
	if (a->prefix.addr.family == AF_INET6)
		r.src.family = AF_UNSPEC;
	return r;
}

static struct route
subnet_route(const struct addr *a)
{
	struct route r = {
		.dst = a->prefix,
		.table = RT_TABLE_MAIN,
		.port = a->port,
		.type = RTN_UNICAST,
		.proto = RTPROT_KERNEL,
		.scope = RT_SCOPE_LINK,
		.src = a->prefix.addr,
	};

	if (a->peer.family != AF_UNSPEC)
		r.dst.addr = a->peer;
	ip_addr_mask(&r.dst.addr, r.dst.len);
	if (a->prefix.addr.family == AF_INET6) {
		r.src.family = AF_UNSPEC;
		r.metric = METRIC6_KERNEL;
	}
	if (a->metric != 0)
		r.metric = a->metric;
	return r;
}

static struct route
broadcast_route(const struct addr *a, uint32_t to_be)
{
	return (struct route){
		.dst = { ip_addr_v4(to_be), 32 },
		.table = RT_TABLE_LOCAL,
		.port = a->port,
		.type = RTN_BROADCAST,
		.proto = RTPROT_KERNEL,
		.scope = RT_SCOPE_LINK,
		.src = a->primary,
	};
}

/* The routes an address brings on a port that is up or down; returns how many. */
static unsigned
list4(const struct addr *a, bool up, struct route r[ROUTES_PER_ADDR])
{
	const struct ip_prefix *p = &a->prefix;
	struct route subnet = subnet_route(a);
	uint32_t all = subnet.dst.addr.v4;
	unsigned n = 0;

	r[n++] = local_route(a);
	if (!up)
		return n;
	if (a->broadcast.family != AF_UNSPEC && a->broadcast.v4 != INADDR_BROADCAST)
		r[n++] = broadcast_route(a, a->broadcast.v4);
	if (a->secondary || (ntohl(all) >> 24) == 0 ||
	    (p->len == 32 && subnet.dst.addr.v4 == p->addr.v4))
		return n;
	if (!a->no_route)
		r[n++] = subnet;
	if (p->len < 31) {
		all |= htonl(~0u >> p->len);
		if (a->broadcast.family == AF_UNSPEC || a->broadcast.v4 != all)
			r[n++] = broadcast_route(a, all);
	}
	return n;
}

/* RFC 4291 2.6.1; not with RFC 6164's point-to-point links, nor for fe80::. */
static bool
has_anycast(const struct addr *a)
{
	return a->prefix.addr.family == AF_INET6 && a->prefix.len < 127 &&
	       a->peer.family == AF_UNSPEC && !ip_addr_is_link_local(&a->prefix.addr);
}

static struct route
anycast_route(const struct addr *a)
{
	struct route r = local_route(a);

	r.dst.addr = subnet_route(a).dst.addr;
	r.type = RTN_ANYCAST;
	return r;
}

static unsigned
list6(const struct addr *a, bool up, struct route r[ROUTES_PER_ADDR])
{
	unsigned n = 0;

	if (!up)
		return 0;
	if (a->dad == ADDR_USABLE)
		r[n++] = local_route(a);
	if (!a->no_route)
		r[n++] = subnet_route(a);
	if (a->dad == ADDR_USABLE && addr_is_router6(a->port) && has_anycast(a))
		r[n++] = anycast_route(a);
	return n;
}

static unsigned
list_routes(const struct addr *a, bool up, struct route r[ROUTES_PER_ADDR])
{
	return a->prefix.addr.family == AF_INET ? list4(a, up, r) : list6(a, up, r);
}

static bool
port_up(uint16_t index)
{
	const struct port *p = port_get(gen_current(), index);

	return p != NULL && p->up;
}

int
addr_routes_put(const struct addr *a, struct err *e)
{
	struct route r[ROUTES_PER_ADDR];
	unsigned n = list_routes(a, port_up(a->port), r);
	int rc;

	for (unsigned i = 0; i < n; i++) {
		rc = route_put(&r[i], e);
		if (rc != 0)
			return rc;
	}
	return 0;
}

static bool
same_route(const struct route *a, const struct route *b)
{
	const struct route_match m = { .mask = 0x1ff, .r = *b };

	return route_matches(a, &m);
}

static bool
still_needed(const struct addr_table *left, const struct addr *a, const struct route *r)
{
	struct route other[ROUTES_PER_ADDR];

	for (unsigned i = left->first[a->port]; i < left->first[a->port + 1]; i++) {
		unsigned n = list_routes(&left->of[i], true, other);

		for (unsigned k = 0; k < n; k++)
			if (left->of[i].prefix.addr.family == a->prefix.addr.family &&
			    same_route(&other[k], r))
				return true;
	}
	return false;
}

void
addr_routes_lose(const struct addr_table *left, const struct addr *a)
{
	struct route r[ROUTES_PER_ADDR];
	unsigned n = list_routes(a, true, r);

	for (unsigned i = 0; i < n; i++)
		if (!still_needed(left, a, &r[i]))
			route_take(&r[i]);
}

void
addr_routes_take(const struct addr_table *left, const struct addr *a)
{
	addr_routes_lose(left, a);
	/* What the operator tied to this source goes with it, unless another port has the address. */
	for (unsigned i = 0; i < left->n; i++)
		if (ip_addr_equal(&left->of[i].prefix.addr, &a->prefix.addr))
			return;
	route_take_src(&a->prefix.addr);
}

void
addr_routes_router_changed(const struct port *p)
{
	const struct addr_table *t = addr_table_get(gen_current());
	struct err e = { "" };

	route_batch_begin();
	for (unsigned i = t->first[p->index]; i < t->first[p->index + 1]; i++) {
		struct route r;

		if (!p->up || t->of[i].dad != ADDR_USABLE || !has_anycast(&t->of[i]))
			continue;
		r = anycast_route(&t->of[i]);
		if (!addr_is_router6(p->index))
			route_take(&r);
		else if (route_put(&r, &e) != 0)
			break;
	}
	if (route_batch_end(&e) != 0)
		LOG(ERR, "%s: anycast addresses: %s", p->name, e.text);
}
