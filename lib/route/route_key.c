/* SPDX-License-Identifier: BSD-3-Clause */
/* The look-up of one packet. Workers and control lcore; reads only. */
#include "pkt.h"
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

static uint32_t
find(const struct gen *gen, const struct route_key *k)
{
	uint16_t port = k->out != 0 || k->in == ROUTE_IN_SELF ? k->out : k->in;
	struct ip_addr dst = k->dst;
	uint64_t id;

	if (dst.family == AF_INET) {
		uint32_t host = rte_be_to_cpu_32(dst.v4);

		route4_lookup(&host, &id, 1);
	} else if (ip_addr_is_link_local(&dst)) {
		id = route6_on_link(gen, port);
	} else {
		route6_lookup((uint8_t(*)[16])dst.v6, &id, 1);
	}
	return id;
}

uint32_t
route_lookup_key(const struct gen *gen, const struct route_key *k)
{
	uint32_t id = find(gen, k);
	const struct nexthop *nh = nexthop_get(id);

	if (k->out == 0 || nh->port == k->out)
		return id;
	return k->dst.family == AF_INET ? route6_on_link(gen, k->out) : NEXTHOP_NONE;
}

enum nexthop_type
route_reverse(const struct gen *gen, const struct route_key *k, uint16_t port, bool *by_port)
{
	const struct nexthop *nh = nexthop_get(find(gen, k));

	*by_port = nh->type != NEXTHOP_NO_ROUTE && nh->port == port;
	return nh->type;
}
