/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * `ip rule add|del|flush|save|restore`; show is in cmd_ip_rule_show.c. Control lcore.
 */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <netdb.h>
#include <stdlib.h>

#include "cmd_ip_rule.h"

static int
usage(struct ip_cmd *ip)
{
	return ip_say(ip, IP_USAGE,
		      "Usage: ip rule { add | del } SELECTOR ACTION\n"
		      "       ip rule { flush | save | restore }\n"
		      "       ip rule [ list [ SELECTOR ]]\n"
		      "SELECTOR := [ not ] [ from PREFIX ] [ to PREFIX ] [ tos TOS ]\n"
		      "            [ fwmark FWMARK[/MASK] ]\n"
		      "            [ iif STRING ] [ oif STRING ] [ pref NUMBER ]\n"
		      "            [ ipproto PROTOCOL ]\n"
		      "            [ sport [ NUMBER | NUMBER-NUMBER ]\n"
		      "            [ dport [ NUMBER | NUMBER-NUMBER ] ]\n"
		      "ACTION := [ table TABLE_ID ]\n"
		      "          [ protocol PROTO ]\n"
		      "          [ goto NUMBER ]\n"
		      "          [ blackhole | unreachable | prohibit | nop ]\n"
		      "          [ suppress_prefixlength NUMBER ]\n"
		      "TABLE_ID := [ local | main | default | NUMBER ]");
}

static int
read_fwmark(struct ip_cmd *ip, const char *word, struct policy_rule *r)
{
	const char *slash = strchr(word, '/');
	char mark[32];

	snprintf(mark, sizeof(mark), "%.*s", slash ? (int)(slash - word) : 31, word);
	if (!ip_get_u32(mark, UINT32_MAX, &r->mark))
		return ip_invalid(ip, mark, "fwmark value is invalid\n");
	r->mask = UINT32_MAX;
	if (slash != NULL && !ip_get_u32(slash + 1, UINT32_MAX, &r->mask))
		return ip_invalid(ip, slash + 1, "fwmask value is invalid\n");
	return 0;
}

/* Numbers above 65535 wrap, as iproute2 lets them. */
static int
read_ports(struct ip_cmd *ip, const char *name, const char *word, struct policy_ports *p)
{
	char *end;

	p->first = p->last = strtoul(word, &end, 0);
	if (end != word && *end == '-') {
		word = end + 1;
		p->last = strtoul(word, &end, 0);
	}
	if (end == word || *end != '\0')
		return ip_invalid(ip, word,
				  strcmp(name, "sport") == 0 ? "invalid sport range\n"
							     : "invalid dport range\n");
	if (p->first == 0 || p->last < p->first)
		return ip_say(ip, IP_REFUSED, "Error: Invalid %s range.", name);
	return 0;
}

static int
read_number(struct ip_cmd *ip, const char *name, const char *word, struct policy_rule *r)
{
	uint32_t v;

	if (strcmp(name, "pref") == 0) {
		r->has_pref = true;
		return ip_get_u32(word, UINT32_MAX, &r->pref)
			       ? 0
			       : ip_invalid(ip, word, "preference value is invalid\n");
	}
	if (strcmp(name, "goto") == 0) {
		r->action = POLICY_GOTO;
		return ip_get_u32(word, UINT32_MAX, &r->target)
			       ? 0
			       : ip_invalid(ip, word, "invalid target\n");
	}
	if (strcmp(name, "suppress") == 0) {
		if (!ip_get_u32(word, INT32_MAX, &v))
			return ip_invalid(ip, word, "suppress_prefixlength value is invalid\n");
		r->suppress = v;
		return 0;
	}
	if (strcmp(name, "tos") == 0)
		return ip_rule_tos(word, &r->tos) ? 0
						  : ip_invalid(ip, word, "TOS value is invalid\n");
	if (strcmp(name, "protocol") == 0)
		return ip_route_proto(word, &r->proto)
			       ? 0
			       : ip_invalid(ip, word, "\"protocol\" value is invalid\n");
	return ip_route_table(word, &r->table) && (strcmp(word, "all") != 0)
		       ? 0
		       : ip_invalid(ip, word, "invalid table ID\n");
}

static int
read_ip_proto(struct ip_cmd *ip, const char *word, struct policy_rule *r)
{
	const struct protoent *p;
	uint32_t v;

	if (ip_get_u32(word, 255, &v)) {
		r->ip_proto = v;
		return 0;
	}
	p = getprotobyname(word);
	if (p == NULL)
		return ip_invalid(ip, word, "Invalid \"ipproto\" value\n");
	r->ip_proto = p->p_proto;
	return 0;
}

static int
read_name(struct ip_cmd *ip, const char *name_of, const char *word, char name[PORT_NAME_MAX])
{
	if (strlen(word) >= PORT_NAME_MAX)
		return ip_invalid(ip, word,
				  strcmp(name_of, "iif") == 0 ? "\"iif\"/\"dev\" not a valid ifname"
							      : "\"oif\" not a valid ifname");
	memset(name, 0, PORT_NAME_MAX);
	memcpy(name, word, strlen(word));
	return 0;
}

static int
read_prefix(struct ip_cmd *ip, const char *word, struct ip_prefix *p)
{
	int rc = ip_get_prefix(ip, word, ip->family, p);

	if (rc == 0 &&
	    (strcmp(word, "all") == 0 || strcmp(word, "any") == 0 || strcmp(word, "default") == 0))
		*p = (struct ip_prefix){ 0 };
	if (rc == 0 && p->len == 0 && p->addr.family != AF_UNSPEC)
		*p = (struct ip_prefix){ 0 };
	return rc;
}

/* The value of a selector or action that takes one. */
static int
read_value(struct ip_cmd *ip, const char *name, const char *word, struct policy_rule *r)
{
	if (strcmp(name, "from") == 0)
		return read_prefix(ip, word, &r->src);
	if (strcmp(name, "to") == 0)
		return read_prefix(ip, word, &r->dst);
	if (strcmp(name, "fwmark") == 0)
		return read_fwmark(ip, word, r);
	if (strcmp(name, "sport") == 0)
		return read_ports(ip, name, word, &r->sport);
	if (strcmp(name, "dport") == 0)
		return read_ports(ip, name, word, &r->dport);
	if (strcmp(name, "ipproto") == 0)
		return read_ip_proto(ip, word, r);
	if (strcmp(name, "iif") == 0)
		return read_name(ip, name, word, r->in);
	if (strcmp(name, "oif") == 0)
		return read_name(ip, name, word, r->out);
	return read_number(ip, name, word, r);
}

/* iproute2's spellings of one thing; those with a beginning long enough may be cut short. */
static const struct {
	const char *word, *name;
	bool cut;
} values[] = {
	{ "from", "from", false },
	{ "to", "to", false },
	{ "preference", "pref", true },
	{ "order", "pref", true },
	{ "priority", "pref", true },
	{ "tos", "tos", false },
	{ "dsfield", "tos", true },
	{ "fwmark", "fwmark", false },
	{ "table", "table", true },
	{ "lookup", "table", false },
	{ "suppress_prefixlength", "suppress", false },
	{ "sup_pl", "suppress", false },
	{ "protocol", "protocol", true },
	{ "iif", "iif", false },
	{ "dev", "iif", true },
	{ "oif", "oif", false },
	{ "goto", "goto", false },
	{ "ipproto", "ipproto", false },
	{ "sport", "sport", false },
	{ "dport", "dport", false },
};

const char *
ip_rule_word(const char *word)
{
	for (unsigned i = 0; i < RTE_DIM(values); i++)
		if (values[i].cut ? ip_matches(word, values[i].word)
				  : strcmp(word, values[i].word) == 0)
			return values[i].name;
	return NULL;
}

static int
read_action(struct ip_cmd *ip, struct policy_rule *r)
{
	static const char *const unsupported[] = { "realms", "uidrange", "l3mdev",
						   "nat",    "map-to",   "suppress_ifgroup" };

	if (ip_is(ip, "nop"))
		r->action = POLICY_NOP;
	else if (ip_is(ip, "blackhole"))
		r->action = POLICY_BLACKHOLE;
	else if (ip_is(ip, "unreachable"))
		r->action = POLICY_UNREACHABLE;
	else if (ip_is(ip, "prohibit"))
		r->action = POLICY_PROHIBIT;
	else {
		for (unsigned i = 0; i < RTE_DIM(unsupported); i++)
			if (strcmp(*ip->word, unsupported[i]) == 0)
				return ip_say(ip, IP_REFUSED,
					      "Error: \"%s\" in rules is not supported.",
					      unsupported[i]);
		if (ip_is(ip, "help"))
			return usage(ip);
		ip_is(ip, "type");
		if (*ip->word == NULL)
			return ip_next(ip) == NULL ? IP_USAGE : 0;
		return ip_say(ip, IP_USAGE,
			      "Error: argument \"%.80s\" is wrong: Failed to parse rule type",
			      *ip->word);
	}
	return 0;
}

static int
read_rule(struct ip_cmd *ip, struct policy_rule *r)
{
	int rc = 0;

	memset(r, 0, sizeof(*r));
	r->suppress = -1;
	while (*ip->word != NULL && rc == 0) {
		const char *name = ip_rule_word(*ip->word), *word;

		if (name != NULL) {
			ip->word++;
			word = ip_next(ip);
			rc = word == NULL ? IP_USAGE : read_value(ip, name, word, r);
		} else if (ip_is(ip, "not")) {
			r->invert = true;
		} else {
			rc = read_action(ip, r);
		}
	}
	if (rc != 0)
		return rc;
	r->family = ip->family != AF_UNSPEC ? ip->family : AF_INET;
	if (r->family == AF_INET && r->src.addr.family == AF_INET6)
		return ip_say(ip, IP_REFUSED, "Error: Invalid source address.");
	if (r->family == AF_INET && r->dst.addr.family == AF_INET6)
		return ip_say(ip, IP_REFUSED, "Error: Invalid dst address.");
	return 0;
}

int
ip_rule_filter(struct ip_cmd *ip, struct ip_rule_filter *f)
{
	int rc;

	f->empty = *ip->word == NULL;
	rc = read_rule(ip, &f->want);
	f->family = f->want.family;
	return rc;
}

/* A table no rule and no route names: what IPv4 takes for "table 0". */
static uint32_t
free_table(void)
{
	for (uint32_t id = 1; id < RT_TABLE_COMPAT; id++)
		if (!route_table_exists(AF_INET, id))
			return id;
	return 0;
}

static int
rule_add(struct ip_cmd *ip)
{
	struct err e = { "" };
	struct policy_rule r;
	bool table_named = false;
	int rc;

	if (*ip->word == NULL)
		return ip_say(ip, IP_BAD, "\"ip rule add\" requires arguments.");
	for (char **w = ip->word; *w != NULL; w++) {
		const char *name = ip_rule_word(*w);

		table_named |= name != NULL && strcmp(name, "table") == 0;
	}
	rc = read_rule(ip, &r);
	if (rc != 0)
		return rc;
	if (r.action != POLICY_TABLE)
		r.table = 0;
	else if (!table_named)
		r.table = RT_TABLE_MAIN;
	else if (r.table == 0 && r.family == AF_INET)
		r.table = free_table();
	if (r.action == POLICY_TABLE && r.table == 0)
		return ip_say(ip, IP_REFUSED, "Error: Invalid table.");
	return ip_answer(ip, policy_add(&r, &e), &e);
}

static int
rule_del(struct ip_cmd *ip)
{
	struct err e = { "" };
	struct policy_rule r;
	bool action = false;
	int rc;

	if (*ip->word == NULL)
		return ip_say(ip, IP_BAD, "\"ip rule del\" requires arguments.");
	for (char **w = ip->word; *w != NULL; w++)
		action |= strcmp(*w, "blackhole") == 0 || strcmp(*w, "unreachable") == 0 ||
			  strcmp(*w, "prohibit") == 0 || strcmp(*w, "goto") == 0;
	rc = read_rule(ip, &r);
	if (rc != 0)
		return rc;
	/* A deletion that names no action means any. */
	if (!action)
		r.action = POLICY_NOP;
	return ip_answer(ip, policy_del(&r, &e), &e);
}

struct victims {
	const struct ip_rule_filter *f;
	struct policy_rule *of;
	unsigned n;
};

static void
note_victim(const struct policy_rule *r, void *arg)
{
	struct victims *v = arg;

	if (r->pref == 0 || !ip_rule_wanted(v->f, r))
		return;
	v->of = realloc(v->of, (v->n + 1) * sizeof(*v->of));
	if (v->of == NULL)
		abort();
	v->of[v->n++] = *r;
}

static int
rule_flush(struct ip_cmd *ip)
{
	struct ip_rule_filter f;
	struct victims v = { .f = &f };
	struct err e;
	int rc = ip_rule_filter(ip, &f);

	if (rc != 0)
		return rc;
	if (f.empty) {
		policy_flush(f.family, 0);
		return IP_OK;
	}
	policy_walk(f.family, note_victim, &v);
	for (unsigned i = 0; i < v.n; i++)
		policy_del(&v.of[i], &e);
	free(v.of);
	return IP_OK;
}

/* The lines that `ip rule save` printed. */
static int
rule_restore(struct ip_cmd *ip)
{
	return ip_restore(ip, "rule");
}

int
ip_rule(struct ip_cmd *ip)
{
	static const struct ip_verb verbs[] = {
		{ "list", ip_rule_show }, { "lst", ip_rule_show },     { "show", ip_rule_show },
		{ "save", ip_rule_save }, { "restore", rule_restore }, { "add", rule_add },
		{ "delete", rule_del },   { "flush", rule_flush },     { "help", usage },
		{ NULL, NULL },
	};

	return ip_run_verb(ip, "rule", verbs);
}
