/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -j SECMARK: gives the packet a security label (pkt.secmark). See rule_ext.h for who calls what. There is
 * no policy that knows labels: one is whatever the first rule calls it. Labels are numbers to packets; the
 * list of their names only grows, and belongs to the control lcore.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rule.h"
#include "rule_quote.h"

#define LABEL_MAX 256 /* bytes, NUL included; what is longer is cut, as in Linux */
#define LABELS_MAX 4096

struct secmark {
	uint16_t number; /* 1 .. */
	char label[LABEL_MAX];
};

static char *labels[LABELS_MAX];
static unsigned nb_labels;

static const struct rule_opt opts[] = {
	{ "selctx", 0, RULE_OPT_ARG | RULE_OPT_ONCE | RULE_OPT_MUST, 0 },
};

/* 0: no room for one more. */
static uint16_t
number_of(const char *label)
{
	unsigned i;

	for (i = 0; i < nb_labels; i++)
		if (strcmp(labels[i], label) == 0)
			return i + 1;
	if (i == LABELS_MAX)
		return 0;
	labels[i] = strdup(label);
	if (labels[i] == NULL)
		abort();
	return ++nb_labels;
}

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct secmark *s = data;

	memcpy(s->label, arg, strnlen(arg, LABEL_MAX - 1));
	s->number = number_of(s->label);
	return s->number != 0
		       ? 0
		       : err_set(p->err, -EINVAL, "SECMARK: more than %u labels", LABELS_MAX);
}

static int
check(const struct rule_where *w, const void *data)
{
	return strcmp(w->table, "mangle") == 0 || strcmp(w->table, "security") == 0 ? 0 : -EINVAL;
}

static verdict_t
eval(struct rule_packet *rp, const void *data)
{
	pkt(rp->m)->secmark = ((const struct secmark *)data)->number;
	return RULE_VERDICT_CONTINUE;
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	str_printf(out, " SECMARK selctx %s", ((const struct secmark *)data)->label);
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	str_add(out, " --selctx");
	rule_quote(out, ((const struct secmark *)data)->label);
}

static struct rule_ext_type type = {
	.name = "SECMARK",
	.target = true,
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.size = sizeof(struct secmark),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.parse = parse,
	.check = check,
	.eval = eval,
	.print = print,
	.save = save,
	.deps = RULE_DEP_WRITER | RULE_DEP_SETTLES,
};

RULE_EXT_REGISTER(type)
