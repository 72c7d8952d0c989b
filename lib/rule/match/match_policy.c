/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -m policy: what IPsec did, or is to do, with the packet. There is no IPsec here, so "none" is what all
 * packets have. See rule_ext.h for who calls what.
 */
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "rule_host.h"
#include "rule_name.h"
#include "rule_value.h"

#define ELEMENTS_MAX 4

enum {
	OPT_DIR,
	OPT_POL,
	OPT_STRICT,
	OPT_REQID,
	OPT_SPI,
	OPT_PROTO,
	OPT_MODE,
	OPT_TUNNEL_DST,
	OPT_TUNNEL_SRC,
	OPT_NEXT,
};

enum { DIR_NONE, DIR_IN, DIR_OUT };

struct element {
	uint32_t reqid, spi;
	uint8_t proto;
	uint8_t tunnel;           /* mode */
	struct rule_host host[2]; /* OPT_TUNNEL_DST, OPT_TUNNEL_SRC */
	uint16_t given, invert;   /* bit per option */
};

struct policy {
	uint8_t dir;
	uint8_t none, strict;
	uint8_t nb; /* elements, but the one that is being read */
	struct element of[ELEMENTS_MAX];
};

#define ONCE (RULE_OPT_ARG | RULE_OPT_ONCE)
#define ELEMENT (RULE_OPT_ARG | RULE_OPT_INVERT)

static const struct rule_opt opts[] = {
	{ "dir", OPT_DIR, ONCE, 0 },
	{ "pol", OPT_POL, ONCE, 0 },
	{ "strict", OPT_STRICT, RULE_OPT_ONCE, 0 },
	{ "reqid", OPT_REQID, ELEMENT, 0 },
	{ "spi", OPT_SPI, ELEMENT, 0 },
	{ "proto", OPT_PROTO, ELEMENT, 0 },
	{ "mode", OPT_MODE, ELEMENT, 0 },
	{ "tunnel-dst", OPT_TUNNEL_DST, ELEMENT, 0 },
	{ "tunnel-src", OPT_TUNNEL_SRC, ELEMENT, 0 },
	{ "next", OPT_NEXT, 0, 0 },
};

static bool
has(const struct element *e, unsigned id)
{
	return e->given & 1u << id;
}

static int
parse_proto(const struct rule_parse *p, const char *arg, uint8_t *proto)
{
	int rc = rule_proto_parse(arg, proto, p->err);

	if (rc == 0 && *proto != IPPROTO_AH && *proto != IPPROTO_ESP && *proto != IPPROTO_COMP)
		return err_set(p->err, -EINVAL, "policy match: protocol must be ah/esp/ipcomp");
	return rc;
}

/* One of two words. */
static int
parse_word(const struct rule_parse *p, const char *arg, const char *text, const char *zero,
	   const char *one, uint8_t *out)
{
	*out = strcmp(arg, one) == 0;
	return *out || strcmp(arg, zero) == 0 ? 0 : err_set(p->err, -EINVAL, text, arg);
}

static int
parse_element(const struct rule_parse *p, unsigned id, const char *arg, bool invert,
	      struct element *e)
{
	if (has(e, id))
		return err_set(p->err, -EINVAL, "policy match: double --%s option", p->opt);
	e->given |= 1u << id;
	e->invert |= (unsigned)invert << id;
	switch (id) {
	case OPT_REQID:
		return rule_value_number(p, arg, 0, UINT32_MAX, &e->reqid);
	case OPT_SPI:
		return rule_value_number(p, arg, 0, UINT32_MAX, &e->spi);
	case OPT_PROTO:
		return parse_proto(p, arg, &e->proto);
	case OPT_MODE:
		return parse_word(p, arg, "policy match: invalid mode \"%s\"", "transport",
				  "tunnel", &e->tunnel);
	default:
		return rule_host_parse(p, arg, &e->host[id - OPT_TUNNEL_DST]);
	}
}

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct policy *o = data;
	uint8_t out;
	int rc;

	switch (id) {
	case OPT_DIR:
		rc = parse_word(p, arg, "policy_match: invalid dir \"%s\"", "in", "out", &out);
		o->dir = out ? DIR_OUT : DIR_IN;
		return rc;
	case OPT_POL:
		return parse_word(p, arg, "policy match: invalid policy \"%s\"", "ipsec", "none",
				  &o->none);
	case OPT_STRICT:
		o->strict = 1;
		return 0;
	case OPT_NEXT:
		if (o->nb == ELEMENTS_MAX - 1)
			return err_set(p->err, -EINVAL,
				       "policy match: maximum policy depth reached");
		o->nb++;
		return 0;
	default:
		return parse_element(p, id, arg, invert, &o->of[o->nb]);
	}
}

static int
check_element(const struct rule_parse *p, const struct policy *o, unsigned i)
{
	const struct element *e = &o->of[i];
	bool tunnel = e->tunnel != (has(e, OPT_MODE) && e->invert & 1u << OPT_MODE);

	if (o->strict && e->given == 0)
		return err_set(p->err, -EINVAL,
			       "policy match: empty policy element %u. --strict is in effect, but "
			       "at least one of reqid, spi, tunnel-src, tunnel-dst, proto or mode "
			       "is required.",
			       i);
	if ((has(e, OPT_TUNNEL_SRC) || has(e, OPT_TUNNEL_DST)) && !tunnel)
		return err_set(p->err, -EINVAL,
			       "policy match: --tunnel-src/--tunnel-dst is only valid in tunnel "
			       "mode");
	return 0;
}

static int
final(const struct rule_parse *p, uint32_t seen, void *data)
{
	struct policy *o = data;
	int rc = 0;

	if (o->dir == DIR_NONE)
		return err_set(p->err, -EINVAL,
			       "policy match: neither --dir in nor --dir out specified");
	if (o->none && (o->strict || o->nb > 0))
		return err_set(p->err, -EINVAL,
			       o->strict ? "policy match: policy none but --strict given"
					 : "policy match: policy none but policy given");
	if (o->none) {
		memset(o->of, 0, sizeof(o->of)); /* not said, as there is none */
		return 0;
	}
	for (unsigned i = 0; rc == 0 && i <= o->nb; i++)
		rc = check_element(p, o, i);
	if (rc == 0 && seen & 1u << OPT_NEXT && !o->strict)
		return err_set(p->err, -EINVAL,
			       "policy: option \"--next\" also requires \"--strict\".\n");
	return rc;
}

static uint32_t
points_of(const void *data)
{
	return ((const struct policy *)data)->dir == DIR_IN
		       ? ~(1u << HOOK_OUTPUT | 1u << HOOK_POSTROUTING)
		       : ~(1u << HOOK_PREROUTING | 1u << HOOK_INPUT);
}

static bool
match(struct rule_packet *rp, const void *data)
{
	return ((const struct policy *)data)->none;
}

/* dashes: "--" where it is saved, "" where it is listed. */
static void
element_text(struct str *out, const struct rule_where *w, const struct element *e,
	     const char *dashes, bool numeric)
{
	for (unsigned id = OPT_REQID; id <= OPT_TUNNEL_SRC; id++) {
		if (!has(e, id))
			continue;
		str_printf(out, "%s %s%s ", e->invert & 1u << id ? " !" : "", dashes,
			   opts[id].name);
		if (id == OPT_REQID)
			str_printf(out, "%u", e->reqid);
		else if (id == OPT_SPI)
			str_printf(out, "0x%x", e->spi);
		else if (id == OPT_PROTO && numeric)
			str_printf(out, "%u", e->proto);
		else if (id == OPT_PROTO)
			str_add(out, rule_proto_name(e->proto));
		else if (id == OPT_MODE)
			str_add(out, e->tunnel ? "tunnel" : "transport");
		else
			rule_host_print(out, w->family, &e->host[id - OPT_TUNNEL_DST]);
	}
}

static void
head_text(struct str *out, const struct policy *o, const char *dashes)
{
	str_printf(out, " %sdir %s %spol %s", dashes, o->dir == DIR_IN ? "in" : "out", dashes,
		   o->none ? "none" : "ipsec");
	if (o->strict)
		str_printf(out, " %sstrict", dashes);
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	const struct policy *o = data;

	str_add(out, " policy match");
	head_text(out, o, "");
	for (unsigned i = 0; i <= o->nb; i++) {
		if (o->nb > 0)
			str_printf(out, " [%u]", i);
		element_text(out, w, &o->of[i], "", w->numeric);
	}
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	const struct policy *o = data;

	head_text(out, o, "--");
	for (unsigned i = 0; i <= o->nb; i++) {
		str_add(out, i > 0 ? " --next" : "");
		element_text(out, w, &o->of[i], "--", false);
	}
}

static struct rule_ext_type type = {
	.name = "policy",
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.size = sizeof(struct policy),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.parse = parse,
	.final = final,
	.points_of = points_of,
	.match = match,
	.print = print,
	.save = save,
};

RULE_EXT_REGISTER(type)
