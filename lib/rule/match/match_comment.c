/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -m comment --comment TEXT: always matches. See rule_ext.h for who calls what.
 */
#include <errno.h>
#include <string.h>

#include "rule_ext.h"
#include "rule_quote.h"

#define COMMENT_MAX 256 /* NUL included */

struct comment {
	char text[COMMENT_MAX];
};

static const struct rule_opt opts[] = {
	{ "comment", 0, RULE_OPT_ARG | RULE_OPT_ONCE | RULE_OPT_MUST, 0 },
};

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct comment *c = data;

	/* Longer ones are cut, as iptables does it; the rest of the buffer stays zero. */
	memcpy(c->text, arg, strnlen(arg, COMMENT_MAX - 1));
	return 0;
}

static bool
match(struct rule_packet *rp, const void *data)
{
	return true;
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	str_printf(out, " /* %s */", ((const struct comment *)data)->text);
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	str_add(out, " --comment");
	rule_quote(out, ((const struct comment *)data)->text);
}

static int
tests(const void *data, struct rule_test *t)
{
	return 0;
}

static struct rule_ext_type type = {
	.name = "comment",
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.size = sizeof(struct comment),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.parse = parse,
	.match = match,
	.print = print,
	.save = save,
	.tests = tests,
};

RULE_EXT_REGISTER(type)
