/* SPDX-License-Identifier: BSD-3-Clause */
#include "rule_trace.h"

#include <stdio.h>

#include "queue_log.h"

#define LEVEL 4 /* as nf_log's trace has it */

/* Linux takes a last word for everybody, "-j DROP" and no more, for the end of the chain. */
static bool
is_end(const struct rule_chain *c, uint32_t pos)
{
	const struct rule_step *s = &c->steps[pos];

	if (pos == c->nb)
		return true;
	return (s->kind == RULE_STEP_VERDICT || s->kind == RULE_STEP_RETURN) &&
	       rule_unconditional(s->rule);
}

void
rule_trace_line(const struct rule_packet *rp, const struct rule_table *t,
		const struct rule_chain *c, uint32_t pos)
{
	const char *what = !is_end(c, pos) ? "rule" : c->point >= 0 ? "policy" : "return";
	char prefix[QUEUE_LOG_PREFIX];
	struct queue_log_spec spec = { .prefix = prefix,
				       .level = LEVEL,
				       .flags = QUEUE_LOG_TCP_SEQUENCE | QUEUE_LOG_TCP_OPTIONS |
						QUEUE_LOG_IP_OPTIONS | QUEUE_LOG_UID };

	snprintf(prefix, sizeof(prefix), "TRACE: %s:%s:%s:%u ", rule_table_types[t->type].name,
		 c->name, what, pos + 1);
	queue_log_packet(rp->ctx, rp->m, &spec);
}
