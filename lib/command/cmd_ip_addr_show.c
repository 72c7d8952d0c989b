/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * `ip addr show` and `ip addr flush`: which addresses are meant, and how they are printed. Control lcore.
 */
#include <errno.h>
#include <fnmatch.h>
#include <linux/rtnetlink.h>

#include "addr.h"
#include "base_clock.h"
#include "cmd_ip.h"

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

int
ip_addr_show(struct ip_cmd *ip)
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
int
ip_addr_flush(struct ip_cmd *ip)
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
