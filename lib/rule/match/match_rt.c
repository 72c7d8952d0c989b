/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -m rt (IPv6): the routing header. See rule_ext.h for who calls what.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rule_ext6.h"
#include "rule_value.h"

#define ADDRS_MAX 16
#define HEADER 8 /* bytes before the first address of type 0 */

enum { OPT_TYPE, OPT_SEGS, OPT_LEN, OPT_RES, OPT_ADDRS, OPT_NOT_STRICT };

struct rt {
	uint32_t type, len;
	struct rule_range segs;
	uint8_t type_invert, segs_invert, len_invert;
	uint8_t flags; /* bit per OPT_* that was given */
	uint8_t nb;
	struct in6_addr addr[ADDRS_MAX];
};

#define FLAG(opt) (1u << (opt))
#define VALUE_FLAGS (RULE_OPT_ARG | RULE_OPT_INVERT | RULE_OPT_ONCE)

static const struct rule_opt opts[] = {
	{ "rt-type", OPT_TYPE, VALUE_FLAGS, 0 },
	{ "rt-segsleft", OPT_SEGS, VALUE_FLAGS, 0 },
	{ "rt-len", OPT_LEN, VALUE_FLAGS, 0 },
	{ "rt-0-res", OPT_RES, RULE_OPT_ONCE, 0 },
	{ "rt-0-addrs", OPT_ADDRS, RULE_OPT_ARG | RULE_OPT_ONCE, 0 },
	{ "rt-0-not-strict", OPT_NOT_STRICT, RULE_OPT_ONCE, 0 },
};

static void
init(void *data)
{
	((struct rt *)data)->segs.hi = UINT32_MAX;
}

static int
parse_addrs(const struct rule_parse *p, const char *arg, struct rt *r)
{
	char *copy = strdup(arg), *rest = copy, *word;
	int rc = copy == NULL ? -ENOMEM : 0;

	while (rc == 0 && (word = strsep(&rest, ",")) != NULL) {
		if (r->nb == ADDRS_MAX)
			rc = err_set(p->err, -EINVAL, "too many addresses specified");
		else if (inet_pton(AF_INET6, word, &r->addr[r->nb]) != 1)
			rc = err_set(p->err, -EINVAL, "bad address: %s", word);
		else
			r->nb++;
	}
	free(copy);
	return rc;
}

/* What only type 0 has asks for --rt-type 0 before it. */
static int
parse_type0(const struct rule_parse *p, unsigned id, const struct rt *r)
{
	if (id == OPT_NOT_STRICT)
		return r->flags & FLAG(OPT_ADDRS)
			       ? 0
			       : err_set(p->err, -EINVAL,
					 "`--rt-0-addr ...' required before `--%s'", p->opt);
	return r->flags & FLAG(OPT_TYPE) && r->type == 0 && !r->type_invert
		       ? 0
		       : err_set(p->err, -EINVAL, "`--rt-type 0' required before `--%s'", p->opt);
}

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct rt *r = data;
	int rc;

	r->flags |= FLAG(id);
	switch (id) {
	case OPT_TYPE:
		r->type_invert = invert;
		return rule_value_number(p, arg, 0, UINT32_MAX, &r->type);
	case OPT_SEGS:
		r->segs_invert = invert;
		return rule_value_range(p, arg, UINT32_MAX, &r->segs);
	case OPT_LEN:
		r->len_invert = invert;
		return rule_value_number(p, arg, 0, UINT32_MAX, &r->len);
	default:
		rc = parse_type0(p, id, r);
		return rc == 0 && id == OPT_ADDRS ? parse_addrs(p, arg, r) : rc;
	}
}

/* The listed addresses are all that are there, or with --rt-0-not-strict come in that order. */
static bool
addrs_match(const struct rt *r, const uint8_t *addrs, unsigned nb)
{
	unsigned hit = 0;

	if (!(r->flags & FLAG(OPT_NOT_STRICT)))
		return r->nb == nb && memcmp(addrs, r->addr, nb * sizeof(r->addr[0])) == 0;
	for (unsigned i = 0; i < nb && hit < r->nb; i++)
		if (memcmp(addrs + 16 * i, &r->addr[hit], 16) == 0)
			hit++;
	return hit == r->nb;
}

static bool
match(struct rule_packet *rp, const void *data)
{
	const struct rt *r = data;
	unsigned offset, len;
	const uint8_t *h = rule_ext6_get(rp, IPPROTO_ROUTING, 4, &offset);

	if (h == NULL)
		return false;
	len = rule_ext6_len(rp, IPPROTO_ROUTING, offset);
	if (rule_ext6_bytes(rp, offset, len) == NULL) {
		rp->hotdrop = true;
		return false;
	}
	if (rule_range_has(&r->segs, h[3]) == r->segs_invert ||
	    (r->flags & FLAG(OPT_LEN) && (r->len == len) == r->len_invert) ||
	    (r->flags & FLAG(OPT_TYPE) && (r->type == h[2]) == r->type_invert))
		return false;
	if (r->flags & FLAG(OPT_RES) && (h[4] | h[5] | h[6] | h[7]) != 0)
		return false;
	return !(r->flags & FLAG(OPT_ADDRS)) || addrs_match(r, h + HEADER, (len - HEADER) / 16);
}

static void
addrs_text(struct str *out, const struct rt *r)
{
	char text[INET6_ADDRSTRLEN];

	for (unsigned i = 0; i < r->nb; i++)
		str_printf(out, "%s%s", i > 0 ? "," : " ",
			   inet_ntop(AF_INET6, &r->addr[i], text, sizeof(text)));
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	const struct rt *r = data;

	str_add(out, " rt");
	if (r->flags & FLAG(OPT_TYPE)) /* signed, as iptables prints it */
		str_printf(out, " type:%s%d", r->type_invert ? "!" : "", (int)r->type);
	rule_range_print(out, " segsleft", &r->segs, r->segs_invert);
	if (r->flags & FLAG(OPT_LEN))
		str_printf(out, " length:%s%u", r->len_invert ? "!" : "", r->len);
	if (r->flags & FLAG(OPT_RES))
		str_add(out, " reserved");
	if (r->flags & FLAG(OPT_ADDRS))
		str_add(out, " 0-addrs");
	addrs_text(out, r);
	if (r->flags & FLAG(OPT_NOT_STRICT))
		str_add(out, " 0-not-strict");
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	const struct rt *r = data;

	if (r->flags & FLAG(OPT_TYPE))
		str_printf(out, "%s --rt-type %u", r->type_invert ? " !" : "", r->type);
	rule_range_save(out, "--rt-segsleft", &r->segs, r->segs_invert);
	if (r->flags & FLAG(OPT_LEN))
		str_printf(out, "%s --rt-len %u", r->len_invert ? " !" : "", r->len);
	if (r->flags & FLAG(OPT_RES))
		str_add(out, " --rt-0-res");
	if (r->flags & FLAG(OPT_ADDRS))
		str_add(out, " --rt-0-addrs");
	addrs_text(out, r);
	if (r->flags & FLAG(OPT_NOT_STRICT))
		str_add(out, " --rt-0-not-strict");
}

static struct rule_ext_type type = {
	.name = "rt",
	.families = 1u << HOOK_IP6,
	.size = sizeof(struct rt),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.init = init,
	.parse = parse,
	.match = match,
	.print = print,
	.save = save,
	.deps = RULE_DEP_EXT6,
};

RULE_EXT_REGISTER(type)
