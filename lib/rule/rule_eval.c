/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The rule interpreter. Called by hook_walk() on workers, with the tables of ctx->gen; synchronised
 * by the generation's immutability. Counts per lane.
 */
#include <string.h>

#include "base_counter.h"
#include "base_drop.h"
#include "port.h"
#include "rule_eval.h"
#include "rule_step.h"

DROP_REASON(policy, "rule-policy", "dropped by the policy of a built-in chain");
DROP_REASON(hotdrop, "rule-malformed", "dropped by a match: its L4 header is cut short");
DROP_REASON(depth, "rule-depth", "rules nested deeper than was checked (a defect)");

struct rule_hook_priv {
	uint8_t family, type;
};

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
	counter_add(rp->ctx->lane, c->policy_counter->id, 1, rp->p->len);
	return c->policy == RULE_POLICY_ACCEPT ? VERDICT_ACCEPT : VERDICT_DROP_FOR(DROP(policy));
}

static verdict_t
hotdrop_verdict(const struct rule_packet *rp)
{
	return rp->why != 0 ? rp->why : VERDICT_DROP_FOR(DROP(hotdrop));
}

static inline verdict_t
walk(const struct rule_table *t, uint16_t slot, struct rule_packet *rp, bool ip4)
{
	struct rule_return stack[RULE_DEPTH_MAX + 1];
	const struct rule_chain *c = t->chain[slot], *base = c;
	uint32_t pos = 0;
	unsigned depth = 0;

	for (;;) {
		const struct rule_step *s = &c->steps[pos];
		uint8_t kind;

		if (pos == c->nb) {
			kind = RULE_STEP_RETURN;
		} else {
			pos++;
			if (!rule_step_match(rp, s, ip4)) {
				if (unlikely(rp->hotdrop))
					return hotdrop_verdict(rp);
				continue;
			}
			kind = s->kind;
		}
		switch (kind) {
		case RULE_STEP_VERDICT:
			return s->verdict;
		case RULE_STEP_EVAL: {
			verdict_t v = s->rule->target.type->eval(rp, s->rule->target.data);

			if (v != RULE_VERDICT_CONTINUE)
				return v;
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
				return policy_verdict(rp, base);
			depth--;
			slot = stack[depth].slot;
			pos = stack[depth].pos;
			c = t->chain[slot];
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

void
rule_hook(const struct hook_ctx *ctx, void *priv, struct rte_mbuf **pkts, uint16_t n,
	  verdict_t *verdicts)
{
	const struct rule_hook_priv *h = priv;
	const struct rule_table *t = rule_table_get(ctx->gen, h->family, h->type);
	const struct port_table *ports;
	struct rule_packet rp = { .ctx = ctx, .in = no_name, .out = no_name };
	uint16_t slot;

	if (unlikely(t == NULL || t->builtin[ctx->point] == RULE_SLOT_NONE))
		return;
	slot = t->builtin[ctx->point];
	ports = t->uses_iface ? port_table_get(ctx->gen) : NULL;
	for (uint16_t i = 0; i < n; i++) {
		rp.m = pkts[i];
		rp.p = pkt(pkts[i]);
		rp.hotdrop = false;
		rp.why = 0;
		if (ports != NULL) {
			rp.in = ctx->point == HOOK_OUTPUT ? no_name : port_name(ports, rp.p->in);
			rp.out = ctx->point == HOOK_INPUT ? no_name : port_name(ports, rp.p->out);
		}
		verdicts[i] = h->family == HOOK_IP4 ? walk(t, slot, &rp, true)
						    : walk(t, slot, &rp, false);
	}
}
