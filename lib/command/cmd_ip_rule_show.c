/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * `ip rule show|save`: one line a rule. Control lcore.
 */
#include <linux/rtnetlink.h>
#include <netdb.h>
#include <stdio.h>

#include "cmd_ip_rule.h"

/* /etc/iproute2/rt_dsfield of Debian 12 */
static const struct {
	const char *name;
	uint8_t value;
} tos_names[] = {
	{ "default", 0x00 }, { "AF11", 0x28 }, { "AF12", 0x30 }, { "AF13", 0x38 }, { "AF21", 0x48 },
	{ "AF22", 0x50 },    { "AF23", 0x58 }, { "AF31", 0x68 }, { "AF32", 0x70 }, { "AF33", 0x78 },
	{ "AF41", 0x88 },    { "AF42", 0x90 }, { "AF43", 0x98 }, { "CS1", 0x20 },  { "CS2", 0x40 },
	{ "CS3", 0x60 },     { "CS4", 0x80 },  { "CS5", 0xa0 },  { "CS6", 0xc0 },  { "CS7", 0xe0 },
	{ "EF", 0xb8 },
};

bool
ip_rule_tos(const char *word, uint8_t *tos)
{
	char *end;
	unsigned long v;

	for (unsigned i = 0; i < RTE_DIM(tos_names); i++)
		if (strcmp(tos_names[i].name, word) == 0) {
			*tos = tos_names[i].value;
			return true;
		}
	/* As in iproute2: hexadecimal, with or without 0x. */
	v = strtoul(word, &end, 16);
	*tos = v;
	return end != word && *end == '\0' && v <= 255;
}

const char *
ip_rule_tos_name(uint8_t tos, char buf[8])
{
	for (unsigned i = 0; i < RTE_DIM(tos_names); i++)
		if (tos_names[i].value == tos)
			return tos_names[i].name;
	snprintf(buf, 8, "0x%02x", tos);
	return buf;
}

static void
print_prefix(struct str *out, const struct ip_prefix *p)
{
	char text[IP_ADDR_TEXT];

	str_add(out, ip_addr_text(&p->addr, text));
	if (p->len != ip_addr_bits(p->addr.family))
		str_printf(out, "/%u", p->len);
}

static void
print_port(struct str *out, const char *dir, const char *name, bool detached)
{
	if (name[0] == '\0')
		return;
	str_printf(out, " %s %s", dir, name);
	if (detached && strcmp(name, "lo") != 0 && port_by_name(gen_current(), name) == NULL)
		str_add(out, " [detached]");
}

static void
print_ports(struct str *out, const char *name, const struct policy_ports *p)
{
	if (p->last == 0)
		return;
	str_printf(out, " %s %u", name, p->first);
	if (p->last != p->first)
		str_printf(out, "-%u", p->last);
}

/* detached: mark what is missing; save: what `ip rule add` reads. */
static void
print_selector(struct str *out, const struct policy_rule *r, bool save)
{
	const struct protoent *p;
	char buf[8];

	str_add(out, "from ");
	if (r->src.addr.family != AF_UNSPEC)
		print_prefix(out, &r->src);
	else
		str_add(out, "all");
	if (r->dst.addr.family != AF_UNSPEC) {
		str_add(out, " to ");
		print_prefix(out, &r->dst);
	}
	if (r->tos != 0)
		str_printf(out, " tos %s", ip_rule_tos_name(r->tos, buf));
	if (r->mask != 0)
		str_printf(out, " fwmark 0x%x", r->mark);
	if (r->mask != 0 && r->mask != UINT32_MAX)
		str_printf(out, "/0x%x", r->mask);
	print_port(out, "iif", r->in, !save);
	print_port(out, "oif", r->out, !save);
	p = r->ip_proto != 0 ? getprotobynumber(r->ip_proto) : NULL;
	if (p != NULL)
		str_printf(out, " ipproto %s", p->p_name);
	else if (r->ip_proto != 0)
		str_printf(out, " ipproto ipproto-%u", r->ip_proto);
	print_ports(out, "sport", &r->sport);
	print_ports(out, "dport", &r->dport);
}

static void
print_action(struct str *out, const struct policy_rule *r, bool save)
{
	static const char *const refusals[] = { [POLICY_NOP] = "nop",
						[POLICY_BLACKHOLE] = "blackhole",
						[POLICY_UNREACHABLE] = "unreachable",
						[POLICY_PROHIBIT] = "prohibit" };
	char buf[16];

	if (r->action == POLICY_TABLE)
		str_printf(out, " lookup %s", ip_route_table_name(r->table, buf));
	else if (r->action == POLICY_GOTO)
		str_printf(out, " goto %u%s", r->target,
			   save || policy_has(r->family, r->target) ? "" : " [unresolved]");
	else
		str_printf(out, " %s", refusals[r->action]);
	if (r->suppress >= 0)
		str_printf(out, " suppress_prefixlength %d", r->suppress);
	if (r->proto != 0 && r->proto != RTPROT_KERNEL)
		str_printf(out, " proto %s", ip_route_proto_name(r->proto, buf));
}

bool
ip_rule_wanted(const struct ip_rule_filter *f, const struct policy_rule *r)
{
	const struct policy_rule *w = &f->want;

	if (w->src.addr.family != AF_UNSPEC &&
	    (r->src.addr.family == AF_UNSPEC || !ip_prefix_contains(&w->src, &r->src.addr)))
		return false;
	if (w->dst.addr.family != AF_UNSPEC &&
	    (r->dst.addr.family == AF_UNSPEC || !ip_prefix_contains(&w->dst, &r->dst.addr)))
		return false;
	return (!w->has_pref || w->pref == r->pref) && (w->table == 0 || w->table == r->table) &&
	       (w->tos == 0 || w->tos == r->tos) &&
	       (w->mask == 0 ||
		(w->mark == r->mark && (w->mask == UINT32_MAX || w->mask == r->mask))) &&
	       (w->in[0] == '\0' || strcmp(w->in, r->in) == 0) &&
	       (w->out[0] == '\0' || strcmp(w->out, r->out) == 0) &&
	       (w->ip_proto == 0 || w->ip_proto == r->ip_proto) &&
	       (w->sport.last == 0 ||
		(w->sport.first == r->sport.first && w->sport.last == r->sport.last)) &&
	       (w->dport.last == 0 ||
		(w->dport.first == r->dport.first && w->dport.last == r->dport.last)) &&
	       (w->proto == 0 || w->proto == r->proto) && (!w->invert || r->invert);
}

struct output {
	struct str *out;
	const struct ip_rule_filter *f;
};

static void
show_one(const struct policy_rule *r, void *arg)
{
	struct output *o = arg;

	if (!ip_rule_wanted(o->f, r))
		return;
	str_printf(o->out, "%u:\t%s", r->pref, r->invert ? "not " : "");
	print_selector(o->out, r, false);
	print_action(o->out, r, false);
	str_add(o->out, "\n");
}

static void
save_one(const struct policy_rule *r, void *arg)
{
	struct output *o = arg;

	if (!ip_rule_wanted(o->f, r))
		return;
	str_printf(o->out, "rule add pref %u %s", r->pref, r->invert ? "not " : "");
	print_selector(o->out, r, true);
	print_action(o->out, r, true);
	str_add(o->out, "\n");
}

int
ip_rule_show(struct ip_cmd *ip)
{
	struct ip_rule_filter f;
	struct output o = { &ip->c->out, &f };
	int rc = ip_rule_filter(ip, &f);

	if (rc == 0)
		policy_walk(f.family, show_one, &o);
	return rc;
}

int
ip_rule_save(struct ip_cmd *ip)
{
	struct ip_rule_filter f;
	struct output o = { &ip->c->out, &f };
	int rc = ip_rule_filter(ip, &f);

	if (rc != 0)
		return rc;
	if (f.family == AF_INET6)
		str_add(o.out, "-6\n");
	policy_walk(f.family, save_one, &o);
	return IP_OK;
}
