/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What stays the same for all packets that the flow cache serves, and what does not. They are whole TCP segments with ACK,
 * with or without PSH, and whole UDP datagrams, without IP options and extension headers, of a connection in one phase
 * (ct_replay.h), with no packet mark when they come in. So every mark they get on their way is decided by the rest.
 */
#include "rule_residual.h"

#include <rte_tcp.h>

#include "ct.h"
#include "rule.h"

#define VARYING                                                                                   \
	(RULE_DEP_ROUTE | RULE_DEP_TIME | RULE_DEP_TCP_OPTIONS | RULE_DEP_TTL | RULE_DEP_LENGTH | \
	 RULE_DEP_TOS | RULE_DEP_PAYLOAD | RULE_DEP_MAC | RULE_DEP_CHANCE | RULE_DEP_WRITER |     \
	 RULE_DEP_ORDER | RULE_DEP_EFFECT)

/* A packet may be asked for these as it comes in, wherever the rule stands: nothing on its way changes them. */
#define ASKED_ANYWHERE                                                                 \
	(RULE_DEP_TIME | RULE_DEP_TCP_FLAGS | RULE_DEP_TCP_OPTIONS | RULE_DEP_LENGTH | \
	 RULE_DEP_TOS | RULE_DEP_MAC | RULE_DEP_IFACE)
/* For these where it is as it came in, but for its marks. */
#define ASKED_BEFORE_ROUTING \
	(ASKED_ANYWHERE | RULE_DEP_TUPLE | RULE_DEP_TTL | RULE_DEP_PAYLOAD | RULE_DEP_ROUTE)

/* Of TCP's flags only PSH comes and goes. */
static bool
flags_vary(const struct rule_ext *x)
{
	struct rule_test tests[RULE_TESTS_MAX];
	int n = x->type->tests != NULL ? x->type->tests(x->data, tests) : -ENOTSUP;

	if (n < 0)
		return true;
	for (int i = 0; i < n; i++)
		if (tests[i].field == RULE_FIELD_TCP_FLAGS && tests[i].mask & RTE_TCP_PSH_FLAG)
			return true;
	return false;
}

static bool
match_varies(const struct rule_ext *x)
{
	uint32_t deps = rule_ext_deps(x);

	return deps & VARYING || (deps & RULE_DEP_TCP_FLAGS && flags_vary(x));
}

static bool
target_varies(const struct rule_ext *x)
{
	uint32_t deps = rule_ext_deps(x), ok = deps & RULE_DEP_SETTLES ? RULE_DEP_WRITER : 0;

	return deps & (VARYING | RULE_DEP_TCP_FLAGS) & ~ok;
}

bool
rule_varies(const struct rule *r)
{
	if (target_varies(&r->target))
		return true;
	for (unsigned i = 0; i < r->nb_matches; i++)
		if (match_varies(&r->match[i]))
			return true;
	return false;
}

static uint32_t
may_be_asked(enum hook_point point, const struct ct *ct)
{
	if (point == HOOK_PREROUTING)
		return ASKED_BEFORE_ROUTING;
	return ct_status(ct) & CT_NAT_MASK ? ASKED_ANYWHERE : ASKED_ANYWHERE | RULE_DEP_TUPLE;
}

/* What the rule asks of each packet, and what the rest of it says of this one. */
struct said {
	uint32_t varying; /* bit per match that varies */
	uint32_t asks;    /* RULE_DEP_* of these */
	bool constant;    /* all that stays the same applies */
	bool open;        /* that cannot be told */
};

/* Matches that do more than look are not asked. */
static struct said
ask_rule(struct rule_packet *rp, const struct rule *rule)
{
	struct said s = { .constant = true };

	for (unsigned i = 0; i < rule->nb_matches && s.constant; i++) {
		const struct rule_ext *x = &rule->match[i];

		if (rule_ext_deps(x) & RULE_DEP_ACTS) {
			s.open = true;
			break;
		}
		if (match_varies(x)) {
			s.varying |= 1u << i;
			s.asks |= rule_ext_deps(x);
		} else {
			s.constant = x->type->match(rp, x->data);
		}
	}
	return s;
}

_Static_assert(RULE_MATCHES_MAX <= 32, "a bit for each");

static bool
ask_varying(struct rule_packet *rp, const struct rule *rule, uint32_t varying)
{
	for (; varying != 0; varying &= varying - 1) {
		const struct rule_ext *x = &rule->match[__builtin_ctz(varying)];

		if (!x->type->match(rp, x->data))
			return false;
	}
	return true;
}

bool
rule_residual_add(struct rule_residuals *r, struct rule_packet *rp, const struct rule *rule,
		  const struct ct *ct)
{
	struct rule_packet again = *rp; /* a match may drop it: not now */
	struct said s = ask_rule(&again, rule);
	bool does = target_varies(&rule->target), applies;
	uint32_t reads_tos = RULE_DEP_TOS | RULE_DEP_PAYLOAD;

	if (!s.constant)
		return true;
	if (s.open || s.asks & ~may_be_asked(rp->ctx->point, ct) ||
	    (r->wrote_tos && s.asks & reads_tos) ||
	    (does && !(rule_ext_deps(&rule->target) & RULE_DEP_WRITES_TOS)))
		return false;
	applies = ask_varying(&again, rule, s.varying);
	if (again.hotdrop || r->nb == RULE_RESIDUALS_MAX)
		return false;
	does = does && applies;
	r->wrote_tos |= does;
	r->residual[r->nb++] = (struct rule_residual){ .rule = rule,
						       .varying = s.varying,
						       .point = rp->ctx->point,
						       .applies = applies,
						       .does = does };
	return true;
}

/* The packet at that point, for what is asked and done here: by interface only by its number. */
static struct rule_packet
packet_at(struct hook_ctx *ctx, struct rte_mbuf *m, const struct rule_residual *r)
{
	static const char no_name[RULE_IFACE_NAME];

	ctx->point = r->point;
	return (struct rule_packet){
		.ctx = ctx, .m = m, .p = pkt(m), .in = no_name, .out = no_name
	};
}

bool
rule_residual_ask(const struct rule_residuals *r, const struct hook_ctx *ctx, struct rte_mbuf *m)
{
	struct hook_ctx at = *ctx;

	for (unsigned i = 0; i < r->nb; i++) {
		const struct rule_residual *one = &r->residual[i];
		struct rule_packet rp = packet_at(&at, m, one);

		if (ask_varying(&rp, one->rule, one->varying) != one->applies || rp.hotdrop)
			return false;
	}
	return true;
}

void
rule_residual_do(const struct rule_residuals *r, const struct hook_ctx *ctx, struct rte_mbuf *m)
{
	struct hook_ctx at = *ctx;

	for (unsigned i = 0; i < r->nb; i++) {
		const struct rule_ext *target = &r->residual[i].rule->target;
		struct rule_packet rp = packet_at(&at, m, &r->residual[i]);

		if (r->residual[i].does)
			target->type->eval(&rp, target->data);
	}
}
