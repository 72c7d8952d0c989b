/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Log lines about the rules that a packet meets, once -j TRACE has marked it (PKT_TRACE). Workers.
 */
#pragma once

#include "rule.h"

void rule_trace_line(const struct rule_packet *rp, const struct rule_table *t,
		     const struct rule_chain *c, uint32_t pos);

/* The packet met the chain's rule at pos; pos c->nb: its end. "TRACE: filter:FORWARD:rule:2 IN=..." */
static inline void
rule_trace(const struct rule_packet *rp, const struct rule_table *t, const struct rule_chain *c,
	   uint32_t pos)
{
	if (unlikely(rp->p->flags & PKT_TRACE))
		rule_trace_line(rp, t, c, pos);
}
