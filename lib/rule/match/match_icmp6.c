/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -m icmp6 --icmpv6-type TYPE[/CODE]|NAME. See rule_ext.h for who calls what.
 */
#include <errno.h>
#include <netinet/in.h>

#include "rule.h"
#include "rule_name.h"

static const struct rule_icmp_name names[] = {
	{ "destination-unreachable", 1, 0, 255 },
	{ "no-route", 1, 0, 0 },
	{ "communication-prohibited", 1, 1, 1 },
	{ "beyond-scope", 1, 2, 2 },
	{ "address-unreachable", 1, 3, 3 },
	{ "port-unreachable", 1, 4, 4 },
	{ "failed-policy", 1, 5, 5 },
	{ "reject-route", 1, 6, 6 },
	{ "packet-too-big", 2, 0, 255 },
	{ "time-exceeded", 3, 0, 255 },
	{ "ttl-exceeded", 3, 0, 255 },
	{ "ttl-zero-during-transit", 3, 0, 0 },
	{ "ttl-zero-during-reassembly", 3, 1, 1 },
	{ "parameter-problem", 4, 0, 255 },
	{ "bad-header", 4, 0, 0 },
	{ "unknown-header-type", 4, 1, 1 },
	{ "unknown-option", 4, 2, 2 },
	{ "echo-request", 128, 0, 255 },
	{ "ping", 128, 0, 255 },
	{ "echo-reply", 129, 0, 255 },
	{ "pong", 129, 0, 255 },
	{ "router-solicitation", 133, 0, 255 },
	{ "router-advertisement", 134, 0, 255 },
	{ "neighbour-solicitation", 135, 0, 255 },
	{ "neighbor-solicitation", 135, 0, 255 },
	{ "neighbour-advertisement", 136, 0, 255 },
	{ "neighbor-advertisement", 136, 0, 255 },
	{ "redirect", 137, 0, 255 },
};

static const struct rule_opt opts[] = {
	{ "icmpv6-type", 0, RULE_OPT_ARG | RULE_OPT_INVERT | RULE_OPT_ONCE | RULE_OPT_MUST, 0 },
};

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct rule_icmp *icmp = data;

	icmp->invert = invert;
	return rule_icmp_parse(arg, "ICMPv6", names, RTE_DIM(names), icmp, p->err);
}

static int
check(const struct rule_where *w, const void *data)
{
	return rule_ip_must_be(w->ip, IPPROTO_ICMPV6);
}

static bool
match(struct rule_packet *rp, const void *data)
{
	const struct rule_icmp *icmp = data;
	const uint8_t *l4 = (const uint8_t *)&rp->p->dport;
	bool hit;

	if (rp->p->flags & PKT_FRAG_LATER)
		return false;
	if (!(rp->p->flags & PKT_L4) || pkt_l4_len(rp->m) < 8) {
		rp->hotdrop = true;
		return false;
	}
	hit = l4[0] == icmp->type && l4[1] >= icmp->code_lo && l4[1] <= icmp->code_hi;
	return hit != icmp->invert;
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	const struct rule_icmp *icmp = data;

	rule_icmp_print(out, "ipv6-icmp", names, RTE_DIM(names), icmp, w->numeric);
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	const struct rule_icmp *icmp = data;

	str_add(out, icmp->invert ? " ! --icmpv6-type " : " --icmpv6-type ");
	rule_icmp_save(out, icmp);
}

static int
tests(const void *data, struct rule_test *t)
{
	const struct rule_icmp *icmp = data;

	t[0] = (struct rule_test){ .field = RULE_FIELD_ICMP, .invert = icmp->invert, .nb = 1 };
	t[0].range[0].lo = icmp->type << 8 | icmp->code_lo;
	t[0].range[0].hi = icmp->type << 8 | icmp->code_hi;
	return 1;
}

static struct rule_ext_type type = {
	.name = "icmp6",
	.alias = "icmpv6",
	.families = 1u << HOOK_IP6,
	.proto = IPPROTO_ICMPV6,
	.size = sizeof(struct rule_icmp),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.parse = parse,
	.check = check,
	.match = match,
	.print = print,
	.save = save,
	.deps = RULE_DEP_TUPLE,
	.tests = tests,
};

RULE_EXT_REGISTER(type)
