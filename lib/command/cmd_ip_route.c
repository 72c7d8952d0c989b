/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * `ip route add|change|replace|append|del`. Control lcore.
 */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>

#include "cmd_ip_route.h"

struct request {
	struct route r;
	const struct port *port;
	bool has_dst, has_table, has_scope, has_proto, has_metric, has_type, via, paths;
};

/* Word of a route that Linux knows and we have no use for or no support of yet. */
static bool
unsupported(const char *word)
{
	static const char *const words[] = { "nhid",          "encap",   "from", "tos",
					     "dsfield",       "expires", "as",   "congctl",
					     "ttl-propagate", NULL };

	for (unsigned i = 0; words[i] != NULL; i++)
		if (strcmp(words[i], word) == 0)
			return true;
	return false;
}

/* What steers Linux's own TCP sockets: accepted, for there are none. */
static bool
harmless(const char *word)
{
	static const char *const words[] = { "advmss",     "hoplimit", "window",
					     "rtt",        "rttvar",   "cwnd",
					     "initcwnd",   "initrwnd", "ssthresh",
					     "reordering", "rto_min",  "quickack",
					     "features",   "pref",     "fastopen_no_cookie",
					     NULL };

	for (unsigned i = 0; words[i] != NULL; i++)
		if (strcmp(words[i], word) == 0)
			return true;
	return false;
}

static int
read_via(struct ip_cmd *ip, struct request *q, const char *word)
{
	uint8_t family = ip->family != AF_UNSPEC ? ip->family : q->r.dst.addr.family;

	if (strcmp(word, "inet") == 0 || strcmp(word, "inet6") == 0) {
		if (family != AF_UNSPEC && (family == AF_INET6) != (word[4] != '\0'))
			return ip_say(ip, IP_REFUSED,
				      "Error: a gateway of the other address family "
				      "(via %s) is not supported.",
				      word);
		word = ip_next(ip);
		if (word == NULL)
			return IP_USAGE;
	}
	q->via = true;
	return ip_get_addr(ip, word, family, &q->r.gw);
}

static int
read_mtu(struct ip_cmd *ip, struct request *q, const char *word)
{
	uint32_t v;

	if (strcmp(word, "lock") == 0) {
		q->r.mtu_lock = true;
		word = ip_next(ip);
		if (word == NULL)
			return IP_USAGE;
	}
	if (!ip_get_u32(word, UINT16_MAX, &v))
		return ip_invalid(ip, word, "\"mtu\" value is invalid\n");
	q->r.mtu = v;
	return 0;
}

/* It may be cut short to what no other word begins with. */
static bool
is_realm(const char *word)
{
	return strlen(word) > 2 && ip_matches(word, "realms");
}

static int
read_number(struct ip_cmd *ip, struct request *q, const char *name, const char *word)
{
	if (strcmp(name, "metric") == 0) {
		q->has_metric = true;
		return ip_get_u32(word, UINT32_MAX, &q->r.metric)
			       ? 0
			       : ip_invalid(ip, word, "\"metric\" value is invalid\n");
	}
	if (strcmp(name, "protocol") == 0) {
		q->has_proto = true;
		return ip_route_proto(word, &q->r.proto)
			       ? 0
			       : ip_invalid(ip, word, "\"protocol\" value is invalid\n");
	}
	if (strcmp(name, "scope") == 0) {
		q->has_scope = true;
		return ip_scope_parse(word, &q->r.scope)
			       ? 0
			       : ip_invalid(ip, word, "invalid \"scope\" value\n");
	}
	q->has_table = true;
	return ip_route_table(word, &q->r.table)
		       ? 0
		       : ip_invalid(ip, word, "\"table\" value is invalid\n");
}

/* A word that takes a value; -1: it is none. */
static int
read_valued(struct ip_cmd *ip, struct request *q)
{
	static const char *const numbers[] = { "metric", "priority", "preference", "protocol",
					       "scope",  "table",    NULL };
	const char *name = *ip->word, *number = NULL, *value;

	for (unsigned i = 0; numbers[i] != NULL && number == NULL; i++)
		/* Only metric and proto may be cut short, as in iproute2. */
		if (i < 4 ? ip_matches(name, numbers[i]) : strcmp(name, numbers[i]) == 0)
			number = i < 3 ? numbers[0] : numbers[i];
	if (number == NULL && strcmp(name, "via") != 0 && strcmp(name, "dev") != 0 &&
	    strcmp(name, "oif") != 0 && strcmp(name, "src") != 0 && strcmp(name, "mtu") != 0 &&
	    !is_realm(name) && !harmless(name))
		return -1;
	ip->word++;
	value = ip_next(ip);
	if (value == NULL)
		return IP_USAGE;
	if (number != NULL)
		return read_number(ip, q, number, value);
	if (strcmp(name, "via") == 0)
		return read_via(ip, q, value);
	if (strcmp(name, "dev") == 0 || strcmp(name, "oif") == 0) {
		/* Shown with IPv6 routes that have no device; read back so. */
		if (strcmp(value, "lo") == 0)
			return 0;
		return ip_get_port(ip, value, &q->port);
	}
	if (strcmp(name, "src") == 0)
		return ip_get_addr(ip, value, ip->family, &q->r.src);
	if (is_realm(name))
		return ip_route_realm(value, &q->r.realm)
			       ? 0
			       : ip_invalid(ip, value, "\"realm\" value is invalid\n");
	return strcmp(name, "mtu") == 0 ? read_mtu(ip, q, value) : 0;
}

static int
read_word(struct ip_cmd *ip, struct request *q)
{
	int rc = read_valued(ip, q);
	const char *word;

	if (rc >= 0)
		return rc;
	if (ip_is(ip, "onlink")) {
		q->r.onlink = true;
		return 0;
	}
	if (unsupported(*ip->word))
		return ip_say(ip, IP_REFUSED, "Error: \"%s\" routes are not supported.", *ip->word);
	if (ip_is(ip, "to") && *ip->word == NULL)
		return ip_next(ip) == NULL ? IP_USAGE : 0;
	if ((**ip->word < '0' || **ip->word > '9') && ip_route_type(*ip->word, &q->r.type)) {
		ip->word++;
		q->has_type = true;
		if (*ip->word == NULL)
			return ip_next(ip) == NULL ? IP_USAGE : 0;
	}
	if (q->has_dst)
		return ip_garbage(ip, "to", *ip->word);
	word = ip_next(ip);
	q->has_dst = true;
	if (strcmp(word, "default") == 0 || strcmp(word, "any") == 0)
		return 0; /* as q came: all zero */
	return ip_get_prefix(ip, word, ip->family != AF_UNSPEC ? ip->family : q->r.gw.family,
			     &q->r.dst);
}

/* "default via fd01::1": the family shows only at the gateway. */
static void
settle_family(struct ip_cmd *ip, struct request *q)
{
	uint8_t family = ip->family;

	if (q->r.dst.addr.family != AF_UNSPEC)
		return;
	if (family == AF_UNSPEC)
		family = q->r.gw.family != AF_UNSPEC ? q->r.gw.family : q->r.src.family;
	q->r.dst.addr.family = family != AF_UNSPEC ? family : AF_INET;
}

/* One path is an ordinary route; a device or gateway beside paths has to be the first one's. */
static int
settle_paths(struct ip_cmd *ip, struct request *q)
{
	const struct route_hop *hop = q->r.hops;

	if (q->r.nb_hops == 0)
		return 0;
	if (q->port != NULL && hop->port != q->r.port)
		return ip_say(ip, IP_REFUSED,
			      "Error: Nexthop device index does not match RTA_OIF.");
	if (q->via && !ip_addr_equal(&hop->gw, &q->r.gw))
		return ip_say(ip, IP_REFUSED,
			      "Error: Nexthop gateway does not match RTA_GATEWAY or RTA_VIA.");
	if (q->r.realm != 0 && q->r.dst.addr.family == AF_INET && hop->realm != q->r.realm)
		return ip_say(ip, IP_REFUSED, "Error: Nexthop class id does not match RTA_FLOW.");
	q->paths = true;
	q->r.realm = q->r.nb_hops > 1 ? 0 : hop->realm;
	if (q->r.nb_hops > 1)
		return 0;
	q->r.nb_hops = 0;
	q->r.gw = hop->gw;
	q->r.port = hop->port;
	q->r.onlink = hop->onlink;
	return 0;
}

static bool
local_type(uint8_t type)
{
	return type == RTN_LOCAL || type == RTN_BROADCAST || type == RTN_ANYCAST;
}

/* IPv6 routes have none: Linux passes over the word. */
static void
forget_realms(struct route *r)
{
	r->realm = 0;
	for (unsigned i = 0; i < r->nb_hops; i++)
		r->hops[i].realm = 0;
}

static int
read_request(struct ip_cmd *ip, struct request *q)
{
	int rc = 0;

	*q = (struct request){
		.r = { .type = RTN_UNICAST, .table = RT_TABLE_MAIN, .proto = RTPROT_BOOT }
	};
	/* So that "default" and "via" know what family is meant before any address. */
	q->r.dst.addr.family = ip->family;
	while (*ip->word != NULL && strcmp(*ip->word, "nexthop") != 0 && rc == 0)
		rc = read_word(ip, q);
	if (rc == 0 && *ip->word != NULL)
		rc = ip_route_nexthops(ip, &q->r);
	if (rc != 0)
		return rc;
	settle_family(ip, q);
	if (q->port != NULL)
		q->r.port = q->port->index;
	rc = settle_paths(ip, q);
	if (rc != 0)
		return rc;
	if (!q->has_table && local_type(q->r.type))
		q->r.table = RT_TABLE_LOCAL;
	if (q->r.dst.addr.family == AF_INET6) {
		q->r.scope = RT_SCOPE_UNIVERSE;
		forget_realms(&q->r);
	}
	return 0;
}

static int
usage(struct ip_cmd *ip)
{
	return ip_say(
		ip, IP_USAGE,
		"Usage: ip route { list | flush | save } SELECTOR\n"
		"       ip route restore\n"
		"       ip route get ADDRESS [ from ADDRESS iif STRING ] [ oif STRING ]\n"
		"                            [ mark NUMBER ] [ tos TOS ] [ ipproto PROTOCOL ]\n"
		"                            [ sport NUMBER ] [ dport NUMBER ]\n"
		"       ip route { add | del | change | append | prepend | replace } ROUTE\n"
		"SELECTOR := [ root PREFIX ] [ match PREFIX ] [ exact PREFIX ]\n"
		"            [ table TABLE_ID ] [ proto RTPROTO ] [ type TYPE ] [ scope SCOPE ]\n"
		"            [ dev STRING ] [ via ADDRESS ] [ src ADDRESS ] [ realms REALM ]\n"
		"ROUTE := [ TYPE ] PREFIX [ table TABLE_ID ] [ proto RTPROTO ] [ scope SCOPE ]\n"
		"         [ metric METRIC ] [ via ADDRESS ] [ dev STRING ] [ mtu NUMBER ]\n"
		"         [ src ADDRESS ] [ onlink ] [ realms REALM ] [ NH ]...\n"
		"NH := nexthop [ via ADDRESS ] [ dev STRING ] [ weight NUMBER ] [ onlink ]\n"
		"              [ realms REALM ]\n"
		"REALM := [ NUMBER | NAME / ] NUMBER | NAME\n"
		"TYPE := { unicast | local | broadcast | throw | unreachable | prohibit | "
		"blackhole }\n"
		"TABLE_ID := [ local | main | default | NUMBER ]");
}

static int
change(struct ip_cmd *ip, unsigned flags)
{
	struct request q;
	struct err e = { "" };
	int rc;

	if (*ip->word == NULL)
		return usage(ip);
	rc = read_request(ip, &q);
	if (rc == 0 && !q.has_scope && q.r.dst.addr.family == AF_INET) {
		if (q.r.type == RTN_LOCAL)
			q.r.scope = RT_SCOPE_HOST;
		else if (local_type(q.r.type) || (q.r.type == RTN_UNICAST && !q.via && !q.paths))
			q.r.scope = RT_SCOPE_LINK;
	}
	if (rc == 0 && q.r.table == RT_TABLE_UNSPEC)
		q.r.table = RT_TABLE_MAIN;
	if (rc == 0)
		rc = ip_answer(ip, route_add(&q.r, flags, &e), &e);
	free(q.r.hops);
	return rc;
}

static int
route_cmd_add(struct ip_cmd *ip)
{
	return change(ip, ROUTE_CREATE | ROUTE_EXCL);
}

static int
route_cmd_replace(struct ip_cmd *ip)
{
	return change(ip, ROUTE_CREATE | ROUTE_REPLACE);
}

static int
route_cmd_change(struct ip_cmd *ip)
{
	return change(ip, ROUTE_REPLACE);
}

static int
route_cmd_append(struct ip_cmd *ip)
{
	return change(ip, ROUTE_CREATE | ROUTE_APPEND);
}

static int
route_cmd_prepend(struct ip_cmd *ip)
{
	return change(ip, ROUTE_CREATE | ROUTE_PREPEND);
}

/* What a deletion names has to be the route's. */
static struct route_match
match_of(const struct request *q)
{
	struct route_match m = { .mask = ROUTE_M_DST | ROUTE_M_TABLE, .r = q->r };

	if (q->has_scope && q->r.dst.addr.family == AF_INET)
		m.mask |= ROUTE_M_SCOPE;
	if (q->has_type)
		m.mask |= ROUTE_M_TYPE;
	if (q->has_proto)
		m.mask |= ROUTE_M_PROTO;
	if (q->has_metric)
		m.mask |= ROUTE_M_METRIC;
	if (q->r.port != 0)
		m.mask |= ROUTE_M_PORT;
	if (q->r.gw.family != AF_UNSPEC)
		m.mask |= ROUTE_M_GW;
	if (q->r.src.family != AF_UNSPEC)
		m.mask |= ROUTE_M_SRC;
	if (q->r.realm != 0 && m.mask & (ROUTE_M_PORT | ROUTE_M_GW))
		m.mask |= ROUTE_M_REALM;
	return m;
}

static int
route_cmd_del(struct ip_cmd *ip)
{
	struct err e = { "" };
	struct request q;
	int rc;

	if (*ip->word == NULL)
		return usage(ip);
	rc = read_request(ip, &q);
	if (rc == 0 && q.r.table == RT_TABLE_UNSPEC)
		q.r.table = RT_TABLE_MAIN;
	if (rc == 0) {
		struct route_match m = match_of(&q);

		rc = ip_answer(ip, route_del(&m, &e), &e);
	}
	free(q.r.hops);
	return rc;
}

static int
route_cmd_restore(struct ip_cmd *ip)
{
	return ip_restore(ip, "route");
}

int
ip_route(struct ip_cmd *ip)
{
	static const struct ip_verb verbs[] = {
		{ "list", ip_route_show },
		{ "show", ip_route_show },
		{ "lst", ip_route_show },
		{ "get", ip_route_get },
		{ "add", route_cmd_add },
		{ "change", route_cmd_change },
		{ "chg", route_cmd_change },
		{ "replace", route_cmd_replace },
		{ "append", route_cmd_append },
		{ "prepend", route_cmd_prepend },
		{ "delete", route_cmd_del },
		{ "flush", ip_route_flush },
		{ "save", ip_route_save },
		{ "restore", route_cmd_restore },
		{ "help", usage },
		{ NULL, NULL },
	};

	return ip_run_verb(ip, "route", verbs);
}
