/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Ranges of addresses and ports. Called by the targets SNAT, DNAT, MASQUERADE and REDIRECT. As the tool does, ports are
 * looked at before the addresses that stand before them.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>

#include "nat_strict.h"
#include "rule.h"
#include "rule_nat_range.h"
#include "rule_value.h"

static const struct {
	const char *name;
	uint32_t flag;
} words[] = {
	[RULE_NAT_RANDOM] = { "random", NAT_PROTO_RANDOM },
	[RULE_NAT_RANDOM_FULLY] = { "random-fully", NAT_PROTO_RANDOM_FULLY },
	[RULE_NAT_PERSISTENT] = { "persistent", NAT_PERSISTENT },
};

void
rule_nat_word(enum rule_nat_opt id, struct nat_range *r)
{
	r->flags |= words[id].flag;
}

static void
words_text(struct str *out, const char *dashes, const struct nat_range *r)
{
	for (unsigned i = 0; i < RTE_DIM(words); i++)
		if (r->flags & words[i].flag)
			str_printf(out, " %s%s", dashes, words[i].name);
}

static int
bad_port(const struct rule_parse *p, const char *text)
{
	return err_set(p->err, -EINVAL, "Port `%s' not valid", text);
}

/* A number and where it ends, or a service that is all of the text. */
static int
parse_port(const struct rule_parse *p, const char **text, uint16_t least, uint16_t *out)
{
	const struct servent *service;
	uint64_t n;
	const char *end;

	if (rule_value_read(*text, &end, UINT16_MAX, &n) && n >= least) {
		*out = n;
		*text = end;
		return 0;
	}
	service = getservbyname(*text, NULL);
	if (service == NULL)
		return bad_port(p, *text);
	*out = ntohs(service->s_port);
	*text = "";
	return 0;
}

static int
check_proto(const struct rule_parse *p)
{
	switch (p->ip->proto) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_SCTP:
	case IPPROTO_DCCP:
	case IPPROTO_ICMP:
		return 0;
	default:
		return err_set(p->err, -EINVAL,
			       "Need TCP, UDP, SCTP or DCCP with port specification");
	}
}

/* Behind the dash: "PORT[/BASE]". What stands behind BASE is not looked at. */
static int
parse_last(const struct rule_parse *p, const char *text, bool zero_base, struct nat_range *r)
{
	const char *end;
	uint64_t n;

	if (!rule_value_read(text, &end, UINT16_MAX, &n))
		return bad_port(p, text);
	if (n < r->min_port)
		return err_set(p->err, -EINVAL, "Port range `%s' funky", text);
	r->max_port = n;
	if (*end == '\0')
		return 0;
	if (*end != '/')
		return err_set(p->err, -EINVAL, "Garbage after port range: `%s'", end);
	end++;
	r->flags |= NAT_PROTO_OFFSET;
	return parse_port(p, &end, zero_base ? 0 : 1, &r->base_port);
}

int
rule_nat_ports(const struct rule_parse *p, const char *text, bool zero_base, struct nat_range *r)
{
	int rc = check_proto(p);

	if (rc == 0)
		rc = parse_port(p, &text, 0, &r->min_port);
	if (rc != 0)
		return rc;
	r->flags |= NAT_PROTO_SPECIFIED;
	r->max_port = r->min_port;
	switch (*text) {
	case '\0':
		return 0;
	case '-':
		return parse_last(p, text + 1, zero_base, r);
	case ':':
		return err_set(p->err, -EINVAL, "Invalid port:port syntax - use dash");
	default:
		return err_set(p->err, -EINVAL, "Garbage after port value: `%s'", text);
	}
}

static int
parse_addr(const struct rule_parse *p, const char *text, const char *end, union ct_addr *out)
{
	char copy[INET6_ADDRSTRLEN];
	int len = end - text;

	snprintf(copy, sizeof(copy), "%.*s", len, text);
	if (len < (int)sizeof(copy) &&
	    inet_pton(p->family == HOOK_IP4 ? AF_INET : AF_INET6, copy, out) == 1)
		return 0;
	return err_set(p->err, -EINVAL, "Bad IP address \"%.*s\"", len, text);
}

static int
parse_addrs(const struct rule_parse *p, const char *text, const char *end, struct nat_range *r)
{
	const char *dash = memchr(text, '-', end - text);
	int rc = parse_addr(p, text, dash != NULL ? dash : end, &r->min_addr);

	r->flags |= NAT_MAP_IPS;
	r->max_addr = r->min_addr;
	return rc == 0 && dash != NULL ? parse_addr(p, dash + 1, end, &r->max_addr) : rc;
}

int
rule_nat_to(const struct rule_parse *p, const char *text, bool zero_base, struct nat_range *r)
{
	const char *from = strchr(text, '['), *end, *colon;
	int rc = 0;

	if (from == NULL) {
		/* One colon is that of a port, several are an IPv6 address. */
		from = text;
		colon = strchr(text, ':');
		if (colon != NULL && strchr(colon + 1, ':') != NULL)
			colon = NULL;
		end = colon != NULL ? colon : text + strlen(text);
	} else {
		from++;
		end = strchr(from, ']');
		if (end == NULL || p->family == HOOK_IP4)
			return err_set(p->err, -EINVAL, "Invalid address format");
		colon = strchr(end + 1, ':');
	}
	if (colon != NULL)
		rc = rule_nat_ports(p, colon + 1, zero_base, r);
	/* ":80", "[]:80": only ports. The tool looks for the colon there, whatever stands before it. */
	if (rc != 0 || colon == text || colon == text + 2)
		return rc;
	return parse_addrs(p, from, end, r);
}

/* With a base both ends are printed, since only then it is read. */
static void
ports_text(struct str *out, const struct nat_range *r)
{
	str_printf(out, "%u", r->min_port);
	if (r->max_port != r->min_port || r->flags & NAT_PROTO_OFFSET)
		str_printf(out, "-%u", r->max_port);
	if (r->flags & NAT_PROTO_OFFSET)
		str_printf(out, "/%u", r->base_port);
}

void
rule_nat_ports_text(struct str *out, const char *before, const char *dashes,
		    const struct nat_range *r)
{
	if (r->flags & NAT_PROTO_SPECIFIED) {
		str_add(out, before);
		ports_text(out, r);
	}
	words_text(out, dashes, r);
}

static void
addrs_text(struct str *out, int af, const struct nat_range *r)
{
	char a[INET6_ADDRSTRLEN];

	str_add(out, inet_ntop(af, &r->min_addr, a, sizeof(a)));
	if (memcmp(&r->min_addr, &r->max_addr, sizeof(r->min_addr)) != 0)
		str_printf(out, "-%s", inet_ntop(af, &r->max_addr, a, sizeof(a)));
}

void
rule_nat_to_text(struct str *out, const char *before, const char *dashes, uint8_t family,
		 const struct nat_range *r)
{
	int af = family == HOOK_IP4 ? AF_INET : AF_INET6;
	bool ports = r->flags & NAT_PROTO_SPECIFIED, brackets = ports && af == AF_INET6;

	str_add(out, before);
	if (r->flags & NAT_MAP_IPS) {
		str_add(out, brackets ? "[" : "");
		addrs_text(out, af, r);
		str_add(out, brackets ? "]" : "");
	}
	rule_nat_ports_text(out, ":", dashes, r);
}

void
rule_nat_address(struct nat_range *r, const struct ip_addr *a)
{
	r->flags |= NAT_MAP_IPS;
	memset(&r->min_addr, 0, sizeof(r->min_addr));
	memcpy(&r->min_addr, a->v6, ip_addr_bits(a->family) / 8);
	r->max_addr = r->min_addr;
}

verdict_t
rule_nat_setup(const struct rule_packet *rp, const struct nat_range *r, enum nat_manip manip)
{
	enum ct_info info;
	struct ct *ct = ct_of(rp->m, &info);

	return ct != NULL ? nat_setup(rp->ctx, ct, r, manip) : nat_strict(rp->m, r);
}
