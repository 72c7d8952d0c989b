/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The interpreter: walks the chains packet by packet, in order. It is the hook function of every
 * table, and the reference that compiled forms are compared with. Workers.
 */
#pragma once

#include "rule.h"

/* What the hook list keeps for the table. Static; never NULL. */
void *rule_hook_priv(enum hook_family family, unsigned type);
/* RULE_NEEDS_* of all rules of the table. */
uint32_t rule_hook_needs(const struct hook_ctx *ctx, const void *priv);
/* hook_fn; priv: of rule_hook_priv(). */
void rule_hook(const struct hook_ctx *ctx, void *priv, struct rte_mbuf **pkts, uint16_t n,
	       verdict_t *verdicts);
/* rule_reroute.c: the same for a table that may change the route at OUTPUT. */
void rule_hook_reroute(const struct hook_ctx *ctx, void *priv, struct rte_mbuf **pkts, uint16_t n,
		       verdict_t *verdicts);
/*
 * rule_nat.c: the same for a table that says how connections are translated: only the first packet of each
 * meets it.
 */
void rule_hook_nat(const struct hook_ctx *ctx, void *priv, struct rte_mbuf **pkts, uint16_t n,
		   verdict_t *verdicts);
/* rule_reroute.c: the same at OUTPUT, where a changed destination has another route. */
void rule_hook_nat_output(const struct hook_ctx *ctx, void *priv, struct rte_mbuf **pkts,
			  uint16_t n, verdict_t *verdicts);
