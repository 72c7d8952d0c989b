/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The parameter, and the twins of ports, which follow it: what is translated to 127.0.0.1 is for a program of the
 * host's, whose kernel would drop it. Control lcore but for the question.
 */
#include "localnet.h"

#include <limits.h>

#include "base_ifparam.h"
#include "port.h"
#include "port_host.h"

static void changed(const struct ifparam *p, int ifindex);

IFPARAM_INT_CALL(route_localnet, IFPARAM_CONF4, "route_localnet", IFPARAM_OR, 0, 0, INT_MIN,
		 INT_MAX, changed, "127/8 is an ordinary network")

bool
localnet_routed(uint16_t port)
{
	return ifparam_get(&route_localnet, port);
}

static void
tell(const struct port *p)
{
	if (p != NULL && p->host != 0)
		port_host_localnet(p, localnet_routed(p->index));
}

static void
changed(__rte_unused const struct ifparam *p, __rte_unused int ifindex)
{
	for (uint16_t i = 1; i < PORT_MAX; i++)
		tell(port_get(gen_current(), i));
}

static void
on_port_event(enum port_event event, const struct port *p)
{
	/* Also when a twin came. */
	if (event == PORT_CHANGED)
		tell(p);
}

RTE_INIT(localnet_init)
{
	port_on_event(on_port_event);
}
