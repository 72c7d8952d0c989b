/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -m cpu: the core that handles the packet. See rule_ext.h for who calls what.
 */
#include <sched.h>

#include "rule_value.h"

struct cpu {
	uint32_t id;
	uint32_t invert;
};

static const struct rule_opt opts[] = {
	{ "cpu", 0, RULE_OPT_ARG | RULE_OPT_INVERT | RULE_OPT_ONCE | RULE_OPT_MUST, 0 },
};

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct cpu *c = data;

	c->invert = invert;
	return rule_value_number(p, arg, 0, UINT32_MAX, &c->id);
}

static bool
match(struct rule_packet *rp, const void *data)
{
	const struct cpu *c = data;

	return ((uint32_t)sched_getcpu() == c->id) != !!c->invert;
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	const struct cpu *c = data;

	str_printf(out, " cpu %s%u", c->invert ? "! " : "", c->id);
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	const struct cpu *c = data;

	rule_save_opt(out, c->invert, "--cpu");
	str_printf(out, " %u", c->id);
}

static struct rule_ext_type type = {
	.name = "cpu",
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.size = sizeof(struct cpu),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.parse = parse,
	.match = match,
	.print = print,
	.save = save,
	.deps = RULE_DEP_CHANCE, /* a flow may come to another core */
};

RULE_EXT_REGISTER(type)
