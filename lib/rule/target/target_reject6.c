/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -j REJECT for IPv6. See rule_ext.h for who calls what.
 */
#include <netinet/icmp6.h>

#include "rule_reject.h"

static const struct rule_reject_kind kinds[] = {
	{ "icmp6-no-route", "no-route", ICMP6_DST_UNREACH, ICMP6_DST_UNREACH_NOROUTE, false },
	{ "icmp6-adm-prohibited", "adm-prohibited", ICMP6_DST_UNREACH, ICMP6_DST_UNREACH_ADMIN,
	  false },
	{ "icmp6-addr-unreachable", "addr-unreach", ICMP6_DST_UNREACH, ICMP6_DST_UNREACH_ADDR,
	  false },
	{ "icmp6-port-unreachable", "port-unreach", ICMP6_DST_UNREACH, ICMP6_DST_UNREACH_NOPORT,
	  false },
	{ "tcp-reset", "tcp-reset", 0, 0, true },
	/* RFC 4443 codes that the system header does not name. */
	{ "icmp6-policy-fail", "policy-fail", ICMP6_DST_UNREACH, 5, false },
	{ "icmp6-reject-route", "reject-route", ICMP6_DST_UNREACH, 6, false },
};

#define KIND_DEFAULT 3

static const struct rule_opt opts[] = {
	{ "reject-with", 0, RULE_OPT_ARG | RULE_OPT_ONCE, 0 },
};

static void
init(void *data)
{
	((struct rule_reject *)data)->kind = KIND_DEFAULT;
}

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	return rule_reject_parse(p, arg, kinds, RTE_DIM(kinds), data);
}

static int
check(const struct rule_where *w, const void *data)
{
	return rule_reject_check(w, &kinds[((const struct rule_reject *)data)->kind]);
}

static verdict_t
eval(struct rule_packet *rp, const void *data)
{
	return rule_reject_send(rp, &kinds[((const struct rule_reject *)data)->kind]);
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	str_printf(out, " reject-with %s", kinds[((const struct rule_reject *)data)->kind].name);
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	str_printf(out, " --reject-with %s", kinds[((const struct rule_reject *)data)->kind].name);
}

static uint32_t
deps(const void *data)
{
	return RULE_DEP_EFFECT;
}

static struct rule_ext_type type = {
	.name = "REJECT",
	.target = true,
	.families = 1u << HOOK_IP6,
	.points = 1u << HOOK_INPUT | 1u << HOOK_FORWARD | 1u << HOOK_OUTPUT,
	.size = sizeof(struct rule_reject),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.init = init,
	.parse = parse,
	.check = check,
	.eval = eval,
	.print = print,
	.save = save,
	.deps = deps,
};

RULE_EXT_REGISTER(type)
