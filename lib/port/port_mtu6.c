/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * net.ipv6.conf.PORT.mtu: IPv6 may be held to less than what the port can carry. Setting the port's MTU
 * sets this one too. Control lcore.
 */
#include <limits.h>

#include "base_ifparam.h"
#include "port_own.h"

#define IP6_MIN_MTU 1280 /* RFC 8200 section 5 */

/* No more than the port itself. */
static int
most(const struct param *one)
{
	const struct port *p = one->ifindex > 0 ? port_get(gen_current(), one->ifindex) : NULL;

	return p != NULL ? p->mtu : INT_MAX;
}

static void
written(const struct ifparam *param, int ifindex)
{
	const struct port *p = ifindex > 0 ? port_get(gen_current(), ifindex) : NULL;
	struct port *next;

	if (p == NULL || p->mtu6 == ifparam_get(param, ifindex))
		return;
	next = port_new(p);
	next->mtu6 = ifparam_get(param, ifindex);
	port_publish(ifindex, next);
	port_changed(ifindex);
}

static struct ifparam mtu6 = {
	.dir = IFPARAM_CONF6,
	.leaf = "mtu",
	.all_def = IP6_MIN_MTU,
	.def = IP6_MIN_MTU,
	.min = IP6_MIN_MTU,
	.max = INT_MAX,
	.most = most,
	.changed = written,
	.help = "longest IPv6 packet that leaves by the port",
};

RTE_INIT(port_mtu6_init)
{
	ifparam_register(&mtu6);
}

void
port_mtu6_follow(struct port *p)
{
	p->mtu6 = p->mtu;
	ifparam_store(&mtu6, p->index, p->mtu);
}
