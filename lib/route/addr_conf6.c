/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * net.ipv6.conf.PORT.forwarding, force_forwarding and disable_ipv6, and what follows when one of them
 * is written: the anycast addresses of routers, all the IPv6 addresses. Control lcore.
 */
#include <limits.h>

#include "addr_conf6.h"
#include "addr_port.h"
#include "addr_routes.h"
#include "port.h"

/* Calls fn for the ports a write of the parameter reached. */
static void
each_port(int ifindex, void (*fn)(const struct port *p))
{
	const struct gen *gen = gen_current();

	if (gen == NULL)
		return;
	for (uint16_t i = 0; i < PORT_MAX; i++) {
		const struct port *p = port_get(gen, i);

		if (p != NULL && (ifindex == IFPARAM_OF_ALL || ifindex == i))
			fn(p);
	}
}

static void
forwarding_written(const struct ifparam *p, int ifindex)
{
	RTE_SET_USED(p);
	each_port(ifindex, addr_routes_router_changed);
}

/* "all" writes the ports' values, but not "default". */
static void
force_written(const struct ifparam *p, int ifindex)
{
	if (ifindex != IFPARAM_OF_ALL)
		return;
	for (unsigned i = 0; i < IFPARAM_IFS; i++)
		if (p->own[i] != NULL)
			param_set(p->own[i], param_get(p->all));
}

static void
disable_written(const struct ifparam *p, int ifindex)
{
	RTE_SET_USED(p);
	each_port(ifindex, addr_port_ip6_changed);
}

struct ifparam addr_forwarding6 = {
	.dir = IFPARAM_CONF6,
	.leaf = "forwarding",
	.rule = IFPARAM_COPY,
	.min = INT_MIN, /* as in Linux, anything but 0 is on */
	.max = INT_MAX,
	.changed = forwarding_written,
	.help = "forward IPv6 packets (all); be a router in ND (interface)",
};

struct ifparam addr_force_forwarding6 = {
	.dir = IFPARAM_CONF6,
	.leaf = "force_forwarding",
	.rule = IFPARAM_DEV,
	.max = 1,
	.changed = force_written,
	.help = "forward what comes in here although all.forwarding is 0",
};

struct ifparam addr_disable6 = {
	.dir = IFPARAM_CONF6,
	.leaf = "disable_ipv6",
	.rule = IFPARAM_COPY,
	.min = INT_MIN, /* as in Linux, anything but 0 is on */
	.max = INT_MAX,
	.changed = disable_written,
	.help = "no IPv6 here: its addresses go, its packets are dropped",
};

RTE_INIT(addr_conf6_init)
{
	ifparam_register(&addr_forwarding6);
	ifparam_register(&addr_force_forwarding6);
	ifparam_register(&addr_disable6);
}
