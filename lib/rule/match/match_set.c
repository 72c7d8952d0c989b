/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -m set: is the packet an element of a set? The element counts it, if the set keeps counters. The flow cache may keep
 * the answer as long as only commands change it, which make all paths void. See rule_ext.h for who calls what.
 */
#include <errno.h>

#include "rule.h"
#include "rule_ipset.h"
#include "rule_record.h"
#include "rule_value.h"

enum {
	OPT_SET,
	OPT_OLD,
	OPT_NOMATCH,
	OPT_COUNT,
	OPT_SUBCOUNT,
	OPT_PACKETS_EQ,
	OPT_PACKETS_LT,
	OPT_PACKETS_GT,
	OPT_BYTES_EQ,
	OPT_BYTES_LT,
	OPT_BYTES_GT
};

struct match_set {
	struct set_ref set;
	uint8_t invert, return_nomatch, no_count, no_subcount;
	struct set_limit packets, bytes;
};

static struct rule_ext_type type;

static const struct rule_opt opts[] = {
	{ "match-set", OPT_SET, RULE_OPT_ARG | RULE_OPT_INVERT, 0 },
	{ "set", OPT_OLD, RULE_OPT_ARG | RULE_OPT_INVERT, 0 },
	{ "return-nomatch", OPT_NOMATCH, RULE_OPT_INVERT, 0 },
	{ "update-counters", OPT_COUNT, RULE_OPT_INVERT, 0 },
	{ "update-subcounters", OPT_SUBCOUNT, RULE_OPT_INVERT, 0 },
	{ "packets-eq", OPT_PACKETS_EQ, RULE_OPT_ARG | RULE_OPT_INVERT, 0 },
	{ "packets-lt", OPT_PACKETS_LT, RULE_OPT_ARG | RULE_OPT_INVERT, 0 },
	{ "packets-gt", OPT_PACKETS_GT, RULE_OPT_ARG | RULE_OPT_INVERT, 0 },
	{ "bytes-eq", OPT_BYTES_EQ, RULE_OPT_ARG | RULE_OPT_INVERT, 0 },
	{ "bytes-lt", OPT_BYTES_LT, RULE_OPT_ARG | RULE_OPT_INVERT, 0 },
	{ "bytes-gt", OPT_BYTES_GT, RULE_OPT_ARG | RULE_OPT_INVERT, 0 },
};

static int
parse_limit(const struct rule_parse *p, unsigned id, const char *arg, bool invert,
	    struct match_set *m)
{
	bool packets = id <= OPT_PACKETS_GT;
	struct set_limit *l = packets ? &m->packets : &m->bytes;
	unsigned op = id - (packets ? OPT_PACKETS_EQ : OPT_BYTES_EQ);
	static const uint8_t ops[] = { SET_EQ, SET_LT, SET_GT };
	const char *end;

	if (invert && op != 0)
		return err_set(p->err, -EINVAL, "--%s option cannot be inverted", p->opt);
	if (l->op != SET_ANY)
		return err_set(p->err, -EINVAL, "only one of the --%s-[eq|lt|gt] is allowed",
			       packets ? "packets" : "bytes");
	if (!rule_value_read(arg, &end, UINT64_MAX, &l->value) || *end != '\0')
		return err_set(p->err, -EINVAL, "Cannot parse %s as a counter value", arg);
	l->op = invert ? SET_NE : ops[op];
	return 0;
}

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct match_set *m = data;

	switch (id) {
	case OPT_OLD:
		str_add(p->warn, "--set option deprecated, please use --match-set\n");
		/* fallthrough */
	case OPT_SET:
		m->invert = invert;
		return rule_ipset_parse(p, arg, &m->set);
	case OPT_NOMATCH:
		m->return_nomatch = true;
		return invert ? err_set(p->err, -EINVAL, "--return-nomatch flag cannot be inverted")
			      : 0;
	case OPT_COUNT:
		m->no_count |= invert;
		return 0;
	case OPT_SUBCOUNT:
		m->no_subcount |= invert;
		return 0;
	}
	return parse_limit(p, id, arg, invert, m);
}

static int
final(const struct rule_parse *p, uint32_t seen, void *data)
{
	const struct match_set *m = data;

	return m->set.nb != 0 ? 0
			      : err_set(p->err, -EINVAL,
					"You must specify `--match-set' with proper arguments");
}

/* Who compares what others count has to see all that were before. */
static uint32_t
needs_of(const void *data)
{
	const struct match_set *m = data;

	return m->packets.op | m->bytes.op ? RULE_NEEDS_ALONE : 0;
}

static int
check(const struct rule_where *w, const void *data)
{
	rule_ipset_hold(rule_ext_state(&type, data), &((const struct match_set *)data)->set, 1);
	return 0;
}

static void
release(const void *data, void *state)
{
	rule_ipset_release(state, &((const struct match_set *)data)->set, 1);
}

static bool
match(struct rule_packet *rp, const void *data)
{
	const struct match_set *m = data;
	struct set_packet p = rule_ipset_packet(rp);
	struct set_ask a = {
		.now = rp->ctx->now,
		.bytes = rp->p->len,
		.flags = SET_ASK_FILL | (m->no_count ? 0 : SET_ASK_COUNT) |
			 (m->no_subcount ? 0 : SET_ASK_SUBCOUNT) |
			 (m->packets.op | m->bytes.op ? SET_ASK_COMPARE : 0),
		.packets_limit = m->packets,
		.bytes_limit = m->bytes,
	};

	if (rp->p->record != 0 && (!set_stays(m->set.number) || rule_walk_alone(rp->ctx->gen)))
		rule_record_of(rp->ctx->lane, rp->p)->walk = true;
	return set_packet_test(&p, &m->set, &a, m->return_nomatch) != m->invert;
}

/* Interfaces are not told: a set of them is not brought. */
static void
fetch(const struct rule_packet *rp, const void *data)
{
	struct set_packet p = rule_ipset_packet(rp);

	set_packet_fetch(&p, &((const struct match_set *)data)->set);
}

static void
limit_text(struct str *out, const struct set_limit *l, const char *dashes, const char *what)
{
	static const char *const ops[] = {
		[SET_EQ] = "eq", [SET_NE] = "eq", [SET_LT] = "lt", [SET_GT] = "gt"
	};

	if (l->op != SET_ANY)
		str_printf(out, "%s %s%s-%s %llu", l->op == SET_NE ? " !" : "", dashes, what,
			   ops[l->op], (unsigned long long)l->value);
}

static void
text(struct str *out, const struct match_set *m, const char *dashes)
{
	str_printf(out, "%s %smatch-set", m->invert ? " !" : "", dashes);
	rule_ipset_text(out, &m->set);
	if (m->return_nomatch)
		str_printf(out, " %sreturn-nomatch", dashes);
	if (m->no_count)
		str_printf(out, " ! %supdate-counters", dashes);
	if (m->no_subcount)
		str_printf(out, " ! %supdate-subcounters", dashes);
	limit_text(out, &m->packets, dashes, "packets");
	limit_text(out, &m->bytes, dashes, "bytes");
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	text(out, data, "");
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	text(out, data, "--");
}

static struct rule_ext_type type = {
	.name = "set",
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.size = sizeof(struct match_set),
	.state_size = sizeof(struct rule_ipset_held),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.parse = parse,
	.final = final,
	.check = check,
	.match = match,
	.fetch = fetch,
	.print = print,
	.save = save,
	.release = release,
	.needs_of = needs_of,
	.deps = RULE_DEP_TUPLE | RULE_DEP_IFACE | RULE_DEP_SET | RULE_DEP_MARK,
};

RULE_EXT_REGISTER(type)
