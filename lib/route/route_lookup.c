/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Start, and the per-port "on this link" next hops for link-local IPv6 destinations, which have no
 * place in a FIB that is one for all ports. Set by the control lcore, read by workers.
 */
#include <errno.h>

#include "base_rcu.h"
#include "policy.h"
#include "port.h"
#include "route_fib.h"
#include "route_nexthop.h"
#include "route_rib.h"

static uint32_t on_link[PORT_MAX];

uint32_t
route6_on_link(const struct gen *gen, uint16_t port)
{
	return port < PORT_MAX ? __atomic_load_n(&on_link[port], __ATOMIC_ACQUIRE) : NEXTHOP_NONE;
}

int
route_link_set(uint16_t port, bool on, struct err *e)
{
	struct nexthop spec = { .type = NEXTHOP_UNICAST, .port = port };
	uint32_t id = on_link[port];
	int rc;

	if ((id != NEXTHOP_NONE) == on)
		return 0;
	if (on) {
		rc = nexthop_ref(&spec, &id);
		if (rc != 0)
			return err_set(e, rc, "no room for one more next hop");
		__atomic_store_n(&on_link[port], id, __ATOMIC_RELEASE);
		return 0;
	}
	__atomic_store_n(&on_link[port], NEXTHOP_NONE, __ATOMIC_RELEASE);
	rcu_wait();
	nexthop_unref(id);
	return 0;
}

int
route_init(struct err *e)
{
	int rc;

	nexthop_init();
	rc = fib_init(e);
	return rc != 0 ? rc : policy_init(e);
}
