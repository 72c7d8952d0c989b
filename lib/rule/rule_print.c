/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Prints rules. Called by the iptables commands on the control lcore, on published tables or on
 * those of an edit.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "rule_name.h"
#include "rule_print.h"
#include "rule_quote.h"

const char *
rule_policy_name(enum rule_policy policy)
{
	switch (policy) {
	case RULE_POLICY_ACCEPT:
		return "ACCEPT";
	case RULE_POLICY_DROP:
		return "DROP";
	default:
		return "-";
	}
}

static struct rule_where
where(const struct rule_table *t, const struct rule *r, bool numeric)
{
	return (struct rule_where){
		.ip = &r->ip,
		.family = t->family,
		.table = rule_table_types[t->type].name,
		.numeric = numeric,
	};
}

static bool
is_zero(const union rule_addr *a)
{
	return (a->q[0] | a->q[1]) == 0;
}

/* Length of a mask that is ones and then zeros, else -1. */
static int
mask_len(uint8_t family, const union rule_addr *mask)
{
	unsigned bytes = family == HOOK_IP4 ? 4 : 16, len = 0;

	while (len < 8 * bytes && mask->v6[len / 8] & 0x80 >> len % 8)
		len++;
	for (unsigned i = len; i < 8 * bytes; i++)
		if (mask->v6[i / 8] & 0x80 >> i % 8)
			return -1;
	return len;
}

#define NET_TEXT (2 * INET6_ADDRSTRLEN + 2)

/* full: print the length of a host address too. */
static void
net_text(char buf[NET_TEXT], uint8_t family, const union rule_addr *addr,
	 const union rule_addr *mask, bool full)
{
	int af = family == HOOK_IP4 ? AF_INET : AF_INET6;
	int len = mask_len(family, mask);
	size_t n;

	inet_ntop(af, addr, buf, INET6_ADDRSTRLEN);
	n = strlen(buf);
	if (len < 0) {
		buf[n++] = '/';
		inet_ntop(af, mask, buf + n, INET6_ADDRSTRLEN);
	} else if (full || len != (family == HOOK_IP4 ? 32 : 128)) {
		snprintf(buf + n, NET_TEXT - n, "/%d", len);
	}
}

static void
spec_net(struct str *out, const struct rule_ip *ip, const char *opt, bool dst)
{
	const union rule_addr *addr = dst ? &ip->dst : &ip->src;
	const union rule_addr *mask = dst ? &ip->dmask : &ip->smask;
	bool inv = ip->inv & (dst ? RULE_INV_DST : RULE_INV_SRC);
	char buf[NET_TEXT];

	if (is_zero(addr) && is_zero(mask) && !inv)
		return;
	net_text(buf, ip->family, addr, mask, true);
	str_printf(out, "%s %s %s", inv ? " !" : "", opt, buf);
}

static void
spec_iface(struct str *out, const char *opt, const char *name, const uint8_t *mask, bool inv)
{
	if (mask[0] == 0)
		return;
	str_printf(out, "%s %s", inv ? " !" : "", opt);
	/* iptables never quotes a name; then a blank in it cannot be read back. */
	if (strpbrk(name, " \t\"") != NULL)
		rule_quote(out, name);
	else
		str_printf(out, " %s", name);
}

static void
proto_text(char buf[RULE_NAME_TEXT], uint8_t proto, bool numeric)
{
	const char *name = numeric ? NULL : proto == 0 ? "all" : rule_proto_name(proto);

	if (name != NULL)
		snprintf(buf, RULE_NAME_TEXT, "%s", name);
	else
		snprintf(buf, RULE_NAME_TEXT, "%u", proto);
}

static void
spec_ip(struct str *out, const struct rule_ip *ip)
{
	char buf[RULE_NAME_TEXT];

	spec_net(out, ip, "-s", false);
	spec_net(out, ip, "-d", true);
	spec_iface(out, "-i", ip->in, ip->in_mask, ip->inv & RULE_INV_IN);
	spec_iface(out, "-o", ip->out, ip->out_mask, ip->inv & RULE_INV_OUT);
	if (ip->proto != 0) {
		proto_text(buf, ip->proto, false);
		str_printf(out, "%s -p %s", ip->inv & RULE_INV_PROTO ? " !" : "", buf);
	}
	if (ip->flags & RULE_IP_FRAG)
		str_printf(out, "%s -f", ip->inv & RULE_INV_FRAG ? " !" : "");
}

static const char *
ext_name(const struct rule_ext_type *type)
{
	return type->save_name != NULL ? type->save_name : type->name;
}

void
rule_print_spec(struct str *out, const struct rule_table *t, const char *chain,
		const struct rule *r, bool counters)
{
	struct rule_where w = where(t, r, true);
	struct count c;

	str_printf(out, "-A %s", chain);
	spec_ip(out, &r->ip);
	for (unsigned i = 0; i < r->nb_matches; i++) {
		str_printf(out, " -m %s", ext_name(r->match[i].type));
		if (r->match[i].type->save != NULL)
			r->match[i].type->save(out, &w, r->match[i].data);
	}
	if (counters) {
		c = counter_read(r->counter);
		str_printf(out, " -c %llu %llu", (unsigned long long)c.packets,
			   (unsigned long long)c.bytes);
	}
	switch (r->kind) {
	case RULE_JUMP:
	case RULE_GOTO:
		str_printf(out, " -%c %s", r->kind == RULE_JUMP ? 'j' : 'g', t->chain[r->to]->name);
		break;
	case RULE_TARGET:
		str_printf(out, " -j %s", ext_name(r->target.type));
		if (r->target.type->save != NULL)
			r->target.type->save(out, &w, r->target.data);
		break;
	}
}

/* Five digits, then thousands, rounded half up; wide: as they are. */
static void
number(struct str *out, uint64_t n, bool exact, bool padded)
{
	static const char unit[] = "KMGT";
	unsigned u = 0;

	if (exact || n <= 99999) {
		str_printf(out,
			   exact && padded ? "%8llu "
			   : padded        ? "%5llu "
					   : "%llu ",
			   (unsigned long long)n);
		return;
	}
	/* Rounds at every step, and the sum may wrap: both as iptables prints it. */
	n = (n + 500) / 1000;
	while (n > 9999 && u < sizeof(unit) - 2) {
		n = (n + 500) / 1000;
		u++;
	}
	str_printf(out, padded ? "%4llu%c " : "%llu%c ", (unsigned long long)n, unit[u]);
}

void
rule_print_head(struct str *out, const struct rule_table *t, const struct rule_chain *c,
		const struct rule_columns *how)
{
	str_printf(out, "Chain %s (", c->name);
	if (c->point < 0) {
		uint16_t slot = rule_chain_find(t, c->name);

		str_printf(out, "%u references)\n", t->links[slot]);
	} else {
		str_printf(out, "policy %s", rule_policy_name(c->policy));
		if (how->verbose) {
			struct count n = counter_read(c->policy_counter->id);

			str_add(out, " ");
			number(out, n.packets, how->exact, false);
			str_add(out, "packets, ");
			number(out, n.bytes, how->exact, false);
			str_add(out, "bytes");
		}
		str_add(out, ")\n");
	}
	if (how->numbered)
		str_printf(out, "%-4s ", "num");
	if (how->verbose)
		str_printf(out, how->exact ? "%8s %10s " : "%5s %5s ", "pkts", "bytes");
	str_printf(out, "%-9s  %-4s %s ", "target", "prot", "opt");
	if (how->verbose)
		str_printf(out, "%-6s %-6s  ", "in", "out");
	str_printf(out, "%-19s  %-19s \n", "source", "destination");
}

static const char *
target_name(const struct rule_table *t, const struct rule *r)
{
	switch (r->kind) {
	case RULE_JUMP:
	case RULE_GOTO:
		return t->chain[r->to]->name;
	case RULE_TARGET:
		return r->target.type->list_name != NULL ? r->target.type->list_name
							 : ext_name(r->target.type);
	default:
		return "";
	}
}

static void
column_net(char buf[NET_TEXT], const struct rule_ip *ip, bool dst, bool numeric)
{
	const union rule_addr *addr = dst ? &ip->dst : &ip->src;
	const union rule_addr *mask = dst ? &ip->dmask : &ip->smask;

	/* iptables looks at the mask, ip6tables at the address. */
	if (!numeric && is_zero(ip->family == HOOK_IP4 ? mask : addr))
		snprintf(buf, NET_TEXT, "anywhere");
	else
		net_text(buf, ip->family, addr, mask, false);
}

static void
iface_text(char buf[RULE_IFACE_NAME + 2], const char *name, bool inv, bool numeric)
{
	if (name[0] == '\0')
		name = numeric ? "*" : "any";
	snprintf(buf, RULE_IFACE_NAME + 2, "%s%s", inv ? "!" : "", name);
}

static void
row_exts(struct str *out, const struct rule_table *t, const struct rule *r, bool numeric)
{
	struct rule_where w = where(t, r, numeric);

	if (r->kind == RULE_GOTO)
		str_add(out, "[goto] ");
	for (unsigned i = 0; i < r->nb_matches; i++)
		if (r->match[i].type->print != NULL)
			r->match[i].type->print(out, &w, r->match[i].data);
	if (r->kind == RULE_TARGET && r->target.type->print != NULL)
		r->target.type->print(out, &w, r->target.data);
}

void
rule_print_row(struct str *out, const struct rule_table *t, const struct rule *r, uint32_t num,
	       const struct rule_columns *how)
{
	const struct rule_ip *ip = &r->ip;
	char proto[RULE_NAME_TEXT], src[NET_TEXT], dst[NET_TEXT];
	char in[RULE_IFACE_NAME + 2], oif[RULE_IFACE_NAME + 2];

	if (how->numbered)
		str_printf(out, "%-4u ", num);
	if (how->verbose) {
		struct count c = counter_read(r->counter);

		number(out, c.packets, how->exact, true);
		number(out, c.bytes, how->exact, true);
	}
	proto_text(proto, ip->proto, how->numeric);
	str_printf(out, "%-9s %c%-4s %c%c ", target_name(t, r),
		   ip->inv & RULE_INV_PROTO ? '!' : ' ', proto, ip->inv & RULE_INV_FRAG ? '!' : '-',
		   ip->flags & RULE_IP_FRAG ? 'f' : '-');
	if (how->verbose) {
		iface_text(in, ip->in, ip->inv & RULE_INV_IN, how->numeric);
		iface_text(oif, ip->out, ip->inv & RULE_INV_OUT, how->numeric);
		str_printf(out, " %-6s %-6s ", in, oif);
	}
	column_net(src, ip, false, how->numeric);
	column_net(dst, ip, true, how->numeric);
	str_printf(out, "%c%-19s %c%-19s ", ip->inv & RULE_INV_SRC ? '!' : ' ', src,
		   ip->inv & RULE_INV_DST ? '!' : ' ', dst);
	row_exts(out, t, r, how->numeric);
	str_add(out, "\n");
}

void
rule_print_echo(struct str *out, const struct rule_table *t, const struct rule *r)
{
	const struct rule_ip *ip = &r->ip;
	char proto[RULE_NAME_TEXT], src[NET_TEXT], dst[NET_TEXT];
	char in[RULE_IFACE_NAME + 2], oif[RULE_IFACE_NAME + 2];

	proto_text(proto, ip->proto, false);
	iface_text(in, ip->in, ip->inv & RULE_INV_IN, true);
	iface_text(oif, ip->out, ip->inv & RULE_INV_OUT, true);
	column_net(src, ip, false, true);
	column_net(dst, ip, true, true);
	str_printf(out, "%s %c%s opt %c%c in %s out %s %c%s %c-> %s  ", target_name(t, r),
		   ip->inv & RULE_INV_PROTO ? '!' : ' ', proto, ip->inv & RULE_INV_FRAG ? '!' : '-',
		   ip->flags & RULE_IP_FRAG ? 'f' : '-', in, oif,
		   ip->inv & RULE_INV_SRC ? '!' : ' ', src, ip->inv & RULE_INV_DST ? '!' : ' ',
		   dst);
	row_exts(out, t, r, true);
	str_add(out, "\n");
}
