/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -j TRACE: the log tells every rule that the packet meets from here on. See rule_ext.h for who calls
 * what.
 */
#include "queue_log.h"
#include "rule_ext.h"

static int
check(const struct rule_where *w, const void *data)
{
	queue_log_arm();
	return 0;
}

static verdict_t
eval(struct rule_packet *rp, const void *data)
{
	pkt(rp->m)->flags |= PKT_TRACE;
	return RULE_VERDICT_CONTINUE;
}

static struct rule_ext_type type = {
	.name = "TRACE",
	.target = true,
	.table = "raw",
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.check = check,
	.eval = eval,
	.traces = true,
	.deps = RULE_DEP_EFFECT,
};

RULE_EXT_REGISTER(type)
