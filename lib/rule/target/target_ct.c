/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -j CT, only in table raw: what connection tracking does with the packet, or that it does nothing; and -j NOTRACK.
 * What it asks for is a template that the rule owns, made when the rule is checked. See rule_ext.h for who calls
 * what.
 */
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "ct_event.h"
#include "ct_helper.h"
#include "ct_template.h"
#include "ct_timeouts.h"
#include "rule.h"
#include "rule_name.h"
#include "rule_quote.h"
#include "rule_words.h"

enum {
	OPT_NOTRACK,
	OPT_HELPER,
	OPT_TIMEOUT,
	OPT_CTEVENTS,
	OPT_EXPEVENTS,
	OPT_ZONE,
	OPT_ZONE_ORIG,
	OPT_ZONE_REPLY,
};

struct target_ct {
	char helper[CT_HELPER_NAME], timeout[CT_TIMEOUTS_NAME]; /* empty: none */
	uint16_t events, exp_events;
	uint16_t zone;
	uint8_t zone_mark, zone_dirs; /* zone_dirs 0: no zone */
	uint8_t notrack;
};

/* uses: the policy whose user the rule is. */
struct state {
	struct ct_template tmpl;
	struct ct_timeouts *uses;
};

static struct rule_ext_type type;

#define OPT_FLAGS (RULE_OPT_ARG | RULE_OPT_ONCE)

static const struct rule_opt opts[] = {
	{ "notrack", OPT_NOTRACK, RULE_OPT_ONCE, 0 },
	{ "helper", OPT_HELPER, OPT_FLAGS, 0 },
	{ "timeout", OPT_TIMEOUT, OPT_FLAGS, 0 },
	{ "ctevents", OPT_CTEVENTS, OPT_FLAGS, 0 },
	{ "expevents", OPT_EXPEVENTS, OPT_FLAGS, 0 },
	{ "zone", OPT_ZONE, OPT_FLAGS, 0 },
	{ "zone-orig", OPT_ZONE_ORIG, OPT_FLAGS, 0 },
	{ "zone-reply", OPT_ZONE_REPLY, OPT_FLAGS, 0 },
};

static const struct rule_word events[] = {
	{ "new", 1u << CT_EVENT_NEW },           { "related", 1u << CT_EVENT_RELATED },
	{ "destroy", 1u << CT_EVENT_DESTROY },   { "reply", 1u << CT_EVENT_REPLY },
	{ "assured", 1u << CT_EVENT_ASSURED },   { "protoinfo", 1u << CT_EVENT_PROTOINFO },
	{ "helper", 1u << CT_EVENT_HELPER },     { "mark", 1u << CT_EVENT_MARK },
	{ "natseqinfo", 1u << CT_EVENT_SEQADJ }, { "secmark", 1u << CT_EVENT_SECMARK },
};

static const struct rule_word exp_events[] = { { "new", 1 } };

static int
parse_events(const struct rule_parse *p, const char *arg, const struct rule_word *words,
	     unsigned nb, uint16_t *out)
{
	uint32_t bits = 0;
	const char *bad = rule_words_parse(arg, words, nb, true, &bits);

	if (bad != NULL)
		return err_set(p->err, -EINVAL, "Unknown event type \"%.*s\"",
			       (int)strcspn(bad, ","), bad);
	*out = bits;
	return 0;
}

/* "mark": the packet's. */
static int
parse_zone(const struct rule_parse *p, unsigned id, const char *arg, struct target_ct *c)
{
	unsigned long long n = 0;

	if (strcasecmp(arg, "mark") == 0)
		c->zone_mark = 1;
	else if (!rule_number(arg, UINT16_MAX, &n))
		return err_set(p->err, -EINVAL, "Cannot parse %s as a zone ID", arg);
	else
		c->zone = n;
	if (id == OPT_ZONE_ORIG)
		c->zone_dirs |= CT_ZONE_ORIG;
	else if (id == OPT_ZONE_REPLY)
		c->zone_dirs |= CT_ZONE_REPLY;
	return 0;
}

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct target_ct *c = data;

	switch (id) {
	case OPT_NOTRACK:
		c->notrack = 1;
		return 0;
	case OPT_HELPER:
		memcpy(c->helper, arg, strnlen(arg, sizeof(c->helper) - 1));
		return 0;
	case OPT_TIMEOUT:
		memcpy(c->timeout, arg, strnlen(arg, sizeof(c->timeout) - 1));
		return 0;
	case OPT_CTEVENTS:
		return parse_events(p, arg, events, RTE_DIM(events), &c->events);
	case OPT_EXPEVENTS:
		return parse_events(p, arg, exp_events, RTE_DIM(exp_events), &c->exp_events);
	default:
		return parse_zone(p, id, arg, c);
	}
}

/* One form of what means the same, so that what is saved is the same rule. */
static int
final(const struct rule_parse *p, uint32_t seen, void *data)
{
	struct target_ct *c = data;

	if (c->zone_mark)
		c->zone = 0;
	if (c->zone_dirs == 0)
		c->zone_dirs = CT_ZONE_ORIG | CT_ZONE_REPLY;
	if (c->zone == 0 && !c->zone_mark)
		c->zone_dirs = 0;
	return 0;
}

/* The protocol that the rule is for; 0: any. */
static uint8_t
only_proto(const struct rule_where *w)
{
	return w->ip->inv & RULE_INV_PROTO ? 0 : w->ip->proto;
}

static int
find_helper(const struct rule_where *w, const struct target_ct *c, struct ct_template *t)
{
	uint8_t proto = only_proto(w);

	if (c->helper[0] == '\0')
		return 0;
	t->helper = proto != 0 ? ct_helper_find(c->helper, w->family, proto) : NULL;
	return t->helper != NULL ? 0 : -ENOENT;
}

static int
find_timeouts(const struct rule_where *w, const struct target_ct *c, struct state *s)
{
	uint8_t proto = only_proto(w);
	struct ct_timeouts *t;

	if (c->timeout[0] == '\0')
		return 0;
	if (proto == 0)
		return -EINVAL;
	t = ct_timeouts_find(c->timeout);
	if (t == NULL)
		return -ENOENT;
	if (!ct_timeouts_fit(t, w->family, proto))
		return -EINVAL;
	t->uses++;
	s->uses = t;
	s->tmpl.timeouts = t;
	return 0;
}

static void
release(const void *data, void *state)
{
	struct state *s = state;

	if (s->uses != NULL)
		s->uses->uses--;
	s->uses = NULL;
}

static int
check(const struct rule_where *w, const void *data)
{
	const struct target_ct *c = data;
	struct state *s = rule_ext_state(&type, data);
	int rc;

	if (strcmp(w->table, "raw") != 0)
		return -EINVAL;
	if (c->notrack)
		return 0;
	release(data, s);
	s->tmpl = (struct ct_template){
		.zone = c->zone,
		.zone_dirs = c->zone_dirs != 0 ? c->zone_dirs : CT_ZONE_ORIG | CT_ZONE_REPLY,
		.zone_mark = c->zone_mark,
		.has_events = c->events != 0 || c->exp_events != 0,
		.event_mask = c->events,
		.exp_event_mask = c->exp_events,
	};
	rc = find_helper(w, c, &s->tmpl);
	return rc != 0 ? rc : find_timeouts(w, c, s);
}

/* The first rule that says something counts. */
static verdict_t
eval(struct rule_packet *rp, const void *data)
{
	const struct target_ct *c = data;
	const struct state *s = rule_ext_state(&type, data);

	if (rp->p->ct != 0)
		return RULE_VERDICT_CONTINUE;
	if (c->notrack)
		pkt(rp->m)->ct = CT_INFO_UNTRACKED;
	else
		ct_set_template(rp->m, &s->tmpl);
	return RULE_VERDICT_CONTINUE;
}

static void
zone_text(struct str *out, const struct target_ct *c, const char *dashes)
{
	if (c->zone_dirs == 0)
		return;
	str_printf(out, " %szone%s", dashes,
		   c->zone_dirs == CT_ZONE_ORIG    ? "-orig"
		   : c->zone_dirs == CT_ZONE_REPLY ? "-reply"
						   : "");
	if (c->zone_mark)
		str_add(out, " mark");
	else
		str_printf(out, " %u", c->zone);
}

static void
text(struct str *out, const struct target_ct *c, const char *dashes,
     void (*word)(struct str *out, const char *word))
{
	if (c->notrack)
		str_printf(out, " %snotrack", dashes);
	if (c->helper[0] != '\0') {
		str_printf(out, " %shelper", dashes);
		word(out, c->helper);
	}
	if (c->timeout[0] != '\0') {
		str_printf(out, " %stimeout", dashes);
		word(out, c->timeout);
	}
	if (c->events != 0) {
		str_printf(out, " %sctevents ", dashes);
		rule_words_text(out, events, RTE_DIM(events), c->events);
	}
	if (c->exp_events != 0) {
		str_printf(out, " %sexpevents ", dashes);
		rule_words_text(out, exp_events, RTE_DIM(exp_events), c->exp_events);
	}
	zone_text(out, c, dashes);
}

static void
plain_word(struct str *out, const char *word)
{
	str_printf(out, " %s", word);
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	str_add(out, " CT");
	text(out, data, "", plain_word);
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	text(out, data, "--", rule_quote_odd);
}

static uint32_t
needs_of(const void *data)
{
	return ((const struct target_ct *)data)->notrack ? 0 : RULE_NEEDS_TRACK;
}

static struct rule_ext_type type = {
	.name = "CT",
	.target = true,
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.size = sizeof(struct target_ct),
	.state_size = sizeof(struct state),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.parse = parse,
	.final = final,
	.check = check,
	.eval = eval,
	.print = print,
	.save = save,
	.deps = RULE_DEP_WRITER,
	.needs_of = needs_of,
	.release = release,
};

static int
notrack_check(const struct rule_where *w, const void *data)
{
	return strcmp(w->table, "raw") == 0 ? 0 : -EINVAL;
}

static verdict_t
notrack_eval(struct rule_packet *rp, const void *data)
{
	if (rp->p->ct == 0)
		pkt(rp->m)->ct = CT_INFO_UNTRACKED;
	return RULE_VERDICT_CONTINUE;
}

static void
notrack_print(struct str *out, const struct rule_where *w, const void *data)
{
	str_add(out, " NOTRACK");
}

/* To the kernel it is target CT. */
static struct rule_ext_type notrack_type = {
	.name = "NOTRACK",
	.list_name = "CT",
	.target = true,
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.check = notrack_check,
	.eval = notrack_eval,
	.print = notrack_print,
	.deps = RULE_DEP_WRITER,
};

RULE_EXT_REGISTER(type)
RULE_EXT_REGISTER(notrack_type)
