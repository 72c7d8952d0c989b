/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Port ranges of the tcp and udp matches. Called by match_tcp.c and match_udp.c on the control lcore.
 */
#include <errno.h>
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
rule_ports_save(struct str *out, const char *opt, const struct rule_ports *p)
{
	if (everything(p))
		return;
	str_printf(out, "%s %s %u", p->invert ? " !" : "", opt, p->lo);
	if (p->lo != p->hi)
		str_printf(out, ":%u", p->hi);
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
