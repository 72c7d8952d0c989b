/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What net.ipv6.conf.PORT says about a port as a whole: whether the box is a router there, and whether
 * it speaks IPv6 at all.
 */
#pragma once

#include "base_ifparam.h"

extern struct ifparam addr_forwarding6; /* "all" decides whether anything is forwarded */
extern struct ifparam addr_force_forwarding6;
extern struct ifparam addr_disable6;

/* Any thread: a router tells so in ND and is in the routers' groups and anycast addresses. */
static inline bool
addr_is_router6(unsigned port)
{
	return ifparam_get(&addr_forwarding6, port);
}

/* Any thread: what comes in is forwarded when all is, or when the port is set to. */
static inline bool
addr_forwards6(unsigned port)
{
	return param_get(addr_forwarding6.all) || ifparam_get(&addr_force_forwarding6, port);
}

/* Any thread. */
static inline bool
addr_has_ip6(unsigned port)
{
	return !ifparam_get(&addr_disable6, port);
}
