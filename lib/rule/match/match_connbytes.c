/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -m connbytes: packets, bytes, or bytes a packet that the connection has had so far, this one included. Turns
 * nf_conntrack_acct on. See rule_ext.h for who calls what.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ct_ext.h"
#include "rule_value.h"

enum { OPT_BYTES, OPT_DIR, OPT_MODE };
enum { MODE_PACKETS, MODE_BYTES, MODE_AVERAGE };
enum { DIR_ORIGINAL, DIR_REPLY, DIR_BOTH };

/* from above to: outside of what lies between them. That is how "!" is kept, as in iptables. */
struct connbytes {
	uint64_t from, to;
	uint8_t dir, mode;
};

static const char *const dirs[] = { "original", "reply", "both", NULL };
static const char *const modes[] = { "packets", "bytes", "avgpkt", NULL };

static const struct rule_opt opts[] = {
	{ "connbytes", OPT_BYTES, RULE_OPT_ARG | RULE_OPT_INVERT | RULE_OPT_ONCE | RULE_OPT_MUST,
	  0 },
	{ "connbytes-dir", OPT_DIR, RULE_OPT_ARG | RULE_OPT_ONCE | RULE_OPT_MUST, 0 },
	{ "connbytes-mode", OPT_MODE, RULE_OPT_ARG | RULE_OPT_ONCE | RULE_OPT_MUST, 0 },
};

static int
parse_name(const struct rule_parse *p, const char *arg, const char *const *names, uint8_t *out)
{
	for (*out = 0; names[*out] != NULL; (*out)++)
		if (strcmp(arg, names[*out]) == 0)
			return 0;
	return err_set(p->err, -EINVAL, "Unknown --%s `%s'", p->opt, arg);
}

static int
parse_bytes(const struct rule_parse *p, const char *arg, bool invert, struct connbytes *c)
{
	struct rule_range64 r;
	int rc = rule_value_range64(p, arg, UINT64_MAX, &r);

	if (rc != 0)
		return rc;
	/* One number is where it begins. */
	if (strchr(arg, ':') == NULL)
		r.hi = UINT64_MAX;
	if (r.hi < r.lo)
		return err_set(p->err, -EINVAL, "%llu should be less than %llu",
			       (unsigned long long)r.lo, (unsigned long long)r.hi);
	c->from = invert ? r.hi : r.lo;
	c->to = invert ? r.lo : r.hi;
	return 0;
}

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct connbytes *c = data;

	switch (id) {
	case OPT_BYTES:
		return parse_bytes(p, arg, invert, c);
	case OPT_DIR:
		return parse_name(p, arg, dirs, &c->dir);
	default:
		return parse_name(p, arg, modes, &c->mode);
	}
}

static int
check(const struct rule_where *w, const void *data)
{
	ct_acct_enable();
	return 0;
}

static uint64_t
amount(const struct connbytes *c, const struct count *acct)
{
	uint64_t packets = 0, bytes = 0;

	for (unsigned d = 0; d < CT_DIRS; d++)
		if (c->dir == DIR_BOTH || c->dir == d) {
			packets += __atomic_load_n(&acct[d].packets, __ATOMIC_RELAXED);
			bytes += __atomic_load_n(&acct[d].bytes, __ATOMIC_RELAXED);
		}
	if (c->mode == MODE_AVERAGE)
		return packets != 0 ? bytes / packets : 0;
	return c->mode == MODE_PACKETS ? packets : bytes;
}

/* Connections that are not counted (they began before) never match. */
static bool
match(struct rule_packet *rp, const void *data)
{
	const struct connbytes *c = data;
	enum ct_info info;
	const struct ct *ct = ct_of(rp->m, &info);
	uint64_t n;

	if (ct == NULL || ct->ext == NULL || !(ct->ext->has & CT_HAS_ACCT))
		return false;
	n = amount(c, ct->ext->acct);
	return c->from <= c->to ? n >= c->from && n <= c->to : n < c->to || n > c->from;
}

static void
text(struct str *out, const struct connbytes *c, const char *dashes)
{
	bool invert = c->from > c->to;
	uint64_t lo = invert ? c->to : c->from, hi = invert ? c->from : c->to;

	str_printf(out, "%s %sconnbytes %llu", invert ? " !" : "", dashes, (unsigned long long)lo);
	if (hi != UINT64_MAX)
		str_printf(out, ":%llu", (unsigned long long)hi);
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	const struct connbytes *c = data;

	text(out, c, "");
	str_printf(out, " connbytes mode %s connbytes direction %s", modes[c->mode], dirs[c->dir]);
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	const struct connbytes *c = data;

	text(out, c, "--");
	str_printf(out, " --connbytes-mode %s --connbytes-dir %s", modes[c->mode], dirs[c->dir]);
}

static struct rule_ext_type type = {
	.name = "connbytes",
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.size = sizeof(struct connbytes),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.parse = parse,
	.check = check,
	.match = match,
	.print = print,
	.save = save,
	.deps = RULE_DEP_CTSTATE | RULE_DEP_ORDER,
	.needs = RULE_NEEDS_TRACK | RULE_NEEDS_ORDER,
};

RULE_EXT_REGISTER(type)
