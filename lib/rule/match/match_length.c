/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -m length --length N[:M]: the IP packet's total length. See rule_ext.h for who calls what.
 */
#include "rule_value.h"

struct length {
	struct rule_range range;
	uint8_t invert;
};

static const struct rule_opt opts[] = {
	{ "length", 0, RULE_OPT_ARG | RULE_OPT_INVERT | RULE_OPT_ONCE | RULE_OPT_MUST, 0 },
};

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct length *l = data;

	l->invert = invert;
	return rule_value_range(p, arg, UINT16_MAX, &l->range);
}

static bool
match(struct rule_packet *rp, const void *data)
{
	const struct length *l = data;

	return rule_range_has(&l->range, rp->p->len) != l->invert;
}

static void
range(struct str *out, const struct length *l)
{
	str_printf(out, "%u", l->range.lo);
	if (l->range.lo != l->range.hi)
		str_printf(out, ":%u", l->range.hi);
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	const struct length *l = data;

	str_printf(out, " length %s", l->invert ? "!" : "");
	range(out, l);
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	const struct length *l = data;

	rule_save_opt(out, l->invert, "--length ");
	range(out, l);
}

static struct rule_ext_type type = {
	.name = "length",
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.size = sizeof(struct length),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.parse = parse,
	.match = match,
	.print = print,
	.save = save,
	.deps = RULE_DEP_LENGTH,
};

RULE_EXT_REGISTER(type)
