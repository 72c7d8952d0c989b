/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -j TOS: writes the byte of traffic class, ECN bits too. See rule_ext.h for who calls what.
 */
#include <errno.h>

#include "pkt_rewrite.h"
#include "rule_dsfield.h"
#include "rule_value.h"

enum { OPT_SET, OPT_AND, OPT_OR, OPT_XOR, NB_OPTS };

#define OPT_FLAGS (RULE_OPT_ARG | RULE_OPT_ONCE)
#define OTHERS(id) (((1u << NB_OPTS) - 1) & ~(1u << (id)))

static const struct rule_opt opts[] = {
	{ "set-tos", OPT_SET, OPT_FLAGS, OTHERS(OPT_SET) },
	{ "and-tos", OPT_AND, OPT_FLAGS, OTHERS(OPT_AND) },
	{ "or-tos", OPT_OR, OPT_FLAGS, OTHERS(OPT_OR) },
	{ "xor-tos", OPT_XOR, OPT_FLAGS, OTHERS(OPT_XOR) },
};

/* The data is a struct rule_tos: tos = (tos & ~mask) ^ value */
static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct rule_tos *t = data;
	uint32_t bits = 0;
	int rc;

	if (id == OPT_SET)
		return rule_tos_parse(p, arg, t);
	rc = rule_value_number(p, arg, 0, UINT8_MAX, &bits);
	t->value = id == OPT_AND ? 0 : bits;
	t->mask = id == OPT_AND ? ~bits : id == OPT_OR ? bits : 0;
	return rc;
}

static int
final(const struct rule_parse *p, uint32_t seen, void *data)
{
	return seen != 0 ? 0 : err_set(p->err, -EINVAL, "TOS: An action is required");
}

static verdict_t
eval(struct rule_packet *rp, const void *data)
{
	const struct rule_tos *t = data;
	uint8_t was = rule_dsfield(rp), tos = (was & ~t->mask) ^ t->value;

	if (tos != was)
		pkt_tos_set(rp->m, tos);
	return RULE_VERDICT_CONTINUE;
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	const struct rule_tos *t = data;
	const char *name = w->numeric ? NULL : rule_tos_name(t);

	if (name != NULL)
		str_printf(out, "  TOS set%s", name);
	else if (!w->numeric && t->value == 0)
		str_printf(out, " TOS and 0x%02x", (uint8_t)~t->mask);
	else if (!w->numeric && t->value == t->mask)
		str_printf(out, " TOS or 0x%02x", t->value);
	else if (!w->numeric && t->mask == 0)
		str_printf(out, " TOS xor 0x%02x", t->value);
	else
		str_printf(out, " TOS set 0x%02x/0x%02x", t->value, t->mask);
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	const struct rule_tos *t = data;

	str_printf(out, " --set-tos 0x%02x/0x%02x", t->value, t->mask);
}

static struct rule_ext_type type = {
	.name = "TOS",
	.target = true,
	.table = "mangle",
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.size = sizeof(struct rule_tos),
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
