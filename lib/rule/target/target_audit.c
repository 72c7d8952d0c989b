/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -j AUDIT: a record of the packet for the audit system, and the walk goes on. The system is off at first, as in Linux;
 * with net.pollux.audit=1 its records are lines of the log, as in Linux when no audit daemon runs. See rule_ext.h for who
 * calls what.
 */
#include <errno.h>
#include <string.h>

#include "base_param.h"
#include "queue_log.h"
#include "rule_ext.h"

static const char *const types[] = { "accept", "drop", "reject" };

/* From now on there may be lines. */
static void
on_change(struct param *p)
{
	if (param_get(p) != 0)
		queue_log_arm();
}

PARAM_INT_CALL(audit, "net.pollux.audit", 0, 0, 1, on_change,
	       "-j AUDIT writes its records into the log (as audit=1 of the kernel's command line)")

/* The data is a uint8_t: what the rule is said to do, which nobody looks at. */
static const struct rule_opt opts[] = {
	{ "type", 0, RULE_OPT_ARG | RULE_OPT_ONCE | RULE_OPT_MUST, 0 },
};

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	for (unsigned i = 0; i < RTE_DIM(types); i++)
		if (strcasecmp(arg, types[i]) == 0) {
			*(uint8_t *)data = i;
			return 0;
		}
	return err_set(p->err, -EINVAL, "Bad action type value \"%.64s\"", arg);
}

static verdict_t
eval(struct rule_packet *rp, const void *data)
{
	if (param_get(&audit) != 0)
		queue_log_audit(rp->ctx, rp->m);
	return RULE_VERDICT_CONTINUE;
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	str_printf(out, " AUDIT %s", types[*(const uint8_t *)data]);
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	str_printf(out, " --type %s", types[*(const uint8_t *)data]);
}

static struct rule_ext_type type = {
	.name = "AUDIT",
	.target = true,
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.size = sizeof(uint8_t),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.parse = parse,
	.eval = eval,
	.print = print,
	.save = save,
	.deps = RULE_DEP_EFFECT,
};

RULE_EXT_REGISTER(type)
