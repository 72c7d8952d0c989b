/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What makes a route acceptable: its gateway is on a link, its device is up, its source is ours.
 * Called by route_add() on the control lcore. Texts and order as seen from Linux 6.18.
 */
#include <errno.h>

#include "addr.h"
#include "port.h"
#include "route_check.h"
#include "route_match.h"

#define METRIC6_DEFAULT 1024

static bool
has_hop(const struct route *r)
{
	return r->type == RTN_UNICAST || r->type == RTN_LOCAL || r->type == RTN_BROADCAST ||
	       r->type == RTN_ANYCAST || r->type == RTN_MULTICAST;
}

static int
check_port_up(uint16_t index, const char *text, struct err *e)
{
	const struct port *p = port_get(gen_current(), index);

	if (p == NULL)
		return -ENODEV;
	return p->up ? 0 : err_set(e, -ENETDOWN, "%s", text);
}

static bool
is_link(const struct route *to)
{
	/* IPv4 finds only links, by their scope. */
	if (to->dst.addr.family == AF_INET6 && route_hop_of(to, 0).gw.family != AF_UNSPEC)
		return false;
	return to->type == RTN_UNICAST || to->type == RTN_LOCAL;
}

/* The link to the gateway: in the route's own table, else wherever a packet would look. */
static const struct route *
link_to(const struct route *r, const struct ip_addr *gw, uint16_t port)
{
	uint8_t scope = r->dst.addr.family == AF_INET ? RT_SCOPE_LINK : 0;
	const struct route *to = NULL;

	if (r->table != RT_TABLE_MAIN && r->table != RT_TABLE_LOCAL)
		to = route_lookup_in(r->table, gw, scope, port);
	if (to == NULL || !is_link(to))
		to = route_lookup(gw, scope, port);
	return to;
}

static int
check_gateway4(const struct route *r, struct route_hop *hop, struct err *e)
{
	const struct route *to;

	if (hop->onlink) {
		if (hop->port == 0)
			return err_set(e, -EINVAL, "Nexthop device required for onlink");
		to = route_lookup(&hop->gw, RT_SCOPE_LINK, 0);
		if (ip_addr_is_multicast(&hop->gw) || (to != NULL && to->type != RTN_UNICAST))
			return err_set(e, -EINVAL, "Nexthop has invalid gateway");
		return check_port_up(hop->port, "Nexthop device is not up", e);
	}
	/* The gateway itself is reached without one: over a route of link scope or narrower. */
	to = link_to(r, &hop->gw, hop->port);
	if (r->scope >= RT_SCOPE_LINK || to == NULL ||
	    (to->type != RTN_UNICAST && to->type != RTN_LOCAL))
		return err_set(e, -ENETUNREACH, "Nexthop has invalid gateway");
	hop->port = route_hop_of(to, 0).port;
	return check_port_up(hop->port, "Device for nexthop is not up", e);
}

static int
check_hop4(const struct route *r, struct route_hop *hop, struct err *e)
{
	if (hop->gw.family != AF_UNSPEC)
		return check_gateway4(r, hop, e);
	if (hop->port == 0)
		return -ENODEV;
	return check_port_up(hop->port, "Device for nexthop is not up", e);
}

static int
check_gateway6(const struct route *r, struct route_hop *hop, struct err *e)
{
	const struct route *to;

	if (addr_is_own(gen_current(), &hop->gw))
		return err_set(e, -EINVAL, "Gateway can not be a local address");
	if (ip_addr_is_multicast(&hop->gw) || ip_addr_is_zero(&hop->gw))
		return err_set(e, -EINVAL, "Invalid gateway address");
	if (hop->port == 0 && (ip_addr_is_link_local(&hop->gw) || hop->onlink))
		return err_set(e, -EINVAL, "Egress device not specified");
	if (ip_addr_is_link_local(&hop->gw) || hop->onlink)
		return 0;
	to = link_to(r, &hop->gw, hop->port);
	if (to == NULL || to->type != RTN_UNICAST || route_hop_of(to, 0).gw.family != AF_UNSPEC)
		return -EHOSTUNREACH;
	hop->port = to->port;
	return 0;
}

static int
check_hop6(const struct route *r, struct route_hop *hop, struct err *e)
{
	int rc = hop->gw.family != AF_UNSPEC ? check_gateway6(r, hop, e) : 0;

	if (rc == 0)
		rc = hop->port == 0 ? -ENODEV
				    : check_port_up(hop->port, "Nexthop device is not up", e);
	return rc;
}

static int
check_hop(struct route *r, struct route_hop *hop, struct err *e)
{
	return r->dst.addr.family == AF_INET ? check_hop4(r, hop, e) : check_hop6(r, hop, e);
}

/* Fills in the ports. */
static int
check_hops(struct route *r, struct err *e)
{
	struct route_hop one = route_hop_of(r, 0);
	int rc = 0;

	for (unsigned i = 0; r->nb_hops > 1 && i < r->nb_hops && rc == 0; i++)
		rc = check_hop(r, &r->hops[i], e);
	if (r->nb_hops > 1)
		return rc;
	rc = check_hop(r, &one, e);
	r->port = one.port;
	return rc;
}

/* IPv6: the same path twice. */
static bool
repeats(const struct route *r)
{
	for (unsigned i = 0; i < r->nb_hops; i++)
		for (unsigned k = 0; k < i; k++)
			if (route_same_hop(&r->hops[i], &r->hops[k]))
				return true;
	return false;
}

static int
check_family(struct route *r, struct err *e)
{
	bool v4 = r->dst.addr.family == AF_INET;
	int rc;

	if (!has_hop(r) && v4 && (r->port != 0 || r->gw.family != AF_UNSPEC || r->nb_hops != 0))
		return err_set(e, -EINVAL,
			       "Gateway, device and multipath can not be specified for this route "
			       "type");
	if (!has_hop(r)) {
		r->port = 0;
		r->gw.family = AF_UNSPEC;
		r->nb_hops = 0;
		return 0;
	}
	rc = check_hops(r, e);
	return rc == 0 && !v4 && repeats(r) ? -EEXIST : rc;
}

int
route_check(struct route *r, struct err *e)
{
	bool v4 = r->dst.addr.family == AF_INET;
	struct ip_addr masked = r->dst.addr;
	int rc;

	e->text[0] = '\0';
	ip_addr_mask(&masked, r->dst.len);
	if (v4 && !ip_addr_equal(&masked, &r->dst.addr))
		return err_set(e, -EINVAL, "Invalid prefix for given prefix length");
	r->dst.addr = masked;
	if (!v4 && r->metric == 0)
		r->metric = METRIC6_DEFAULT;
	rc = check_family(r, e);
	if (rc != 0)
		return rc;
	if (r->src.family != AF_UNSPEC && !addr_is_own(gen_current(), &r->src))
		return err_set(e, -EINVAL,
			       v4 ? "Invalid prefsrc address" : "Invalid source address");
	return 0;
}
