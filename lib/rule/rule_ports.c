/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Port ranges of matches. Control lcore.
 */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rule_ports.h"

int
rule_ports_parse(const char *text, const char *proto, struct rule_ports *out, struct err *e)
{
	const char *colon = strchr(text, ':');
	char low[64];
	size_t len;
	int rc = 0;

	out->lo = 0;
	out->hi = UINT16_MAX;
	if (colon == NULL) {
		rc = rule_port_parse(text, proto, &out->lo, e);
		out->hi = out->lo;
		return rc;
	}
	len = colon - text;
	if (len >= sizeof(low))
		return err_set(e, -EINVAL, "invalid port/service `%.64s' specified", text);
	memcpy(low, text, len);
	low[len] = '\0';
	if (len > 0)
		rc = rule_port_parse(low, proto, &out->lo, e);
	if (rc == 0 && colon[1] != '\0')
		rc = rule_port_parse(colon + 1, proto, &out->hi, e);
	if (rc == 0 && out->lo > out->hi)
		rc = err_set(e, -EINVAL, "invalid portrange (min > max)");
	return rc;
}

/*
 * One end of a range. iptables asks getaddrinfo() for it: no text is port 0, numbers are decimal, and wrap around in 32
 * bits.
 */
static int
parse_loose_port(const struct rule_parse *p, const char *text, uint16_t *port)
{
	const struct servent *ent;
	char *end;
	int n = strtoul(text, &end, 10);

	*port = n;
	if (*end == '\0' && n >= 0)
		return 0;
	ent = getservbyname(text, NULL);
	if (ent == NULL)
		return err_set(p->err, -EINVAL, "Port \"%.64s\" does not resolve to anything.\n",
			       text);
	*port = ntohs(ent->s_port);
	return 0;
}

int
rule_ports_parse_loose(const struct rule_parse *p, const char *text, struct rule_ports *out)
{
	const char *colon = strchr(text, ':');
	char lo[64];
	int rc = 0;

	if (colon == NULL) {
		rc = parse_loose_port(p, text, &out->lo);
		out->hi = out->lo;
		return rc;
	}
	if (strchr(colon + 1, ':') != NULL)
		return err_set(p->err, -EINVAL,
			       "%s: Too many components for option \"--%s\" (max: 2)\n",
			       p->type->name, p->opt);
	snprintf(lo, sizeof(lo), "%.*s", (int)(colon - text), text);
	if (lo[0] != '\0')
		rc = parse_loose_port(p, lo, &out->lo);
	if (rc == 0 && colon[1] != '\0')
		rc = parse_loose_port(p, colon + 1, &out->hi);
	return rc;
}

static bool
everything(const struct rule_ports *p)
{
	return p->lo == 0 && p->hi == UINT16_MAX;
}

void
rule_ports_print(struct str *out, const char *which, const struct rule_ports *p, const char *proto,
		 bool numeric)
{
	if (everything(p) && !p->invert)
		return;
	str_printf(out, " %s%s:%s", which, p->lo == p->hi ? "" : "s", p->invert ? "!" : "");
	rule_port_print(out, p->lo, proto, numeric);
	if (p->lo == p->hi)
		return;
	str_add(out, ":");
	rule_port_print(out, p->hi, proto, numeric);
}

void
rule_ports_save_given(struct str *out, const char *opt, const struct rule_ports *p, bool given)
{
	if (!given)
		return;
	str_printf(out, "%s %s %u", p->invert ? " !" : "", opt, p->lo);
	if (p->lo != p->hi)
		str_printf(out, ":%u", p->hi);
}

void
rule_ports_save(struct str *out, const char *opt, const struct rule_ports *p)
{
	rule_ports_save_given(out, opt, p, !everything(p));
}

int
rule_ports_test(const struct rule_ports *p, enum rule_field field, struct rule_test *t)
{
	if (everything(p) && !p->invert)
		return 0;
	*t = (struct rule_test){ .field = field, .invert = p->invert, .nb = 1 };
	t->range[0].lo = p->lo;
	t->range[0].hi = p->hi;
	return 1;
}
