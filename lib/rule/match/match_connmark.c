/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -m connmark --mark VALUE[/MASK]: the mark of the packet's connection. See rule_ext.h for who calls what.
 */
#include "ct_template.h"
#include "rule_value.h"

struct connmark {
	struct rule_masked mark;
	uint8_t invert;
};

static const struct rule_opt opts[] = {
	{ "mark", 0, RULE_OPT_ARG | RULE_OPT_INVERT | RULE_OPT_ONCE | RULE_OPT_MUST, 0 },
};

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct connmark *m = data;

	m->invert = invert;
	return rule_value_masked(p, arg, &m->mark);
}

/* Without a connection never, inverted or not. */
static bool
match(struct rule_packet *rp, const void *data)
{
	const struct connmark *m = data;
	enum ct_info info;
	const struct ct *ct = ct_seen_of(rp->m, &info);
	uint32_t mark;

	if (ct == NULL)
		return false;
	mark = __atomic_load_n(&ct->mark, __ATOMIC_RELAXED);
	return ((mark & m->mark.mask) == m->mark.value) != m->invert;
}

static void
value(struct str *out, const struct connmark *m)
{
	str_printf(out, " 0x%x", m->mark.value);
	if (m->mark.mask != UINT32_MAX)
		str_printf(out, "/0x%x", m->mark.mask);
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	const struct connmark *m = data;

	str_printf(out, " connmark match %s", m->invert ? "!" : "");
	value(out, m);
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	const struct connmark *m = data;

	rule_save_opt(out, m->invert, "--mark");
	value(out, m);
}

static struct rule_ext_type type = {
	.name = "connmark",
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.size = sizeof(struct connmark),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.parse = parse,
	.match = match,
	.print = print,
	.save = save,
	.deps = RULE_DEP_CTMARK,
	.needs = RULE_NEEDS_TRACK | RULE_NEEDS_ORDER,
};

RULE_EXT_REGISTER(type)
