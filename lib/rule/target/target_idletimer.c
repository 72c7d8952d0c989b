/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -j IDLETIMER: starts a timer anew, and the walk goes on. The timers are in rule_idletimer.c. See rule_ext.h for who calls
 * what.
 */
#include <errno.h>
#include <string.h>

#include "base_clock.h"
#include "rule_idletimer.h"
#include "rule_quote.h"
#include "rule_value.h"

#define TIMEOUT_MAX (INT32_MAX / 1000 - 1) /* seconds */

enum { OPT_TIMEOUT, OPT_LABEL, OPT_ALARM };

struct idletimer {
	uint32_t timeout; /* seconds */
	char label[RULE_IDLETIMER_LABEL];
	uint8_t alarm;
};

struct idletimer_state {
	struct rule_idletimer *timer; /* NULL: not checked yet */
};

static struct rule_ext_type type;

static const struct rule_opt opts[] = {
	{ "timeout", OPT_TIMEOUT, RULE_OPT_ARG | RULE_OPT_ONCE | RULE_OPT_MUST, 0 },
	{ "label", OPT_LABEL, RULE_OPT_ARG | RULE_OPT_ONCE | RULE_OPT_MUST, 0 },
	{ "alarm", OPT_ALARM, RULE_OPT_ONCE, 0 },
};

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct idletimer *i = data;

	if (id == OPT_TIMEOUT)
		return rule_value_number(p, arg, 0, UINT32_MAX, &i->timeout);
	if (id == OPT_LABEL)
		memcpy(i->label, arg, strnlen(arg, sizeof(i->label) - 1));
	else
		i->alarm = 1;
	return 0;
}

static void
release(const void *data, void *state)
{
	struct idletimer_state *s = state;

	if (s->timer != NULL)
		rule_idletimer_put(s->timer);
	s->timer = NULL;
}

static int
check(const struct rule_where *w, const void *data)
{
	const struct idletimer *i = data;
	struct idletimer_state *s = rule_ext_state(&type, data);

	if (i->timeout == 0 || i->timeout > TIMEOUT_MAX)
		return -EINVAL;
	release(data, s);
	return rule_idletimer_get(i->label, i->alarm, &s->timer);
}

/* A change of the table starts timers anew; alarms when they are made, and else go on. */
static void
restart(const void *data, void *state)
{
	const struct idletimer *i = data;
	struct idletimer_state *s = state;

	if (s->timer != NULL && (!i->alarm || s->timer->until == 0))
		rule_idletimer_start(s->timer, clock_ms(), i->timeout);
}

static verdict_t
eval(struct rule_packet *rp, const void *data)
{
	const struct idletimer_state *s = rule_ext_state(&type, data);

	rule_idletimer_start(s->timer, rp->ctx->now, ((const struct idletimer *)data)->timeout);
	return RULE_VERDICT_CONTINUE;
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	const struct idletimer *i = data;

	str_printf(out, " timeout:%u label:%s%s", i->timeout, i->label, i->alarm ? " alarm" : "");
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	const struct idletimer *i = data;

	str_printf(out, " --timeout %u --label", i->timeout);
	rule_quote_odd(out, i->label);
	if (i->alarm)
		str_add(out, " --alarm");
}

static struct rule_ext_type type = {
	.name = "IDLETIMER",
	.target = true,
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.size = sizeof(struct idletimer),
	.state_size = sizeof(struct idletimer_state),
	.restart = restart,
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.parse = parse,
	.check = check,
	.eval = eval,
	.print = print,
	.save = save,
	.deps = RULE_DEP_EFFECT,
	.release = release,
};

RULE_EXT_REGISTER(type)
