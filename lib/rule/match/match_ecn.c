/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -m ecn: bits of ECN in the TCP and the IP header. See rule_ext.h for who calls what.
 */
#include <errno.h>
#include <netinet/in.h>

#include "rule_dsfield.h"
#include "rule_tcp.h"
#include "rule_value.h"

enum { OPT_CWR, OPT_ECE, OPT_ECT };

struct ecn {
	uint8_t flags, want; /* of the TCP header: which are looked at, and how they must be */
	bool ip, ip_invert;
	uint8_t ect; /* ip: the two bits of the IP header */
};

static const struct rule_opt opts[] = {
	{ "ecn-tcp-cwr", OPT_CWR, RULE_OPT_INVERT | RULE_OPT_ONCE, 0 },
	{ "ecn-tcp-ece", OPT_ECE, RULE_OPT_INVERT | RULE_OPT_ONCE, 0 },
	{ "ecn-ip-ect", OPT_ECT, RULE_OPT_ARG | RULE_OPT_INVERT | RULE_OPT_ONCE, 0 },
};

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct ecn *e = data;
	uint8_t flag = id == OPT_CWR ? RTE_TCP_CWR_FLAG : RTE_TCP_ECE_FLAG;
	uint32_t n = 0;
	int rc;

	if (id == OPT_ECT) {
		rc = rule_value_number(p, arg, 0, RULE_ECN_MASK, &n);
		e->ip = true;
		e->ip_invert = invert;
		e->ect = n;
		return rc;
	}
	e->flags |= flag;
	if (!invert)
		e->want |= flag;
	return 0;
}

static int
final(const struct rule_parse *p, uint32_t seen, void *data)
{
	return seen != 0 ? 0 : err_set(p->err, -EINVAL, "ECN match: some option required");
}

static int
check(const struct rule_where *w, const void *data)
{
	return ((const struct ecn *)data)->flags != 0 ? rule_ip_must_be(w->ip, IPPROTO_TCP) : 0;
}

static bool
match(struct rule_packet *rp, const void *data)
{
	const struct ecn *e = data;
	const struct rte_tcp_hdr *h;

	if (e->ip && ((rule_dsfield(rp) & RULE_ECN_MASK) == e->ect) == e->ip_invert)
		return false;
	if (e->flags == 0)
		return true;
	h = rule_tcp_header(rp, sizeof(*h));
	return h != NULL && (h->tcp_flags & e->flags) == e->want;
}

/* " ECE", " !CWR"; " --ecn-tcp-ece", " ! --ecn-tcp-cwr" */
static void
flag_text(struct str *out, const struct ecn *e, uint8_t flag, const char * not, const char *name)
{
	if (e->flags & flag)
		str_printf(out, " %s%s", e->want & flag ? "" : not, name);
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	const struct ecn *e = data;

	str_add(out, " ECN match");
	flag_text(out, e, RTE_TCP_ECE_FLAG, "!", "ECE");
	flag_text(out, e, RTE_TCP_CWR_FLAG, "!", "CWR");
	if (e->ip)
		str_printf(out, " %sECT=%u", e->ip_invert ? "!" : "", e->ect);
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	const struct ecn *e = data;

	flag_text(out, e, RTE_TCP_ECE_FLAG, "! ", "--ecn-tcp-ece");
	flag_text(out, e, RTE_TCP_CWR_FLAG, "! ", "--ecn-tcp-cwr");
	if (e->ip) {
		rule_save_opt(out, e->ip_invert, "--ecn-ip-ect");
		str_printf(out, " %u", e->ect);
	}
}

static uint32_t
deps_of(const void *data)
{
	const struct ecn *e = data;

	return (e->ip ? RULE_DEP_TOS : 0) | (e->flags != 0 ? RULE_DEP_TCP_FLAGS : 0);
}

static struct rule_ext_type type = {
	.name = "ecn",
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.size = sizeof(struct ecn),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.parse = parse,
	.final = final,
	.check = check,
	.match = match,
	.print = print,
	.save = save,
	.deps_of = deps_of,
};

RULE_EXT_REGISTER(type)
