/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -j DSCP: writes the upper six bits of the traffic class. See rule_ext.h for who calls what.
 */
#include <errno.h>

#include "pkt_rewrite.h"
#include "rule_dsfield.h"

enum { OPT_DSCP, OPT_CLASS };

#define OPT_FLAGS (RULE_OPT_ARG | RULE_OPT_ONCE)

static const struct rule_opt opts[] = {
	{ "set-dscp", OPT_DSCP, OPT_FLAGS, 1u << OPT_CLASS },
	{ "set-dscp-class", OPT_CLASS, OPT_FLAGS, 1u << OPT_DSCP },
};

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	return rule_dscp_parse(p, id == OPT_CLASS, arg, data);
}

static int
final(const struct rule_parse *p, uint32_t seen, void *data)
{
	return seen != 0
		       ? 0
		       : err_set(p->err, -EINVAL, "DSCP target: Parameter --set-dscp is required");
}

static verdict_t
eval(struct rule_packet *rp, const void *data)
{
	const uint8_t *dscp = data;
	uint8_t was = rule_dsfield(rp), tos = (was & RULE_ECN_MASK) | *dscp << 2;

	if (tos != was)
		pkt_tos_set(rp->m, tos);
	return RULE_VERDICT_CONTINUE;
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	str_printf(out, " DSCP set 0x%02x", *(const uint8_t *)data);
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	str_printf(out, " --set-dscp 0x%02x", *(const uint8_t *)data);
}

static struct rule_ext_type type = {
	.name = "DSCP",
	.target = true,
	.table = "mangle",
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.size = sizeof(uint8_t),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.parse = parse,
	.final = final,
	.eval = eval,
	.print = print,
	.save = save,
	.deps = RULE_DEP_TOS | RULE_DEP_WRITER | RULE_DEP_WRITES_TOS,
};

RULE_EXT_REGISTER(type)
