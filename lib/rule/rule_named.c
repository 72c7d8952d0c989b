/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>

#include "rule_named.h"

#define NAMED_MAX 255u /* larger numbers have no names for iptables */

int
rule_named_parse(const struct rule_parse *p, const struct names *names, const char *text,
		 struct rule_masked *out)
{
	const char *end;
	uint64_t n;

	*out = (struct rule_masked){ .mask = UINT32_MAX };
	if (names_find(names, text, &out->value) && out->value <= NAMED_MAX)
		return 0;
	if (!rule_value_read(text, &end, UINT32_MAX, &n) || (*end != '\0' && *end != '/'))
		return err_set(
			p->err, -EINVAL,
			"%s: could not map name %s to an integer value for option \"--%s\".\n",
			p->type->name, text, p->opt);
	out->value = n;
	if (*end == '\0')
		return 0;
	if (!rule_value_read(end + 1, &end, UINT32_MAX, &n) || *end != '\0')
		return err_set(p->err, -EINVAL,
			       "%s: bad integer value for option \"--%s\", or out of range.\n",
			       p->type->name, p->opt);
	out->mask = n;
	return 0;
}

void
rule_named_text(struct str *out, const struct names *names, const struct rule_masked *m,
		bool numeric)
{
	const char *name = NULL;

	if (m->mask == UINT32_MAX && m->value <= NAMED_MAX && !numeric)
		name = names_of(names, m->value);
	if (name != NULL)
		str_add(out, name);
	else
		str_printf(out, "0x%x", m->value);
	if (m->mask != UINT32_MAX)
		str_printf(out, "/0x%x", m->mask);
}
