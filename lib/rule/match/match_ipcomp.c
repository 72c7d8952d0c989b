/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -m ipcomp: the compression parameter index (RFC 3173). See rule_ext.h for who calls what.
 */
#include <netinet/in.h>

#include "rule.h"
#include "rule_value.h"

enum { OPT_SPI, OPT_COMPRES };

#define HEADER 4u /* next header, flags, index */

struct ipcomp {
	struct rule_range cpi; /* 0 unless told otherwise */
	uint8_t invert;
	uint8_t reserved; /* only said: Linux looks at no flags */
};

static const struct rule_opt opts[] = {
	{ "ipcompspi", OPT_SPI, RULE_OPT_ARG | RULE_OPT_INVERT | RULE_OPT_ONCE, 0 },
	{ "compres", OPT_COMPRES, RULE_OPT_ONCE, 0 },
};

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct ipcomp *c = data;

	if (id == OPT_COMPRES) {
		c->reserved = 1;
		return 0;
	}
	c->invert = invert;
	return rule_value_range(p, arg, UINT32_MAX, &c->cpi);
}

static int
check(const struct rule_where *w, const void *data)
{
	return rule_ip_must_be(w->ip, IPPROTO_COMP);
}

static bool
match(struct rule_packet *rp, const void *data)
{
	const struct ipcomp *c = data;
	const struct pkt *p = rp->p;
	const uint8_t *h;

	if (p->flags & PKT_FRAG_LATER)
		return false;
	if (p->l4 + HEADER > p->l3 + p->len) {
		rp->hotdrop = true;
		return false;
	}
	h = pkt_l4(rp->m);
	return rule_range_has(&c->cpi, h[2] << 8 | h[3]) != c->invert;
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	const struct ipcomp *c = data;

	str_add(out, " comp ");
	rule_range_print(out, "spi", &c->cpi, c->invert);
	str_add(out, c->reserved ? " reserved" : "");
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	const struct ipcomp *c = data;

	/* Linux leaves out all of them too, but that is not what it reads when there is nothing. */
	if (c->cpi.lo == 0 && c->cpi.hi == UINT32_MAX) {
		rule_save_opt(out, c->invert, "--ipcompspi");
		str_printf(out, " %u:%u", c->cpi.lo, c->cpi.hi);
	} else {
		rule_range_save(out, "--ipcompspi", &c->cpi, c->invert);
	}
	str_add(out, c->reserved ? " --compres" : "");
}

static struct rule_ext_type type = {
	.name = "ipcomp",
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.proto = IPPROTO_COMP,
	.size = sizeof(struct ipcomp),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.parse = parse,
	.check = check,
	.match = match,
	.print = print,
	.save = save,
	.deps = RULE_DEP_TUPLE | RULE_DEP_PAYLOAD,
};

RULE_EXT_REGISTER(type)
