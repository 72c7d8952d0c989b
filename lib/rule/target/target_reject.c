/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -j REJECT for IPv4. See rule_ext.h for who calls what.
 */
#include <netinet/ip_icmp.h>

#include "rule_reject.h"

static const struct rule_reject_kind kinds[] = {
	{ "icmp-net-unreachable", "net-unreach", ICMP_UNREACH, ICMP_UNREACH_NET, false },
	{ "icmp-host-unreachable", "host-unreach", ICMP_UNREACH, ICMP_UNREACH_HOST, false },
	{ "icmp-proto-unreachable", "proto-unreach", ICMP_UNREACH, ICMP_UNREACH_PROTOCOL, false },
	{ "icmp-port-unreachable", "port-unreach", ICMP_UNREACH, ICMP_UNREACH_PORT, false },
	{ "icmp-net-prohibited", "net-prohib", ICMP_UNREACH, ICMP_UNREACH_NET_PROHIB, false },
	{ "icmp-host-prohibited", "host-prohib", ICMP_UNREACH, ICMP_UNREACH_HOST_PROHIB, false },
	{ "tcp-reset", "tcp-rst", 0, 0, true },
	{ "icmp-admin-prohibited", "admin-prohib", ICMP_UNREACH, ICMP_UNREACH_FILTER_PROHIB,
	  false },
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
	.families = 1u << HOOK_IP4,
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
