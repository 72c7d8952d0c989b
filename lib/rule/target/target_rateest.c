/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -j RATEEST: counts packets for a rate estimator, and goes on. See rule_ext.h for who calls what.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base_clock.h"
#include "rule_quote.h"
#include "rule_rateest.h"

enum { OPT_NAME, OPT_INTERVAL, OPT_EWMALOG };

#define SECOND 1000000.0
#define STEP_US (RULE_RATEEST_STEP_MS * 1000)
#define INTERVAL_MAX 5u /* 8 s */
#define WEIGHT_END 30u

struct rateest {
	char name[RULE_RATEEST_NAME];
	struct rule_rateest_how how;
	uint32_t interval, ewma; /* us, as they were given: 0 when how is known */
};

struct rateest_state {
	struct rule_rateest *estimator; /* NULL: not checked yet */
};

static struct rule_ext_type type;

static const struct rule_opt opts[] = {
	{ "rateest-name", OPT_NAME, RULE_OPT_ARG | RULE_OPT_ONCE | RULE_OPT_MUST, 0 },
	{ "rateest-interval", OPT_INTERVAL, RULE_OPT_ARG | RULE_OPT_ONCE, 0 },
	{ "rateest-ewmalog", OPT_EWMALOG, RULE_OPT_ARG | RULE_OPT_ONCE, 0 },
};

static const struct {
	const char *names[3];
	double us;
} units[] = {
	{ { "s", "sec", "secs" }, SECOND },
	{ { "ms", "msec", "msecs" }, SECOND / 1000 },
	{ { "us", "usec", "usecs" }, 1 },
};

/* "250ms", "1.5s"; without a unit it is microseconds. */
static bool
parse_time(const char *text, uint32_t *us)
{
	char *unit;
	double n = strtod(text, &unit);

	*us = rule_rateest_wrapped(n);
	if (unit == text || *unit == '\0')
		return unit != text;
	for (unsigned i = 0; i < RTE_DIM(units); i++)
		for (unsigned k = 0; k < RTE_DIM(units[i].names); k++)
			if (strcasecmp(unit, units[i].names[k]) == 0) {
				*us = rule_rateest_wrapped(n * units[i].us);
				return true;
			}
	return false;
}

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct rateest *r = data;

	if (id == OPT_NAME)
		memcpy(r->name, arg, strnlen(arg, sizeof(r->name) - 1));
	else if (!parse_time(arg, id == OPT_INTERVAL ? &r->interval : &r->ewma))
		return err_set(p->err, -EINVAL, "RATEEST: bad %s value \"%s\"",
			       id == OPT_INTERVAL ? "interval" : "ewmalog", arg);
	return 0;
}

/* The last one whose time constant, -interval / log(1 - 2^-weight), is not above the one asked for. */
static unsigned
weight_for(uint32_t interval, uint32_t ewma)
{
	unsigned weight = 0;

	while (weight < WEIGHT_END && interval / -log1p(-exp2(-(weight + 1.0))) <= ewma)
		weight++;
	return weight;
}

static int
final(const struct rule_parse *p, uint32_t seen, void *data)
{
	struct rateest *r = data;
	unsigned interval = 0, weight = weight_for(r->interval, r->ewma);

	while (interval <= INTERVAL_MAX && r->interval > STEP_US << interval)
		interval++;
	if (interval > INTERVAL_MAX)
		return err_set(p->err, -EINVAL, "RATEEST: interval value is too large");
	if (weight == 0 || weight == WEIGHT_END)
		return err_set(p->err, -EINVAL, "RATEEST: ewmalog value is out of range");
	r->how = (struct rule_rateest_how){ interval, weight };
	r->interval = r->ewma = 0;
	return 0;
}

static void
release(const void *data, void *state)
{
	struct rateest_state *s = state;

	if (s->estimator != NULL)
		rule_rateest_put(s->estimator);
	s->estimator = NULL;
}

static int
check(const struct rule_where *w, const void *data)
{
	const struct rateest *r = data;
	struct rateest_state *s = rule_ext_state(&type, data);
	int rc;

	release(data, s);
	rc = rule_rateest_get(r->name, r->how, clock_ms(), &s->estimator);
	if (rc != 0)
		s->estimator = NULL;
	return rc;
}

static verdict_t
eval(struct rule_packet *rp, const void *data)
{
	const struct rateest_state *s = rule_ext_state(&type, data);

	rule_rateest_count(s->estimator, rp);
	return RULE_VERDICT_CONTINUE;
}

/* Of a long time constant iptables shows what 32 bits hold. */
static void
time_text(struct str *out, uint64_t time)
{
	uint32_t us = time;

	if (us >= SECOND)
		str_printf(out, "%.1fs", us / SECOND);
	else if (us >= SECOND / 1000)
		str_printf(out, "%.1fms", us * 1000 / SECOND);
	else
		str_printf(out, "%uus", us);
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	const struct rateest *r = data;
	uint64_t interval = (uint64_t)STEP_US << r->how.interval;

	str_printf(out, " name %s interval ", r->name);
	time_text(out, interval);
	str_add(out, " ewmalog ");
	time_text(out, interval << r->how.weight);
}

/* A time constant that does not fit: a shorter interval, which is rounded up to the same, has one that does. */
static void
save_short(struct str *out, const struct rateest *r)
{
	uint64_t interval = r->how.interval == 0 ? 1 : (STEP_US << r->how.interval) / 2 + 1;

	str_printf(out, " --rateest-interval %uus --rateest-ewmalog %uus", (uint32_t)interval,
		   (uint32_t)RTE_MIN(interval << r->how.weight, UINT32_MAX));
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	const struct rateest *r = data;
	uint64_t interval = (uint64_t)STEP_US << r->how.interval;

	str_add(out, " --rateest-name");
	rule_quote_odd(out, r->name);
	if (interval << r->how.weight > UINT32_MAX) {
		save_short(out, r);
		return;
	}
	str_add(out, " --rateest-interval ");
	time_text(out, interval);
	str_add(out, " --rateest-ewmalog ");
	time_text(out, interval << r->how.weight);
}

static struct rule_ext_type type = {
	.name = "RATEEST",
	.target = true,
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.size = sizeof(struct rateest),
	.state_size = sizeof(struct rateest_state),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.parse = parse,
	.final = final,
	.check = check,
	.eval = eval,
	.print = print,
	.save = save,
	.release = release,
};

RULE_EXT_REGISTER(type)
