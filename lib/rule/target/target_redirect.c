/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -j REDIRECT: connections come to the box itself. See rule_ext.h for who calls what.
 */
#include <errno.h>
#include <netinet/in.h>

#include "addr.h"
#include "rule_nat_range.h"

DROP_REASON(address, "nat-redirect-address",
	    "-j REDIRECT: the port that it came in by has no address");

static const struct rule_opt opts[] = {
	RULE_NAT_OPT_TO("to-ports"),
	RULE_NAT_OPT_RANDOM,
};

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct nat_range *r = data;
	int rc = 0;

	if (id == RULE_NAT_TO)
		rc = rule_nat_ports(p, arg, false, r);
	else
		rule_nat_word(id, r);
	if (rc == 0 && r->flags & NAT_PROTO_OFFSET)
		return err_set(p->err, -EINVAL,
			       "Shifted portmap ranges not supported with this kernel");
	return rc;
}

/* The first address of the port that it came in by; of the box's own packets the loopback one. */
static struct ip_addr
destination_of(const struct rule_packet *rp)
{
	const struct pkt *p = rp->p;
	bool ip4 = p->family == AF_INET;
	struct ip_addr to;

	if (rp->ctx->point == HOOK_OUTPUT)
		return ip4 ? ip_addr_v4(RTE_BE32(INADDR_LOOPBACK)) : ip_addr_v6(&in6addr_loopback);
	to = ip4 ? ip_addr_v4(0) : ip_addr_v6(&pkt_ip6(rp->m)->ip6_dst);
	return addr_first(rp->ctx->gen, p->in, &to);
}

static verdict_t
eval(struct rule_packet *rp, const void *data)
{
	struct nat_range r = *(const struct nat_range *)data;
	struct ip_addr to = destination_of(rp);

	if (to.family == AF_UNSPEC)
		return VERDICT_DROP_FOR(DROP(address));
	rule_nat_address(&r, &to);
	return rule_nat_setup(rp, &r, NAT_DST);
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	rule_nat_ports_text(out, " redir ports ", "", data);
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	rule_nat_ports_text(out, " --to-ports ", "--", data);
}

static struct rule_ext_type type = {
	.name = "REDIRECT",
	.target = true,
	.ends = true,
	.table = "nat",
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.points = 1u << HOOK_PREROUTING | 1u << HOOK_OUTPUT,
	.size = sizeof(struct nat_range),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.parse = parse,
	.eval = eval,
	.print = print,
	.save = save,
	.deps = RULE_DEP_WRITER,
	.needs = RULE_NEEDS_TRACK,
};

RULE_EXT_REGISTER(type)
