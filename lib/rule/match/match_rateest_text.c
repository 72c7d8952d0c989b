/* SPDX-License-Identifier: BSD-3-Clause */
/* Text of -m rateest. Called by the rule's parser and printers through match_rateest.c; control lcore. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "match_rateest.h"
#include "rule_quote.h"
#include "rule_value.h"

/* Those of the first and of the second number stand one behind the other. */
enum {
	OPT_NAME1,
	OPT_NAME2,
	OPT_BPS1,
	OPT_BPS2,
	OPT_PPS1,
	OPT_PPS2,
	OPT_DELTA,
	OPT_LT,
	OPT_GT,
	OPT_EQ
};

const struct rule_opt match_rateest_opts[MATCH_RATEEST_OPTS] = {
	{ "rateest1", OPT_NAME1, RULE_OPT_ARG | RULE_OPT_INVERT, 0 },
	{ "rateest", OPT_NAME1, RULE_OPT_ARG | RULE_OPT_INVERT, 0 },
	{ "rateest2", OPT_NAME2, RULE_OPT_ARG | RULE_OPT_INVERT, 0 },
	{ "rateest-bps1", OPT_BPS1, RULE_OPT_INVERT, 0 },
	{ "rateest-bps2", OPT_BPS2, RULE_OPT_INVERT, 0 },
	{ "rateest-bps", OPT_BPS2, RULE_OPT_INVERT, 0 },
	{ "rateest-pps1", OPT_PPS1, RULE_OPT_INVERT, 0 },
	{ "rateest-pps2", OPT_PPS2, RULE_OPT_INVERT, 0 },
	{ "rateest-pps", OPT_PPS2, RULE_OPT_INVERT, 0 },
	{ "rateest-delta", OPT_DELTA, RULE_OPT_INVERT, 0 },
	{ "rateest-lt", OPT_LT, RULE_OPT_INVERT, 0 },
	{ "rateest-gt", OPT_GT, RULE_OPT_INVERT, 0 },
	{ "rateest-eq", OPT_EQ, RULE_OPT_INVERT, 0 },
};

/* How iptables speaks of an option that is inverted, or given twice. */
static const struct {
	const char *inverted, *twice; /* inverted NULL: it may be */
} words[] = {
	[OPT_NAME1] = { "rateest", "--rateest1" },
	[OPT_NAME2] = { "rateest", "--rateest2" },
	[OPT_BPS1] = { "rateest-bps", "--rateest-bps1" },
	[OPT_BPS2] = { "rateest-bps", "--rateest-bps2" },
	[OPT_PPS1] = { "rateest-pps", "--rateest-pps1" },
	[OPT_PPS2] = { "rateest-pps", "--rateest-pps2" },
	[OPT_DELTA] = { "rateest-delta", "--rateest-delta" },
	[OPT_LT] = { NULL, "lt/gt/eq" },
	[OPT_GT] = { NULL, "lt/gt/eq" },
	[OPT_EQ] = { NULL, "lt/gt/eq" },
};

static const char *const ops[] = {
	[MATCH_RATEEST_LT] = "lt",
	[MATCH_RATEEST_GT] = "gt",
	[MATCH_RATEEST_EQ] = "eq",
};

/* "bit", "kbit" ... "tibit", "bps" ... "tibps": so many bits a second. 0: none of these. */
static double
unit_bits(const char *unit)
{
	static const char prefixes[] = "kmgt";
	const char *prefix = *unit != '\0' ? strchr(prefixes, *unit | 0x20) : NULL;
	double bits = 1;

	if (prefix != NULL) {
		bool binary = (unit[1] | 0x20) == 'i';

		for (const char *p = prefixes; p <= prefix; p++)
			bits *= binary ? 1024 : 1000;
		unit += 1 + binary;
	}
	if (strcasecmp(unit, "bit") == 0)
		return bits;
	return strcasecmp(unit, "bps") == 0 ? 8 * bits : 0;
}

/* "5kbit", "1.5mbps"; without a unit it is bits. Bytes, of which iptables keeps 32 bits. */
static bool
parse_rate(const char *text, uint32_t *bytes)
{
	char *unit;
	double n = strtod(text, &unit), bits = *unit != '\0' ? unit_bits(unit) : 1;

	*bytes = rule_rateest_wrapped(n * bits / 8);
	return unit != text && bits != 0;
}

/* The option's number, which may be left out. */
static int
parse_number(const struct rule_parse *p, bool bps, uint32_t *out)
{
	const char *text, *end;
	uint64_t n = 0;
	bool ok;

	if (*p->next >= p->argc || p->argv[*p->next][0] == '-' || p->argv[*p->next][0] == '!')
		return 0;
	text = p->argv[(*p->next)++];
	if (bps) {
		ok = parse_rate(text, out);
	} else {
		ok = rule_value_read(text, &end, UINT32_MAX, &n) && *end == '\0';
		*out = n;
	}
	return ok ? 0
		  : err_set(p->err, -EINVAL, "rateest: could not parse %s `%s'",
			    bps ? "rate" : "pps", text);
}

static int
parse_option(const struct rule_parse *p, unsigned id, const char *arg, struct match_rateest *r)
{
	switch (id) {
	case OPT_NAME1:
	case OPT_NAME2:
		memcpy(r->name[id - OPT_NAME1], arg, strnlen(arg, RULE_RATEEST_NAME - 1));
		r->flags |= id == OPT_NAME2 ? MATCH_RATEEST_TWO : 0;
		return 0;
	case OPT_BPS1:
	case OPT_BPS2:
		r->flags |= MATCH_RATEEST_BPS;
		return parse_number(p, true, &r->bps[id - OPT_BPS1]);
	case OPT_PPS1:
	case OPT_PPS2:
		r->flags |= MATCH_RATEEST_PPS;
		return parse_number(p, false, &r->pps[id - OPT_PPS1]);
	case OPT_DELTA:
		r->flags |= MATCH_RATEEST_DELTA;
		return 0;
	default:
		r->op = MATCH_RATEEST_LT + (id - OPT_LT);
		return 0;
	}
}

int
match_rateest_parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert,
		    void *data)
{
	struct match_rateest *r = data;

	if (invert && words[id].inverted != NULL)
		return err_set(p->err, -EINVAL, "rateest: %s can't be inverted",
			       words[id].inverted);
	if (r->given & 1u << id)
		return err_set(p->err, -EINVAL, "rateest: can't specify %s twice", words[id].twice);
	r->given |= 1u << id;
	r->flags |= invert ? MATCH_RATEEST_INVERT : 0;
	return parse_option(p, id, arg, r);
}

int
match_rateest_final(const struct rule_parse *p, uint32_t seen, void *data)
{
	((struct match_rateest *)data)->given = 0;
	return 0;
}

static void
op_text(struct str *out, const struct match_rateest *r, const char *dashes)
{
	str_printf(out, "%s %s%s", r->flags & MATCH_RATEEST_INVERT ? " !" : "", dashes, ops[r->op]);
}

enum form { FORM_LISTED, FORM_NUMERIC, FORM_SAVED };

/* In bits, rounded as iptables does; what is saved is to be read back, and is exact. */
static void
bits_text(struct str *out, uint32_t bytes, bool exact)
{
	uint64_t bits = UINT64_C(8) * bytes;

	if (bits >= 1000000000 && (!exact || bits % 1000000 == 0))
		str_printf(out, " %.0fMbit", bits / 1e6);
	else if (bits >= 1000000 && (!exact || bits % 1000 == 0))
		str_printf(out, " %.0fKbit", bits / 1e3);
	else
		str_printf(out, " %" PRIu64 "bit", bits);
}

static void
number_text(struct str *out, const struct match_rateest *r, bool bps, unsigned i, enum form form)
{
	if (bps && form != FORM_NUMERIC)
		bits_text(out, r->bps[i], form == FORM_SAVED);
	else
		str_printf(out, " %u", bps ? r->bps[i] : r->pps[i]);
}

/* " bps 1000 pps 8" of one estimator, against another's. */
static void
print_side(struct str *out, const struct match_rateest *r, unsigned i, enum form form)
{
	bool delta = r->flags & MATCH_RATEEST_DELTA;

	if (r->flags & MATCH_RATEEST_BPS) {
		str_add(out, " bps");
		if (delta)
			number_text(out, r, true, i, form);
	}
	if (r->flags & MATCH_RATEEST_PPS) {
		str_add(out, " pps");
		if (delta)
			number_text(out, r, false, i, form);
	}
}

/* An estimator against numbers. */
static void
print_numbers(struct str *out, const struct match_rateest *r, enum form form)
{
	bool delta = r->flags & MATCH_RATEEST_DELTA;

	if (r->flags & MATCH_RATEEST_BPS) {
		str_add(out, " bps");
		if (delta)
			number_text(out, r, true, 0, form);
		number_text(out, r, true, 1, form);
		op_text(out, r, "");
	}
	if (r->flags & MATCH_RATEEST_PPS) {
		str_add(out, " pps");
		if (delta)
			number_text(out, r, false, 0, form);
		op_text(out, r, "");
		number_text(out, r, false, 1, form);
	}
}

void
match_rateest_print(struct str *out, const struct rule_where *w, const void *data)
{
	const struct match_rateest *r = data;
	enum form form = w->numeric ? FORM_NUMERIC : FORM_LISTED;

	str_printf(out, " rateest match %s%s", r->name[0],
		   r->flags & MATCH_RATEEST_DELTA ? " delta" : "");
	if (!(r->flags & MATCH_RATEEST_TWO)) {
		print_numbers(out, r, form);
		return;
	}
	print_side(out, r, 0, form);
	op_text(out, r, "");
	str_printf(out, " %s", r->name[1]);
	print_side(out, r, 1, form);
}

/* Bytes or packets; iptables has the comparison with each, and does not read that back. */
static void
save_half(struct str *out, const struct match_rateest *r, bool bps, bool with_op)
{
	const char *what = bps ? "bps" : "pps";
	bool delta = r->flags & MATCH_RATEEST_DELTA;

	if (delta) {
		str_printf(out, " --rateest-%s1", what);
		number_text(out, r, bps, 0, FORM_SAVED);
	}
	if (with_op)
		op_text(out, r, "--rateest-");
	str_printf(out, " --rateest-%s%s", what, delta ? "2" : "");
	if (delta || !(r->flags & MATCH_RATEEST_TWO))
		number_text(out, r, bps, 1, FORM_SAVED);
}

void
match_rateest_save(struct str *out, const struct rule_where *w, const void *data)
{
	const struct match_rateest *r = data;
	bool bps = r->flags & MATCH_RATEEST_BPS, two = r->flags & MATCH_RATEEST_TWO;

	str_printf(out, "%s --rateest%s", r->flags & MATCH_RATEEST_DELTA ? " --rateest-delta" : "",
		   two ? "1" : "");
	rule_quote_odd(out, r->name[0]);
	if (bps)
		save_half(out, r, true, true);
	if (r->flags & MATCH_RATEEST_PPS)
		save_half(out, r, false, !bps);
	if (!two)
		return;
	str_add(out, " --rateest2");
	rule_quote_odd(out, r->name[1]);
}
