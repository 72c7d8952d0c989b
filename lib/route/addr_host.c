/* SPDX-License-Identifier: BSD-3-Clause */
#include "addr_host.h"

#include <string.h>

#include "port_host.h"
#include "route_rib.h"

/* The default routes that hosts have now; port 0: none. [0] IPv4, [1] IPv6. */
static struct {
	uint16_t port;
	struct ip_addr src;
} defaults[2];
/* Which ports had a twin that was up, when we last looked. */
static bool ready[PORT_MAX];

static void
tell(const struct port *p, bool add, const struct addr *a)
{
	struct port_netlink_addr n = {
		.prefix = a->prefix, .broadcast = a->broadcast, .peer = a->peer, .scope = a->scope
	};

	port_host_addr(p, add, &n);
}

static bool
has(const struct addr_table *t, const struct addr *a)
{
	for (unsigned i = t->first[a->port]; i < t->first[a->port + 1]; i++)
		if (ip_addr_equal(&t->of[i].prefix.addr, &a->prefix.addr) &&
		    t->of[i].prefix.len == a->prefix.len)
			return true;
	return false;
}

void
addr_host_follow(const struct addr_table *old, const struct addr_table *next)
{
	for (uint16_t port = 1; port < PORT_MAX; port++) {
		const struct port *p = port_get(gen_current(), port);

		if (p == NULL || p->host == 0)
			continue;
		for (unsigned i = old->first[port]; i < old->first[port + 1]; i++)
			if (!has(next, &old->of[i]))
				tell(p, false, &old->of[i]);
		for (unsigned i = next->first[port]; i < next->first[port + 1]; i++)
			if (!has(old, &next->of[i]))
				tell(p, true, &next->of[i]);
	}
}

/* The family's default route by a port with a twin that is up; NULL: none. */
static const struct port *
find_default(uint8_t family, struct ip_addr *src)
{
	struct ip_addr any = { .family = family };
	const struct route *r = route_lookup(&any, 0, 0);
	const struct port *p = NULL;

	if (r != NULL && r->dst.len == 0 && r->type == RTN_UNICAST)
		p = port_get(gen_current(), r->port);
	if (p == NULL || p->host == 0 || !p->up)
		return NULL;
	*src = r->src;
	return p;
}

static void
follow_default(unsigned i, uint8_t family)
{
	struct ip_addr src = { .family = AF_UNSPEC };
	const struct port *p = find_default(family, &src);
	const struct port *was = port_get(gen_current(), defaults[i].port);
	bool same = p == was && memcmp(&src, &defaults[i].src, sizeof(src)) == 0;

	if (same)
		return;
	if (was != NULL && was->host != 0 && was->up)
		port_host_default(was, false, family, &defaults[i].src);
	if (p != NULL)
		port_host_default(p, true, family, &src);
	defaults[i].port = p != NULL ? p->index : 0;
	defaults[i].src = src;
}

void
addr_host_routes(void)
{
	follow_default(0, AF_INET);
	follow_default(1, AF_INET6);
}

static void
on_port_event(enum port_event event, const struct port *p)
{
	const struct addr_table *t = addr_table_get(gen_current());
	bool now = event != PORT_GOING && p->host != 0 && p->up, was = ready[p->index];

	ready[p->index] = now;
	if (now == was)
		return;
	/* What the host had of it went with the twin, or when it went down. */
	for (unsigned i = 0; i < RTE_DIM(defaults); i++)
		if (defaults[i].port == p->index)
			defaults[i].port = 0;
	for (unsigned i = t->first[p->index]; now && i < t->first[p->index + 1]; i++)
		tell(p, true, &t->of[i]);
	addr_host_routes();
}

RTE_INIT(addr_host_init)
{
	port_on_event(on_port_event);
}
