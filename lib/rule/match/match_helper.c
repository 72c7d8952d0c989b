/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -m helper --helper NAME: the connection was announced by another one that has this helper. See rule_ext.h for who
 * calls what.
 */
#include <errno.h>
#include <string.h>

#include "ct_ext.h"
#include "ct_helper.h"
#include "rule_quote.h"
#include "rule_value.h"

#define NAME_SIZE 30 /* of iptables' structure; a longer name is cut */

struct helper {
	char name[NAME_SIZE]; /* empty: any */
	uint8_t invert;
};

static const struct rule_opt opts[] = {
	{ "helper", 0, RULE_OPT_ARG | RULE_OPT_INVERT | RULE_OPT_ONCE | RULE_OPT_MUST, 0 },
};

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct helper *h = data;

	memcpy(h->name, arg, strnlen(arg, NAME_SIZE - 1));
	h->invert = invert;
	return 0;
}

/* Names are compared as far as the helper's goes: "ftp-2121" is "ftp". */
static bool
match(struct rule_packet *rp, const void *data)
{
	const struct helper *h = data;
	const struct ct_helper *its;
	enum ct_info info;
	const struct ct *ct = ct_of(rp->m, &info);

	its = ct != NULL && ct->ext != NULL ? ct->ext->master_helper : NULL;
	if (its == NULL)
		return h->invert;
	return (h->name[0] == '\0' || strncmp(its->name, h->name, strlen(its->name)) == 0) !=
	       h->invert;
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	const struct helper *h = data;

	str_printf(out, " helper match %s\"%s\"", h->invert ? "! " : "", h->name);
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	const struct helper *h = data;

	rule_save_opt(out, h->invert, "--helper");
	rule_quote(out, h->name);
}

static struct rule_ext_type type = {
	.name = "helper",
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.size = sizeof(struct helper),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.parse = parse,
	.match = match,
	.print = print,
	.save = save,
	.deps = RULE_DEP_CTSTATE,
	.needs = RULE_NEEDS_TRACK,
};

RULE_EXT_REGISTER(type)
