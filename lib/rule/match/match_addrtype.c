/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * -m addrtype --src-type, --dst-type: what the box's routes and addresses say about an address. IPv4
 * asks for one of the types, IPv6 for all of them, as in Linux. See rule_ext.h for who calls what.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "addr.h"
#include "port.h"
#include "route.h"
#include "rule_value.h"

enum { OPT_SRC, OPT_DST, OPT_LIMIT_IN, OPT_LIMIT_OUT };

enum { SRC, DST };

struct addrtype {
	struct {
		uint16_t types; /* bits of names[] */
		uint8_t invert;
	} end[2];
	uint8_t limit; /* 0, OPT_LIMIT_IN, OPT_LIMIT_OUT: LOCAL means: of that interface */
};

static const char *const names[] = {
	"UNSPEC",    "UNICAST",     "LOCAL",    "BROADCAST", "ANYCAST", "MULTICAST",
	"BLACKHOLE", "UNREACHABLE", "PROHIBIT", "THROW",     "NAT",     "XRESOLVE",
};

#define TYPE_UNSPEC 0x001u
#define TYPE_UNICAST 0x002u
#define TYPE_LOCAL 0x004u
#define TYPE_BROADCAST 0x008u
#define TYPE_ANYCAST 0x010u
#define TYPE_MULTICAST 0x020u
#define TYPE_UNREACHABLE 0x080u
#define TYPES_OF_IP6 (0x037u | TYPE_UNREACHABLE)
#define TYPES_ROUTED6 (TYPE_LOCAL | TYPE_ANYCAST | TYPE_UNREACHABLE)

#define OPT_FLAGS (RULE_OPT_ARG | RULE_OPT_INVERT | RULE_OPT_ONCE)

static const struct rule_opt opts[] = {
	{ "src-type", OPT_SRC, OPT_FLAGS, 0 },
	{ "dst-type", OPT_DST, OPT_FLAGS, 0 },
	{ "limit-iface-in", OPT_LIMIT_IN, RULE_OPT_ONCE, 1u << OPT_LIMIT_OUT },
	{ "limit-iface-out", OPT_LIMIT_OUT, RULE_OPT_ONCE, 1u << OPT_LIMIT_IN },
};

static uint16_t
type_by_name(const char *text, size_t len)
{
	for (unsigned i = 0; len > 0 && i < RTE_DIM(names); i++)
		if (strncasecmp(text, names[i], len) == 0)
			return 1u << i;
	return 0;
}

/* Names may be cut short; the first in the list wins. */
static int
parse_types(const struct rule_parse *p, const char *arg, uint16_t *types)
{
	for (const char *comma; (comma = strchr(arg, ',')) != NULL; arg = comma + 1) {
		uint16_t type = type_by_name(arg, comma - arg);

		if (type == 0)
			return err_set(p->err, -EINVAL, "addrtype: bad type `%s'", arg);
		*types |= type;
	}
	if (type_by_name(arg, strlen(arg)) == 0)
		return err_set(p->err, -EINVAL, "addrtype: bad type \"%s\"", arg);
	*types |= type_by_name(arg, strlen(arg));
	return 0;
}

static int
parse(const struct rule_parse *p, unsigned id, const char *arg, bool invert, void *data)
{
	struct addrtype *a = data;

	if (id == OPT_LIMIT_IN || id == OPT_LIMIT_OUT) {
		a->limit = id;
		return 0;
	}
	a->end[id].invert = invert;
	return parse_types(p, arg, &a->end[id].types);
}

static int
final(const struct rule_parse *p, uint32_t seen, void *data)
{
	return seen & (1u << OPT_SRC | 1u << OPT_DST)
		       ? 0
		       : err_set(p->err, -EINVAL,
				 "addrtype: you must specify --src-type or --dst-type");
}

static int
check(const struct rule_where *w, const void *data)
{
	const struct addrtype *a = data;

	return w->family == HOOK_IP6 && (a->end[SRC].types | a->end[DST].types) & ~TYPES_OF_IP6
		       ? -EINVAL
		       : 0;
}

/* Where there is no such interface, it cannot be asked for. */
static uint32_t
points_of(const void *data)
{
	const struct addrtype *a = data;

	switch (a->limit) {
	case OPT_LIMIT_IN:
		return ~(1u << HOOK_OUTPUT | 1u << HOOK_POSTROUTING);
	case OPT_LIMIT_OUT:
		return ~(1u << HOOK_PREROUTING | 1u << HOOK_INPUT);
	default:
		return ~0u;
	}
}

/* Port of --limit-iface-*; 0: none asked for. */
static uint16_t
limit_port(const struct rule_packet *rp, const struct addrtype *a)
{
	return a->limit == OPT_LIMIT_IN ? rp->p->in : a->limit == OPT_LIMIT_OUT ? rp->p->out : 0;
}

static uint16_t
type_of4(const struct addrtype *a, uint16_t port, uint32_t be)
{
	uint32_t host = rte_be_to_cpu_32(be);
	const struct nexthop *nh;
	uint64_t id;

	if (host == 0 || host == UINT32_MAX)
		return TYPE_BROADCAST;
	if (host >> 28 == 14)
		return TYPE_MULTICAST;
	if (host >> 24 == 127) /* Linux's lo has it */
		return a->limit != 0 ? TYPE_UNICAST : TYPE_LOCAL;
	route4_lookup(&host, &id, 1);
	nh = nexthop_get(id);
	if (a->limit != 0 && nh->port != port)
		return TYPE_UNICAST;
	return nh->type == NEXTHOP_LOCAL       ? TYPE_LOCAL
	       : nh->type == NEXTHOP_BROADCAST ? TYPE_BROADCAST
					       : TYPE_UNICAST;
}

static bool
holds4(const struct rule_packet *rp, const struct addrtype *a, unsigned end, uint32_t be)
{
	if (a->end[end].types == 0)
		return true;
	return !!(type_of4(a, limit_port(rp, a), be) & a->end[end].types) != a->end[end].invert;
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

/* The types that routes and addresses decide. */
static bool
routed6(const struct rule_packet *rp, const struct addrtype *a, uint16_t types,
	const struct ip_addr *addr)
{
	const struct gen *gen = rp->ctx->gen;
	uint8_t dst[1][16];
	uint64_t id;

	if (IN6_IS_ADDR_LOOPBACK((const struct in6_addr *)addr->v6)) /* Linux's lo has it */
		return types & TYPE_LOCAL && a->limit == 0;
	if (types & TYPE_LOCAL && (a->limit != 0 ? addr_is_of_port(gen, limit_port(rp, a), addr)
						 : addr_is_own(gen, addr)))
		return true;
	if (types & TYPE_ANYCAST && is_anycast6(gen, addr))
		return true;
	if (!(types & TYPE_UNREACHABLE) || addr->v6[0] == 0xff || ip_addr_is_link_local(addr))
		return false;
	memcpy(dst[0], addr->v6, 16);
	route6_lookup(dst, &id, 1);
	id = route_pick(id, 0);
	return nexthop_get(id)->type != NEXTHOP_UNICAST && nexthop_get(id)->type != NEXTHOP_LOCAL;
}

static bool
has_types6(const struct rule_packet *rp, const struct addrtype *a, uint16_t types,
	   const struct ip_addr *addr)
{
	bool mapped = addr->q[0] == 0 && addr->w[2] == rte_cpu_to_be_32(0xffff);
	bool multicast = addr->v6[0] == 0xff, unspec = ip_addr_is_zero(addr);

	if ((types & TYPE_MULTICAST && !multicast) || (types & TYPE_UNSPEC && !unspec) ||
	    (types & TYPE_UNICAST && (multicast || unspec || mapped)))
		return false;
	return !(types & TYPES_ROUTED6) || routed6(rp, a, types, addr);
}

static bool
holds6(const struct rule_packet *rp, const struct addrtype *a, unsigned end, const void *bytes)
{
	struct ip_addr addr = ip_addr_v6(bytes);

	if (a->end[end].types == 0)
		return true;
	return has_types6(rp, a, a->end[end].types, &addr) != a->end[end].invert;
}

static bool
match(struct rule_packet *rp, const void *data)
{
	if (rp->p->family == AF_INET) {
		const struct rte_ipv4_hdr *h = pkt_ip4(rp->m);

		return holds4(rp, data, SRC, h->src_addr) && holds4(rp, data, DST, h->dst_addr);
	}
	const struct ip6_hdr *h = pkt_ip6(rp->m);

	return holds6(rp, data, SRC, &h->ip6_src) && holds6(rp, data, DST, &h->ip6_dst);
}

static void
types_text(struct str *out, uint16_t types)
{
	const char *sep = "";

	for (unsigned i = 0; i < RTE_DIM(names); i++)
		if (types & 1u << i) {
			str_printf(out, "%s%s", sep, names[i]);
			sep = ",";
		}
}

static void
print(struct str *out, const struct rule_where *w, const void *data)
{
	static const char *const ends[] = { "src-type", "dst-type" };
	const struct addrtype *a = data;

	str_add(out, " ADDRTYPE match");
	for (unsigned i = 0; i < 2; i++)
		if (a->end[i].types != 0) {
			str_printf(out, " %s %s", ends[i], a->end[i].invert ? "!" : "");
			types_text(out, a->end[i].types);
		}
	if (a->limit != 0)
		str_add(out, a->limit == OPT_LIMIT_IN ? " limit-in" : " limit-out");
}

static void
save(struct str *out, const struct rule_where *w, const void *data)
{
	const struct addrtype *a = data;

	for (unsigned i = 0; i < 2; i++)
		if (a->end[i].types != 0) {
			rule_save_opt(out, a->end[i].invert,
				      i == SRC ? "--src-type " : "--dst-type ");
			types_text(out, a->end[i].types);
		}
	if (a->limit != 0)
		str_printf(out, " --%s", opts[a->limit].name);
}

static uint32_t
deps_of(const void *data)
{
	const struct addrtype *a = data;

	return a->limit != 0 ? RULE_DEP_IFACE : 0;
}

static struct rule_ext_type type = {
	.name = "addrtype",
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.size = sizeof(struct addrtype),
	.opts = opts,
	.nb_opts = RTE_DIM(opts),
	.parse = parse,
	.final = final,
	.points_of = points_of,
	.check = check,
	.match = match,
	.print = print,
	.save = save,
	.deps = RULE_DEP_TUPLE | RULE_DEP_ROUTE,
	.deps_of = deps_of,
};

RULE_EXT_REGISTER(type)
