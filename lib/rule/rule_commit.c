/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Commits edits of rule tables: checks them, publishes one generation, starts counters and states
 * afresh as Linux does. Called by the iptables commands; control lcore.
 */
#include <stdlib.h>

#include "base_log.h"
#include "ct_hooks.h"
#include "nat.h"
#include "rule_check.h"
#include "rule_edit.h"
#include "rule_eval.h"
#include "rule_object.h"
#include "rule_synproxy.h"
#include "rule_zero.h"

static hook_fn *
hook_of(const struct rule_table_type *tt, enum hook_point point)
{
	if (tt->translates)
		return point == HOOK_OUTPUT ? rule_hook_nat_output : rule_hook_nat;
	return point == HOOK_OUTPUT && tt->reroutes ? rule_hook_reroute : rule_hook;
}

/* Enters the table into the hooks of its points. */
static int
register_hooks(struct gen *draft, enum hook_family family, unsigned type)
{
	const struct rule_table_type *tt = &rule_table_types[type];
	struct err e;
	int rc = tt->translates ? nat_prepare(family, &e) : 0;

	if (rc != 0)
		LOG(ERR, "%s", e.text);
	for (unsigned p = 0; rc == 0 && p < HOOK_POINTS; p++)
		if (tt->points & 1u << p)
			rc = hook_register(draft, family, p, tt->priority[p], tt->name,
					   hook_of(tt, p), rule_hook_priv(family, type));
	return rc;
}

/* Tracking comes with the first rule of a family that needs it, and goes with the last, as in Linux. */
static int
apply_needs(struct gen *draft, struct rule_set *set)
{
	uint32_t all = 0;
	int rc = 0;

	for (unsigned f = 0; rc == 0 && f < HOOK_FAMILIES; f++) {
		uint32_t needs = 0;
		struct err e;

		for (unsigned i = 0; i < rule_nb_table_types; i++)
			if (set->table[f][i] != NULL)
				needs |= set->table[f][i]->needs;
		rc = ct_need(draft, f, needs & RULE_NEEDS_TRACK, &e);
		if (rc != 0)
			LOG(ERR, "%s", e.text);
		else
			rc = rule_synproxy_register(draft, f, needs & RULE_NEEDS_SYNPROXY);
		all |= needs;
	}
	ct_need_order(draft, all & RULE_NEEDS_ORDER);
	set->alone = all & RULE_NEEDS_ALONE;
	return rc;
}

/* The draft's set of tables; the edit's copies move into it. */
static int
publish(struct rule_edit *e)
{
	struct gen *draft = gen_draft();
	const struct rule_set *now = draft->slot[rule_gen_slot];
	struct rule_set *set = calloc(1, sizeof(*set));
	int rc = 0;

	if (set == NULL)
		abort();
	if (now != NULL)
		*set = *now;
	for (unsigned f = 0; f < HOOK_FAMILIES; f++) {
		for (unsigned i = 0; i < rule_nb_table_types; i++) {
			if (e->table[f][i] != NULL)
				set->table[f][i] = e->table[f][i];
			else if (set->table[f][i] != NULL)
				set->table[f][i]->refs++;
			e->table[f][i] = NULL;
		}
		for (unsigned i = 0; i < e->nb_fresh[f]; i++) {
			set->used[f][set->nb_used[f]++] = e->fresh[f][i];
			if (rc == 0)
				rc = register_hooks(draft, f, e->fresh[f][i]);
		}
	}
	if (rc == 0)
		rc = apply_needs(draft, set);
	gen_draft_set(draft, rule_gen_slot, set);
	if (rc != 0)
		gen_abandon(draft);
	else
		gen_commit(draft);
	return rc;
}

/*
 * Every change of a table by iptables (legacy) starts the counters of all its policies anew, but for
 * those that the change itself sets. Nobody would invent it; scripts that compare lists see it.
 */
static void
restart_policies(struct rule_edit *e, const struct rule_table *t, const struct rule_table *now)
{
	for (unsigned p = 0; now != NULL && p < HOOK_POINTS; p++) {
		struct rule_chain *c;

		if (t->builtin[p] == RULE_SLOT_NONE)
			continue;
		c = t->chain[t->builtin[p]];
		if (c->policy_counter == now->chain[now->builtin[p]]->policy_counter)
			rule_zero_later(e, NULL, c);
	}
}

/* A changed table starts the state of its matches afresh, as in Linux: limits are full again. */
static void
restart_states(const bool changed[HOOK_FAMILIES][RULE_TABLES_MAX])
{
	for (unsigned f = 0; f < HOOK_FAMILIES; f++)
		for (unsigned i = 0; i < rule_nb_table_types; i++)
			if (changed[f][i])
				rule_table_restart(rule_table_get(gen_current(), f, i));
}

static int
commit(struct rule_edit *e)
{
	bool changed[HOOK_FAMILIES][RULE_TABLES_MAX] = { { false } }, any = false;
	int rc = 0;

	for (unsigned f = 0; f < HOOK_FAMILIES; f++)
		for (unsigned i = 0; rc == 0 && i < rule_nb_table_types; i++)
			if (e->table[f][i] != NULL) {
				any = changed[f][i] = true;
				restart_policies(e, e->table[f][i],
						 rule_table_get(gen_current(), f, i));
				rc = rule_check(e->table[f][i]);
			}
	if (rc == 0 && any)
		rc = publish(e);
	if (rc == 0 && any)
		restart_states(changed);
	rule_zero_done(e, rc == 0);
	return rc;
}

void
rule_edit_refuse(struct rule_edit *e)
{
	struct rule_edit seen = *e;

	rule_edit_abort(e);
	for (unsigned f = 0; f < HOOK_FAMILIES; f++)
		for (unsigned i = 0; i < seen.nb_fresh[f]; i++)
			rule_edit_read(e, f, seen.fresh[f][i]);
	commit(e);
	rule_edit_abort(e);
}

int
rule_edit_commit(struct rule_edit *e)
{
	int rc = commit(e);

	if (rc == 0)
		rule_edit_abort(e);
	else
		rule_edit_refuse(e);
	return rc;
}
