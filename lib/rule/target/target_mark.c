/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -j MARK: writes the packet's mark, and the walk goes on. See rule_ext.h for who calls what.
 */
#include <errno.h>

#include "rule_value.h"

/* The data is a struct rule_masked: mark = (mark & ~mask) ^ value. */
enum { OPT_SET_XMARK, OPT_SET_MARK, OPT_AND, OPT_OR, OPT_XOR, NB_OPTS };

#define OPT_FLAGS (RULE_OPT_ARG | RULE_OPT_ONCE)
#define OTHERS(id) (((1u << NB_OPTS) - 1) & ~(1u << (id)))

static const struct rule_opt opts[] = {
	{ "set-xmark", OPT_SET_XMARK, OPT_FLAGS, OTHERS(OPT_SET_XMARK) },
	{ "set-mark", OPT_SET_MARK, OPT_FLAGS, OTHERS(OPT_SET_MARK) },
	{ "and-mark", OPT_AND, OPT_FLAGS, OTHERS(OPT_AND) },
	{ "or-mark", OPT_OR, OPT_FLAGS, OTHERS(OPT_OR) },
	{ "xor-mark", OPT_XOR, OPT_FLAGS, OTHERS(OPT_XOR) },
};

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct rule_masked *m = data;
	uint32_t bits = 0;
	int rc;

	if (id == OPT_SET_XMARK || id == OPT_SET_MARK) {
		rc = rule_value_masked(p, arg, m);
		if (id == OPT_SET_MARK)
			m->mask |= m->value;
		return rc;
	}
	rc = rule_value_number(p, arg, 0, UINT32_MAX, &bits);
	m->value = id == OPT_AND ? 0 : bits;
	m->mask = id == OPT_AND ? ~bits : id == OPT_OR ? bits : 0;
	return rc;
}

static int
final(const struct rule_parse *p, uint32_t seen, void *data)
{
	if (seen != 0)
		return 0;
	return err_set(p->err, -EINVAL,
		       "MARK: One of the --set-xmark, --{and,or,xor,set}-mark options is required");
}

static verdict_t
eval(struct rule_packet *rp, const void *data)
{
	const struct rule_masked *m = data;
	struct pkt *p = pkt(rp->m);

	p->mark = (p->mark & ~m->mask) ^ m->value;
	return RULE_VERDICT_CONTINUE;
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	const struct rule_masked *m = data;

	if (m->value == 0)
		str_printf(out, " MARK and 0x%x", ~m->mask);
	else if (m->value == m->mask)
		str_printf(out, " MARK or 0x%x", m->value);
	else if (m->mask == 0)
		str_printf(out, " MARK xor 0x%x", m->value);
	else if (m->mask == UINT32_MAX)
		str_printf(out, " MARK set 0x%x", m->value);
	else
		str_printf(out, " MARK xset 0x%x/0x%x", m->value, m->mask);
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	const struct rule_masked *m = data;

	str_printf(out, " --set-xmark 0x%x/0x%x", m->value, m->mask);
}

static struct rule_ext_type type = {
	.name = "MARK",
	.target = true,
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.size = sizeof(struct rule_masked),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.parse = parse,
	.final = final,
	.eval = eval,
	.print = print,
	.save = save,
	.deps = RULE_DEP_WRITER | RULE_DEP_SETTLES,
};

RULE_EXT_REGISTER(type)
