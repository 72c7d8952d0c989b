/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -m statistic --mode random|nth: some packets, by chance or by count. The count is one for the rule,
 * whoever walks it. See rule_ext.h for who calls what.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <rte_random.h>

#include "rule_value.h"

#define CERTAIN 0x80000000u /* probability 1 */

enum { OPT_MODE, OPT_PROBABILITY, OPT_EVERY, OPT_PACKET };
enum { MODE_RANDOM, MODE_NTH };

struct statistic {
	uint8_t mode, invert;
	uint32_t probability;
	uint32_t every, packet;
};

struct statistic_state {
	uint32_t next; /* MODE_NTH: packets until the next one that matches */
};

static struct rule_ext_type type;

#define P (1u << OPT_PROBABILITY)
#define E (1u << OPT_EVERY)

static const struct rule_opt opts[] = {
	{ "mode", OPT_MODE, RULE_OPT_ARG | RULE_OPT_ONCE | RULE_OPT_MUST, 0 },
	{ "probability", OPT_PROBABILITY, RULE_OPT_ARG | RULE_OPT_ONCE | RULE_OPT_INVERT,
	  E | 1u << OPT_PACKET },
	{ "every", OPT_EVERY, RULE_OPT_ARG | RULE_OPT_ONCE | RULE_OPT_INVERT, P },
	{ "packet", OPT_PACKET, RULE_OPT_ARG | RULE_OPT_ONCE, P },
};

static int
parse_mode(const struct rule_parse *p, const char *arg, struct statistic *s)
{
	if (strcmp(arg, "random") == 0)
		s->mode = MODE_RANDOM;
	else if (strcmp(arg, "nth") == 0)
		s->mode = MODE_NTH;
	else
		return err_set(p->err, -EINVAL, "Bad mode \"%s\"", arg);
	return 0;
}

static int
parse_probability(const struct rule_parse *p, const char *arg, struct statistic *s)
{
	char *end;
	double d = strtod(arg, &end);

	if (end == arg || *end != '\0' || d < 0 || d > 1)
		return err_set(p->err, -EINVAL,
			       "%s: bad value for option \"--%s\", or out of range (0-1).\n",
			       p->type->name, p->opt);
	s->probability = isnan(d) ? 0 : (uint32_t)(CERTAIN * d + 0.5);
	return 0;
}

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct statistic *s = data;

	s->invert |= invert;
	switch (id) {
	case OPT_MODE:
		return parse_mode(p, arg, s);
	case OPT_PROBABILITY:
		return parse_probability(p, arg, s);
	case OPT_EVERY:
		return rule_value_number(p, arg, 1, UINT32_MAX, &s->every);
	default:
		return rule_value_number(p, arg, 0, UINT32_MAX, &s->packet);
	}
}

static int
final(const struct rule_parse *p, uint32_t seen, void *data)
{
	struct statistic *s = data;
	uint32_t nth = E | 1u << OPT_PACKET;

	if (s->mode == MODE_RANDOM)
		return seen & P ? 0
				: err_set(p->err, -EINVAL,
					  "--probability must be specified when using random mode");
	if (seen & nth && seen & P)
		return 0; /* which exclude each other: said by the options' table */
	if (!(seen & nth))
		return err_set(p->err, -EINVAL,
			       "--every and --packet must be specified when using nth mode");
	if (s->packet >= (s->every != 0 ? s->every : 1))
		return err_set(p->err, -EINVAL, "the --packet p must be 0 <= p <= n-1");
	if ((seen & nth) == nth)
		return 0;
	return err_set(p->err, -EINVAL, "statistic: option \"--%s\" also requires \"--%s\".\n",
		       seen & E ? "every" : "packet", seen & E ? "packet" : "every");
}

static void
restart(const void *data, void *state)
{
	const struct statistic *s = data;
	struct statistic_state *st = state;

	__atomic_store_n(&st->next, s->packet, __ATOMIC_RELAXED);
}

static bool
is_nth(const struct statistic *s, struct statistic_state *st)
{
	uint32_t now = __atomic_load_n(&st->next, __ATOMIC_RELAXED);

	while (!__atomic_compare_exchange_n(&st->next, &now, now == 0 ? s->every - 1 : now - 1,
					    true, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		;
	return now == 0;
}

static bool
match(struct rule_packet *rp, const void *data)
{
	const struct statistic *s = data;
	bool hit = s->mode == MODE_RANDOM ? (rte_rand() & (CERTAIN - 1)) < s->probability
					  : is_nth(s, rule_ext_state(&type, data));

	return hit != s->invert;
}

static void
text(struct str *out, const struct statistic *s, const char *dashes, bool packet)
{
	const char *no = s->invert ? " !" : "";

	if (s->mode == MODE_RANDOM) {
		str_printf(out, " %smode random%s %sprobability %.11f", dashes, no, dashes,
			   s->probability / (double)CERTAIN);
		return;
	}
	str_printf(out, " %smode nth%s %severy %u", dashes, no, dashes, s->every);
	if (packet)
		str_printf(out, " %spacket %u", dashes, s->packet);
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	str_add(out, " statistic");
	text(out, data, "", ((const struct statistic *)data)->packet != 0);
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	text(out, data, "--", true);
}

static uint32_t
deps_of(const void *data)
{
	return ((const struct statistic *)data)->mode == MODE_NTH ? RULE_DEP_ORDER
								  : RULE_DEP_CHANCE;
}

static struct rule_ext_type type = {
	.name = "statistic",
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.size = sizeof(struct statistic),
	.state_size = sizeof(struct statistic_state),
	.restart = restart,
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.parse = parse,
	.final = final,
	.match = match,
	.print = print,
	.save = save,
	.deps_of = deps_of,
};

RULE_EXT_REGISTER(type)
