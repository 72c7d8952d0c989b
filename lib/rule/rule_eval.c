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

static inline bool
iface_differs(const char *have, const char *want, const uint8_t *mask)
{
	uint64_t h[2], w[2], m[2];

	memcpy(h, have, sizeof(h));
	memcpy(w, want, sizeof(w));
	memcpy(m, mask, sizeof(m));
	return (((h[0] ^ w[0]) & m[0]) | ((h[1] ^ w[1]) & m[1])) != 0;
}

static inline bool
iface_match(const struct rule_packet *rp, const struct rule_ip *ip)
{
	return iface_differs(rp->in, ip->in, ip->in_mask) == !!(ip->inv & RULE_INV_IN) &&
	       iface_differs(rp->out, ip->out, ip->out_mask) == !!(ip->inv & RULE_INV_OUT);
}

static inline bool
addr6_differs(const void *have, const union rule_addr *want, const union rule_addr *mask)
{
	uint64_t h[2];

	memcpy(h, have, sizeof(h));
	return (((h[0] & mask->q[0]) ^ want->q[0]) | ((h[1] & mask->q[1]) ^ want->q[1])) != 0;
}

static inline bool
addr6_match(const struct rule_packet *rp, const struct rule_ip *ip)
{
	const struct ip6_hdr *h = pkt_ip6(rp->m);

	return addr6_differs(&h->ip6_src, &ip->src, &ip->smask) == !!(ip->inv & RULE_INV_SRC) &&
	       addr6_differs(&h->ip6_dst, &ip->dst, &ip->dmask) == !!(ip->inv & RULE_INV_DST);
}

/*
 * The protocol behind a chain of IPv6 extension headers that is cut short. One whose last header
 * claims more bytes than there are still names what follows; -1: not even that can be read.
 */
static int
cut_proto(const struct rule_packet *rp)
{
	const struct pkt *p = rp->p;
	const uint8_t *header = pkt_l4(rp->m);
	uint16_t left = p->l3 + p->len - p->l4;

	if (p->flags & PKT_FRAG_LATER || left < (p->proto == IPPROTO_FRAGMENT ? 4 : 2))
		return -1;
	switch (header[0]) {
	case IPPROTO_HOPOPTS:
	case IPPROTO_ROUTING:
	case IPPROTO_FRAGMENT:
	case IPPROTO_AH:
	case IPPROTO_DSTOPTS:
		return -1;
	default:
		return header[0];
	}
}

static inline bool
proto_match(struct rule_packet *rp, const struct rule_step *s, bool ip4)
{
	int proto = rp->p->proto;

	if (!ip4 && unlikely(rp->p->flags & PKT_EXT_BAD)) {
		proto = cut_proto(rp);
		rp->hotdrop = proto < 0;
	}
	return proto >= 0 && (s->proto != proto) == !!(s->inv & RULE_INV_PROTO);
}

/*
 * The ordinary part of the rule, in the order in which rules differ most often. IPv6 asks for the
 * protocol last: a cut chain of extension headers drops the packet only where a rule asks.
 */
static inline bool
ip_match(struct rule_packet *rp, const struct rule_step *s, bool ip4)
{
	if (ip4) {
		const struct rte_ipv4_hdr *h = pkt_ip4(rp->m);

		if (((h->src_addr & s->smask) != s->src) != !!(s->inv & RULE_INV_SRC) ||
		    ((h->dst_addr & s->dmask) != s->dst) != !!(s->inv & RULE_INV_DST))
			return false;
	} else if (s->flags & RULE_STEP_ADDR6 && !addr6_match(rp, &s->rule->ip)) {
		return false;
	}
	if (s->flags & RULE_STEP_IFACE && !iface_match(rp, &s->rule->ip))
		return false;
	if (s->proto != 0 && !proto_match(rp, s, ip4))
		return false;
	if (s->flags & RULE_STEP_FRAG &&
	    !(rp->p->flags & PKT_FRAG_LATER) != !!(s->inv & RULE_INV_FRAG))
		return false;
	return true;
}

static inline bool
ext_match(struct rule_packet *rp, const struct rule *r)
{
	for (unsigned i = 0; i < r->nb_matches; i++)
		if (!r->match[i].type->match(rp, r->match[i].data))
			return false;
	return true;
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

/* Counts the packet where it matches. */
static inline bool
step_match(struct rule_packet *rp, const struct rule_step *s, bool ip4)
{
	if (!ip_match(rp, s, ip4) || (s->flags & RULE_STEP_MATCH && !ext_match(rp, s->rule)))
		return false;
	counter_add(rp->ctx->lane, s->counter, 1, rp->p->len);
	return true;
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
			if (!step_match(rp, s, ip4)) {
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
