/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -j REJECT: the kinds of each family, their text and checks. See rule_ext.h for who calls what; the
 * answering is in target_reject_send.c.
 */
#include <errno.h>
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>
#include <string.h>
#include <strings.h>

#include "rule_reject.h"

static const struct rule_reject_kind kinds4[] = {
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

#define DEFAULT4 (&kinds4[3])

static const struct rule_reject_kind kinds6[] = {
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

#define DEFAULT6 (&kinds6[3])

static const struct rule_opt opts[] = {
	{ "reject-with", 0, RULE_OPT_ARG | RULE_OPT_ONCE, 0 },
};

static void
init4(void *data)
{
	((struct rule_reject *)data)->kind = DEFAULT4;
}

static void
init6(void *data)
{
	((struct rule_reject *)data)->kind = DEFAULT6;
}

/* --reject-with TEXT; abbreviations are understood, the first one in the list wins. */
static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	const struct rule_reject_kind *kinds = p->family == HOOK_IP4 ? kinds4 : kinds6;
	unsigned nb = p->family == HOOK_IP4 ? RTE_DIM(kinds4) : RTE_DIM(kinds6);
	size_t len = strlen(arg);

	for (unsigned i = 0; i < nb; i++)
		if (strncasecmp(kinds[i].name, arg, len) == 0 ||
		    strncasecmp(kinds[i].alias, arg, len) == 0) {
			((struct rule_reject *)data)->kind = &kinds[i];
			return 0;
		}
	return err_set(p->err, -EINVAL, "unknown reject type \"%s\"", arg);
}

/* A reset needs -p tcp. */
static int
check(const struct rule_where *w, const void *data)
{
	bool reset = ((const struct rule_reject *)data)->kind->reset;

	return reset ? rule_ip_must_be(w->ip, IPPROTO_TCP) : 0;
}

static verdict_t
eval(struct rule_packet *rp, const void *data)
{
	return rule_reject_send(rp, ((const struct rule_reject *)data)->kind);
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	str_printf(out, " reject-with %s", ((const struct rule_reject *)data)->kind->name);
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	str_printf(out, " --reject-with %s", ((const struct rule_reject *)data)->kind->name);
}

#define REJECT_TYPE(family_, init_)                                                            \
	{                                                                                      \
		.name = "REJECT", .target = true, .ends = true, .table = "filter",             \
		.families = 1u << (family_),                                                   \
		.points = 1u << HOOK_INPUT | 1u << HOOK_FORWARD | 1u << HOOK_OUTPUT,           \
		.size = sizeof(struct rule_reject), .opts = opts, .nb_opts = RTE_DIM(opts),    \
		.init = (init_), .parse = parse, .check = check, .eval = eval, .print = print, \
		.save = save, .deps = RULE_DEP_EFFECT,                                         \
	}

static struct rule_ext_type type4 = REJECT_TYPE(HOOK_IP4, init4);
static struct rule_ext_type type6 = REJECT_TYPE(HOOK_IP6, init6);

RULE_EXT_REGISTER(type4)
RULE_EXT_REGISTER(type6)
