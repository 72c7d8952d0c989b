/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -j CHECKSUM: for packets whose sender left the L4 checksum to its device. Here there are none: checksums
 * are complete before any rule sees them, and so it does nothing. See rule_ext.h for who calls what.
 */
#include "rule_ext.h"

static const struct rule_opt opts[] = {
	{ "checksum-fill", 0, RULE_OPT_ONCE | RULE_OPT_MUST, 0 },
};

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	return 0;
}

static verdict_t
eval(struct rule_packet *rp, const void *data)
{
	return RULE_VERDICT_CONTINUE;
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	str_add(out, " CHECKSUM fill");
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	str_add(out, " --checksum-fill");
}

static struct rule_ext_type type = {
	.name = "CHECKSUM",
	.target = true,
	.table = "mangle",
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.parse = parse,
	.eval = eval,
	.print = print,
	.save = save,
};

RULE_EXT_REGISTER(type)
