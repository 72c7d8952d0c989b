/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -m conntrack: everything about the packet's connection. Its text; what it does is in match_conntrack_eval.c.
 * See rule_ext.h for who calls what.
 */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "rule_conntrack.h"
#include "rule_ctstate.h"
#include "rule_name.h"

#define OPT_FLAGS (RULE_OPT_ARG | RULE_OPT_INVERT | RULE_OPT_ONCE)

static const struct rule_opt opts[] = {
	{ "ctstate", RULE_CT_STATE, OPT_FLAGS, 0 },
	{ "ctproto", RULE_CT_PROTO, OPT_FLAGS, 0 },
	{ "ctorigsrc", RULE_CT_ORIGSRC, OPT_FLAGS, 0 },
	{ "ctorigdst", RULE_CT_ORIGDST, OPT_FLAGS, 0 },
	{ "ctreplsrc", RULE_CT_REPLSRC, OPT_FLAGS, 0 },
	{ "ctrepldst", RULE_CT_REPLDST, OPT_FLAGS, 0 },
	{ "ctorigsrcport", RULE_CT_ORIGSRCPORT, OPT_FLAGS, 0 },
	{ "ctorigdstport", RULE_CT_ORIGDSTPORT, OPT_FLAGS, 0 },
	{ "ctreplsrcport", RULE_CT_REPLSRCPORT, OPT_FLAGS, 0 },
	{ "ctrepldstport", RULE_CT_REPLDSTPORT, OPT_FLAGS, 0 },
	{ "ctstatus", RULE_CT_STATUS, OPT_FLAGS, 0 },
	{ "ctexpire", RULE_CT_EXPIRE, OPT_FLAGS, 0 },
	{ "ctdir", RULE_CT_DIR, RULE_OPT_ARG | RULE_OPT_ONCE, 0 },
};

static const struct rule_word statuses[] = {
	{ "EXPECTED", CT_EXPECTED },
	{ "SEEN_REPLY", CT_SEEN_REPLY },
	{ "ASSURED", CT_ASSURED },
	{ "CONFIRMED", CT_CONFIRMED },
	{ "NONE", 0 },
};

static const char *const dirs[CT_DIRS] = { "ORIGINAL", "REPLY" };

static int
parse_words(const struct rule_parse *p, const char *arg, const struct rule_word *words, unsigned nb,
	    uint8_t *out)
{
	uint32_t bits = 0;
	const char *bad = rule_words_parse(arg, words, nb, false, &bits);

	if (bad != NULL)
		return err_set(p->err, -EINVAL, "Bad %s \"%s\"", p->opt, bad);
	*out = bits;
	return 0;
}

static int
parse_proto(const struct rule_parse *p, const char *arg, uint8_t *proto)
{
	char lower[RULE_NAME_TEXT];
	size_t len = strlen(arg);

	if (len == 0 || len >= sizeof(lower))
		return err_set(p->err, -EINVAL, "unknown protocol \"%.64s\" specified", arg);
	for (size_t i = 0; i <= len; i++)
		lower[i] = tolower((unsigned char)arg[i]);
	return rule_proto_parse(lower, proto, p->err);
}

/* Numbers are cut to 16 bits, as getaddrinfo() does. */
static int
parse_port(const struct rule_parse *p, const char *text, size_t len, uint16_t *port)
{
	char name[64], *end;
	struct err ignored;
	unsigned long n;

	if (len < sizeof(name)) {
		memcpy(name, text, len);
		name[len] = '\0';
		n = strtoul(name, &end, 10);
		if (*end == '\0' && (int)n >= 0) {
			*port = n;
			return 0;
		}
		if (!isdigit((unsigned char)name[0]) &&
		    rule_port_parse(name, NULL, port, &ignored) == 0)
			return 0;
	}
	return err_set(p->err, -EINVAL, "Port \"%.*s\" does not resolve to anything.\n", (int)len,
		       text);
}

/* "80", "80:90", ":90", "80:"; nothing at all is port 0. */
static int
parse_ports(const struct rule_parse *p, const char *text, struct rule_conntrack *c, unsigned end)
{
	uint16_t port[2] = { 0, UINT16_MAX };
	unsigned n = 0;

	for (;; n++) {
		size_t len = strcspn(text, ":");
		int rc;

		if (n == RTE_DIM(port))
			return err_set(p->err, -EINVAL,
				       "%s: Too many components for option \"--%s\" (max: %zu)\n",
				       p->type->name, p->opt, RTE_DIM(port));
		rc = len != 0 ? parse_port(p, text, len, &port[n]) : 0;
		if (rc != 0)
			return rc;
		if (text[len] == '\0')
			break;
		text += len + 1;
	}
	c->port[end].lo = port[0];
	c->port[end].hi = port[n];
	return 0;
}

static int
parse_dir(const struct rule_parse *p, const char *arg, uint8_t *dir)
{
	for (*dir = 0; *dir < CT_DIRS; (*dir)++)
		if (strcasecmp(arg, dirs[*dir]) == 0)
			return 0;
	return err_set(p->err, -EINVAL, "%s: Bad value for \"--%s\" option: \"%s\"", p->type->name,
		       p->opt, arg);
}

static int
parse_host(const struct rule_parse *p, const char *arg, struct rule_conntrack *c, unsigned end)
{
	int rc = rule_host_parse(p, arg, &c->host[end]);

	c->mask[end] = rule_host_mask(c->host[end].len);
	return rc;
}

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct rule_conntrack *c = data;

	c->given |= 1u << id;
	if (invert)
		c->invert |= 1u << id;
	switch (id) {
	case RULE_CT_STATE:
		return parse_words(p, arg, rule_ctstates, RULE_CTSTATES_NAT, &c->states);
	case RULE_CT_STATUS:
		return parse_words(p, arg, statuses, RTE_DIM(statuses), &c->status);
	case RULE_CT_PROTO:
		return parse_proto(p, arg, &c->proto);
	case RULE_CT_EXPIRE:
		return rule_value_range(p, arg, UINT32_MAX, &c->expire);
	case RULE_CT_DIR:
		return parse_dir(p, arg, &c->dir);
	default:
		return id >= RULE_CT_ORIGSRCPORT ? parse_ports(p, arg, c, id - RULE_CT_ORIGSRCPORT)
						 : parse_host(p, arg, c, id - RULE_CT_ORIGSRC);
	}
}

static int
final(const struct rule_parse *p, uint32_t seen, void *data)
{
	return seen != 0 ? 0
			 : err_set(p->err, -EINVAL, "conntrack: At least one option is required");
}

static void
print_range(struct str *out, uint32_t lo, uint32_t hi)
{
	str_printf(out, lo == hi ? "%u" : "%u:%u", lo, hi);
}

static void
print_value(struct str *out, const struct rule_where *w, const struct rule_conntrack *c,
	    unsigned id)
{
	unsigned end = id - RULE_CT_ORIGSRC;

	switch (id) {
	case RULE_CT_STATE:
		rule_words_text(out, rule_ctstates, RULE_CTSTATES_NAT, c->states);
		return;
	case RULE_CT_STATUS:
		str_add(out, c->status == 0 ? "NONE" : "");
		rule_words_text(out, statuses, RTE_DIM(statuses), c->status);
		return;
	case RULE_CT_PROTO:
		str_printf(out, "%u", c->proto);
		return;
	case RULE_CT_EXPIRE:
		print_range(out, c->expire.lo, c->expire.hi);
		return;
	case RULE_CT_DIR:
		str_add(out, dirs[c->dir]);
		return;
	}
	if (id >= RULE_CT_ORIGSRCPORT) {
		end = id - RULE_CT_ORIGSRCPORT;
		print_range(out, c->port[end].lo, c->port[end].hi);
	} else if (!w->numeric && (c->host[end].addr.q[0] | c->host[end].addr.q[1]) == 0) {
		str_add(out, "anywhere");
	} else {
		rule_host_print(out, w->family, &c->host[end]);
	}
}

static void
text(struct str *out, const struct rule_where *w, const struct rule_conntrack *c,
     const char *dashes)
{
	for (unsigned id = 0; id < RTE_DIM(opts); id++) {
		if (!(c->given & 1u << id))
			continue;
		str_printf(out, "%s %s%s ", c->invert & 1u << id ? " !" : "", dashes,
			   opts[id].name);
		print_value(out, w, c, id);
	}
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	text(out, w, data, "");
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	text(out, w, data, "--");
}

static uint32_t
deps_of(const void *data)
{
	const struct rule_conntrack *c = data;

	return c->given & 1u << RULE_CT_EXPIRE ? RULE_DEP_TIME | RULE_DEP_ORDER : 0;
}

/* The status and the timeout change with packets of the flow that come later in the same burst. */
static uint32_t
needs_of(const void *data)
{
	const struct rule_conntrack *c = data;

	return c->given & (1u << RULE_CT_STATUS | 1u << RULE_CT_EXPIRE) ? RULE_NEEDS_ORDER : 0;
}

/* Only of the state; SNAT and DNAT are the connection's status. */
static int
tests(const void *data, struct rule_test *t)
{
	const struct rule_conntrack *c = data;

	if (c->given != 1u << RULE_CT_STATE || c->states & (RULE_CTSTATE_SNAT | RULE_CTSTATE_DNAT))
		return -ENOTSUP;
	t[0] = (struct rule_test){ .field = RULE_FIELD_CTSTATE, .invert = c->invert != 0, .nb = 1 };
	t[0].range[0].lo = c->states;
	return 1;
}

static struct rule_ext_type type = {
	.name = "conntrack",
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.size = sizeof(struct rule_conntrack),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.parse = parse,
	.final = final,
	.match = rule_conntrack_match,
	.print = print,
	.save = save,
	.deps = RULE_DEP_CTSTATE | RULE_DEP_TUPLE,
	.deps_of = deps_of,
	.needs = RULE_NEEDS_TRACK,
	.needs_of = needs_of,
	.tests = tests,
};

RULE_EXT_REGISTER(type)
