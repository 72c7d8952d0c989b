/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -m realm (IPv4): the realm of the packet's route. Routes have none here, which is realm 0. See
 * rule_ext.h for who calls what.
 */
#include "rule_named.h"

#define ZERO "cosmos" /* /etc/iproute2/rt_realms of Debian 12 */

struct realm {
	struct rule_masked id;
	uint32_t invert;
};

static const struct rule_opt opts[] = {
	{ "realm", 0, RULE_OPT_ARG | RULE_OPT_INVERT | RULE_OPT_ONCE | RULE_OPT_MUST, 0 },
};

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct realm *r = data;

	r->invert = invert;
	return rule_named_parse(p, ZERO, arg, &r->id);
}

static bool
match(struct rule_packet *rp, const void *data)
{
	const struct realm *r = data;

	return (r->id.value == 0) != !!r->invert;
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	const struct realm *r = data;

	str_printf(out, "%s realm ", r->invert ? " !" : "");
	rule_named_text(out, ZERO, &r->id, w->numeric);
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	const struct realm *r = data;

	rule_save_opt(out, r->invert, "--realm ");
	rule_named_text(out, ZERO, &r->id, false);
}

static struct rule_ext_type type = {
	.name = "realm",
	.families = 1u << HOOK_IP4,
	.points =
		1u << HOOK_INPUT | 1u << HOOK_FORWARD | 1u << HOOK_OUTPUT | 1u << HOOK_POSTROUTING,
	.size = sizeof(struct realm),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.parse = parse,
	.match = match,
	.print = print,
	.save = save,
	.deps = RULE_DEP_ROUTE,
};

RULE_EXT_REGISTER(type)
