/* SPDX-License-Identifier: BSD-3-Clause */
/* The look-up of one packet. Workers and control lcore; reads only. */
#include "pkt.h"
#include "policy.h"
#include "route_fib.h"
#include "route_key.h"

void
route_key_of(struct route_key *k, const struct rte_mbuf *m)
{
	const struct pkt *p = pkt_const(m);

	*k = (struct route_key){ .mark = p->mark,
				 .in = p->flags & PKT_ORIGINATED ? ROUTE_IN_SELF : p->in,
				 .sport = p->sport,
				 .dport = p->dport,
				 .proto = p->proto };
	/* Rules see no ports in fragments, nor ICMP's type where ports would be. */
	if (p->flags & PKT_FRAG || p->proto == IPPROTO_ICMP || p->proto == IPPROTO_ICMPV6)
		k->sport = k->dport = 0;
	if (p->family == AF_INET) {
		k->dst = ip_addr_v4(pkt_ip4(m)->dst_addr);
		k->src = ip_addr_v4(pkt_ip4(m)->src_addr);
		k->tos = pkt_ip4(m)->type_of_service;
	} else {
		k->dst = ip_addr_v6(&pkt_ip6(m)->ip6_dst);
		k->src = ip_addr_v6(&pkt_ip6(m)->ip6_src);
		k->tos = rte_be_to_cpu_32(pkt_ip6(m)->ip6_flow) >> 20;
	}
}

/* Groups come unchosen. */
static uint32_t
find(const struct gen *gen, const struct route_key *k)
{
	uint16_t port = k->out != 0 || k->in == ROUTE_IN_SELF ? k->out : k->in;
	const struct policy *policy = policy_of(gen, k->dst.family);
	struct ip_addr dst = k->dst;
	uint8_t len;
	uint64_t id;

	if (dst.family == AF_INET6 && port != 0 && ip_addr_is_link_local(&dst))
		return route6_on_link(gen, port);
	if (policy != NULL)
		return policy_lookup(policy, k);
	if (k->out != 0)
		return fib_lookup(fib_fast(dst.family), &dst, k->out, &len);
	if (dst.family == AF_INET) {
		uint32_t host = rte_be_to_cpu_32(dst.v4);

		route4_lookup(&host, &id, 1);
	} else {
		route6_lookup((uint8_t(*)[16])dst.v6, &id, 1);
	}
	return id;
}

uint32_t
route_pick(uint32_t id, uint32_t hash)
{
	const struct nexthop_group *g = (const struct nexthop_group *)nexthop_get(id);
	int32_t h = hash >> 1;

	if (g->nh.type != NEXTHOP_MULTIPATH)
		return id;
	for (unsigned i = 0; i < g->n; i++)
		if (h <= g->path[i].upper)
			return g->path[i].id;
	return NEXTHOP_NONE;
}

/* Of a group, bound to a port: its first path by that port. */
static uint32_t
pick_by_port(uint32_t id, uint32_t hash, uint16_t out)
{
	const struct nexthop_group *g = (const struct nexthop_group *)nexthop_get(id);

	if (g->nh.type != NEXTHOP_MULTIPATH || out == 0)
		return route_pick(id, hash);
	for (unsigned i = 0; i < g->n; i++)
		if (g->path[i].upper >= 0 && nexthop_get(g->path[i].id)->port == out)
			return g->path[i].id;
	return NEXTHOP_NONE;
}

uint32_t
route_lookup_key(const struct gen *gen, const struct route_key *k)
{
	uint32_t id = find(gen, k);

	if (k->out != 0 && k->dst.family == AF_INET && nexthop_get(id)->type == NEXTHOP_NO_ROUTE)
		return route6_on_link(gen, k->out);
	return pick_by_port(id, k->hash, k->out);
}

enum nexthop_type
route_reverse(const struct gen *gen, const struct route_key *k, uint16_t port, bool *by_port)
{
	const struct nexthop *nh = nexthop_get(find(gen, k));

	*by_port = (nh->port != 0 || nh->type == NEXTHOP_MULTIPATH) && nexthop_by_port(nh, port);
	return nh->type == NEXTHOP_MULTIPATH ? NEXTHOP_UNICAST : nh->type;
}

uint32_t
route_realm(const struct gen *gen, const struct route_key *k)
{
	const struct nexthop *nh = nexthop_get(route_pick(find(gen, k), 0));

	return nh->type == NEXTHOP_UNICAST || nh->type == NEXTHOP_LOCAL ? nh->realm : 0;
}

void
route_lookup_rules(const struct gen *gen, struct rte_mbuf **pkts, uint64_t *ids, unsigned n)
{
	struct route_key k;

	for (unsigned i = 0; i < n; i++) {
		route_key_of(&k, pkts[i]);
		ids[i] = find(gen, &k);
	}
}
