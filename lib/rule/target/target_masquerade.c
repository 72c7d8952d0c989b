/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -j MASQUERADE: connections get the address of the port that they leave by as their source, and go with it
 * (nat_masquerade.h). See rule_ext.h for who calls what.
 */
#include "addr.h"
#include "nat_masquerade.h"
#include "nat_strict.h"
#include "route.h"
#include "rule_nat_range.h"

DROP_REASON(address, "nat-masquerade-address",
	    "-j MASQUERADE: the box has no address to leave by that port with");

static const struct rule_opt opts[] = {
	RULE_NAT_OPT_TO("to-ports"),
	RULE_NAT_OPT_RANDOM,
	RULE_NAT_OPT_RANDOM_FULLY,
};

/* The base of ports ("/BASE") is read, but the kernel does not use it. */
static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct nat_range *r = data;
	int rc = 0;

	if (id == RULE_NAT_TO)
		rc = rule_nat_ports(p, arg, true, r);
	else
		rule_nat_word(id, r);
	r->base_port = 0;
	return rc;
}

static int
check(const struct rule_where *w, const void *data)
{
	nat_masquerade_begin();
	return 0;
}

/* IPv4: the one that the next hop would choose; IPv6: the one for the destination. AF_UNSPEC: none. */
static struct ip_addr
source_of(const struct rule_packet *rp)
{
	const struct pkt *p = rp->p;
	const struct nexthop *nh = nexthop_get(p->nh);
	struct ip_addr to;

	if (p->family == AF_INET6) {
		to = ip_addr_v6(&pkt_ip6(rp->m)->ip6_dst);
		return addr_select(rp->ctx->gen, p->out, &to);
	}
	to = nh->gw.family == AF_INET ? nh->gw : ip_addr_v4(pkt_ip4(rp->m)->dst_addr);
	return addr_select4_global(rp->ctx->gen, p->out, &to);
}

static verdict_t
eval(struct rule_packet *rp, const void *data)
{
	struct nat_range r = *(const struct nat_range *)data;
	enum ct_info info;
	struct ct *ct = ct_of(rp->m, &info);
	struct ip_addr source;

	if (ct != NULL && ct->family == AF_INET && ct_tuple(ct, CT_ORIGINAL).src.v4 == 0)
		return VERDICT_ACCEPT; /* of a host that has no address yet */
	source = source_of(rp);
	if (ct != NULL && source.family == AF_UNSPEC)
		return VERDICT_DROP_FOR(DROP(address));
	rule_nat_address(&r, &source);
	return ct != NULL ? nat_masquerade(rp->ctx, ct, &r, rp->p->out) : nat_strict(rp->m, &r);
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	rule_nat_ports_text(out, " masq ports: ", "", data);
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	rule_nat_ports_text(out, " --to-ports ", "--", data);
}

static struct rule_ext_type type = {
	.name = "MASQUERADE",
	.target = true,
	.ends = true,
	.table = "nat",
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.points = 1u << HOOK_POSTROUTING,
	.size = sizeof(struct nat_range),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.parse = parse,
	.check = check,
	.eval = eval,
	.print = print,
	.save = save,
	.deps = RULE_DEP_WRITER | RULE_DEP_ROUTE,
	.needs = RULE_NEEDS_TRACK | RULE_NEEDS_SOURCE,
};

RULE_EXT_REGISTER(type)
