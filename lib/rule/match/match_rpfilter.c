/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -m rpfilter: would what is sent to the packet's source leave by the port it came in by? See
 * rule_ext.h for who calls what.
 */
#include <errno.h>
#include <string.h>

#include "addr.h"
#include "port.h"
#include "route_key.h"
#include "rule_ext.h"

enum { OPT_LOOSE, OPT_VALIDMARK, OPT_ACCEPT_LOCAL, OPT_INVERT };

/* The data is a byte: bit per option. */
static const struct rule_opt opts[] = {
	{ "loose", OPT_LOOSE, RULE_OPT_ONCE, 0 },
	{ "validmark", OPT_VALIDMARK, RULE_OPT_ONCE, 0 },
	{ "accept-local", OPT_ACCEPT_LOCAL, RULE_OPT_ONCE, 0 },
	{ "invert", OPT_INVERT, RULE_OPT_ONCE, 0 },
};

static bool
has(const void *data, unsigned id)
{
	return *(const uint8_t *)data & 1u << id;
}

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	*(uint8_t *)data |= 1u << id;
	return 0;
}

static int
check(const struct rule_where *w, const void *data)
{
	return strcmp(w->table, "raw") == 0 || strcmp(w->table, "mangle") == 0 ? 0 : -EINVAL;
}

/* The way back as a packet of the box would take it. */
static bool
leads_back(const struct rule_packet *rp, const void *data, struct route_key *k)
{
	enum nexthop_type type;
	bool by_port;

	k->in = ROUTE_IN_SELF;
	k->mark = has(data, OPT_VALIDMARK) ? rp->p->mark : 0;
	type = route_reverse(rp->ctx->gen, k, rp->p->in, &by_port);
	if (type != NEXTHOP_UNICAST && !(type == NEXTHOP_LOCAL && has(data, OPT_ACCEPT_LOCAL)))
		return false;
	/* IPv6's own addresses are not asked where they are. */
	return by_port || has(data, OPT_LOOSE) ||
	       (type == NEXTHOP_LOCAL && k->dst.family == AF_INET6);
}

static bool
passes4(const struct rule_packet *rp, const void *data)
{
	const struct rte_ipv4_hdr *h = pkt_ip4(rp->m);
	uint32_t src = rte_be_to_cpu_32(h->src_addr), dst = rte_be_to_cpu_32(h->dst_addr);
	struct route_key k = { .dst = ip_addr_v4(h->src_addr), .tos = h->type_of_service };

	/* Who has no address yet asks the link for one. */
	if (src == 0 && (dst == UINT32_MAX || dst >> 8 == 0xe00000))
		return true;
	if (src >> 24 == 127) /* Linux's lo has it */
		return has(data, OPT_ACCEPT_LOCAL) && has(data, OPT_LOOSE);
	if (dst >> 28 != 14 && dst != UINT32_MAX && dst != 0)
		k.src = ip_addr_v4(h->dst_addr);
	return leads_back(rp, data, &k);
}

static bool
is_anycast6(const struct gen *gen, const struct ip_addr *addr)
{
	const struct port_table *ports = port_table_get(gen);

	for (uint16_t i = 1; i < PORT_MAX; i++)
		if (ports->by_index[i] != NULL && addr_is_anycast_of_port(gen, i, addr))
			return true;
	return false;
}

static bool
passes6(const struct rule_packet *rp, const void *data)
{
	const struct ip6_hdr *h = pkt_ip6(rp->m);
	struct route_key k = { .dst = ip_addr_v6(&h->ip6_src),
			       .proto = h->ip6_nxt,
			       .tos = rte_be_to_cpu_32(h->ip6_flow) >> 20 };

	if (ip_addr_is_zero(&k.dst))
		return true;
	if (ip_addr_is_link_local(&k.dst)) {
		k.out = rp->p->in;
		if (addr_is_of_port(rp->ctx->gen, rp->p->in, &k.dst))
			return has(data, OPT_ACCEPT_LOCAL);
	} else if (is_anycast6(rp->ctx->gen, &k.dst)) {
		return false;
	}
	if (h->ip6_dst.s6_addr[0] != 0xff)
		k.src = ip_addr_v6(&h->ip6_dst);
	return leads_back(rp, data, &k);
}

static bool
match(struct rule_packet *rp, const void *data)
{
	bool pass = rp->p->family == AF_INET ? passes4(rp, data) : passes6(rp, data);

	return pass != has(data, OPT_INVERT);
}

static void
text(struct str *out, const void *data, const char *dashes)
{
	for (unsigned i = 0; i < RTE_DIM(opts); i++)
		if (has(data, opts[i].id))
			str_printf(out, " %s%s", dashes, opts[i].name);
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	str_add(out, " rpfilter");
	text(out, data, "");
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	text(out, data, "--");
}

static uint32_t
deps_of(const void *data)
{
	return has(data, OPT_VALIDMARK) ? RULE_DEP_MARK : 0;
}

static struct rule_ext_type type = {
	.name = "rpfilter",
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.points = 1u << HOOK_PREROUTING,
	.size = sizeof(uint8_t),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.parse = parse,
	.check = check,
	.match = match,
	.print = print,
	.save = save,
	.deps = RULE_DEP_TUPLE | RULE_DEP_IFACE | RULE_DEP_ROUTE | RULE_DEP_TOS,
	.deps_of = deps_of,
};

RULE_EXT_REGISTER(type)
