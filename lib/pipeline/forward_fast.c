/* SPDX-License-Identifier: BSD-3-Clause */
/* What a next hop means for packets that just go on. Called for the first of them; workers. */
#include "forward_fast.h"

struct forward_hops forward_hops_lanes[LANE_MAX];

void
forward_hops_forget(struct forward_hops *hops)
{
	for (unsigned i = 0; i < FORWARD_HOPS; i++) {
		hops->way4[i] = (struct forward_way){ .id = NEXTHOP_NONE };
		hops->of[0][i].id = hops->of[1][i].id = NEXTHOP_NONE;
	}
}

void
forward_way_load(const struct walk *w, struct forward_way *way, uint32_t id)
{
	const struct nexthop *nh = nexthop_get(id);
	const struct port *port;

	*way = (struct forward_way){ .id = id };
	if (nh->type != NEXTHOP_UNICAST)
		return;
	way->out = nh->port;
	port = w->ports->by_index[nh->port];
	if (port != NULL)
		way->most = walk_mtu(nh, port, AF_INET);
}

/* The neighbour to send to; NULL: it is not known yet, or asked for in another way. */
static struct neigh *
neighbour_of(const struct nexthop *nh, const void *dst, bool v6)
{
	struct ip_addr a;

	if (nh->neigh != NULL)
		return nh->neigh;
	a = v6 ? ip_addr_v6(dst) : ip_addr_v4(*(const unaligned_uint32_t *)dst);
	return neigh_find(nh->port, &a);
}

static uint16_t
longest(const struct nexthop *nh, const struct port *port, bool v6)
{
	uint16_t mtu = walk_mtu(nh, port, v6 ? AF_INET6 : AF_INET);

	return v6 ? RTE_MIN(mtu, port->mtu6) : mtu;
}

void
forward_hop_load(const struct walk *w, struct forward_hop *h, uint32_t id, const void *dst, bool v6)
{
	const struct nexthop *nh = nexthop_get(id);
	const struct neigh_l2 *l2;
	const struct port *port;
	struct neigh *n;

	*h = (struct forward_hop){ .id = id };
	if (nh->type != NEXTHOP_UNICAST)
		return;
	port = w->ports->by_index[nh->port];
	if (port == NULL || !port->up)
		return;
	h->out = nh->port;
	if (nh->neigh == NULL) {
		h->id |= FORWARD_ON_LINK;
		memcpy(h->dst, dst, v6 ? 16 : 4);
	}
	n = neighbour_of(nh, dst, v6);
	l2 = n != NULL ? neigh_l2(n) : NULL;
	if (l2 == NULL)
		return;
	h->neigh = n;
	memcpy(h->l2, l2->bytes, sizeof(h->l2));
	h->most = longest(nh, port, v6);
}
