/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -j TTL (IPv4) and -j HL (IPv6): time to live, hop limit. See rule_ext.h for who calls what.
 */
#include <errno.h>

#include "pkt_rewrite.h"
#include "rule_value.h"

/* The order in which iptables reports what excludes an option. */
enum { OPT_SET, OPT_INC, OPT_DEC };

struct ttl {
	uint8_t how, value; /* OPT_* */
};

#define OPT_FLAGS (RULE_OPT_ARG | RULE_OPT_ONCE)
#define SET (1u << OPT_SET)
#define DEC (1u << OPT_DEC)
#define INC (1u << OPT_INC)

static const struct rule_opt opts4[] = {
	{ "ttl-set", OPT_SET, OPT_FLAGS, DEC | INC },
	{ "ttl-dec", OPT_DEC, OPT_FLAGS, SET | INC },
	{ "ttl-inc", OPT_INC, OPT_FLAGS, SET | DEC },
};

static const struct rule_opt opts6[] = {
	{ "hl-set", OPT_SET, OPT_FLAGS, DEC | INC },
	{ "hl-dec", OPT_DEC, OPT_FLAGS, SET | INC },
	{ "hl-inc", OPT_INC, OPT_FLAGS, SET | DEC },
};

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct ttl *t = data;
	uint32_t n = 0;
	int rc = rule_value_number(p, arg, id == OPT_SET ? 0 : 1, UINT8_MAX, &n);

	*t = (struct ttl){ id, n };
	return rc;
}

static int
final(const struct rule_parse *p, uint32_t seen, void *data)
{
	return seen != 0 ? 0
			 : err_set(p->err, -EINVAL, "%s: You must specify an action",
				   p->family == HOOK_IP4 ? "TTL" : "HL");
}

static verdict_t
eval(struct rule_packet *rp, const void *data)
{
	const struct ttl *t = data;
	bool ip4 = rp->p->family == AF_INET;
	int was = ip4 ? pkt_ip4(rp->m)->time_to_live : pkt_ip6(rp->m)->ip6_hlim;
	int ttl = t->how == OPT_SET   ? t->value
		  : t->how == OPT_DEC ? RTE_MAX(was - t->value, 0)
				      : RTE_MIN(was + t->value, UINT8_MAX);

	if (ttl != was)
		pkt_ttl_set(rp->m, ttl);
	return RULE_VERDICT_CONTINUE;
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	static const char *const does[] = { "set to", "increment by", "decrement by" };
	const struct ttl *t = data;

	str_printf(out, " %s %s %u", w->family == HOOK_IP4 ? "TTL" : "HL", does[t->how], t->value);
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	static const char *const does[] = { "set", "inc", "dec" };
	const struct ttl *t = data;

	str_printf(out, " --%s-%s %u", w->family == HOOK_IP4 ? "ttl" : "hl", does[t->how],
		   t->value);
}

#define TTL_TYPE(family_, name_, opts_)                                                          \
	{                                                                                        \
		.name = (name_), .target = true, .table = "mangle", .families = 1u << (family_), \
		.size = sizeof(struct ttl), .opts = (opts_), .nb_opts = RTE_DIM(opts_),          \
		.parse = parse, .final = final, .eval = eval, .print = print, .save = save,      \
		.deps = RULE_DEP_TTL | RULE_DEP_WRITER,                                          \
	}

static struct rule_ext_type type4 = TTL_TYPE(HOOK_IP4, "TTL", opts4);
static struct rule_ext_type type6 = TTL_TYPE(HOOK_IP6, "HL", opts6);

RULE_EXT_REGISTER(type4)
RULE_EXT_REGISTER(type6)
