/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What is left to do for each packet of a known way (rule_path.h): rules whose ordinary part applies to the flow, and that
 * look at something of the packet as well. They are asked before anything is done with it, as it came in; one that
 * answers otherwise than when the way was noted sends it on the ordinary walk. Targets that write TOS are done again.
 * Workers.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "hook.h"

struct ct;
struct rule;

#define RULE_RESIDUALS_MAX 4u /* of one way; packets of a flow that has more walk */

struct rule_residual {
	const struct rule *rule; /* of the generation under which the way was noted */
	uint32_t varying;        /* bit per match of the rule that is asked; 0: none */
	uint8_t point;           /* enum hook_point */
	bool applies;            /* all that are asked have to match; else one must not */
	bool does;               /* its target is done */
};

struct rule_residuals {
	uint8_t nb;
	bool wrote_tos; /* one of them does */
	struct rule_residual residual[RULE_RESIDUALS_MAX];
};

struct rule_packet;

/*
 * The packet met the rule, on its walk as one of the connection, and the rule's constant part applies: adds what is left of
 * it. false: the next packet has to walk, as this cannot be told of it as it comes in, or there are too many.
 */
bool rule_residual_add(struct rule_residuals *r, struct rule_packet *rp, const struct rule *rule,
		       const struct ct *ct);

/* Does the packet, as it came in, answer as it was noted? ctx: of its family. */
bool rule_residual_ask(const struct rule_residuals *r, const struct hook_ctx *ctx,
		       struct rte_mbuf *m);
/* Does the targets, in order: the packet has its header still as it came in. */
void rule_residual_do(const struct rule_residuals *r, const struct hook_ctx *ctx,
		      struct rte_mbuf *m);

/* Control: is there something in the rule that may be otherwise for the next packet of a flow? */
bool rule_varies(const struct rule *r);
