/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -m icmp --icmp-type TYPE[/CODE]|NAME. See rule_ext.h for who calls what.
 */
#include <errno.h>
#include <netinet/in.h>

#include "rule.h"
#include "rule_name.h"

#define ANY_TYPE 0xff

static const struct rule_icmp_name names[] = {
	{ "any", ANY_TYPE, 0, 255 },
	{ "echo-reply", 0, 0, 255 },
	{ "pong", 0, 0, 255 },
	{ "destination-unreachable", 3, 0, 255 },
	{ "network-unreachable", 3, 0, 0 },
	{ "host-unreachable", 3, 1, 1 },
	{ "protocol-unreachable", 3, 2, 2 },
	{ "port-unreachable", 3, 3, 3 },
	{ "fragmentation-needed", 3, 4, 4 },
	{ "source-route-failed", 3, 5, 5 },
	{ "network-unknown", 3, 6, 6 },
	{ "host-unknown", 3, 7, 7 },
	{ "network-prohibited", 3, 9, 9 },
	{ "host-prohibited", 3, 10, 10 },
	{ "TOS-network-unreachable", 3, 11, 11 },
	{ "TOS-host-unreachable", 3, 12, 12 },
	{ "communication-prohibited", 3, 13, 13 },
	{ "host-precedence-violation", 3, 14, 14 },
	{ "precedence-cutoff", 3, 15, 15 },
	{ "source-quench", 4, 0, 255 },
	{ "redirect", 5, 0, 255 },
	{ "network-redirect", 5, 0, 0 },
	{ "host-redirect", 5, 1, 1 },
	{ "TOS-network-redirect", 5, 2, 2 },
	{ "TOS-host-redirect", 5, 3, 3 },
	{ "echo-request", 8, 0, 255 },
	{ "ping", 8, 0, 255 },
	{ "router-advertisement", 9, 0, 255 },
	{ "router-solicitation", 10, 0, 255 },
	{ "time-exceeded", 11, 0, 255 },
	{ "ttl-exceeded", 11, 0, 255 },
	{ "ttl-zero-during-transit", 11, 0, 0 },
	{ "ttl-zero-during-reassembly", 11, 1, 1 },
	{ "parameter-problem", 12, 0, 255 },
	{ "ip-header-bad", 12, 0, 0 },
	{ "required-option-missing", 12, 1, 1 },
	{ "timestamp-request", 13, 0, 255 },
	{ "timestamp-reply", 14, 0, 255 },
	{ "address-mask-request", 17, 0, 255 },
	{ "address-mask-reply", 18, 0, 255 },
};

static const struct rule_opt opts[] = {
	{ "icmp-type", 0, RULE_OPT_ARG | RULE_OPT_INVERT | RULE_OPT_ONCE | RULE_OPT_MUST, 0 },
};

static void
init(void *data)
{
	*(struct rule_icmp *)data = (struct rule_icmp){ ANY_TYPE, 0, 255, 0 };
}

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct rule_icmp *icmp = data;

	icmp->invert = invert;
	return rule_icmp_parse(arg, "ICMP", names, RTE_DIM(names), icmp, p->err);
}

static int
check(const struct rule_where *w, const void *data)
{
	return rule_ip_must_be(w->ip, IPPROTO_ICMP);
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
	hit = icmp->type == ANY_TYPE ||
	      (l4[0] == icmp->type && l4[1] >= icmp->code_lo && l4[1] <= icmp->code_hi);
	return hit != icmp->invert;
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	const struct rule_icmp *icmp = data;

	rule_icmp_print(out, "icmp", names, RTE_DIM(names), icmp, w->numeric);
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	const struct rule_icmp *icmp = data;

	str_add(out, icmp->invert ? " ! --icmp-type " : " --icmp-type ");
	if (icmp->type == ANY_TYPE)
		str_add(out, "any");
	else
		rule_icmp_save(out, icmp);
}

static int
tests(const void *data, struct rule_test *t)
{
	const struct rule_icmp *icmp = data;

	t[0] = (struct rule_test){ .field = RULE_FIELD_ICMP, .invert = icmp->invert, .nb = 1 };
	t[0].range[0].lo = icmp->type << 8 | icmp->code_lo;
	t[0].range[0].hi = icmp->type << 8 | icmp->code_hi;
	if (icmp->type == ANY_TYPE) {
		t[0].range[0].lo = 0;
		t[0].range[0].hi = UINT16_MAX;
	}
	return 1;
}

static struct rule_ext_type type = {
	.name = "icmp",
	.families = 1u << HOOK_IP4,
	.proto = IPPROTO_ICMP,
	.size = sizeof(struct rule_icmp),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.init = init,
	.parse = parse,
	.check = check,
	.match = match,
	.print = print,
	.save = save,
	.deps = RULE_DEP_TUPLE,
	.tests = tests,
};

RULE_EXT_REGISTER(type)
