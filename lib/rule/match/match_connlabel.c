/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -m connlabel --label NAME|BIT [--set]: a label of the packet's connection; --set gives it. See rule_ext.h for who
 * calls what.
 */
#include <errno.h>

#include "ct_event.h"
#include "ct_ext.h"
#include "rule_connlabel.h"
#include "rule_name.h"
#include "rule_value.h"

enum { OPT_LABEL, OPT_SET };

struct connlabel {
	uint16_t bit;
	uint8_t invert, set;
};

/* The control lcore's. */
struct connlabel_state {
	bool held; /* connections are to have labels */
};

static const struct rule_opt opts[] = {
	{ "label", OPT_LABEL, RULE_OPT_ARG | RULE_OPT_INVERT | RULE_OPT_ONCE | RULE_OPT_MUST, 0 },
	{ "set", OPT_SET, RULE_OPT_ONCE, 0 },
};

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct connlabel *l = data;
	unsigned long long n;
	int bit;

	if (id == OPT_SET) {
		l->set = 1;
		return 0;
	}
	l->invert = invert;
	if (arg[0] == '\0')
		return err_set(p->err, -EINVAL,
			       "Argument must have a minimum length of 1 "
			       "characters\n");
	if (rule_number(arg, UINT16_MAX, &n)) {
		l->bit = n;
		return 0;
	}
	bit = rule_connlabel_find(arg, p->warn);
	if (bit < 0)
		return err_set(p->err, -EINVAL, "label '%s' not found or invalid value", arg);
	l->bit = bit;
	return 0;
}

static struct rule_ext_type type;

static int
check(const struct rule_where *w, const void *data)
{
	const struct connlabel *l = data;
	struct connlabel_state *s = rule_ext_state(&type, data);
	int rc;

	if (l->bit >= CT_LABEL_BITS)
		return -ERANGE;
	if (s->held)
		return 0;
	rc = ct_labels_hold();
	s->held = rc == 0;
	return rc;
}

static void
release(const void *data, void *state)
{
	struct connlabel_state *s = state;

	if (s->held)
		ct_labels_drop();
}

/* Connections that began before any rule asked for labels have none, and get none. */
static bool
match(struct rule_packet *rp, const void *data)
{
	const struct connlabel *l = data;
	enum ct_info info;
	struct ct *ct = ct_of(rp->m, &info);
	uint64_t *word, mask = UINT64_C(1) << l->bit % 64;

	if (ct == NULL || ct->ext == NULL || !(ct->ext->has & CT_HAS_LABELS))
		return l->invert;
	word = &ct->ext->labels[l->bit / 64];
	if (__atomic_load_n(word, __ATOMIC_RELAXED) & mask)
		return !l->invert;
	if (!l->set)
		return l->invert;
	if (!(__atomic_fetch_or(word, mask, __ATOMIC_RELAXED) & mask))
		ct_event(rp->ctx->lane, ct, 1u << CT_EVENT_LABEL);
	return !l->invert;
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	const struct connlabel *l = data;
	const char *name = w->numeric ? NULL : rule_connlabel_name(l->bit);

	str_add(out, l->invert ? " connlabel !" : " connlabel");
	if (name != NULL)
		str_printf(out, " '%s'", name);
	else
		str_printf(out, " %u", l->bit);
	if (l->set)
		str_add(out, " set");
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	const struct connlabel *l = data;
	const char *name = rule_connlabel_name(l->bit);

	rule_save_opt(out, l->invert, "--label ");
	if (name != NULL)
		str_printf(out, "\"%s\"", name);
	else
		str_printf(out, "\"%u\"", l->bit);
	if (l->set)
		str_add(out, " --set");
}

static uint32_t
deps_of(const void *data)
{
	const struct connlabel *l = data;

	return l->set ? RULE_DEP_WRITER : 0;
}

static struct rule_ext_type type = {
	.name = "connlabel",
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.size = sizeof(struct connlabel),
	.state_size = sizeof(struct connlabel_state),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.parse = parse,
	.check = check,
	.match = match,
	.print = print,
	.save = save,
	.deps = RULE_DEP_CTMARK,
	.deps_of = deps_of,
	.needs = RULE_NEEDS_TRACK | RULE_NEEDS_ORDER,
	.release = release,
};

RULE_EXT_REGISTER(type)
