/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -m dscp --dscp VALUE, --dscp-class CLASS: the upper six bits. See rule_ext.h for who calls what.
 */
#include <errno.h>

#include "rule_dsfield.h"
#include "rule_value.h"

enum { OPT_DSCP, OPT_CLASS };

struct dscp {
	uint8_t value, invert;
};

#define OPT_FLAGS (RULE_OPT_ARG | RULE_OPT_INVERT | RULE_OPT_ONCE)

static const struct rule_opt opts[] = {
	{ "dscp", OPT_DSCP, OPT_FLAGS, 1u << OPT_CLASS },
	{ "dscp-class", OPT_CLASS, OPT_FLAGS, 1u << OPT_DSCP },
};

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct dscp *d = data;

	d->invert = invert;
	return rule_dscp_parse(p, id == OPT_CLASS, arg, &d->value);
}

static int
final(const struct rule_parse *p, uint32_t seen, void *data)
{
	return seen != 0 ? 0 : err_set(p->err, -EINVAL, "DSCP match: Parameter --dscp is required");
}

static bool
match(struct rule_packet *rp, const void *data)
{
	const struct dscp *d = data;

	return (rule_dsfield(rp) >> 2 == d->value) != d->invert;
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	const struct dscp *d = data;

	str_printf(out, " DSCP match %s0x%02x", d->invert ? "!" : "", d->value);
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	const struct dscp *d = data;

	rule_save_opt(out, d->invert, "--dscp");
	str_printf(out, " 0x%02x", d->value);
}

static struct rule_ext_type type = {
	.name = "dscp",
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.size = sizeof(struct dscp),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.parse = parse,
	.final = final,
	.match = match,
	.print = print,
	.save = save,
	.deps = RULE_DEP_TOS,
};

RULE_EXT_REGISTER(type)
