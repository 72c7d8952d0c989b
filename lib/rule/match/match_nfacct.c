/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -m nfacct: counts into an accounting object, which has to be there. It matches; where the object has a quota only when
 * that is exceeded. See rule_ext.h for who calls what.
 */
#include <errno.h>
#include <string.h>

#include "rule_nfacct.h"
#include "rule_quote.h"
#include "rule_value.h"

struct nfacct {
	char name[RULE_NFACCT_NAME];
};

struct nfacct_state {
	struct rule_nfacct *object; /* NULL: not checked yet */
};

static struct rule_ext_type type;

static const struct rule_opt opts[] = {
	{ "nfacct-name", 0, RULE_OPT_ARG | RULE_OPT_ONCE | RULE_OPT_MUST, 0 },
};

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct nfacct *n = data;

	if (arg[0] == '\0')
		return err_set(p->err, -EINVAL,
			       "Argument must have a minimum length of 1 characters\n");
	memcpy(n->name, arg, strnlen(arg, sizeof(n->name) - 1));
	return 0;
}

static void
release(const void *data, void *state)
{
	struct nfacct_state *s = state;

	if (s->object != NULL)
		s->object->rules--;
	s->object = NULL;
}

static int
check(const struct rule_where *w, const void *data)
{
	struct nfacct_state *s = rule_ext_state(&type, data);

	release(data, s);
	s->object = rule_nfacct_find(((const struct nfacct *)data)->name);
	if (s->object == NULL)
		return -ENOENT;
	s->object->rules++;
	return 0;
}

static bool
match(struct rule_packet *rp, const void *data)
{
	const struct nfacct_state *s = rule_ext_state(&type, data);

	return rule_nfacct_count(s->object, rp->ctx->lane, rp->p->len);
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	str_printf(out, " nfacct-name  %s", ((const struct nfacct *)data)->name);
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	str_add(out, " --nfacct-name ");
	rule_quote_odd(out, ((const struct nfacct *)data)->name);
}

static struct rule_ext_type type = {
	.name = "nfacct",
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.size = sizeof(struct nfacct),
	.state_size = sizeof(struct nfacct_state),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.parse = parse,
	.check = check,
	.match = match,
	.print = print,
	.save = save,
	.deps = RULE_DEP_ORDER | RULE_DEP_EFFECT,
	.release = release,
};

RULE_EXT_REGISTER(type)
