/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The look-up of one packet with everything policy rules may ask for (`ip rule`), and the questions
 * others have about routes: where a packet of the box goes, by which port a source would be reached.
 * For slow paths; bursts to be forwarded go through route4_lookup() and route6_lookup() while there
 * are only the default rules.
 */
#pragma once

#include "route.h"

#define ROUTE_IN_SELF UINT16_MAX /* the box itself sends: rules say "iif lo" */

struct route_key {
	struct ip_addr dst;
	struct ip_addr src; /* AF_UNSPEC: not chosen yet; then only rules without "from" fit */
	uint32_t mark;
	uint16_t in;           /* port index it came in by, or ROUTE_IN_SELF */
	uint16_t out;          /* port index it has to leave by; 0: any */
	uint16_t sport, dport; /* network byte order; 0: none */
	uint8_t proto;         /* L4; 0: unknown */
	uint8_t tos;
	uint32_t hash; /* chooses among several paths: the same for one flow; 0 will do */
};

/* A key from a parsed packet that came in by its port (or is the box's own: PKT_ORIGINATED). */
void route_key_of(struct route_key *k, const struct rte_mbuf *m);

/* A number of the packet's flow, for route_pick(). Any lane. */
uint32_t route_flow_hash(const struct rte_mbuf *m);

/*
 * Any lane. The next hop's id (NEXTHOP_NONE: no route), valid as long as the burst's generation. One
 * path of several is chosen already. out set: only routes by that port count, and IPv4 takes a
 * destination without any for one on that link.
 */
uint32_t route_lookup_key(const struct gen *gen, const struct route_key *k);

/*
 * Any lane. Reverse path: k->dst is the address to be reached, e.g. a packet's source. Returns the
 * type of its route (NEXTHOP_UNICAST for one of several paths); *by_port: would one of them leave by the port?
 */
enum nexthop_type route_reverse(const struct gen *gen, const struct route_key *k, uint16_t port,
				bool *by_port);

/* Any lane. The realm of the route to k->dst, of several paths the first one's that is up; 0: none. */
uint32_t route_realm(const struct gen *gen, const struct route_key *k);

/*
 * Workers, when policy_of() says that there are rules: the ids for packets of one family, as
 * route4_lookup() and route6_lookup() give them without rules.
 */
void route_lookup_rules(const struct gen *gen, struct rte_mbuf **pkts, uint64_t *ids, unsigned n);
