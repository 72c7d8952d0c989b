/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -j CONNMARK: writes the connection's mark, or copies it from or to the packet's; the walk goes on. See rule_ext.h
 * for who calls what.
 */
#include <errno.h>

#include "ct_event.h"
#include "ct_template.h"
#include "rule_record.h"
#include "rule_value.h"

enum { MODE_SET, MODE_SAVE, MODE_RESTORE };

/*
 * In the order of iptables' ids: the first of those that stand beside a wrong option is named in the error.
 */
enum {
	OPT_SET_MARK,
	OPT_SAVE,
	OPT_RESTORE,
	OPT_AND,
	OPT_OR,
	OPT_XOR,
	OPT_SET_XMARK,
	OPT_CTMASK,
	OPT_NFMASK,
	OPT_MASK,
	OPT_LEFT,
	OPT_RIGHT,
};

#define OPERATIONS ((1u << OPT_CTMASK) - 1)
#define OTHERS(id) (OPERATIONS & ~(1u << (id)))
#define SHIFT_MAX 31 /* the kernel's; iptables lets 32 pass */

struct connmark {
	uint32_t value, ctmask, nfmask;
	uint8_t mode;
	uint8_t right, bits; /* shift of the result */
};

#define OPT_FLAGS (RULE_OPT_ARG | RULE_OPT_ONCE)

static const struct rule_opt opts[] = {
	{ "set-xmark", OPT_SET_XMARK, OPT_FLAGS, OTHERS(OPT_SET_XMARK) },
	{ "set-mark", OPT_SET_MARK, OPT_FLAGS, OTHERS(OPT_SET_MARK) },
	{ "and-mark", OPT_AND, OPT_FLAGS, OTHERS(OPT_AND) },
	{ "or-mark", OPT_OR, OPT_FLAGS, OTHERS(OPT_OR) },
	{ "xor-mark", OPT_XOR, OPT_FLAGS, OTHERS(OPT_XOR) },
	{ "save-mark", OPT_SAVE, RULE_OPT_ONCE, OTHERS(OPT_SAVE) },
	{ "restore-mark", OPT_RESTORE, RULE_OPT_ONCE, OTHERS(OPT_RESTORE) },
	{ "left-shift-mark", OPT_LEFT, OPT_FLAGS, 0 },
	{ "right-shift-mark", OPT_RIGHT, OPT_FLAGS, 0 },
	{ "ctmask", OPT_CTMASK, OPT_FLAGS, 1u << OPT_MASK },
	{ "nfmask", OPT_NFMASK, OPT_FLAGS, 1u << OPT_MASK },
	{ "mask", OPT_MASK, OPT_FLAGS, 1u << OPT_CTMASK | 1u << OPT_NFMASK },
};

static void
init(void *data)
{
	struct connmark *c = data;

	c->ctmask = c->nfmask = UINT32_MAX;
}

static int
parse_masked(const struct rule_parse *p, unsigned id, const char *arg, struct connmark *c)
{
	struct rule_masked m = { 0 };
	int rc = rule_value_masked(p, arg, &m);

	c->value = m.value;
	c->ctmask = id == OPT_SET_MARK ? m.mask | m.value : m.mask;
	return rc;
}

static int
parse_number(const struct rule_parse *p, unsigned id, const char *arg, struct connmark *c)
{
	uint32_t n = 0, max = id == OPT_LEFT || id == OPT_RIGHT ? 32 : UINT32_MAX;
	int rc = rule_value_number(p, arg, 0, max, &n);

	switch (id) {
	case OPT_AND:
		c->value = 0;
		c->ctmask = ~n;
		break;
	case OPT_OR:
		c->value = c->ctmask = n;
		break;
	case OPT_XOR:
		c->value = n;
		c->ctmask = 0;
		break;
	case OPT_LEFT:
	case OPT_RIGHT:
		c->right = id == OPT_RIGHT;
		c->bits = n;
		break;
	case OPT_NFMASK:
		c->nfmask = n;
		break;
	case OPT_MASK:
		c->nfmask = n;
		/* fall through */
	default:
		c->ctmask = n;
	}
	return rc;
}

/* Options count in the order in which they stand, as in iptables. */
static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct connmark *c = data;

	switch (id) {
	case OPT_SET_MARK:
	case OPT_SET_XMARK:
		return parse_masked(p, id, arg, c);
	case OPT_SAVE:
	case OPT_RESTORE:
		c->mode = id == OPT_SAVE ? MODE_SAVE : MODE_RESTORE;
		return 0;
	default:
		return parse_number(p, id, arg, c);
	}
}

/* What means nothing is not kept, so that what is saved is the same rule. */
static int
final(const struct rule_parse *p, uint32_t seen, void *data)
{
	struct connmark *c = data;

	if (!(seen & OPERATIONS))
		return err_set(p->err, -EINVAL, "CONNMARK target: No operation specified");
	if (c->mode == MODE_SET)
		c->nfmask = UINT32_MAX;
	if (c->bits == 0)
		c->right = 0;
	return 0;
}

static int
check(const struct rule_where *w, const void *data)
{
	return ((const struct connmark *)data)->bits > SHIFT_MAX ? -EINVAL : 0;
}

static inline uint32_t
shifted(const struct connmark *c, uint32_t mark)
{
	return c->right ? mark >> c->bits : mark << c->bits;
}

static void
write_mark(struct rule_packet *rp, struct ct *ct, uint32_t mark)
{
	if (likely(__atomic_load_n(&ct->mark, __ATOMIC_RELAXED) == mark))
		return;
	__atomic_store_n(&ct->mark, mark, __ATOMIC_SEQ_CST);
	rule_record_changed(ct);
	ct_event(rp->ctx->lane, ct, 1u << CT_EVENT_MARK);
}

static verdict_t
eval(struct rule_packet *rp, const void *data)
{
	const struct connmark *c = data;
	struct pkt *p = pkt(rp->m);
	enum ct_info info;
	const struct ct *seen = ct_seen_of(rp->m, &info);
	struct ct *ct = ct_of(rp->m, &info);
	uint32_t mark;

	if (seen == NULL || (ct == NULL && c->mode != MODE_RESTORE))
		return RULE_VERDICT_CONTINUE;
	mark = __atomic_load_n(&seen->mark, __ATOMIC_RELAXED);
	switch (c->mode) {
	case MODE_SET:
		write_mark(rp, ct, shifted(c, (mark & ~c->ctmask) ^ c->value));
		break;
	case MODE_SAVE:
		write_mark(rp, ct, (mark & ~c->ctmask) ^ shifted(c, p->mark & c->nfmask));
		break;
	default:
		p->mark = (p->mark & ~c->nfmask) ^ shifted(c, mark & c->ctmask);
	}
	return RULE_VERDICT_CONTINUE;
}

static void
print_set(struct str *out, const struct connmark *c)
{
	if (c->value == 0)
		str_printf(out, " and 0x%x", ~c->ctmask);
	else if (c->value == c->ctmask)
		str_printf(out, " or 0x%x", c->value);
	else if (c->ctmask == 0)
		str_printf(out, " xor 0x%x", c->value);
	else if (c->ctmask == UINT32_MAX)
		str_printf(out, " set 0x%x", c->value);
	else
		str_printf(out, " xset 0x%x/0x%x", c->value, c->ctmask);
}

static void
print_copy(struct str *out, const struct connmark *c)
{
	bool save = c->mode == MODE_SAVE;

	str_add(out, save ? " save" : " restore");
	if (c->nfmask == UINT32_MAX && c->ctmask == UINT32_MAX)
		return;
	if (c->nfmask == c->ctmask)
		str_printf(out, " mask 0x%x", c->nfmask);
	else if (save)
		str_printf(out, " nfmask 0x%x ctmask ~0x%x", c->nfmask, c->ctmask);
	else
		str_printf(out, " ctmask 0x%x nfmask ~0x%x", c->ctmask, c->nfmask);
}

static void
shift_text(struct str *out, const struct connmark *c, const char *dashes)
{
	if (c->bits != 0)
		str_printf(out, " %s%s-shift-mark %u", dashes, c->right ? "right" : "left",
			   c->bits);
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	const struct connmark *c = data;

	str_add(out, " CONNMARK");
	if (c->mode == MODE_SET)
		print_set(out, c);
	else
		print_copy(out, c);
	shift_text(out, c, "");
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	const struct connmark *c = data;

	if (c->mode == MODE_SET)
		str_printf(out, " --set-xmark 0x%x/0x%x", c->value, c->ctmask);
	else
		str_printf(out, " --%s-mark --nfmask 0x%x --ctmask 0x%x",
			   c->mode == MODE_SAVE ? "save" : "restore", c->nfmask, c->ctmask);
	shift_text(out, c, "--");
}

static uint32_t
deps_of(const void *data)
{
	return ((const struct connmark *)data)->mode == MODE_SAVE ? RULE_DEP_MARK : 0;
}

static struct rule_ext_type type = {
	.name = "CONNMARK",
	.target = true,
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.size = sizeof(struct connmark),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.init = init,
	.parse = parse,
	.final = final,
	.check = check,
	.eval = eval,
	.print = print,
	.save = save,
	.deps = RULE_DEP_CTMARK | RULE_DEP_WRITER | RULE_DEP_SETTLES,
	.deps_of = deps_of,
	.needs = RULE_NEEDS_TRACK | RULE_NEEDS_ORDER,
};

RULE_EXT_REGISTER(type)
