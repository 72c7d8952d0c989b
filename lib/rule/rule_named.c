/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <string.h>

#include "rule_named.h"

int
rule_named_parse(const struct rule_parse *p, const char *zero, const char *text,
		 struct rule_masked *out)
{
	const char *end;
	uint64_t n;

	*out = (struct rule_masked){ .mask = UINT32_MAX };
	if (strcmp(text, zero) == 0)
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
rule_named_text(struct str *out, const char *zero, const struct rule_masked *m, bool numeric)
{
	if (m->value == 0 && m->mask == UINT32_MAX && !numeric)
		str_add(out, zero);
	else
		str_printf(out, "0x%x", m->value);
	if (m->mask != UINT32_MAX)
		str_printf(out, "/0x%x", m->mask);
}
