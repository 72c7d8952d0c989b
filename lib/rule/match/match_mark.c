/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -m mark --mark VALUE[/MASK]: the packet's mark. See rule_ext.h for who calls what.
 */
#include "rule_value.h"

struct mark {
	struct rule_masked mark;
	uint8_t invert;
};

static const struct rule_opt opts[] = {
	{ "mark", 0, RULE_OPT_ARG | RULE_OPT_INVERT | RULE_OPT_ONCE | RULE_OPT_MUST, 0 },
};

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct mark *m = data;

	m->invert = invert;
	return rule_value_masked(p, arg, &m->mark);
}

/* A value with bits outside its mask never matches, as in Linux. */
static bool
match(struct rule_packet *rp, const void *data)
{
	const struct mark *m = data;

	return ((rp->p->mark & m->mark.mask) == m->mark.value) != m->invert;
}

static void
value(struct str *out, const struct mark *m)
{
	str_printf(out, " 0x%x", m->mark.value);
	if (m->mark.mask != UINT32_MAX)
		str_printf(out, "/0x%x", m->mark.mask);
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	const struct mark *m = data;

	str_printf(out, " mark match%s", m->invert ? " !" : "");
	value(out, m);
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	const struct mark *m = data;

	rule_save_opt(out, m->invert, "--mark");
	value(out, m);
}

static struct rule_ext_type type = {
	.name = "mark",
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.size = sizeof(struct mark),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.parse = parse,
	.match = match,
	.print = print,
	.save = save,
	.deps = RULE_DEP_MARK,
};

RULE_EXT_REGISTER(type)
