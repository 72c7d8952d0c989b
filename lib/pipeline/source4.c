/* SPDX-License-Identifier: BSD-3-Clause */
#include "source4.h"

#include <limits.h>

#include "addr_subnet.h"
#include "base_ifparam.h"
#include "redirect4.h"
#include "route_key.h"

IFPARAM_INT(rp_filter, IFPARAM_CONF4, "rp_filter", IFPARAM_MAX, 0, 0, INT_MIN, INT_MAX,
	    "drop packets whose source would be reached by another port (1), or not at all (2)")
IFPARAM_INT(accept_local, IFPARAM_CONF4, "accept_local", IFPARAM_OR, 0, 0, INT_MIN, INT_MAX,
	    "accept packets from our own addresses")
IFPARAM_INT(src_valid_mark, IFPARAM_CONF4, "src_valid_mark", IFPARAM_OR, 0, 0, INT_MIN, INT_MAX,
	    "rp_filter looks the source up with the packet's mark")

/* While there are realms Linux looks sources up: a broadcast address is none then. */
bool
source4_strict(uint16_t port)
{
	return ifparam_get(&rp_filter, port) != 0 || route_has_realms();
}

static bool
own_source(const struct walk *w, uint32_t be)
{
	struct ip_addr a = ip_addr_v4(be);

	return be == rte_cpu_to_be_32(INADDR_LOOPBACK) ||
	       (addr_maybe_own4(w->ctx.gen, be) && addr_is_own(w->ctx.gen, &a));
}

enum source4
source4_judge(const struct walk *w, uint16_t in, uint16_t out, struct route_key *k, bool *on_link)
{
	int filter = ifparam_get(&rp_filter, in);
	bool local = ifparam_get(&accept_local, in);
	enum nexthop_type type;
	bool by_port;

	if (on_link != NULL)
		*on_link = false;
	if (filter == 0 && !route_has_realms() && (out != in || !redirect4_enabled(in)))
		return !local && own_source(w, k->dst.v4) ? SOURCE4_MARTIAN : SOURCE4_OK;
	if (!ifparam_get(&src_valid_mark, in))
		k->mark = 0;
	type = route_reverse(w->ctx.gen, k, in, &by_port);
	if (type != NEXTHOP_UNICAST && type != NEXTHOP_LOCAL && type != NEXTHOP_BROADCAST)
		return filter != 0 ? SOURCE4_UNREACHABLE : SOURCE4_OK;
	if (type == NEXTHOP_BROADCAST || (type == NEXTHOP_LOCAL && !local))
		return SOURCE4_MARTIAN;
	if (!by_port && (filter == 1 || (filter != 0 && !addr_port_has4(w->ctx.gen, in))))
		return SOURCE4_UNREACHABLE;
	if (!by_port)
		return SOURCE4_OK;
	if (on_link != NULL)
		*on_link = nexthop_get(route_lookup_key(w->ctx.gen, k))->gw.family == AF_UNSPEC;
	return SOURCE4_OK;
}

enum source4
source4_validate(const struct walk *w, const struct rte_mbuf *m, uint16_t out, bool *on_link)
{
	const struct rte_ipv4_hdr *ip = pkt_ip4(m);
	struct route_key k = { .dst = ip_addr_v4(ip->src_addr),
			       .src = ip_addr_v4(ip->dst_addr),
			       .in = out != 0 ? out : ROUTE_IN_SELF,
			       .tos = ip->type_of_service,
			       .mark = pkt_const(m)->mark };

	return source4_judge(w, pkt_const(m)->in, out, &k, on_link);
}

bool
source4_special(const struct hook_ctx *ctx, uint32_t addr)
{
	struct route_key k = { .dst = ip_addr_v4(addr), .in = ROUTE_IN_SELF };
	uint32_t host = rte_be_to_cpu_32(addr);
	enum nexthop_type type;

	if (host >> 28 == 14 || host >> 24 == 0 || host >> 24 == 127 || host == 0xffffffff)
		return true;
	type = nexthop_get(route_lookup_key(ctx->gen, &k))->type;
	return type == NEXTHOP_LOCAL || type == NEXTHOP_BROADCAST;
}
