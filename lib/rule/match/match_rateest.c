/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -m rateest: compares the rate of an estimator with a number, or with another one's rate; or what both leave of two
 * numbers (--rateest-delta). The text is in match_rateest_text.c. See rule_ext.h for who calls what.
 */
#include <errno.h>

#include "match_rateest.h"

static struct rule_ext_type type;

struct rateest_state {
	struct rule_rateest *estimator[2]; /* NULL: none, or not checked yet */
};

static void
release(const void *data, void *state)
{
	struct rateest_state *s = state;

	for (unsigned i = 0; i < RTE_DIM(s->estimator); i++) {
		if (s->estimator[i] != NULL)
			rule_rateest_put(s->estimator[i]);
		s->estimator[i] = NULL;
	}
}

static int
check(const struct rule_where *w, const void *data)
{
	const struct match_rateest *r = data;
	struct rateest_state *s = rule_ext_state(&type, data);

	if (r->op == MATCH_RATEEST_NONE || !(r->flags & (MATCH_RATEEST_BPS | MATCH_RATEEST_PPS)))
		return -EINVAL;
	release(data, s);
	for (unsigned i = 0; i < 1u + !!(r->flags & MATCH_RATEEST_TWO); i++) {
		s->estimator[i] = rule_rateest_share(r->name[i]);
		if (s->estimator[i] == NULL)
			return -ENOENT;
	}
	return 0;
}

static uint64_t
less(uint64_t limit, uint64_t rate)
{
	return limit > rate ? limit - rate : 0;
}

/* What stands on one side of the comparison. */
static struct count
side(const struct match_rateest *r, const struct rateest_state *s, unsigned i)
{
	struct count limit = { .packets = r->pps[i], .bytes = r->bps[i] }, rate;

	if (s->estimator[i] == NULL)
		return limit;
	rate = rule_rateest_read(s->estimator[i]);
	if (!(r->flags & MATCH_RATEEST_DELTA))
		return rate;
	return (struct count){ .packets = less(limit.packets, rate.packets),
			       .bytes = less(limit.bytes, rate.bytes) };
}

static bool
compare(uint8_t op, uint64_t a, uint64_t b)
{
	switch (op) {
	case MATCH_RATEEST_LT:
		return a < b;
	case MATCH_RATEEST_GT:
		return a > b;
	default:
		return a == b;
	}
}

static bool
match(struct rule_packet *rp, const void *data)
{
	const struct match_rateest *r = data;
	const struct rateest_state *s = rule_ext_state(&type, data);
	struct count a = side(r, s, 0), b = side(r, s, 1);
	bool yes = true;

	if (r->flags & MATCH_RATEEST_BPS)
		yes &= compare(r->op, a.bytes, b.bytes);
	if (r->flags & MATCH_RATEEST_PPS)
		yes &= compare(r->op, a.packets, b.packets);
	return yes != !!(r->flags & MATCH_RATEEST_INVERT);
}

static struct rule_ext_type type = {
	.name = "rateest",
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.size = sizeof(struct match_rateest),
	.state_size = sizeof(struct rateest_state),
	.opts = match_rateest_opts,
	.nb_opts = MATCH_RATEEST_OPTS,
	.parse = match_rateest_parse,
	.final = match_rateest_final,
	.check = check,
	.match = match,
	.print = match_rateest_print,
	.save = match_rateest_save,
	.deps = RULE_DEP_TIME,
	.release = release,
};

RULE_EXT_REGISTER(type)
