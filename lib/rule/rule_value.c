/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Common values of options. Called by the parse functions of matches and targets.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

#include "rule_value.h"

bool
rule_value_read(const char *text, const char **end, uint64_t max, uint64_t *out)
{
	unsigned long long n;
	char *stop;

	while (isspace((unsigned char)*text))
		text++;
	if (*text == '-')
		return false;
	errno = 0;
	n = strtoull(text, &stop, 0);
	*end = stop;
	*out = n;
	return stop != text && errno == 0 && n <= max;
}

static bool
number(const char *text, const char **end, uint32_t max, uint32_t *out)
{
	uint64_t n = 0;
	bool ok = rule_value_read(text, end, max, &n);

	*out = n;
	return ok;
}

int
rule_value_number(const struct rule_parse *p, const char *text, uint32_t lo, uint32_t hi,
		  uint32_t *out)
{
	const char *end;

	if (number(text, &end, hi, out) && *end == '\0' && *out >= lo)
		return 0;
	return err_set(p->err, -EINVAL,
		       "%s: bad value for option \"--%s\", or out of range (%u-%u).\n",
		       p->type->name, p->opt, lo, hi);
}

int
rule_value_range64(const struct rule_parse *p, const char *text, uint64_t max,
		   struct rule_range64 *out)
{
	uint64_t end[2];
	unsigned n = 0;

	for (;; text++) {
		const char *stop = text;

		if (n == RTE_DIM(end))
			return err_set(p->err, -EINVAL,
				       "%s: Too many components for option \"--%s\" (max: %zu)\n",
				       p->type->name, p->opt, RTE_DIM(end));
		if (*text == '\0' || *text == ':')
			end[n] = n == 0 ? 0 : max;
		else if (!rule_value_read(text, &stop, max, &end[n]))
			return err_set(p->err, -EINVAL,
				       "%s: bad value for option \"--%s\" near \"%s\", or out "
				       "of range (0-%llu).\n",
				       p->type->name, p->opt, text, (unsigned long long)max);
		if (*stop != '\0' && *stop != ':')
			return err_set(p->err, -EINVAL,
				       "%s: Argument to \"--%s\" has unexpected characters near "
				       "\"%s\".\n",
				       p->type->name, p->opt, stop);
		n++;
		text = stop;
		if (*text == '\0')
			break;
	}
	*out = (struct rule_range64){ end[0], end[n - 1] };
	return 0;
}

int
rule_value_range(const struct rule_parse *p, const char *text, uint32_t max, struct rule_range *out)
{
	struct rule_range64 r = { 0 };
	int rc = rule_value_range64(p, text, max, &r);

	*out = (struct rule_range){ r.lo, r.hi };
	return rc;
}

void
rule_range_print(struct str *out, const char *what, const struct rule_range *r, bool invert)
{
	if (r->lo == 0 && r->hi == UINT32_MAX && !invert)
		return;
	str_printf(out, "%s%s:%s%u", what, r->lo == r->hi ? "" : "s", invert ? "!" : "", r->lo);
	if (r->lo != r->hi)
		str_printf(out, ":%u", r->hi);
}

void
rule_range_save(struct str *out, const char *opt, const struct rule_range *r, bool invert)
{
	if (r->lo == 0 && r->hi == UINT32_MAX)
		return;
	rule_save_opt(out, invert, opt);
	str_printf(out, " %u", r->lo);
	if (r->lo != r->hi)
		str_printf(out, ":%u", r->hi);
}

int
rule_value_masked(const struct rule_parse *p, const char *text, struct rule_masked *out)
{
	const char *end;

	out->mask = UINT32_MAX;
	if (!number(text, &end, UINT32_MAX, &out->value) ||
	    (*end == '/' && !number(end + 1, &end, UINT32_MAX, &out->mask)))
		return err_set(p->err, -EINVAL,
			       "%s: bad integer value for option \"--%s\", or out of range.\n",
			       p->type->name, p->opt);
	if (*end != '\0')
		return err_set(p->err, -EINVAL,
			       "%s: trailing garbage after value for option \"--%s\".\n",
			       p->type->name, p->opt);
	return 0;
}
