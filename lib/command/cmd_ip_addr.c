/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * `ip addr add|change|replace|del`; show and flush are in cmd_ip_addr_show.c. Control lcore.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/rtnetlink.h>

#include "addr.h"
#include "base_clock.h"
#include "cmd_ip.h"

/* What the words of add, change, replace and del say. */
struct request {
	struct addr a;
	const struct port *port;
	bool has_local, has_scope, has_len;
	uint32_t valid, preferred; /* seconds, ADDR_FOREVER */
	char brd;                  /* '+': all ones, '-': all zeros, 0: as given or none */
};

static uint8_t
default_scope(const struct ip_addr *a)
{
	if (a->family == AF_INET)
		return ntohl(a->v4) >> 24 == 127 ? RT_SCOPE_HOST : RT_SCOPE_UNIVERSE;
	return ip_addr_is_link_local(a) ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
}

static int
read_label(struct ip_cmd *ip, struct request *r)
{
	const char *word = ip_next(ip);

	if (word == NULL)
		return IP_USAGE;
	if (strlen(word) >= sizeof(r->a.label))
		return ip_say(ip, IP_REFUSED, "Error: Attribute failed policy validation.");
	strcpy(r->a.label, word);
	return 0;
}

static int
read_lifetime(struct ip_cmd *ip, const char *what, uint32_t *seconds)
{
	const char *word = ip_next(ip);

	if (word == NULL)
		return IP_USAGE;
	if (strcmp(word, "forever") == 0)
		*seconds = ADDR_FOREVER;
	else if (!ip_get_u32(word, UINT32_MAX, seconds))
		return ip_invalid(ip, word, what);
	return 0;
}

/* A word that stands alone; -1: it is none of these. */
static int
read_flag(struct ip_cmd *ip, struct request *r)
{
	if (ip_is(ip, "noprefixroute"))
		r->a.no_route = true;
	else if (ip_is(ip, "nodad"))
		r->a.no_dad = true;
	else if (!ip_is(ip, "home") && !ip_is(ip, "mngtmpaddr") && !ip_is(ip, "optimistic"))
		return -1;
	return 0;
}

/* A word with its value, but for the address itself; -1: it is none of these. */
static int
read_option(struct ip_cmd *ip, struct request *r)
{
	const char *word;

	if (ip_is(ip, "dev")) {
		word = ip_next(ip);
		return word == NULL ? IP_USAGE : ip_get_port(ip, word, &r->port);
	}
	if (ip_is(ip, "scope")) {
		word = ip_next(ip);
		if (word == NULL)
			return IP_USAGE;
		r->has_scope = true;
		return ip_scope_parse(word, &r->a.scope)
			       ? 0
			       : ip_invalid(ip, word, "invalid scope value.");
	}
	if (ip_is(ip, "metric") || ip_is(ip, "priority") || ip_is(ip, "preference")) {
		word = ip_next(ip);
		if (word == NULL)
			return IP_USAGE;
		return ip_get_u32(word, UINT32_MAX, &r->a.metric)
			       ? 0
			       : ip_invalid(ip, word, "\"metric\" value is invalid\n");
	}
	if (ip_is(ip, "label"))
		return read_label(ip, r);
	if (ip_like(ip, "valid_lft"))
		return read_lifetime(ip, "valid_lft value", &r->valid);
	if (ip_like(ip, "preferred_lft"))
		return read_lifetime(ip, "preferred_lft value", &r->preferred);
	return read_flag(ip, r);
}

static int
read_broadcast(struct ip_cmd *ip, struct request *r)
{
	const char *word = ip_next(ip);

	if (word == NULL)
		return IP_USAGE;
	if (strcmp(word, "+") == 0 || strcmp(word, "-") == 0) {
		r->brd = word[0];
		return 0;
	}
	return ip_get_addr(ip, word, AF_INET, &r->a.broadcast);
}

static int
read_peer(struct ip_cmd *ip, struct request *r)
{
	const char *word = ip_next(ip);
	struct ip_prefix peer;
	int rc;

	if (word == NULL)
		return IP_USAGE;
	rc = ip_get_prefix(ip, word, ip->family, &peer);
	if (rc != 0)
		return rc;
	r->a.peer = peer.addr;
	r->a.prefix.len = peer.len;
	return 0;
}

static int
read_word(struct ip_cmd *ip, struct request *r)
{
	uint8_t len = r->a.prefix.len;
	int rc = read_option(ip, r);
	const char *word;

	if (rc >= 0)
		return rc;
	if (ip_is(ip, "peer") || ip_is(ip, "remote"))
		return read_peer(ip, r);
	if (ip_matches(*ip->word, "broadcast") || strcmp(*ip->word, "brd") == 0) {
		ip->word++;
		return read_broadcast(ip, r);
	}
	if (ip_is(ip, "local") && *ip->word == NULL)
		return ip_next(ip) == NULL ? IP_USAGE : 0;
	if (r->has_local)
		return ip_garbage(ip, "local", *ip->word);
	word = ip_next(ip);
	rc = ip_get_prefix(ip, word, ip->family, &r->a.prefix);
	r->has_local = true;
	r->has_len = strchr(word, '/') != NULL;
	if (r->a.peer.family != AF_UNSPEC)
		r->a.prefix.len = len;
	return rc;
}

static void
complete(struct request *r)
{
	struct ip_addr *b = &r->a.broadcast;
	uint32_t host;

	if (!r->has_scope || r->a.prefix.addr.family == AF_INET6)
		r->a.scope = default_scope(&r->a.prefix.addr);
	r->a.port = r->port->index;
	if (r->brd == 0 || r->a.prefix.addr.family != AF_INET || r->a.prefix.len >= 31)
		return;
	host = htonl(~0u >> r->a.prefix.len);
	*b = ip_addr_v4(r->brd == '+' ? r->a.prefix.addr.v4 | host : r->a.prefix.addr.v4 & ~host);
}

static int
read_request(struct ip_cmd *ip, struct request *r)
{
	int rc = 0;

	*r = (struct request){ .valid = ADDR_FOREVER, .preferred = ADDR_FOREVER };
	while (*ip->word != NULL && rc == 0)
		rc = read_word(ip, r);
	if (rc != 0)
		return rc;
	if (r->port == NULL)
		return ip_say(ip, IP_BAD, "Not enough information: \"dev\" argument is required.");
	if (!r->has_local)
		return ip_answer(ip, -EOPNOTSUPP, NULL);
	complete(r);
	if (r->valid == 0)
		return ip_say(ip, IP_BAD, "valid_lft is zero");
	/* A preferred time alone counts for IPv6 only, as in Linux. */
	if (r->preferred > r->valid && r->preferred != ADDR_FOREVER)
		return ip_say(ip, IP_BAD, "preferred_lft is greater than valid_lft");
	if (r->valid != ADDR_FOREVER || r->preferred != ADDR_FOREVER) {
		r->a.valid = r->valid;
		r->a.preferred = RTE_MIN(r->preferred, r->valid);
		r->a.deprecated = r->preferred == 0;
		r->a.since = clock_ms();
	}
	if (r->valid == ADDR_FOREVER && r->a.prefix.addr.family == AF_INET && r->preferred != 0)
		r->a.valid = 0;
	return 0;
}

static int
addr_cmd_add(struct ip_cmd *ip)
{
	struct request r;
	struct err e;
	int rc = read_request(ip, &r);

	return rc != 0 ? rc : ip_answer(ip, addr_add(&r.a, &e), &e);
}

/* change and replace: in an address that is there only its lifetimes change. */
static int
addr_cmd_replace(struct ip_cmd *ip)
{
	struct request r;
	struct err e;
	int rc = read_request(ip, &r);

	if (rc != 0)
		return rc;
	rc = addr_add(&r.a, &e);
	if (rc == -EEXIST)
		rc = addr_set_lifetime(&r.a, &e);
	return ip_answer(ip, rc, &e);
}

static int
addr_cmd_del(struct ip_cmd *ip)
{
	char text[IP_ADDR_TEXT];
	struct request r;
	struct err e;
	int rc = read_request(ip, &r);
	bool any_len;

	if (rc != 0)
		return rc;
	any_len = !r.has_len && r.a.prefix.addr.family == AF_INET && r.a.peer.family == AF_UNSPEC;
	if (any_len)
		ip_say(ip, 0,
		       "Warning: Executing wildcard deletion to stay compatible with old scripts.\n"
		       "         Explicitly specify the prefix length (%s/32) to avoid this "
		       "warning.\n"
		       "         This special behaviour is likely to disappear in further "
		       "releases,\n"
		       "         fix your scripts!",
		       ip_addr_text(&r.a.prefix.addr, text));
	return ip_answer(ip, addr_del(r.port->index, &r.a.prefix, any_len, &e), &e);
}

static int
addr_cmd_help(struct ip_cmd *ip)
{
	return ip_say(
		ip, IP_USAGE,
		"Usage: ip address {add|change|replace} IFADDR dev IFNAME\n"
		"       ip address del IFADDR dev IFNAME\n"
		"       ip address {show|flush} [ dev IFNAME ] [ scope SCOPE-ID ]\n"
		"                               [ to PREFIX ] [ primary | secondary ] [ up ]\n"
		"IFADDR := PREFIX [ peer PREFIX ] [ broadcast { ADDR | + | - } ] [ scope SCOPE-ID "
		"]");
}

int
ip_addr(struct ip_cmd *ip)
{
	static const struct ip_verb verbs[] = {
		{ "add", addr_cmd_add },
		{ "change", addr_cmd_replace },
		{ "chg", addr_cmd_replace },
		{ "replace", addr_cmd_replace },
		{ "delete", addr_cmd_del },
		{ "show", ip_addr_show },
		{ "lst", ip_addr_show },
		{ "list", ip_addr_show },
		{ "flush", ip_addr_flush },
		{ "help", addr_cmd_help },
		{ NULL, NULL },
	};

	return *ip->word == NULL ? ip_addr_show(ip) : ip_run_verb(ip, "address", verbs);
}
