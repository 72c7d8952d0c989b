/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * `ip addr`: the box's own addresses. Control lcore.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fnmatch.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>

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

struct filter {
	const struct port *port;
	bool up, has_scope, has_to, primary, secondary, permanent, dynamic, deprecated;
	const char *label; /* a pattern of IPv4 addresses' labels */
	uint8_t scope, family;
	struct ip_prefix to;
};

static bool
read_filter_flag(struct ip_cmd *ip, struct filter *f)
{
	if (ip_is(ip, "primary"))
		f->primary = true;
	else if (ip_is(ip, "secondary"))
		f->secondary = true;
	else if (ip_is(ip, "permanent"))
		f->permanent = true;
	else if (ip_is(ip, "dynamic"))
		f->dynamic = true;
	else if (ip_is(ip, "deprecated"))
		f->deprecated = true;
	else
		return false;
	return true;
}

static int
read_filter_word(struct ip_cmd *ip, struct filter *f)
{
	const char *word;

	if (ip_is(ip, "up")) {
		f->up = true;
		return 0;
	}
	if (read_filter_flag(ip, f))
		return 0;
	if (ip_is(ip, "label")) {
		f->label = ip_next(ip);
		return f->label == NULL ? IP_USAGE : 0;
	}
	if (ip_is(ip, "scope")) {
		word = ip_next(ip);
		f->has_scope = true;
		if (word == NULL)
			return IP_USAGE;
		return ip_scope_parse(word, &f->scope)
			       ? 0
			       : ip_invalid(ip, word, "invalid \"scope\"\n");
	}
	if (ip_is(ip, "to")) {
		word = ip_next(ip);
		f->has_to = true;
		return word == NULL ? IP_USAGE : ip_get_prefix(ip, word, ip->family, &f->to);
	}
	if (ip_is(ip, "dev") && *ip->word == NULL)
		return ip_next(ip) == NULL ? IP_USAGE : 0;
	if (f->port != NULL)
		return ip_garbage(ip, "dev", *ip->word);
	f->port = port_by_name(gen_current(), *ip->word);
	if (f->port == NULL)
		return ip_say(ip, IP_BAD, "Device \"%.80s\" does not exist.", *ip->word);
	ip->word++;
	return 0;
}

/* Will it go by itself? */
static bool
is_dynamic(const struct addr *a)
{
	return a->valid != 0 && a->valid != ADDR_FOREVER;
}

static bool
label_wanted(const struct filter *f, const struct addr *a)
{
	const char *label = a->label[0] != '\0' ? a->label : ip_port_name(a->port);

	return f->label == NULL || a->prefix.addr.family != AF_INET ||
	       fnmatch(f->label, label, 0) == 0;
}

static bool
wanted(const struct filter *f, const struct addr *a)
{
	return (f->family == AF_UNSPEC || f->family == a->prefix.addr.family) &&
	       (!f->has_scope || f->scope == a->scope) &&
	       (!f->has_to || ip_prefix_contains(&f->to, &a->prefix.addr)) &&
	       !(f->primary && a->secondary) && !(f->secondary && !a->secondary) &&
	       !(f->permanent && is_dynamic(a)) && !(f->dynamic && !is_dynamic(a)) &&
	       !(f->deprecated && !a->deprecated) && label_wanted(f, a);
}

/* What is left of it. */
static void
print_lifetime(struct str *out, uint32_t seconds, uint64_t since)
{
	uint64_t gone = (clock_ms() - since) / 1000;

	if (seconds == ADDR_FOREVER)
		str_add(out, "forever");
	else
		str_printf(out, "%usec", gone < seconds ? (uint32_t)(seconds - gone) : 0);
}

static void
print_addr(struct ip_cmd *ip, const struct addr *a)
{
	bool v4 = a->prefix.addr.family == AF_INET;
	const char *port = ip_port_name(a->port);
	char text[IP_ADDR_TEXT], scope[8];
	struct str *out = &ip->c->out;

	if (ip->oneline)
		str_printf(out, "%u: %s", a->port, port);
	str_printf(out, "    %s %s", v4 ? "inet" : "inet6", ip_addr_text(&a->prefix.addr, text));
	if (a->peer.family != AF_UNSPEC)
		str_printf(out, " peer %s", ip_addr_text(&a->peer, text));
	str_printf(out, "/%u", a->prefix.len);
	if (a->metric != 0)
		str_printf(out, " metric %u", a->metric);
	if (a->broadcast.family != AF_UNSPEC)
		str_printf(out, " brd %s", ip_addr_text(&a->broadcast, text));
	str_printf(out, " scope %s ", ip_scope_name(a->scope, scope));
	str_printf(out, "%s%s%s%s%s%s%s", a->secondary ? "secondary " : "",
		   a->no_dad ? "nodad " : "", a->dad == ADDR_DUPLICATE ? "dadfailed " : "",
		   a->deprecated ? "deprecated " : "", a->dad != ADDR_USABLE ? "tentative " : "",
		   is_dynamic(a) ? "dynamic " : "", a->no_route ? "noprefixroute " : "");
	if (v4)
		str_add(out, a->label[0] != '\0' ? a->label : port);
	str_printf(out, "%s       valid_lft ", ip->oneline ? "\\" : "\n");
	print_lifetime(out, a->valid == 0 ? ADDR_FOREVER : a->valid, a->since);
	str_add(out, " preferred_lft ");
	print_lifetime(out, a->valid == 0 ? ADDR_FOREVER : a->preferred, a->since);
	str_add(out, "\n");
}

static void
print_brief(struct ip_cmd *ip, const struct port *p, const struct filter *f)
{
	struct str *out = &ip->c->out;
	const struct addr *a;
	char text[IP_ADDR_TEXT];

	str_printf(out, "%-16s %-14s ", p->name, p->up && p->link ? "UP" : "DOWN");
	for (unsigned i = 0; (a = addr_nth(gen_current(), i)) != NULL; i++)
		if (a->port == p->index && wanted(f, a))
			str_printf(out, a->metric != 0 ? "%s/%u metric %u " : "%s/%u ",
				   ip_addr_text(&a->prefix.addr, text), a->prefix.len, a->metric);
	str_add(out, "\n");
}

static void
print_port(struct ip_cmd *ip, const struct port *p, const struct filter *f)
{
	bool some = false;
	const struct addr *a;

	for (unsigned i = 0; (a = addr_nth(gen_current(), i)) != NULL; i++)
		some |= a->port == p->index && wanted(f, a);
	if (!some && (f->family != AF_UNSPEC || f->has_to || f->label != NULL || f->has_scope ||
		      f->permanent || f->dynamic || f->deprecated || f->secondary))
		return;
	if (ip->brief) {
		print_brief(ip, p, f);
		return;
	}
	if (!ip->oneline)
		ip_print_link(ip, p, false, f->family == AF_UNSPEC && !f->has_to);
	for (unsigned i = 0; (a = addr_nth(gen_current(), i)) != NULL; i++)
		if (a->port == p->index && wanted(f, a))
			print_addr(ip, a);
}

static int
read_filter(struct ip_cmd *ip, struct filter *f)
{
	int rc = 0;

	*f = (struct filter){ .family = ip->family };
	while (*ip->word != NULL && rc == 0)
		rc = read_filter_word(ip, f);
	return rc;
}

static int
addr_cmd_show(struct ip_cmd *ip)
{
	const struct port_table *t = port_table_get(gen_current());
	struct filter f;
	int rc = read_filter(ip, &f);

	for (unsigned i = 1; i < PORT_MAX && rc == 0; i++) {
		const struct port *p = t->by_index[i];

		if (p != NULL && (f.port == NULL || f.port == p) && (!f.up || p->up))
			print_port(ip, p, &f);
	}
	return rc;
}

/* Deleting a primary takes its secondaries along: begin anew after each. */
static int
addr_cmd_flush(struct ip_cmd *ip)
{
	const struct addr *a;
	struct filter f;
	struct err e;
	int rc;

	if (*ip->word == NULL)
		return ip_say(ip, IP_BAD, "Flush requires arguments.");
	rc = read_filter(ip, &f);
	for (unsigned i = 0; rc == 0 && (a = addr_nth(gen_current(), i)) != NULL;) {
		if ((f.port != NULL && a->port != f.port->index) || !wanted(&f, a) ||
		    (f.label != NULL && a->prefix.addr.family == AF_INET6)) {
			i++;
			continue;
		}
		rc = ip_answer(ip, addr_del(a->port, &a->prefix, false, &e), &e);
		i = 0;
	}
	return rc;
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
		{ "show", addr_cmd_show },
		{ "lst", addr_cmd_show },
		{ "list", addr_cmd_show },
		{ "flush", addr_cmd_flush },
		{ "help", addr_cmd_help },
		{ NULL, NULL },
	};

	return *ip->word == NULL ? addr_cmd_show(ip) : ip_run_verb(ip, "address", verbs);
}
