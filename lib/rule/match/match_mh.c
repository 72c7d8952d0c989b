/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -m mh (IPv6): types of the mobility header (RFC 6275). See rule_ext.h for who calls what.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "rule.h"
#include "rule_name.h"
#include "rule_value.h"

#define HEADER 6u /* payload protocol, length, type, reserved, checksum */

struct mh {
	uint8_t lo, hi;
	uint8_t invert;
};

static const struct {
	const char *name, *brief;
} types[] = {
	{ "binding-refresh-request", "brr" },
	{ "home-test-init", "hoti" },
	{ "careof-test-init", "coti" },
	{ "home-test", "hot" },
	{ "careof-test", "cot" },
	{ "binding-update", "bu" },
	{ "binding-acknowledgement", "ba" },
	{ "binding-error", "be" },
};

static const struct rule_opt opts[] = {
	{ "mh-type", 0, RULE_OPT_ARG | RULE_OPT_INVERT | RULE_OPT_ONCE, 0 },
};

static void
init(void *data)
{
	((struct mh *)data)->hi = UINT8_MAX;
}

static bool
find_type(const char *text, uint8_t *out)
{
	unsigned i;

	for (i = 0; i < RTE_DIM(types); i++)
		if (strcasecmp(types[i].name, text) == 0 || strcasecmp(types[i].brief, text) == 0)
			break;
	if (i == RTE_DIM(types))
		for (i = 0; i < RTE_DIM(types); i++)
			if (strncasecmp(types[i].name, text, strlen(text)) == 0)
				break;
	*out = i;
	return i < RTE_DIM(types);
}

/* A number, or a name, of which the start will do. */
static int
parse_type(const struct rule_parse *p, const char *text, uint8_t *out)
{
	unsigned long long n;

	if (find_type(text, out))
		return 0;
	if (!rule_number(text, UINT8_MAX, &n))
		return err_set(p->err, -EINVAL, "Invalid MH type `%s'", text);
	*out = n;
	return 0;
}

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	const char *colon = strchr(arg, ':');
	struct mh *h = data;
	char first[64];
	int rc = 0;

	h->invert = invert;
	h->lo = 0;
	h->hi = UINT8_MAX;
	if (colon == NULL) {
		rc = parse_type(p, arg, &h->lo);
		h->hi = h->lo;
		return rc;
	}
	snprintf(first, sizeof(first), "%.*s", (int)(colon - arg), arg);
	if (first[0] != '\0')
		rc = parse_type(p, first, &h->lo);
	if (rc == 0 && colon[1] != '\0')
		rc = parse_type(p, colon + 1, &h->hi);
	if (rc == 0 && h->lo > h->hi)
		return err_set(p->err, -EINVAL, "Invalid MH type range (min > max)");
	return rc;
}

static int
check(const struct rule_where *w, const void *data)
{
	return rule_ip_must_be(w->ip, IPPROTO_MH);
}

static bool
match(struct rule_packet *rp, const void *data)
{
	const struct pkt *p = rp->p;
	const struct mh *h = data;
	const uint8_t *bytes;

	if (p->flags & PKT_FRAG_LATER)
		return false;
	bytes = pkt_l4(rp->m);
	/* Too short, or with something behind it, which RFC 6275 forbids. */
	if (p->l4 + HEADER > p->l3 + p->len || bytes[0] != IPPROTO_NONE) {
		rp->hotdrop = true;
		return false;
	}
	return (bytes[2] >= h->lo && bytes[2] <= h->hi) != h->invert;
}

static void
type_text(struct str *out, uint8_t type, bool numeric)
{
	if (numeric || type >= RTE_DIM(types))
		str_printf(out, "%u", type);
	else
		str_add(out, types[type].name);
}

static void
text(struct str *out, const struct mh *h, bool numeric)
{
	type_text(out, h->lo, numeric);
	if (h->lo == h->hi)
		return;
	str_add(out, ":");
	type_text(out, h->hi, numeric);
}

static bool
everything(const struct mh *h)
{
	return h->lo == 0 && h->hi == UINT8_MAX;
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	const struct mh *h = data;

	str_add(out, " mh");
	if (everything(h) && !h->invert)
		return;
	str_printf(out, " %s", h->invert ? "!" : "");
	text(out, h, w->numeric);
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	const struct mh *h = data;

	if (everything(h))
		return;
	rule_save_opt(out, h->invert, "--mh-type ");
	text(out, h, true);
}

static struct rule_ext_type type = {
	.name = "mh",
	.families = 1u << HOOK_IP6,
	.proto = IPPROTO_MH,
	.size = sizeof(struct mh),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.init = init,
	.parse = parse,
	.check = check,
	.match = match,
	.print = print,
	.save = save,
	.deps = RULE_DEP_TUPLE | RULE_DEP_PAYLOAD,
};

RULE_EXT_REGISTER(type)
