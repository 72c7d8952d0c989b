/* SPDX-License-Identifier: BSD-3-Clause */
/* -j SYNPROXY: its text. What it does is in rule_synproxy.c. See rule_ext.h for who calls what. */
#include <errno.h>
#include <netinet/in.h>

#include "rule_synproxy.h"
#include "rule_value.h"

enum { OPT_SACK_PERM, OPT_TIMESTAMP, OPT_WSCALE, OPT_MSS, OPT_ECN };

/* By option. */
static const uint8_t bits[] = { RULE_SYNPROXY_SACK_PERM, RULE_SYNPROXY_TIMESTAMP,
				RULE_SYNPROXY_WSCALE, RULE_SYNPROXY_MSS, RULE_SYNPROXY_ECN };

static const struct rule_opt opts[] = {
	{ "sack-perm", OPT_SACK_PERM, RULE_OPT_ONCE, 0 },
	{ "timestamp", OPT_TIMESTAMP, RULE_OPT_ONCE, 0 },
	{ "wscale", OPT_WSCALE, RULE_OPT_ARG | RULE_OPT_ONCE, 0 },
	{ "mss", OPT_MSS, RULE_OPT_ARG | RULE_OPT_ONCE, 0 },
	{ "ecn", OPT_ECN, RULE_OPT_ONCE, 0 },
};

/* More than there is room for is cut, as iptables has it. */
static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct rule_synproxy *s = data;
	uint32_t n = 0;
	int rc = arg != NULL ? rule_value_number(p, arg, 0, UINT32_MAX, &n) : 0;

	if (id == OPT_WSCALE)
		s->wscale = n;
	if (id == OPT_MSS)
		s->mss = n;
	s->options |= bits[id];
	return rc;
}

static int
check(const struct rule_where *w, const void *data)
{
	return rule_ip_must_be(w->ip, IPPROTO_TCP);
}

static verdict_t
eval(struct rule_packet *rp, const void *data)
{
	return rule_synproxy_eval(rp, data);
}

static void
text(struct str *out, const struct rule_synproxy *s, const char *dashes)
{
	if (s->options & RULE_SYNPROXY_SACK_PERM)
		str_printf(out, " %ssack-perm", dashes);
	if (s->options & RULE_SYNPROXY_TIMESTAMP)
		str_printf(out, " %stimestamp", dashes);
	if (s->options & RULE_SYNPROXY_WSCALE)
		str_printf(out, " %swscale %u", dashes, s->wscale);
	if (s->options & RULE_SYNPROXY_MSS)
		str_printf(out, " %smss %u", dashes, s->mss);
	if (s->options & RULE_SYNPROXY_ECN)
		str_printf(out, " %secn", dashes);
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	str_add(out, " SYNPROXY");
	text(out, data, "");
	str_add(out, " ");
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	text(out, data, "--");
}

static struct rule_ext_type type = {
	.name = "SYNPROXY",
	.target = true,
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.points = 1u << HOOK_INPUT | 1u << HOOK_FORWARD,
	.size = sizeof(struct rule_synproxy),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.parse = parse,
	.check = check,
	.eval = eval,
	.print = print,
	.save = save,
	.deps = RULE_DEP_TCP_FLAGS | RULE_DEP_TCP_OPTIONS | RULE_DEP_EFFECT,
	.needs = RULE_NEEDS_TRACK | RULE_NEEDS_SYNPROXY,
};

RULE_EXT_REGISTER(type)
