/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What makes a route acceptable: its gateway is on a link, its device is up, its source is ours.
 * Called by route_add() on the control lcore. Texts and order as seen from Linux 6.18.
 */
#include <errno.h>

#include "addr.h"
#include "port.h"
#include "route_check.h"

#define METRIC6_DEFAULT 1024

static bool
has_hop(const struct route *r)
{
	return r->type == RTN_UNICAST || r->type == RTN_LOCAL || r->type == RTN_BROADCAST ||
	       r->type == RTN_ANYCAST || r->type == RTN_MULTICAST;
}

static int
check_port_up(const struct route *r, const char *text, struct err *e)
{
	const struct port *p = port_get(gen_current(), r->port);

	if (p == NULL)
		return -ENODEV;
	return p->up ? 0 : err_set(e, -ENETDOWN, "%s", text);
}

static int
check_gateway4(struct route *r, struct err *e)
{
	const struct route *to;

	if (r->onlink) {
		if (r->port == 0)
			return err_set(e, -EINVAL, "Nexthop device required for onlink");
		to = route_lookup(&r->gw, RT_SCOPE_LINK, 0);
		if (ip_addr_is_multicast(&r->gw) || (to != NULL && to->type != RTN_UNICAST))
			return err_set(e, -EINVAL, "Nexthop has invalid gateway");
		return check_port_up(r, "Nexthop device is not up", e);
	}
	/* The gateway itself is reached without one: over a route of link scope or narrower. */
	to = route_lookup(&r->gw, RT_SCOPE_LINK, r->port);
	if (r->scope >= RT_SCOPE_LINK || to == NULL ||
	    (to->type != RTN_UNICAST && to->type != RTN_LOCAL))
		return err_set(e, -ENETUNREACH, "Nexthop has invalid gateway");
	r->port = to->port;
	return check_port_up(r, "Device for nexthop is not up", e);
}

static int
check4(struct route *r, struct err *e)
{
	int rc = 0;

	if (has_hop(r)) {
		if (r->gw.family != AF_UNSPEC)
			rc = check_gateway4(r, e);
		else if (r->port == 0)
			rc = -ENODEV;
		else
			rc = check_port_up(r, "Device for nexthop is not up", e);
	}
	if (rc != 0)
		return rc;
	if (r->src.family != AF_UNSPEC && !addr_is_own(gen_current(), &r->src))
		return err_set(e, -EINVAL, "Invalid prefsrc address");
	return 0;
}

static int
check_gateway6(struct route *r, struct err *e)
{
	const struct route *to;

	if (addr_is_own(gen_current(), &r->gw))
		return err_set(e, -EINVAL, "Gateway can not be a local address");
	if (ip_addr_is_multicast(&r->gw) || ip_addr_is_zero(&r->gw))
		return err_set(e, -EINVAL, "Invalid gateway address");
	if (r->port == 0 && (ip_addr_is_link_local(&r->gw) || r->onlink))
		return err_set(e, -EINVAL, "Egress device not specified");
	if (ip_addr_is_link_local(&r->gw) || r->onlink)
		return 0;
	to = route_lookup(&r->gw, 0, r->port);
	if (to == NULL || to->type != RTN_UNICAST || to->gw.family != AF_UNSPEC)
		return -EHOSTUNREACH;
	r->port = to->port;
	return 0;
}

static int
check6(struct route *r, struct err *e)
{
	int rc;

	if (r->metric == 0)
		r->metric = METRIC6_DEFAULT;
	if (has_hop(r)) {
		rc = r->gw.family != AF_UNSPEC ? check_gateway6(r, e) : 0;
		if (rc == 0)
			rc = r->port == 0 ? -ENODEV
					  : check_port_up(r, "Nexthop device is not up", e);
		if (rc != 0)
			return rc;
	}
	if (r->src.family != AF_UNSPEC && !addr_is_own(gen_current(), &r->src))
		return err_set(e, -EINVAL, "Invalid source address");
	return 0;
}

int
route_check(struct route *r, struct err *e)
{
	struct ip_addr masked = r->dst.addr;

	e->text[0] = '\0';
	ip_addr_mask(&masked, r->dst.len);
	if (r->dst.addr.family == AF_INET && !ip_addr_equal(&masked, &r->dst.addr))
		return err_set(e, -EINVAL, "Invalid prefix for given prefix length");
	r->dst.addr = masked;
	if (!has_hop(r)) {
		r->port = 0;
		r->gw.family = AF_UNSPEC;
	}
	return r->dst.addr.family == AF_INET ? check4(r, e) : check6(r, e);
}
