/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -j SNAT: connections get another source. See rule_ext.h for who calls what.
 */
#include "rule_nat_range.h"

static const struct rule_opt opts[] = {
	RULE_NAT_OPT_TO_MUST("to-source"),
	RULE_NAT_OPT_RANDOM,
	RULE_NAT_OPT_RANDOM_FULLY,
	RULE_NAT_OPT_PERSISTENT,
};

/* The base of ports ("/BASE") is read, but the kernel is not told. */
static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct nat_range *r = data;
	int rc = 0;

	if (id == RULE_NAT_TO)
		rc = rule_nat_to(p, arg, true, r);
	else
		rule_nat_word(id, r);
	r->base_port = 0;
	return rc;
}

static verdict_t
eval(struct rule_packet *rp, const void *data)
{
	return rule_nat_setup(rp, data, NAT_SRC);
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	rule_nat_to_text(out, " to:", "", w->family, data);
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	rule_nat_to_text(out, " --to-source ", "--", w->family, data);
}

static struct rule_ext_type type = {
	.name = "SNAT",
	.target = true,
	.ends = true,
	.table = "nat",
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.points = 1u << HOOK_POSTROUTING | 1u << HOOK_INPUT,
	.size = sizeof(struct nat_range),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.parse = parse,
	.eval = eval,
	.print = print,
	.save = save,
	.deps = RULE_DEP_WRITER,
	.needs = RULE_NEEDS_TRACK | RULE_NEEDS_SOURCE,
};

RULE_EXT_REGISTER(type)
