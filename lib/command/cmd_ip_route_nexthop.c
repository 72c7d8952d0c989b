/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The paths of a route: `nexthop [via ADDRESS] [dev NAME] [weight N] [onlink] [realms REALM] nexthop ...`, which end
 * the command. Control lcore.
 */
#include <stdlib.h>

#include "cmd_ip_route.h"

/* One word of a path with its value; -1: it is none. */
static int
read_part(struct ip_cmd *ip, uint8_t family, struct route_hop *hop)
{
	const struct port *port;
	const char *word;
	uint32_t weight;
	int rc;

	if (ip_is(ip, "onlink")) {
		hop->onlink = true;
		return 0;
	}
	if (!ip_is(ip, "via") && !ip_is(ip, "dev") && !ip_is(ip, "weight") &&
	    !ip_like(ip, "realms"))
		return -1;
	word = ip_next(ip);
	if (word == NULL)
		return IP_USAGE;
	if (strcmp(ip->word[-2], "via") == 0)
		return ip_get_addr(ip, word, family, &hop->gw);
	if (strcmp(ip->word[-2], "dev") == 0) {
		rc = ip_get_port(ip, word, &port);
		if (rc != 0)
			return ip_say(ip, IP_USAGE, "Error: cannot parse nexthop");
		hop->port = port->index;
		return 0;
	}
	if (strcmp(ip->word[-2], "weight") != 0)
		return ip_route_realm(word, &hop->realm)
			       ? 0
			       : ip_invalid(ip, word, "\"realm\" value is invalid\n");
	if (!ip_get_u32(word, 256, &weight) || weight == 0)
		return ip_invalid(ip, word, "\"weight\" is invalid\n");
	hop->weight = weight;
	return 0;
}

static int
read_hop(struct ip_cmd *ip, uint8_t family, struct route_hop *hop)
{
	int rc = 0;

	*hop = (struct route_hop){ .weight = 1 };
	while (*ip->word != NULL && rc == 0)
		rc = read_part(ip, family, hop);
	return rc > 0 ? rc : 0;
}

int
ip_route_nexthops(struct ip_cmd *ip, struct route *r)
{
	uint8_t family = r->dst.addr.family != AF_UNSPEC ? r->dst.addr.family : AF_INET;
	unsigned n = 0, max = 1;
	int rc = 0;

	for (char **w = ip->word; *w != NULL; w++)
		max += strcmp(*w, "nexthop") == 0;
	if (max > ROUTE_HOPS_MAX)
		return ip_say(ip, IP_REFUSED, "Error: at most %u paths.", ROUTE_HOPS_MAX);
	r->hops = calloc(max, sizeof(*r->hops));
	if (r->hops == NULL)
		abort();
	while (*ip->word != NULL && rc == 0) {
		if (!ip_is(ip, "nexthop"))
			return ip_say(ip, IP_USAGE,
				      "Error: \"nexthop\" or end of line is expected instead of "
				      "\"%.80s\"",
				      *ip->word);
		if (*ip->word == NULL)
			return ip_say(ip, IP_USAGE,
				      "Error: unexpected end of line after \"nexthop\"");
		rc = read_hop(ip, family, &r->hops[n++]);
	}
	r->nb_hops = n;
	return rc;
}
