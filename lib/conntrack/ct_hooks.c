/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * When tracking is part of the walk. What rules need is remembered by family; the hooks are in the generation
 * that the draft becomes.
 */
#include <errno.h>
#include <stdlib.h>

#include "base_log.h"
#include "base_param.h"
#include "ct_burst.h"
#include "ct_defrag.h"
#include "ct_ext.h"
#include "ct_helper.h"
#include "ct_hooks.h"
#include "ct_limit.h"
#include "ct_table.h"
#include "ct_track.h"

enum { AUTO, ON, OFF };

static const char *const modes[] = { "auto", "on", "off", NULL };
static void mode_changed(struct param *p);

PARAM_DEFINE(mode, .name = "net.pollux.conntrack", .words = modes, .changed = mode_changed,
	     .help = "connections are tracked when a rule needs it (auto), always, or never")

/* The content of the generation's slot. */
struct ct_gen {
	bool needed[HOOK_FAMILIES], active[HOOK_FAMILIES], order;
};

static unsigned slot;

RTE_INIT(ct_hooks_init)
{
	slot = gen_slot("conntrack", free);
	hook_replayable(ct_track);
	hook_replayable(ct_help);
	hook_replayable(ct_confirm);
}

static const struct {
	int priority;
	const char *name;
	hook_fn *fn;
	uint8_t points;
} functions[] = {
	{ HOOK_PRI_CONNTRACK, "conntrack", ct_track, 1u << HOOK_PREROUTING | 1u << HOOK_OUTPUT },
	{ HOOK_PRI_HELPER, "ct-helper", ct_help, 1u << HOOK_INPUT | 1u << HOOK_POSTROUTING },
	{ HOOK_PRI_CONFIRM, "ct-confirm", ct_confirm, 1u << HOOK_INPUT | 1u << HOOK_POSTROUTING },
};

static void
put_hooks(struct gen *draft, enum hook_family family, bool in)
{
	if (in)
		ct_defrag_register(draft, family);
	else
		ct_defrag_unregister(draft, family);
	for (unsigned i = 0; i < RTE_DIM(functions); i++) {
		for (unsigned p = 0; p < HOOK_POINTS; p++) {
			if (!(functions[i].points & 1u << p))
				continue;
			if (in)
				hook_register(draft, family, p, functions[i].priority,
					      functions[i].name, functions[i].fn, NULL);
			else
				hook_unregister(draft, family, p, functions[i].name);
		}
	}
}

/* All that tracking writes to, made once and kept. */
int
ct_prepare(enum hook_family family, struct err *e)
{
	int rc = ct_table_create(family, e);

	if (rc != 0)
		return rc;
	ct_shared = lane_count() > 1;
	if (ct_burst_create() != 0 || ct_ext_reserve(ct_ext_for_all() ? ct_max() : ct_max() / 8))
		return err_set(e, -ENOMEM, "connection tracking: no memory for its lanes");
	return 0;
}

static struct ct_gen *
edit(struct gen *draft)
{
	struct ct_gen *g = calloc(1, sizeof(*g));

	if (g != NULL && draft->slot[slot] != NULL)
		*g = *(const struct ct_gen *)draft->slot[slot];
	return g;
}

static int
apply(struct gen *draft, struct ct_gen *g, enum hook_family family, struct err *e)
{
	bool want = param_get(&mode) == ON || (param_get(&mode) == AUTO && g->needed[family]);
	int rc = want ? ct_prepare(family, e) : 0;

	if (rc == 0 && want != g->active[family]) {
		put_hooks(draft, family, want);
		g->active[family] = want;
	}
	return rc;
}

int
ct_need(struct gen *draft, enum hook_family family, bool needed, struct err *e)
{
	const struct ct_gen *now = draft->slot[slot];
	struct ct_gen *g;
	int rc;

	if ((now != NULL && now->needed[family]) == needed)
		return 0;
	g = edit(draft);
	if (g == NULL)
		return err_set(e, -ENOMEM, "connection tracking: no memory");
	g->needed[family] = needed;
	rc = apply(draft, g, family, e);
	if (rc == 0)
		gen_draft_set(draft, slot, g);
	else
		free(g);
	return rc;
}

void
ct_need_order(struct gen *draft, bool needed)
{
	const struct ct_gen *now = draft->slot[slot];
	struct ct_gen *g;

	if ((now != NULL && now->order) == needed)
		return;
	g = edit(draft);
	if (g == NULL)
		return;
	g->order = needed;
	gen_draft_set(draft, slot, g);
}

static void
mode_changed(struct param *p)
{
	struct gen *draft = gen_draft();
	struct ct_gen *g = edit(draft);
	struct err e;

	for (unsigned f = 0; g != NULL && f < HOOK_FAMILIES; f++) {
		if (apply(draft, g, f, &e) == 0)
			continue;
		LOG(ERR, "%s", e.text);
		free(g);
		gen_abandon(draft);
		return;
	}
	gen_draft_set(draft, slot, g);
	gen_commit(draft);
}

bool
ct_active(const struct gen *gen, enum hook_family family)
{
	const struct ct_gen *g = gen->slot[slot];

	return g != NULL && g->active[family];
}

bool
ct_order(const struct gen *gen)
{
	const struct ct_gen *g = gen->slot[slot];

	return g != NULL && g->order;
}

void
ct_ext_wanted(struct param *p)
{
	if (param_get(p) && (ct_table_exists(HOOK_IP4) || ct_table_exists(HOOK_IP6)) &&
	    ct_ext_reserve(ct_max()) != 0)
		LOG(WARNING,
		    "no memory to count all connections; show conntrack says how many are not");
}
