/* SPDX-License-Identifier: BSD-3-Clause */
/* What a next hop means for packets of a burst that just go on. Called for the first of them; workers. */
#include "forward_fast.h"

/* The neighbour to send to; NULL: it is not known yet, or asked for in another way. */
static struct neigh *
neighbour_of(const struct nexthop *nh, const struct ip_addr *dst)
{
	return nh->neigh != NULL ? nh->neigh : neigh_find(nh->port, dst);
}

static uint16_t
longest(const struct nexthop *nh, const struct port *port, uint8_t family)
{
	uint16_t mtu = walk_mtu(nh, port, family);

	return family == AF_INET6 ? RTE_MIN(mtu, port->mtu6) : mtu;
}

void
forward_hop_load(const struct walk *w, struct forward_hop *h, uint16_t in, uint32_t id,
		 const struct ip_addr *dst)
{
	const struct nexthop *nh = nexthop_get(id);
	const struct neigh_l2 *l2;
	const struct port *port;
	struct neigh *n;

	h->id = id;
	h->family = dst->family;
	h->out = h->most = 0;
	h->on_link = false;
	h->unused = NULL;
	if (nh->type != NEXTHOP_UNICAST || nh->port == in)
		return;
	port = w->ports->by_index[nh->port];
	if (port == NULL || !port->up)
		return;
	h->out = nh->port;
	h->on_link = nh->neigh == NULL;
	h->dst = *dst;
	n = neighbour_of(nh, dst);
	l2 = n != NULL ? neigh_l2(n) : NULL;
	if (l2 == NULL)
		return;
	h->unused = n;
	memcpy(h->l2, l2->bytes, sizeof(h->l2));
	h->most = longest(nh, port, dst->family);
}
