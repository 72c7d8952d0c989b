/* SPDX-License-Identifier: BSD-3-Clause */
/* Makes what rule_flat.h says. Called by rule_check.c; control lcore. */
#include <stdlib.h>
#include <string.h>

#include "base_alloc.h"
#include "base_param.h"
#include "rule_code.h"
#include "rule_flat.h"
#include "rule_object.h"

PARAM_INT(rule_inline, "net.pollux.rule_inline", 1, 0, 1,
	  "short chains are searched as a part of the built-in chain that leads to them")

struct maker {
	const struct rule_table *t;
	struct rule_flat *flat;
	struct rule_filter filter[RULE_FLAT_ITEMS];
	bool always[RULE_FLAT_ITEMS];
	bool inlined;     /* anything is */
	uint16_t changed; /* behind the last item that may leave the packet another one */
};

static bool
is_short(const struct maker *k, const struct rule_step *s)
{
	return s->kind == RULE_STEP_JUMP && k->t->chain[s->to]->nb <= RULE_FLAT_CHAIN;
}

/* What both ask of the same bits of an address. false: no packet has both. */
static bool
join_address(union rule_addr *want, union rule_addr *mask, const union rule_addr *also,
	     const union rule_addr *also_mask)
{
	for (unsigned i = 0; i < 4; i++) {
		if ((want->w[i] ^ also->w[i]) & mask->w[i] & also_mask->w[i])
			return false;
		want->w[i] |= also->w[i];
		mask->w[i] |= also_mask->w[i];
	}
	return true;
}

static bool
join_ports(struct rule_port_range *p, const struct rule_port_range *also)
{
	if (p->invert || also->invert)
		return true;
	p->lo = RTE_MAX(p->lo, also->lo);
	p->hi = RTE_MIN(p->hi, also->hi);
	return p->lo <= p->hi;
}

/*
 * The rule is only met by packets that the gate's filter lets pass: as far as one filter can say both, so that others do not
 * stop at it. A walk looks at gates all the same. false: no packet meets it.
 */
static bool
join(struct rule_filter *f, const struct rule_filter *gate)
{
	uint64_t differ = (f->want ^ gate->want) & f->care & gate->care;

	if (differ != 0)
		return false;
	f->want |= gate->want;
	f->care |= gate->care;
	for (unsigned side = 0; side < 2; side++)
		if (!join_ports(&f->port[side], &gate->port[side]))
			return false;
	if (!f->not_src && !gate->not_src &&
	    !join_address(&f->src, &f->smask, &gate->src, &gate->smask))
		return false;
	return f->not_dst || gate->not_dst ||
	       join_address(&f->dst, &f->dmask, &gate->dst, &gate->dmask);
}

/* A target that goes on, or a chain elsewhere, may change what the gates in front of it have looked at. */
static bool
may_change(const struct rule_step *s)
{
	switch (s->kind) {
	case RULE_STEP_EVAL:
		return !s->rule->target.type->ends;
	case RULE_STEP_JUMP:
	case RULE_STEP_GOTO:
		return true;
	default:
		return false;
	}
}

/* Lets no packet pass. */
static void
close_filter(struct rule_filter *f)
{
	*f = (struct rule_filter){ .want = 1 };
}

static void
set_filter(struct maker *k, uint16_t at, const struct rule *r, uint16_t gate)
{
	struct rule_filter *f = &k->filter[at];
	struct rule_flat_item *item = &k->flat->item[at];

	rule_filter_of(r, f);
	rule_filter_drop(k->flat->ifaces & f->ifaces);
	k->flat->ifaces |= f->ifaces;
	item->step.flags &= ~RULE_STEP_EXACT;
	if (f->exact)
		item->step.flags |= RULE_STEP_EXACT;
	k->always[at] = item->step.kind == RULE_STEP_NEXT && rule_unconditional(r);
	if (k->always[at] ||
	    (gate != RULE_FLAT_NONE && gate >= k->changed && !join(f, &k->filter[gate])))
		close_filter(f);
	if (may_change(&item->step))
		k->changed = at + 1;
}

static bool add_chain(struct maker *k, const struct rule_chain *c, uint16_t gate);

/* A rule, and the chain that it jumps to. false: there is no room, or it must not be. */
static bool
add_rule(struct maker *k, const struct rule_chain *c, uint32_t i, uint16_t gate)
{
	uint16_t at = k->flat->nb++;
	struct rule_flat_item *item = &k->flat->item[at];

	/* What is traced meets chains one after another. */
	if (c->rules[i]->kind == RULE_TARGET && c->rules[i]->target.type->traces)
		return false;
	item->step = c->steps[i];
	item->gate = gate;
	if (!is_short(k, &item->step)) {
		set_filter(k, at, c->rules[i], gate);
		item->skip = at + 1;
		return true;
	}
	item->step.kind = RULE_STEP_NEXT;
	set_filter(k, at, c->rules[i], gate);
	k->inlined = true;
	if (!add_chain(k, k->t->chain[c->steps[i].to], k->always[at] ? gate : at))
		return false;
	item->skip = k->flat->nb;
	return true;
}

static bool
add_chain(struct maker *k, const struct rule_chain *c, uint16_t gate)
{
	uint16_t first = k->flat->nb;

	for (uint32_t i = 0; i < c->nb; i++)
		if (k->flat->nb == RULE_FLAT_ITEMS || !add_rule(k, c, i, gate))
			return false;
	/* Chains further in have set theirs. */
	for (uint16_t at = first; at < k->flat->nb; at++)
		if (k->flat->item[at].out == RULE_FLAT_NONE)
			k->flat->item[at].out = k->flat->nb;
	return true;
}

static void
finish(struct maker *k, bool ip4)
{
	struct rule_flat *f = k->flat;

	rule_lin_init(&f->lin, f->nb, ip4, f->ifaces << RULE_WORD_IFACE_SHIFT >> 32 != 0);
	for (uint16_t i = 0; i < f->nb; i++) {
		rule_lin_set(&f->lin, i, &k->filter[i]);
		f->nb_always += k->always[i];
	}
	f->always = must_alloc((f->nb_always + 1) * sizeof(*f->always));
	f->nb_always = 0;
	for (uint16_t i = 0; i < f->nb; i++)
		if (k->always[i])
			f->always[f->nb_always++] = i;
	f->always[f->nb_always] = RULE_FLAT_NONE;
}

struct rule_flat *
rule_flat_make(const struct rule_table *t, uint16_t slot)
{
	const struct rule_chain *c = t->chain[slot];
	struct rule_flat *flat;
	struct maker *k;

	/* A map is faster than all of its chain side by side, whatever its jumps take. */
	if (!param_get(&rule_inline) || c->nb_jumps == 0 || c->nb > RULE_FLAT_ITEMS ||
	    c->code->map != NULL)
		return NULL;
	k = must_alloc(sizeof(*k));
	flat = must_alloc(sizeof(*flat) + RULE_FLAT_ITEMS * sizeof(flat->item[0]));
	for (unsigned i = 0; i < RULE_FLAT_ITEMS; i++)
		flat->item[i].out = RULE_FLAT_NONE;
	k->t = t;
	k->flat = flat;
	if (add_chain(k, c, RULE_FLAT_NONE) && k->inlined) {
		finish(k, t->family == HOOK_IP4);
	} else {
		rule_flat_free(flat);
		flat = NULL;
	}
	free(k);
	return flat;
}

void
rule_flat_free(struct rule_flat *f)
{
	if (f == NULL)
		return;
	rule_filter_drop(f->ifaces);
	rule_lin_free(&f->lin);
	free(f->always);
	free(f);
}

size_t
rule_flat_bytes(const struct rule_flat *f)
{
	return sizeof(*f) + RULE_FLAT_ITEMS * sizeof(f->item[0]) + rule_lin_bytes(&f->lin) +
	       (f->nb_always + 1) * sizeof(*f->always);
}
