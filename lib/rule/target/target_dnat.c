/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -j DNAT: connections get another destination. See rule_ext.h for who calls what.
 */
#include "rule_nat_range.h"

static const struct rule_opt opts[] = {
	RULE_NAT_OPT_TO_MUST("to-destination"),
	RULE_NAT_OPT_RANDOM,
	RULE_NAT_OPT_PERSISTENT,
};

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	if (id == RULE_NAT_TO)
		return rule_nat_to(p, arg, false, data);
	rule_nat_word(id, data);
	return 0;
}

static verdict_t
eval(struct rule_packet *rp, const void *data)
{
	return rule_nat_setup(rp, data, NAT_DST);
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	rule_nat_to_text(out, " to:", "", w->family, data);
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	rule_nat_to_text(out, " --to-destination ", "--", w->family, data);
}

static struct rule_ext_type type = {
	.name = "DNAT",
	.target = true,
	.ends = true,
	.table = "nat",
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.points = 1u << HOOK_PREROUTING | 1u << HOOK_OUTPUT,
	.size = sizeof(struct nat_range),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.parse = parse,
	.eval = eval,
	.print = print,
	.save = save,
	.deps = RULE_DEP_WRITER,
	.needs = RULE_NEEDS_TRACK,
};

RULE_EXT_REGISTER(type)
