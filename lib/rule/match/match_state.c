/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -m state --state LIST: how the packet relates to its connection. See rule_ext.h for who calls what.
 */
#include <errno.h>
#include <string.h>

#include "rule_ctstate.h"
#include "rule_value.h"

struct state {
	uint8_t states;
	uint8_t invert;
};

const struct rule_word rule_ctstates[RULE_CTSTATES_NAT] = {
	{ "INVALID", RULE_CTSTATE_INVALID },     { "NEW", RULE_CTSTATE_NEW },
	{ "RELATED", RULE_CTSTATE_RELATED },     { "ESTABLISHED", RULE_CTSTATE_ESTABLISHED },
	{ "UNTRACKED", RULE_CTSTATE_UNTRACKED }, { "SNAT", RULE_CTSTATE_SNAT },
	{ "DNAT", RULE_CTSTATE_DNAT },
};

static const struct rule_opt opts[] = {
	{ "state", 0, RULE_OPT_ARG | RULE_OPT_INVERT | RULE_OPT_ONCE | RULE_OPT_MUST, 0 },
};

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct state *s = data;
	uint32_t states = 0;
	const char *bad = rule_words_parse(arg, rule_ctstates, RULE_CTSTATES, false, &states);

	if (bad != NULL && bad[0] == '\0')
		return err_set(p->err, -EINVAL,
			       "\"--state\" requires a list of states with no spaces, e.g. "
			       "ESTABLISHED,RELATED");
	if (bad != NULL)
		return err_set(p->err, -EINVAL, "Bad state \"%s\"", bad);
	s->states = states;
	s->invert = invert;
	return 0;
}

static bool
match(struct rule_packet *rp, const void *data)
{
	const struct state *s = data;

	return !!(s->states & rule_ctstate(rp->m)) != s->invert;
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	const struct state *s = data;

	str_add(out, s->invert ? " ! state " : " state ");
	rule_words_text(out, rule_ctstates, RULE_CTSTATES, s->states);
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	const struct state *s = data;

	rule_save_opt(out, s->invert, "--state ");
	rule_words_text(out, rule_ctstates, RULE_CTSTATES, s->states);
}

static int
tests(const void *data, struct rule_test *t)
{
	const struct state *s = data;

	t[0] = (struct rule_test){ .field = RULE_FIELD_CTSTATE, .invert = s->invert, .nb = 1 };
	t[0].range[0].lo = s->states;
	return 1;
}

static struct rule_ext_type type = {
	.name = "state",
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.size = sizeof(struct state),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.parse = parse,
	.match = match,
	.print = print,
	.save = save,
	.deps = RULE_DEP_CTSTATE,
	.needs = RULE_NEEDS_TRACK,
	.tests = tests,
};

RULE_EXT_REGISTER(type)
