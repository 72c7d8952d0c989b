/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The targets that are nothing but a verdict: ACCEPT, DROP, RETURN (and QUEUE, refused). The engine knows them by
 * "fixed" and never calls eval() for a packet.
 */
#include <errno.h>

#include "base_drop.h"
#include "rule_ext.h"

DROP_REASON(rule, "rule-drop", "dropped by a rule with target DROP");

static verdict_t
accept_eval(struct rule_packet *rp, const void *data)
{
	return VERDICT_ACCEPT;
}

static verdict_t
drop_eval(struct rule_packet *rp, const void *data)
{
	return VERDICT_DROP_FOR(DROP(rule));
}

static verdict_t
return_eval(struct rule_packet *rp, const void *data)
{
	return RULE_VERDICT_RETURN;
}

/* Nothing here takes packets out: the name is known, so that no chain is called so. */
static int
queue_final(const struct rule_parse *p, uint32_t seen, void *data)
{
	return err_set(p->err, -EINVAL, "QUEUE: there is no queue to programs yet");
}

#define BOTH (1u << HOOK_IP4 | 1u << HOOK_IP6)

static struct rule_ext_type accept_type = {
	.name = "ACCEPT",
	.target = true,
	.fixed = true,
	.families = BOTH,
	.eval = accept_eval,
};
static struct rule_ext_type drop_type = {
	.name = "DROP",
	.target = true,
	.fixed = true,
	.families = BOTH,
	.eval = drop_eval,
};
static struct rule_ext_type return_type = {
	.name = "RETURN",
	.target = true,
	.fixed = true,
	.families = BOTH,
	.eval = return_eval,
};
static struct rule_ext_type queue_type = {
	.name = "QUEUE",
	.target = true,
	.fixed = true,
	.families = BOTH,
	.final = queue_final,
	.eval = drop_eval,
};

RULE_EXT_REGISTER(accept_type)
RULE_EXT_REGISTER(drop_type)
RULE_EXT_REGISTER(return_type)
RULE_EXT_REGISTER(queue_type)
