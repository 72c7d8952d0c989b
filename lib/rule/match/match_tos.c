/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -m tos --tos VALUE[/MASK]|NAME: the whole byte, ECN bits too. See rule_ext.h for who calls what.
 */
#include "rule_dsfield.h"
#include "rule_value.h"

struct tos {
	struct rule_tos tos;
	bool invert;
};

static const struct rule_opt opts[] = {
	{ "tos", 0, RULE_OPT_ARG | RULE_OPT_INVERT | RULE_OPT_ONCE | RULE_OPT_MUST, 0 },
};

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct tos *t = data;

	t->invert = invert;
	return rule_tos_parse(p, arg, &t->tos);
}

static bool
match(struct rule_packet *rp, const void *data)
{
	const struct tos *t = data;

	return ((rule_dsfield(rp) & t->tos.mask) == t->tos.value) != t->invert;
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	const struct tos *t = data;
	const char *name = w->numeric ? NULL : rule_tos_name(&t->tos);

	str_printf(out, " tos match%s", t->invert ? "!" : "");
	if (name != NULL)
		str_printf(out, " %s", name);
	else
		str_printf(out, "0x%02x/0x%02x", t->tos.value, t->tos.mask);
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	const struct tos *t = data;

	rule_save_opt(out, t->invert, "--tos");
	str_printf(out, " 0x%02x/0x%02x", t->tos.value, t->tos.mask);
}

static struct rule_ext_type type = {
	.name = "tos",
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.size = sizeof(struct tos),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.parse = parse,
	.match = match,
	.print = print,
	.save = save,
	.deps = RULE_DEP_TOS,
};

RULE_EXT_REGISTER(type)
