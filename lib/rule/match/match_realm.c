/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -m realm (IPv4): the realms of the packet's route and of the one back to its source. See rule_ext.h for who calls what.
 */
#include "pkt.h"
#include "route_key.h"
#include "route_realm.h"
#include "rule_named.h"

struct realm {
	struct rule_masked id;
	uint32_t invert;
};

static const struct rule_opt opts[] = {
	{ "realm", 0, RULE_OPT_ARG | RULE_OPT_INVERT | RULE_OPT_ONCE | RULE_OPT_MUST, 0 },
};

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct realm *r = data;

	r->invert = invert;
	return rule_named_parse(p, route_realm_names(), arg, &r->id);
}

/* What came in: the realm of the route to its source, as Linux looks that up where it validates sources. */
static uint32_t
realm_back(const struct rule_packet *rp, bool leaves)
{
	const struct rte_ipv4_hdr *h = pkt_ip4(rp->m);
	struct route_key k = { .dst = ip_addr_v4(h->src_addr),
			       .src = ip_addr_v4(h->dst_addr),
			       .in = leaves ? rp->p->out : ROUTE_IN_SELF,
			       .tos = h->type_of_service };

	return route_realm(rp->ctx->gen, &k);
}

/*
 * FROM << 16 | TO: the realm of the route that the packet leaves by. Where that has no FROM it is TO of the route back to the
 * source.
 */
static uint32_t
realm_of(const struct rule_packet *rp)
{
	bool leaves = rp->ctx->point != HOOK_INPUT, own = rp->p->flags & PKT_ORIGINATED;
	const struct nexthop *nh = nexthop_get(rp->p->nh);
	uint32_t realm = leaves && nh->type == NEXTHOP_UNICAST ? nh->realm : 0;

	if (!route_has_realms() || own || rp->p->twin != 0 || realm >> 16 != 0)
		return realm;
	return realm | realm_back(rp, leaves) << 16;
}

static bool
match(struct rule_packet *rp, const void *data)
{
	const struct realm *r = data;

	return (r->id.value == (realm_of(rp) & r->id.mask)) != !!r->invert;
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	const struct realm *r = data;

	str_printf(out, "%s realm ", r->invert ? " !" : "");
	rule_named_text(out, route_realm_names(), &r->id, w->numeric);
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	const struct realm *r = data;

	rule_save_opt(out, r->invert, "--realm ");
	rule_named_text(out, route_realm_names(), &r->id, false);
}

static struct rule_ext_type type = {
	.name = "realm",
	.families = 1u << HOOK_IP4,
	.points =
		1u << HOOK_INPUT | 1u << HOOK_FORWARD | 1u << HOOK_OUTPUT | 1u << HOOK_POSTROUTING,
	.size = sizeof(struct realm),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.parse = parse,
	.match = match,
	.print = print,
	.save = save,
	.deps = RULE_DEP_ROUTE,
};

RULE_EXT_REGISTER(type)
