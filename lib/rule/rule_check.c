/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Checks and compiles a table. Called by rule_edit.c before a draft is published. A chain that did
 * not change keeps its compiled form, so that a change costs what it touches.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rule_check.h"
#include "rule_code.h"
#include "rule_flat.h"
#include "rule_residual.h"

static int
check_ext(const struct rule_where *w, const struct rule_ext *x)
{
	if (x->type->table != NULL && strcmp(x->type->table, w->table) != 0)
		return -EINVAL;
	return x->type->check != NULL ? x->type->check(w, x->data) : 0;
}

static int
check_rule(const struct rule_table *t, struct rule *r)
{
	struct rule_where w = {
		.ip = &r->ip,
		.family = t->family,
		.table = rule_table_types[t->type].name,
		.rule = r,
	};
	int rc = 0;

	if (r->checked)
		return 0;
	for (unsigned i = 0; rc == 0 && i < r->nb_matches; i++)
		rc = check_ext(&w, &r->match[i]);
	if (rc == 0 && r->kind == RULE_TARGET)
		rc = check_ext(&w, &r->target);
	r->checked = rc == 0;
	return rc;
}

static void
compile_target(struct rule_step *s, const struct rule *r)
{
	switch (r->kind) {
	case RULE_NONE:
		s->kind = RULE_STEP_NEXT;
		return;
	case RULE_JUMP:
		s->kind = RULE_STEP_JUMP;
		return;
	case RULE_GOTO:
		s->kind = RULE_STEP_GOTO;
		return;
	}
	if (!r->target.type->fixed) {
		s->kind = RULE_STEP_EVAL;
		return;
	}
	s->verdict = r->target.type->eval(NULL, NULL);
	s->kind = s->verdict == RULE_VERDICT_RETURN ? RULE_STEP_RETURN : RULE_STEP_VERDICT;
}

static void
compile_rule(struct rule_step *s, const struct rule *r)
{
	static const union rule_addr zero;
	bool any_addr = memcmp(&r->ip.smask, &zero, sizeof(zero)) == 0 &&
			memcmp(&r->ip.dmask, &zero, sizeof(zero)) == 0 &&
			!(r->ip.inv & (RULE_INV_SRC | RULE_INV_DST));

	*s = (struct rule_step){
		.counter = r->counter,
		.to = r->to,
		.proto = r->ip.proto,
		.inv = r->ip.inv,
		.rule = r,
	};
	if (r->ip.family == HOOK_IP4) {
		s->src = r->ip.src.v4;
		s->smask = r->ip.smask.v4;
		s->dst = r->ip.dst.v4;
		s->dmask = r->ip.dmask.v4;
	} else if (!any_addr) {
		s->flags |= RULE_STEP_ADDR6;
	}
	if (r->ip.in[0] != '\0' || r->ip.out[0] != '\0')
		s->flags |= RULE_STEP_IFACE;
	if (r->ip.flags & RULE_IP_FRAG)
		s->flags |= RULE_STEP_FRAG;
	if (r->nb_matches > 0)
		s->flags |= RULE_STEP_MATCH;
	if (rule_varies(r))
		s->flags |= RULE_STEP_VARIES;
	compile_target(s, r);
}

/* Whether no packet gets past the rule: rules behind it do not exist for the loop check. */
static bool
ends_chain(const struct rule *r)
{
	return r->kind == RULE_TARGET && r->target.type->fixed && rule_unconditional(r);
}

/* Where it is allowed to be reached from. */
static uint32_t
rule_points(const struct rule *r)
{
	uint32_t points = r->kind == RULE_TARGET ? rule_ext_points(&r->target) : ~0u;

	for (unsigned i = 0; i < r->nb_matches; i++)
		points &= rule_ext_points(&r->match[i]);
	return points;
}

static bool
rule_stateful(const struct rule *r)
{
	for (unsigned i = 0; i < r->nb_matches; i++)
		if (r->match[i].type->state_size != 0)
			return true;
	return r->kind == RULE_TARGET && r->target.type->state_size != 0;
}

static int
compile_chain(const struct rule_table *t, struct rule_chain *c)
{
	bool reachable = true;

	free(c->steps);
	free(c->jumps);
	c->steps = calloc(c->nb + 1, sizeof(c->steps[0]));
	c->jumps = calloc(c->nb + 1, sizeof(c->jumps[0]));
	if (c->steps == NULL || c->jumps == NULL)
		abort();
	c->nb_jumps = 0;
	c->points = ~0u;
	c->uses_iface = false;
	c->stateful = false;
	c->needs = 0;
	for (uint32_t i = 0; i < c->nb; i++) {
		struct rule *r = c->rules[i];
		int rc = check_rule(t, r);

		if (rc != 0)
			return rc;
		compile_rule(&c->steps[i], r);
		if (rule_deps(r) & RULE_DEP_IFACE)
			c->uses_iface = true;
		c->stateful |= rule_stateful(r);
		c->needs |= rule_needs(r);
		if (!reachable)
			continue;
		if (r->kind == RULE_JUMP || r->kind == RULE_GOTO)
			c->jumps[c->nb_jumps++] = r->to;
		c->points &= rule_points(r);
		reachable = !ends_chain(r);
	}
	c->code = rule_code_new(c, t->family == HOOK_IP4);
	return 0;
}

/* Depth-first search over the chains; done[slot] is the depth below a finished chain, plus 1. */
struct walk {
	const struct rule_table *t;
	uint32_t point;
	uint16_t *done;
	uint8_t *open;
};

static int
walk_chain(struct walk *w, uint16_t slot, unsigned level)
{
	const struct rule_chain *c = w->t->chain[slot];
	unsigned depth = 0;

	if (w->open[slot] || level > RULE_DEPTH_MAX)
		return -ELOOP;
	if (w->done[slot] != 0)
		return level + w->done[slot] > RULE_DEPTH_MAX + 1 ? -ELOOP : 0;
	if (!(c->points & w->point))
		return -EINVAL;
	w->open[slot] = 1;
	for (uint32_t i = 0; i < c->nb_jumps; i++) {
		int rc = walk_chain(w, c->jumps[i], level + 1);

		if (rc != 0)
			return rc;
		depth = RTE_MAX(depth, (unsigned)w->done[c->jumps[i]]);
	}
	w->open[slot] = 0;
	w->done[slot] = depth + 1;
	return 0;
}

static int
check_loops(const struct rule_table *t)
{
	struct walk w = { .t = t };
	int rc = 0;

	w.done = calloc(t->nb_slots + 1, sizeof(w.done[0]));
	w.open = calloc(t->nb_slots + 1, sizeof(w.open[0]));
	if (w.done == NULL || w.open == NULL)
		abort();
	for (unsigned p = 0; rc == 0 && p < HOOK_POINTS; p++) {
		if (t->builtin[p] == RULE_SLOT_NONE)
			continue;
		memset(w.done, 0, t->nb_slots * sizeof(w.done[0]));
		w.point = 1u << p;
		rc = walk_chain(&w, t->builtin[p], 0);
	}
	free(w.done);
	free(w.open);
	return rc;
}

/* After the check for loops, which would have no end here. The patterns that they hold. */
static uint64_t
flatten(struct rule_table *t)
{
	uint64_t ifaces = 0;

	for (unsigned p = 0; p < HOOK_POINTS; p++) {
		rule_flat_free(t->flat[p]);
		t->flat[p] = NULL;
		if (t->builtin[p] != RULE_SLOT_NONE)
			t->flat[p] = rule_flat_make(t, t->builtin[p]);
		if (t->flat[p] != NULL)
			ifaces |= t->flat[p]->ifaces;
	}
	return ifaces;
}

static void
find_fetched(struct rule_table *t, unsigned point)
{
	const struct rule_chain *c = t->chain[t->builtin[point]];
	uint8_t *nb = &t->nb_fetch[point];

	*nb = 0;
	for (uint32_t i = 0; i < RTE_MIN(c->nb, RULE_FETCH_RULES); i++) {
		const struct rule *r = c->rules[i];

		for (unsigned k = 0; k < r->nb_matches && *nb < RULE_FETCH_MAX; k++)
			if (r->match[k].type->fetch != NULL)
				t->fetch[point][(*nb)++] = &r->match[k];
	}
}

/*
 * All chains, in the order in which iptables gives them to Linux: built-in ones, others by name. It matters where a rule
 * makes what another one finds by a name.
 */
static int
compile_chains(struct rule_table *t, uint64_t *ifaces)
{
	uint16_t nb = __builtin_popcount(rule_table_types[t->type].points);

	for (uint16_t i = 0; i < nb + t->nb_user; i++) {
		struct rule_chain *c = t->chain[i < nb ? i : t->order[i - nb]];
		int rc = c->code == NULL ? compile_chain(t, c) : 0;

		if (rc != 0)
			return rc;
		*ifaces |= c->code->ifaces;
		t->uses_iface |= c->uses_iface;
		t->needs |= c->needs;
	}
	return 0;
}

int
rule_check(struct rule_table *t)
{
	uint64_t ifaces = 0;
	int rc;

	t->uses_iface = false;
	t->needs = 0;
	rc = compile_chains(t, &ifaces);
	if (rc == 0)
		rc = check_loops(t);
	if (rc != 0)
		return rc;
	ifaces |= flatten(t);
	for (unsigned p = 0; p < HOOK_POINTS; p++)
		if (t->builtin[p] != RULE_SLOT_NONE)
			find_fetched(t, p);
	free(t->ifaces);
	t->ifaces = ifaces != 0 ? rule_iface_copy(ifaces) : NULL;
	return 0;
}
