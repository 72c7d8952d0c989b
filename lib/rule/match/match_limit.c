/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -m limit --limit RATE --limit-burst N: a token bucket, one for the rule, whoever walks it. The
 * arithmetic is Linux's, in its units: a rate is the time between two packets in 1/10000 s, the
 * bucket holds credits, of which every tick of 1/250 s brings 128. See rule_ext.h for who calls what.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <rte_spinlock.h>

#include "rule_value.h"

#define SCALE 10000u              /* parts of a second in a rate */
#define TICK_MS 4u                /* of a kernel with HZ=250, Debian's */
#define CREDITS_PER_TICK 128u     /* the largest power of 2 with which a day still fits 32 bits */
#define CREDITS_PER_SECOND 32000u /* 250 ticks */
#define BURST 5u                  /* unless told otherwise */
#define BURST_MAX 10000u
#define DAY (24u * 60 * 60)

enum { OPT_LIMIT, OPT_BURST };

struct limit {
	uint32_t interval; /* between two packets, in 1 / SCALE seconds */
	uint32_t burst;
};

struct limit_state {
	rte_spinlock_t lock;
	uint32_t credit;
	uint64_t tick; /* of the last look */
};

static struct rule_ext_type type;

static const struct rule_opt opts[] = {
	{ "limit", OPT_LIMIT, RULE_OPT_ARG | RULE_OPT_ONCE, 0 },
	{ "limit-burst", OPT_BURST, RULE_OPT_ARG | RULE_OPT_ONCE, 0 },
};

static const struct {
	const char *name;
	uint32_t seconds;
} units[] = { { "day", DAY }, { "hour", 60 * 60 }, { "minute", 60 }, { "second", 1 } };

static void
init(void *data)
{
	*(struct limit *)data = (struct limit){ 60 * 60 * SCALE / 3, BURST };
}

/* "5", "5/s" ... "5/second": units may be cut short. */
static int
parse_rate(const struct rule_parse *p, const char *text, uint32_t *interval)
{
	const char *slash = strchr(text, '/');
	uint32_t n = (uint32_t)strtol(text, NULL, 10), seconds = slash == NULL;

	for (unsigned i = 0; slash != NULL && slash[1] != '\0' && i < RTE_DIM(units); i++)
		if (strncasecmp(slash + 1, units[i].name, strlen(slash + 1)) == 0)
			seconds = units[i].seconds;
	if (n == 0 || seconds == 0)
		return err_set(p->err, -EINVAL, "bad rate \"%s\"'", text);
	*interval = SCALE * seconds / n;
	/* A negative number is a huge one. */
	return n / seconds <= SCALE && *interval > 0
		       ? 0
		       : err_set(p->err, -EINVAL, "Rate too fast \"%s\"", text);
}

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct limit *l = data;

	return id == OPT_LIMIT ? parse_rate(p, arg, &l->interval)
			       : rule_value_number(p, arg, 0, BURST_MAX, &l->burst);
}

/* In 32 bits, as Linux has it: a burst that is too long wraps around. */
static uint32_t
credits(uint32_t interval)
{
	if (interval > UINT32_MAX / CREDITS_PER_SECOND)
		return interval / SCALE * CREDITS_PER_SECOND;
	return interval * CREDITS_PER_SECOND / SCALE;
}

static int
check(const struct rule_where *w, const void *data)
{
	const struct limit *l = data;

	return l->burst == 0 || credits(l->interval * l->burst) < credits(l->interval) ? -ERANGE
										       : 0;
}

static void
restart(const void *data, void *state)
{
	const struct limit *l = data;
	struct limit_state *s = state;

	rte_spinlock_lock(&s->lock);
	s->credit = credits(l->interval * l->burst);
	s->tick = 0;
	rte_spinlock_unlock(&s->lock);
}

/* Workers that look at the same moment take turns; the clock of one may be a burst behind another's. */
static bool
match(struct rule_packet *rp, const void *data)
{
	const struct limit *l = data;
	struct limit_state *s = rule_ext_state(&type, data);
	uint32_t cap = credits(l->interval * l->burst), cost = credits(l->interval);
	uint64_t tick = rp->ctx->now / TICK_MS;
	bool pass;

	rte_spinlock_lock(&s->lock);
	if (tick > s->tick) {
		uint64_t more = s->credit + (tick - s->tick) * CREDITS_PER_TICK;

		s->credit = RTE_MIN(more, cap);
		s->tick = tick;
	}
	pass = s->credit >= cost;
	if (pass)
		s->credit -= cost;
	rte_spinlock_unlock(&s->lock);
	return pass;
}

/* In the largest unit of which the rate has a whole number, or nearly. */
static void
rate(struct str *out, uint32_t interval)
{
	static const struct {
		const char *name;
		uint32_t interval;
	} by[] = {
		{ "day", SCALE * DAY },
		{ "hour", SCALE * 60 * 60 },
		{ "min", SCALE * 60 },
		{ "sec", SCALE },
	};
	unsigned i = 1;

	while (i < RTE_DIM(by) && interval <= by[i].interval &&
	       by[i].interval / interval >= by[i].interval % interval)
		i++;
	str_printf(out, " %u/%s", by[i - 1].interval / interval, by[i - 1].name);
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	const struct limit *l = data;

	str_add(out, " limit: avg");
	rate(out, l->interval);
	str_printf(out, " burst %u", l->burst);
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	const struct limit *l = data;

	str_add(out, " --limit");
	rate(out, l->interval);
	if (l->burst != BURST)
		str_printf(out, " --limit-burst %u", l->burst);
}

static struct rule_ext_type type = {
	.name = "limit",
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.size = sizeof(struct limit),
	.state_size = sizeof(struct limit_state),
	.restart = restart,
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.init = init,
	.parse = parse,
	.check = check,
	.match = match,
	.print = print,
	.save = save,
	.deps = RULE_DEP_TIME | RULE_DEP_ORDER,
};

RULE_EXT_REGISTER(type)
