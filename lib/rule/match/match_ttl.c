/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -m ttl (IPv4) and -m hl (IPv6): time to live, hop limit. See rule_ext.h for who calls what.
 */
#include <errno.h>

#include "rule_value.h"

enum { OPT_LT, OPT_GT, OPT_EQ };

struct ttl {
	uint8_t value, mode; /* OPT_* */
	uint8_t invert;      /* OPT_EQ */
};

#define ONE (RULE_OPT_ARG | RULE_OPT_ONCE)
#define LT (1u << OPT_LT)
#define GT (1u << OPT_GT)
#define EQ (1u << OPT_EQ)

static const struct rule_opt opts4[] = {
	{ "ttl-lt", OPT_LT, ONE, GT | EQ },
	{ "ttl-gt", OPT_GT, ONE, LT | EQ },
	{ "ttl-eq", OPT_EQ, ONE | RULE_OPT_INVERT, LT | GT },
	{ "ttl", OPT_EQ, ONE | RULE_OPT_INVERT, LT | GT },
};

static const struct rule_opt opts6[] = {
	{ "hl-lt", OPT_LT, ONE, GT | EQ },
	{ "hl-gt", OPT_GT, ONE, LT | EQ },
	{ "hl-eq", OPT_EQ, ONE | RULE_OPT_INVERT, LT | GT },
	{ "hl", OPT_EQ, ONE | RULE_OPT_INVERT, LT | GT },
};

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct ttl *t = data;
	uint32_t n = 0;
	int rc = rule_value_number(p, arg, 0, UINT8_MAX, &n);

	*t = (struct ttl){ n, id, invert };
	return rc;
}

static int
final4(const struct rule_parse *p, uint32_t seen, void *data)
{
	return seen != 0 ? 0
			 : err_set(p->err, -EINVAL,
				   "TTL match: You must specify one of `--ttl-eq', `--ttl-lt', "
				   "`--ttl-gt");
}

static int
final6(const struct rule_parse *p, uint32_t seen, void *data)
{
	return seen != 0 ? 0
			 : err_set(p->err, -EINVAL,
				   "HL match: You must specify one of `--hl-eq', `--hl-lt', "
				   "`--hl-gt'");
}

static bool
holds(const struct ttl *t, uint8_t have)
{
	switch (t->mode) {
	case OPT_LT:
		return have < t->value;
	case OPT_GT:
		return have > t->value;
	default:
		return (have == t->value) != t->invert;
	}
}

static bool
match4(struct rule_packet *rp, const void *data)
{
	return holds(data, pkt_ip4(rp->m)->time_to_live);
}

static bool
match6(struct rule_packet *rp, const void *data)
{
	return holds(data, pkt_ip6(rp->m)->ip6_hlim);
}

static void
print(struct str *out, const char *what, const struct ttl *t)
{
	static const char *const signs[] = { "<", ">", "==" };

	str_printf(out, " %s match %s %s %u", what, what, t->invert ? "!=" : signs[t->mode],
		   t->value);
}

static void
print4(struct str *out, const struct rule_where *w, const void *data)
{
	print(out, "TTL", data);
}

static void
print6(struct str *out, const struct rule_where *w, const void *data)
{
	print(out, "HL", data);
}

static void
save(struct str *out, const char *what, const struct ttl *t)
{
	static const char *const names[] = { "lt", "gt", "eq" };

	str_printf(out, "%s --%s-%s %u", t->invert ? " !" : "", what, names[t->mode], t->value);
}

static void
save4(struct str *out, const struct rule_where *w, const void *data)
{
	save(out, "ttl", data);
}

static void
save6(struct str *out, const struct rule_where *w, const void *data)
{
	save(out, "hl", data);
}

static struct rule_ext_type type4 = {
	.name = "ttl",
	.families = 1u << HOOK_IP4,
	.size = sizeof(struct ttl),
	.opts = opts4,
	.nb_opts = RTE_DIM(opts4),
	.parse = parse,
	.final = final4,
	.match = match4,
	.print = print4,
	.save = save4,
	.deps = RULE_DEP_TTL,
};
static struct rule_ext_type type6 = {
	.name = "hl",
	.families = 1u << HOOK_IP6,
	.size = sizeof(struct ttl),
	.opts = opts6,
	.nb_opts = RTE_DIM(opts6),
	.parse = parse,
	.final = final6,
	.match = match6,
	.print = print6,
	.save = save6,
	.deps = RULE_DEP_TTL,
};

RULE_EXT_REGISTER(type4)
RULE_EXT_REGISTER(type6)
