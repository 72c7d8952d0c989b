/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -m quota: so many bytes, for all packets that come to the rule. What is left is one number for all workers; as in Linux
 * it is the whole quota again whenever the rule's table changes. See rule_ext.h for who calls what.
 */
#include <errno.h>
#include <inttypes.h>

#include "rule_value.h"

enum { OPT_QUOTA };

struct quota {
	uint64_t bytes;
	uint8_t invert;
};

struct quota_state {
	uint64_t left;
};

static struct rule_ext_type type;

static const struct rule_opt opts[] = {
	{ "quota", OPT_QUOTA, RULE_OPT_ARG | RULE_OPT_ONCE | RULE_OPT_INVERT | RULE_OPT_MUST, 0 },
};

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct quota *q = data;
	const char *end;

	q->invert = invert;
	if (rule_value_read(arg, &end, UINT64_MAX, &q->bytes) && *end == '\0')
		return 0;
	return err_set(p->err, -EINVAL,
		       "quota: bad value for option \"--quota\", or out of range (0-%" PRIu64
		       ").\n",
		       UINT64_MAX);
}

static void
restart(const void *data, void *state)
{
	const struct quota *q = data;
	struct quota_state *s = state;

	__atomic_store_n(&s->left, q->bytes, __ATOMIC_RELAXED);
}

/* A packet that does not fit uses up what is left: no shorter one shall pass behind it. */
static bool
match(struct rule_packet *rp, const void *data)
{
	const struct quota *q = data;
	struct quota_state *s = rule_ext_state(&type, data);
	uint64_t left = __atomic_load_n(&s->left, __ATOMIC_RELAXED), rest;
	uint32_t len = rp->p->len;

	do
		rest = left >= len ? left - len : 0;
	while (rest != left && !__atomic_compare_exchange_n(&s->left, &left, rest, true,
							    __ATOMIC_RELAXED, __ATOMIC_RELAXED));
	return (left >= len) != q->invert;
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	str_printf(out, " quota: %" PRIu64 " bytes", ((const struct quota *)data)->bytes);
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	const struct quota *q = data;

	rule_save_opt(out, q->invert, "--quota");
	str_printf(out, " %" PRIu64, q->bytes);
}

static struct rule_ext_type type = {
	.name = "quota",
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.size = sizeof(struct quota),
	.state_size = sizeof(struct quota_state),
	.restart = restart,
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.parse = parse,
	.match = match,
	.print = print,
	.save = save,
	.deps = RULE_DEP_LENGTH | RULE_DEP_ORDER,
};

RULE_EXT_REGISTER(type)
