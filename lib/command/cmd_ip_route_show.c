/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * `ip route show|flush`. Control lcore.
 */
#include <linux/rtnetlink.h>
#include <stdlib.h>

#include "cmd_ip_route.h"

struct selector {
	struct ip_cmd *ip;
	struct route_match m; /* what also is not printed: the user knows */
	struct ip_prefix within, covers;
	bool has_within, has_covers;
	uint32_t realm, realm_mask; /* realm_mask 0: any */
	uint32_t table;             /* the one being walked */
	bool all_tables;            /* then each line of another than main says its table */
	bool cache;                 /* exceptions only, which nobody keeps here: none is selected */
	bool save;                  /* print what `ip route add` reads */
};

static bool
covers(const struct ip_prefix *wide, const struct ip_prefix *p)
{
	return wide->addr.family == p->addr.family && wide->len <= p->len &&
	       ip_prefix_contains(wide, &p->addr);
}

static bool
selected(const struct selector *s, const struct route *r)
{
	if (r->nb_hops > 1 && s->m.mask & (ROUTE_M_PORT | ROUTE_M_GW))
		return false;
	/* Of several paths each has its own: the route has none. */
	if (((r->nb_hops > 1 ? 0 : r->realm) ^ s->realm) & s->realm_mask)
		return false;
	return !s->cache && r->table == s->table && route_matches(r, &s->m) &&
	       (!s->has_within || covers(&s->within, &r->dst)) &&
	       (!s->has_covers || covers(&r->dst, &s->covers));
}

/* What `ip route add` takes when it is not told. */
static uint8_t
default_scope(const struct route *r)
{
	if (r->type == RTN_LOCAL)
		return RT_SCOPE_HOST;
	if (r->type == RTN_BROADCAST || r->type == RTN_ANYCAST ||
	    (r->type == RTN_UNICAST && r->nb_hops < 2 && r->gw.family == AF_UNSPEC))
		return RT_SCOPE_LINK;
	return RT_SCOPE_UNIVERSE;
}

static void
print_attributes(struct selector *s, const struct route *r)
{
	struct str *out = &s->ip->c->out;
	bool v4 = r->dst.addr.family == AF_INET;
	char text[IP_ADDR_TEXT], buf[8];

	if (r->proto != RTPROT_BOOT && !(s->m.mask & ROUTE_M_PROTO && !s->save))
		str_printf(out, "proto %s ", ip_route_proto_name(r->proto, buf));
	if (v4 && (s->save ? r->scope != default_scope(r)
			   : r->scope != RT_SCOPE_UNIVERSE && !(s->m.mask & ROUTE_M_SCOPE)))
		str_printf(out, "scope %s ", ip_scope_name(r->scope, buf));
	if (r->src.family != AF_UNSPEC && !(s->m.mask & ROUTE_M_SRC && !s->save))
		str_printf(out, "src %s ", ip_addr_text(&r->src, text));
	if ((!v4 || r->metric != 0) && !(s->m.mask & ROUTE_M_METRIC && !s->save))
		str_printf(out, "metric %u ", r->metric);
	if (r->onlink)
		str_add(out, "onlink ");
	if (s->save)
		ip_route_save_realm(out, r->realm);
	else if (s->realm_mask != UINT32_MAX)
		ip_route_print_realm(out, r->realm);
	if (r->mtu != 0)
		str_printf(out, "mtu %s%u ", r->mtu_lock ? "lock " : "", r->mtu);
	if (!v4 && !s->save)
		str_add(out, "pref medium");
}

static void
print_path(struct selector *s, const struct route_hop *hop)
{
	const struct port *p = port_get(gen_current(), hop->port);
	struct str *out = &s->ip->c->out;
	char text[IP_ADDR_TEXT];

	str_add(out, s->save ? "nexthop " : s->ip->oneline ? "\\\tnexthop " : "\n\tnexthop ");
	if (hop->gw.family != AF_UNSPEC)
		str_printf(out, "via %s ", ip_addr_text(&hop->gw, text));
	if (s->save)
		ip_route_save_realm(out, hop->realm);
	else
		ip_route_print_realm(out, hop->realm);
	str_printf(out, "dev %s weight %u ", ip_port_name(hop->port), hop->weight);
	if (!s->save && p != NULL && !p->up)
		str_add(out, "dead ");
	if (hop->onlink)
		str_add(out, "onlink ");
	if (!s->save && p != NULL && (!p->up || !p->link))
		str_add(out, "linkdown ");
}

static void
print_route(struct selector *s, const struct route *r)
{
	struct str *out = &s->ip->c->out;
	bool v4 = r->dst.addr.family == AF_INET;
	char text[IP_ADDR_TEXT], buf[16];

	if (r->type != RTN_UNICAST)
		str_printf(out, "%s ", ip_route_type_name(r->type, buf));
	ip_print_prefix(out, &r->dst);
	str_add(out, " ");
	if (r->gw.family != AF_UNSPEC && r->nb_hops < 2 && !(s->m.mask & ROUTE_M_GW && !s->save))
		str_printf(out, "via %s ", ip_addr_text(&r->gw, text));
	if ((r->port != 0 || (!v4 && !s->save)) && r->nb_hops < 2 &&
	    !(s->m.mask & ROUTE_M_PORT && !s->save))
		str_printf(out, "dev %s ", ip_port_name(r->port));
	if ((s->all_tables || s->save) && r->table != RT_TABLE_MAIN)
		str_printf(out, "table %s ", ip_route_table_name(r->table, buf));
	print_attributes(s, r);
	for (unsigned i = 0; i < r->nb_hops; i++)
		print_path(s, &r->hops[i]);
	str_add(out, "\n");
}

void
ip_route_print(struct ip_cmd *ip, const struct route *r)
{
	struct selector s = { .ip = ip, .all_tables = r->table != RT_TABLE_LOCAL };

	print_route(&s, r);
}

static void
show_one(const struct route *r, void *arg)
{
	struct selector *s = arg;

	if (selected(s, r))
		print_route(s, r);
}

/* Local ones make themselves with their addresses. */
static void
save_one(const struct route *r, void *arg)
{
	struct selector *s = arg;

	if (!selected(s, r))
		return;
	str_add(&s->ip->c->out, "route add ");
	print_route(s, r);
}

/* "root P", "match P", "exact P", or P alone, which means exact. */
static int
read_prefixes(struct selector *s)
{
	struct ip_cmd *ip = s->ip;
	bool root = ip_is(ip, "root"), match = !root && ip_is(ip, "match");
	struct ip_prefix p;
	const char *word;
	int rc;

	if (!root && !match)
		ip_is(ip, "exact");
	word = ip_next(ip);
	if (word == NULL)
		return IP_USAGE;
	rc = ip_get_prefix(ip, word, ip->family, &p);
	if (rc != 0)
		return rc;
	if (ip->family == AF_UNSPEC && p.addr.family == AF_INET6)
		ip->family = AF_INET6;
	if (root) {
		s->within = p;
		s->has_within = true;
	} else if (match) {
		s->covers = p;
		s->has_covers = true;
	} else {
		s->m.r.dst = p;
		s->m.mask |= ROUTE_M_DST;
	}
	return 0;
}

static int
read_field(struct selector *s, const char *name, const char *word)
{
	struct ip_cmd *ip = s->ip;
	struct route *r = &s->m.r;
	const struct port *port;
	struct ip_prefix p;
	int rc = 0;

	if (strcmp(name, "table") == 0) {
		if (!ip_route_table(word, &s->table))
			return ip_invalid(ip, word, "table id value is invalid\n");
		s->all_tables = s->table == RT_TABLE_UNSPEC;
	} else if (ip_matches(name, "protocol")) {
		if (!ip_route_proto(word, &r->proto))
			return ip_invalid(ip, word, "invalid \"protocol\"\n");
		s->m.mask |= ROUTE_M_PROTO;
	} else if (strcmp(name, "type") == 0) {
		if (!ip_route_type(word, &r->type))
			return ip_invalid(ip, word, "node type value is invalid\n");
		s->m.mask |= ROUTE_M_TYPE;
	} else if (strcmp(name, "scope") == 0) {
		if (!ip_scope_parse(word, &r->scope))
			return ip_invalid(ip, word, "invalid \"scope\"\n");
		s->m.mask |= ROUTE_M_SCOPE;
	} else if (ip_matches(name, "realms")) {
		if (!ip_route_realm(word, &s->realm))
			return ip_invalid(ip, word, "invalid realms\n");
		s->realm_mask = ip_route_realm_mask(word, s->realm);
	} else if (strcmp(name, "metric") == 0) {
		if (!ip_get_u32(word, UINT32_MAX, &r->metric))
			return ip_invalid(ip, word, "invalid \"metric\"\n");
		s->m.mask |= ROUTE_M_METRIC;
	} else if (strcmp(name, "via") == 0) {
		rc = ip_get_prefix(ip, word, ip->family, &p);
		r->gw = p.addr;
		s->m.mask |= ROUTE_M_GW;
	} else if (strcmp(name, "src") == 0) {
		rc = ip_get_prefix(ip, word, ip->family, &p);
		r->src = p.addr;
		s->m.mask |= ROUTE_M_SRC;
	} else {
		rc = ip_get_port(ip, word, &port);
		r->port = rc == 0 ? port->index : 0;
		s->m.mask |= ROUTE_M_PORT;
	}
	return rc;
}

static int
read_selector(struct ip_cmd *ip, struct selector *s)
{
	static const char *const fields[] = { "table", "type", "scope",  "via", "src",
					      "dev",   "oif",  "metric", NULL };
	int rc = 0;

	*s = (struct selector){ .ip = ip, .table = RT_TABLE_MAIN };
	while (*ip->word != NULL && rc == 0) {
		const char *name = *ip->word, *word;
		bool field = ip_matches(name, "protocol") || ip_matches(name, "realms");

		for (unsigned i = 0; fields[i] != NULL; i++)
			field |= strcmp(name, fields[i]) == 0;
		if (strcmp(name, "cache") == 0 || strcmp(name, "cached") == 0) {
			s->cache = true;
			ip->word++;
			continue;
		}
		if (!field) {
			if (ip_is(ip, "to") && *ip->word == NULL)
				return ip_next(ip) == NULL ? IP_USAGE : 0;
			rc = read_prefixes(s);
			continue;
		}
		ip->word++;
		word = ip_next(ip);
		rc = word == NULL ? IP_USAGE : read_field(s, name, word);
	}
	return rc;
}

/* Without a family only IPv4 is meant, but with "table all" both. */
static bool
family_meant(const struct selector *s, uint8_t family)
{
	if (s->ip->family != AF_UNSPEC)
		return s->ip->family == family;
	return family == AF_INET || s->all_tables;
}

/*
 * Calls fn for the routes of the family's tables that are meant, in the kernel's order: by the last
 * byte of their numbers.
 */
static void
walk_tables(struct selector *s, uint8_t family, void (*fn)(const struct route *r, void *arg),
	    void *arg)
{
	struct selector *one = s;

	if (!s->all_tables) {
		route_walk(family, s->table, fn, arg);
		return;
	}
	for (unsigned byte = 0; byte < 256; byte++)
		for (uint32_t t = 0; (t = route_table_next(family, t)) != 0;)
			if ((t & 255) == byte) {
				one->table = t;
				route_walk(family, t, fn, arg);
			}
}

static int
show(struct ip_cmd *ip, bool save)
{
	static const uint8_t families[] = { AF_INET, AF_INET6 };
	struct selector s;
	int rc = read_selector(ip, &s);

	s.save = save;
	for (unsigned f = 0; f < 2 && rc == 0 && !s.all_tables; f++)
		if (family_meant(&s, families[f]) && !route_table_exists(families[f], s.table))
			return ip_say(ip, IP_REFUSED,
				      "Error: ipv%c: FIB table does not exist.\nDump terminated",
				      families[f] == AF_INET ? '4' : '6');
	for (unsigned f = 0; f < 2 && rc == 0; f++) {
		if (!family_meant(&s, families[f]))
			continue;
		if (save && families[f] == AF_INET6)
			str_add(&ip->c->out, "-6\n");
		walk_tables(&s, families[f], save ? save_one : show_one, &s);
	}
	return rc;
}

int
ip_route_show(struct ip_cmd *ip)
{
	return show(ip, false);
}

int
ip_route_save(struct ip_cmd *ip)
{
	return show(ip, true);
}

struct victims {
	struct selector *s;
	struct route *r;
	size_t n, cap;
};

static void
note_victim(const struct route *r, void *arg)
{
	struct victims *v = arg;

	/* What the kernel keeps for itself stays when all tables are meant. */
	if (!selected(v->s, r) || (v->s->all_tables && r->table == RT_TABLE_LOCAL))
		return;
	if (v->n == v->cap) {
		size_t cap = v->cap ? v->cap * 2 : 64;
		void *p = realloc(v->r, cap * sizeof(*v->r));

		if (p == NULL)
			return;
		v->r = p;
		v->cap = cap;
	}
	v->r[v->n++] = *r;
}

int
ip_route_flush(struct ip_cmd *ip)
{
	struct victims v = { 0 };
	struct err e = { "" };
	struct selector s;
	int rc;

	if (*ip->word == NULL)
		return ip_say(ip, IP_BAD, "\"ip route flush\" requires arguments.");
	rc = read_selector(ip, &s);
	if (rc != 0)
		return rc;
	v.s = &s;
	walk_tables(&s, ip->family == AF_INET6 ? AF_INET6 : AF_INET, note_victim, &v);
	route_batch_begin();
	for (size_t i = 0; i < v.n; i++)
		route_take(&v.r[i]);
	rc = route_batch_end(&e);
	free(v.r);
	return ip_answer(ip, rc, &e);
}
