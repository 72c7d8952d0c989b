/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -j CONNSECMARK: the security label of a connection, saved from its first packet, restored to the others. See
 * rule_ext.h for who calls what.
 */
#include <errno.h>
#include <string.h>

#include "ct_event.h"
#include "ct_ext.h"
#include "rule_value.h"

enum { OPT_SAVE, OPT_RESTORE };

struct connsecmark {
	uint8_t restore;
};

static const struct rule_opt opts[] = {
	{ "save", OPT_SAVE, RULE_OPT_ONCE, 1u << OPT_RESTORE },
	{ "restore", OPT_RESTORE, RULE_OPT_ONCE, 1u << OPT_SAVE },
};

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	((struct connsecmark *)data)->restore = id == OPT_RESTORE;
	return 0;
}

static int
final(const struct rule_parse *p, uint32_t seen, void *data)
{
	return seen != 0 ? 0 : err_set(p->err, -EINVAL, "CONNSECMARK target: parameter required");
}

static int
check(const struct rule_where *w, const void *data)
{
	return strcmp(w->table, "mangle") == 0 || strcmp(w->table, "security") == 0 ? 0 : -EINVAL;
}

static void
save_label(struct rule_packet *rp, struct ct *ct)
{
	struct ct_ext *x;

	ct_lock(ct);
	x = ct_ext_get(ct, rp->ctx->lane);
	if (x != NULL && x->secmark == 0) {
		x->secmark = rp->p->secmark;
		ct_event(rp->ctx->lane, ct, 1u << CT_EVENT_SECMARK);
	}
	ct_unlock(ct);
}

/* What has a label keeps it. */
static verdict_t
eval(struct rule_packet *rp, const void *data)
{
	enum ct_info info;
	struct ct *ct = ct_of(rp->m, &info);

	if (ct == NULL)
		return RULE_VERDICT_CONTINUE;
	if (((const struct connsecmark *)data)->restore) {
		if (rp->p->secmark == 0 && ct->ext != NULL)
			pkt(rp->m)->secmark = ct->ext->secmark;
	} else if (rp->p->secmark != 0) {
		save_label(rp, ct);
	}
	return RULE_VERDICT_CONTINUE;
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	str_printf(out, " CONNSECMARK %s",
		   ((const struct connsecmark *)data)->restore ? "restore" : "save");
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	str_printf(out, " --%s", ((const struct connsecmark *)data)->restore ? "restore" : "save");
}

static struct rule_ext_type type = {
	.name = "CONNSECMARK",
	.target = true,
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.size = sizeof(struct connsecmark),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.parse = parse,
	.final = final,
	.check = check,
	.eval = eval,
	.print = print,
	.save = save,
	.deps = RULE_DEP_CTMARK | RULE_DEP_WRITER,
	.needs = RULE_NEEDS_TRACK | RULE_NEEDS_ORDER,
};

RULE_EXT_REGISTER(type)
