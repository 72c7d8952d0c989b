/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -m tcpmss: the largest segment that a TCP SYN announces. See rule_ext.h for who calls what.
 */
#include <errno.h>
#include <netinet/in.h>

#include "rule_tcp.h"
#include "rule_value.h"

struct mss {
	struct rule_range range;
	bool invert;
};

static const struct rule_opt opts[] = {
	{ "mss", 0, RULE_OPT_ARG | RULE_OPT_INVERT | RULE_OPT_ONCE | RULE_OPT_MUST, 0 },
};

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct mss *s = data;
	int rc = rule_value_range(p, arg, UINT16_MAX, &s->range);

	s->invert = invert;
	if (rc == 0 && s->range.lo > s->range.hi)
		return err_set(p->err, -EINVAL, "tcpmss: invalid range given");
	return rc;
}

static int
check(const struct rule_where *w, const void *data)
{
	return rule_ip_must_be(w->ip, IPPROTO_TCP);
}

/* The option's value; -1: there is none. */
static int
find_mss(const uint8_t *bytes, unsigned header)
{
	for (unsigned i = sizeof(struct rte_tcp_hdr); i + RULE_TCP_OPT_MSS_LEN <= header;
	     i += rule_tcp_option_len(bytes, i, header))
		if (bytes[i] == RULE_TCP_OPT_MSS && bytes[i + 1] == RULE_TCP_OPT_MSS_LEN)
			return bytes[i + 2] << 8 | bytes[i + 3];
	return -1;
}

static bool
match(struct rule_packet *rp, const void *data)
{
	const struct mss *s = data;
	const struct rte_tcp_hdr *h = rule_tcp_header(rp, sizeof(*h));
	int mss;

	if (rp->p->flags & PKT_FRAG_LATER && rp->p->family == AF_INET6)
		return false;
	if (h == NULL || rule_tcp_len(h) < sizeof(*h) ||
	    rule_tcp_header(rp, rule_tcp_len(h)) == NULL) {
		rp->hotdrop = true;
		return false;
	}
	mss = find_mss((const uint8_t *)h, rule_tcp_len(h));
	return (mss >= 0 && rule_range_has(&s->range, mss)) != s->invert;
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	const struct mss *s = data;

	str_printf(out, " tcpmss match %s%u", s->invert ? "!" : "", s->range.lo);
	if (s->range.lo != s->range.hi)
		str_printf(out, ":%u", s->range.hi);
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	const struct mss *s = data;

	rule_save_opt(out, s->invert, "--mss");
	str_printf(out, " %u", s->range.lo);
	if (s->range.lo != s->range.hi)
		str_printf(out, ":%u", s->range.hi);
}

static struct rule_ext_type type = {
	.name = "tcpmss",
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.size = sizeof(struct mss),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.parse = parse,
	.check = check,
	.match = match,
	.print = print,
	.save = save,
	.deps = RULE_DEP_TCP_OPTIONS,
};

RULE_EXT_REGISTER(type)
