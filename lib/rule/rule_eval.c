/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The rule interpreter. Called by hook_walk() on workers, with the tables of ctx->gen; synchronised
 * by the generation's immutability. Counts per lane.
 */
#include <string.h>

#include "base_counter.h"
#include "base_drop.h"
#include "base_param.h"
#include "port.h"
#include "rule_eval.h"
#include "rule_flat.h"
#include "rule_search.h"
#include "rule_step.h"
#include "rule_trace.h"

DROP_REASON(policy, "rule-policy", "dropped by the policy of a built-in chain");
DROP_REASON(hotdrop, "rule-malformed", "dropped by a match: its L4 header is cut short");
DROP_REASON(depth, "rule-depth", "rules nested deeper than was checked (a defect)");

PARAM_INT(rule_compile, "net.pollux.rule_compile", 1, 0, 1,
	  "find the rules that may apply by compiled chains; 0: ask every rule in turn")

struct rule_hook_priv {
	uint8_t family, type;
};

RTE_INIT(rule_eval_init)
{
	hook_replayable(rule_hook);
	hook_replayable(rule_hook_nat);
}

void *
rule_hook_priv(enum hook_family family, unsigned type)
{
	static struct rule_hook_priv priv[HOOK_FAMILIES][RULE_TABLES_MAX];

	priv[family][type] = (struct rule_hook_priv){ family, type };
	return &priv[family][type];
}

uint32_t
rule_hook_needs(const struct hook_ctx *ctx, const void *priv)
{
	const struct rule_hook_priv *h = priv;
	const struct rule_table *t = rule_table_get(ctx->gen, h->family, h->type);

	return t != NULL ? t->needs : 0;
}

struct rule_return {
	uint32_t pos;
	uint16_t slot;
};

static inline verdict_t
policy_verdict(const struct rule_packet *rp, const struct rule_chain *c)
{
	rule_count(rp, c->policy_counter->id);
	return c->policy == RULE_POLICY_ACCEPT ? VERDICT_ACCEPT : VERDICT_DROP_FOR(DROP(policy));
}

static verdict_t
hotdrop_verdict(const struct rule_packet *rp)
{
	return rp->why != 0 ? rp->why : VERDICT_DROP_FOR(DROP(hotdrop));
}

/*
 * One chain and those it leads to. RULE_VERDICT_RETURN: it came to its end. search NULL: every rule is asked in turn, which
 * is what the rest must be equal to.
 */
static __rte_always_inline verdict_t
walk(const struct rule_table *t, uint16_t slot, struct rule_packet *rp, struct rule_search *search,
     bool ip4)
{
	struct rule_return stack[RULE_DEPTH_MAX + 1];
	const struct rule_chain *c = t->chain[slot];
	uint32_t pos = 0;
	unsigned depth = 0;

	for (;;) {
		const struct rule_step *s;
		uint8_t kind;

		if (search != NULL && pos < c->nb)
			pos = rule_search_next(search, c->code, pos, rp, ip4);
		s = &c->steps[pos];
		if (pos == c->nb) {
			kind = RULE_STEP_RETURN;
			if (c->point < 0)
				rule_trace(rp, t, c, pos);
		} else {
			pos++;
			if (!rule_step_match(rp, s, ip4, search != NULL)) {
				if (unlikely(rp->hotdrop))
					return hotdrop_verdict(rp);
				continue;
			}
			kind = s->kind;
			rule_trace(rp, t, c, pos - 1);
		}
		switch (kind) {
		case RULE_STEP_VERDICT:
			return s->verdict;
		case RULE_STEP_EVAL: {
			verdict_t v = s->rule->target.type->eval(rp, s->rule->target.data);

			if (v != RULE_VERDICT_CONTINUE)
				return v;
			if (search != NULL)
				rule_search_changed(search);
			break;
		}
		case RULE_STEP_JUMP:
			if (unlikely(depth > RULE_DEPTH_MAX))
				return VERDICT_DROP_FOR(DROP(depth));
			stack[depth++] = (struct rule_return){ pos, slot };
			/* fall through */
		case RULE_STEP_GOTO:
			slot = s->to;
			c = t->chain[slot];
			pos = 0;
			break;
		case RULE_STEP_RETURN:
			if (depth == 0)
				return RULE_VERDICT_RETURN;
			depth--;
			slot = stack[depth].slot;
			pos = stack[depth].pos;
			c = t->chain[slot];
			break;
		}
	}
}

static __rte_noinline verdict_t
walk_all(const struct rule_table *t, uint16_t slot, struct rule_packet *rp)
{
	return rp->p->family == AF_INET ? walk(t, slot, rp, NULL, true)
					: walk(t, slot, rp, NULL, false);
}

/* A chain that flat does not have in place. */
static __rte_noinline verdict_t
walk_far(const struct rule_table *t, uint16_t slot, struct rule_packet *rp,
	 struct rule_search *search)
{
	return rp->p->family == AF_INET ? walk(t, slot, rp, search, true)
					: walk(t, slot, rp, search, false);
}

/* What applies to all packets that come from pos to end, and only counts them. next: the first such not looked at. */
static inline const uint16_t *
count_always(const struct rule_flat *f, const uint16_t *next, uint32_t pos, uint32_t end,
	     const struct rule_packet *rp)
{
	for (; *next < end; next++) {
		const struct rule_flat_item *item = &f->item[*next];

		if (*next >= pos && (item->gate == RULE_FLAT_NONE || item->gate < pos))
			rule_hit(rp, &item->step);
	}
	return next;
}

/* The item, or the jump in front of it that did not apply, since it would have been found. */
static inline uint32_t
shut_gate(const struct rule_flat *f, uint32_t at, uint32_t pos)
{
	while (f->item[at].gate != RULE_FLAT_NONE && f->item[at].gate >= pos)
		at = f->item[at].gate;
	return at;
}

/* As walk(), of a built-in chain with the short ones in place. */
static __rte_always_inline verdict_t
walk_flat(const struct rule_table *t, const struct rule_flat *f, struct rule_packet *rp,
	  struct rule_search *search, bool ip4)
{
	const uint16_t *next = f->always;
	uint32_t pos = 0, at, open;

	for (;;) {
		const struct rule_flat_item *item;
		verdict_t v;

		rule_search_fill(search, rp, ip4);
		at = __atomic_load_n(&rule_lin_find, __ATOMIC_RELAXED)(&f->lin, pos, f->nb,
								       &search->key);
		open = at < f->nb ? shut_gate(f, at, pos) : at;
		next = count_always(f, next, pos, open, rp);
		if (at == f->nb)
			return RULE_VERDICT_RETURN;
		item = &f->item[open];
		pos = item->skip;
		if (open != at)
			continue;
		if (!rule_step_match(rp, &item->step, ip4, true)) {
			if (unlikely(rp->hotdrop))
				return hotdrop_verdict(rp);
			continue;
		}
		pos = at + 1;
		switch (item->step.kind) {
		case RULE_STEP_VERDICT:
			return item->step.verdict;
		case RULE_STEP_EVAL:
			v = item->step.rule->target.type->eval(rp, item->step.rule->target.data);
			if (v != RULE_VERDICT_CONTINUE)
				return v;
			rule_search_changed(search);
			break;
		case RULE_STEP_GOTO:
			pos = item->out;
			/* fall through */
		case RULE_STEP_JUMP:
			v = walk_far(t, item->step.to, rp, search);
			if (v != RULE_VERDICT_RETURN)
				return v;
			break;
		case RULE_STEP_RETURN:
			pos = item->out;
			break;
		}
	}
}

static const char no_name[RULE_IFACE_NAME];

static inline const char *
port_name(const struct port_table *ports, uint16_t index)
{
	const struct port *p = index != 0 ? ports->by_index[index] : NULL;

	return p != NULL ? p->name : no_name;
}

static inline void
set_packet(struct rule_packet *rp, struct rte_mbuf *m, const struct port_table *ports)
{
	rp->m = m;
	rp->p = pkt(m);
	rp->hotdrop = false;
	rp->why = 0;
	if (ports == NULL)
		return;
	rp->in = rp->ctx->point == HOOK_OUTPUT ? no_name : port_name(ports, rp->p->in);
	rp->out = rp->ctx->point == HOOK_INPUT ? no_name : port_name(ports, rp->p->out);
}

static __rte_noinline void
fetch(const struct rule_table *t, struct rule_packet *rp, struct rte_mbuf **pkts, uint16_t n)
{
	for (unsigned f = 0; f < t->nb_fetch[rp->ctx->point]; f++) {
		const struct rule_ext *x = t->fetch[rp->ctx->point][f];

		for (uint16_t i = 0; i < n; i++) {
			set_packet(rp, pkts[i], NULL);
			x->type->fetch(rp, x->data);
		}
	}
}

static __rte_always_inline void
walk_burst(const struct rule_table *t, uint16_t slot, struct rule_packet *rp,
	   struct rte_mbuf **pkts, uint16_t n, verdict_t *verdicts, bool ip4)
{
	const struct port_table *ports = t->uses_iface ? port_table_get(rp->ctx->gen) : NULL;
	const struct rule_flat *flat = t->flat[rp->ctx->point];
	bool compiled = param_get(&rule_compile);
	struct rule_search search;

	if (unlikely(t->nb_fetch[rp->ctx->point] != 0) && n > 1)
		fetch(t, rp, pkts, n);
	rule_search_init(&search, t->ifaces, pkts, n);
	for (uint16_t i = 0; i < n; i++) {
		set_packet(rp, pkts[i], ports);
		rule_search_packet(&search, i);
		if (unlikely(!compiled || rule_key_odd(rp->p) || rp->p->flags & PKT_TRACE))
			verdicts[i] = walk_all(t, slot, rp);
		else if (flat != NULL)
			verdicts[i] = walk_flat(t, flat, rp, &search, ip4);
		else
			verdicts[i] = walk(t, slot, rp, &search, ip4);
		if (verdicts[i] == RULE_VERDICT_RETURN) {
			rule_trace(rp, t, t->chain[slot], t->chain[slot]->nb);
			verdicts[i] = policy_verdict(rp, t->chain[slot]);
		}
	}
}

void
rule_hook(const struct hook_ctx *ctx, void *priv, struct rte_mbuf **pkts, uint16_t n,
	  verdict_t *verdicts)
{
	const struct rule_hook_priv *h = priv;
	const struct rule_table *t = rule_table_get(ctx->gen, h->family, h->type);
	struct rule_packet rp = { .ctx = ctx, .in = no_name, .out = no_name };
	uint16_t slot;

	if (unlikely(t == NULL || t->builtin[ctx->point] == RULE_SLOT_NONE))
		return;
	slot = t->builtin[ctx->point];
	if (h->family == HOOK_IP4)
		walk_burst(t, slot, &rp, pkts, n, verdicts, true);
	else
		walk_burst(t, slot, &rp, pkts, n, verdicts, false);
}
