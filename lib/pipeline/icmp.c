/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Whether an ICMP or ICMPv6 error may be sent about a packet (RFC 1122 3.2.2, RFC 4443 2.4, Linux's
 * icmp_send() and icmp6_send()), from which address, and the sending.
 */
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>

#include "base_param.h"
#include "ct.h"
#include "options4.h"
#include "pkt_build.h"
#include "walk.h"

PARAM_INT(inbound_ifaddr, "net.ipv4.icmp_errors_use_inbound_ifaddr", 0, 0, 1,
	  "ICMP errors come from an address of the port the packet came in by")

/* The packet is itself an ICMP error, or too short to tell. */
static bool
about_error4(const struct rte_mbuf *about)
{
	const uint8_t *type = pkt_l4(about);

	if (pkt_const(about)->proto != IPPROTO_ICMP)
		return false;
	if (pkt_l4_len(about) == 0 || *type > NR_ICMP_TYPES)
		return true;
	return *type == ICMP_DEST_UNREACH || *type == ICMP_SOURCE_QUENCH ||
	       *type == ICMP_REDIRECT || *type == ICMP_TIME_EXCEEDED || *type == ICMP_PARAMETERPROB;
}

static bool
allowed4(const struct rte_mbuf *about)
{
	const struct pkt *p = pkt_const(about);
	uint32_t src = rte_be_to_cpu_32(pkt_ip4(about)->src_addr);
	uint32_t dst = rte_be_to_cpu_32(pkt_ip4(about)->dst_addr);

	if (p->flags & (PKT_L2_BCAST | PKT_L2_MCAST | PKT_L3_MULTI | PKT_FRAG_LATER))
		return false;
	if (src == 0 || src >> 28 == 14 || src == 0xffffffff)
		return false;
	/* PKT_L3_MULTI comes with the way, which a malformed option does not get to see. */
	if (dst >> 28 == 14 || dst == 0xffffffff)
		return false;
	return !about_error4(about);
}

/* What is said even to groups (RFC 4443 2.4 e.3): too big, and an option that asks for it. */
static bool
meant_for_groups(const struct rte_mbuf *about, const struct pkt_icmp_error *e)
{
	if (e->type == ICMP6_PACKET_TOO_BIG)
		return true;
	return e->type == ICMP6_PARAM_PROB && e->code == ICMP6_PARAMPROB_OPTION &&
	       ((const uint8_t *)pkt_ip6(about))[e->info] >> 6 == 2;
}

static bool
allowed6(const struct rte_mbuf *about, const struct pkt_icmp_error *e)
{
	const struct pkt *p = pkt_const(about);
	const struct ip6_hdr *ip = pkt_ip6(about);

	if ((p->flags & (PKT_L2_BCAST | PKT_L2_MCAST) || IN6_IS_ADDR_MULTICAST(&ip->ip6_dst)) &&
	    !meant_for_groups(about, e))
		return false;
	if (IN6_IS_ADDR_UNSPECIFIED(&ip->ip6_src) || IN6_IS_ADDR_MULTICAST(&ip->ip6_src))
		return false;
	if (p->proto != IPPROTO_ICMPV6 || p->flags & (PKT_FRAG_LATER | PKT_EXT_BAD))
		return true;
	if (pkt_l4_len(about) == 0)
		return p->flags & PKT_FRAG; /* the type is in another fragment */
	return *(uint8_t *)pkt_l4(about) & ICMP6_INFOMSG_MASK;
}

/* Where an answer to the packet goes; the next hop id, 0: nowhere. */
static uint32_t
route_back(const struct hook_ctx *ctx, const struct rte_mbuf *about, const struct options4_echo *e)
{
	const struct pkt *p = pkt_const(about);
	struct route_key key = { .in = ROUTE_IN_SELF, .hash = route_flow_hash(about) };

	if (p->family == AF_INET) {
		key.dst = ip_addr_v4(e->final != 0 ? e->to : pkt_ip4(about)->src_addr);
		key.proto = IPPROTO_ICMP;
		key.tos = (pkt_ip4(about)->type_of_service & 0x1e) | 0xc0;
		return route_lookup_key(ctx->gen, &key);
	}
	if (IN6_IS_ADDR_LINKLOCAL(&pkt_ip6(about)->ip6_src))
		return route6_on_link(ctx->gen, p->in);
	key.dst = ip_addr_v6(&pkt_ip6(about)->ip6_src);
	key.proto = IPPROTO_ICMPV6;
	return route_lookup_key(ctx->gen, &key);
}

/* Made ours by a route alone: `ip route add local PREFIX`. */
static bool
is_local_route(const struct rte_mbuf *m)
{
	const struct pkt *p = pkt_const(m);

	return p->flags & PKT_ROUTED && !(p->flags & (PKT_L3_MULTI | PKT_L3_ANYCAST)) &&
	       nexthop_get(p->nh)->type == NEXTHOP_LOCAL;
}

/* The packet's destination when that is ours, else what fits the way back. */
static struct ip_addr
source_for(const struct hook_ctx *ctx, const struct rte_mbuf *about, const struct nexthop *nh)
{
	bool v4 = pkt_const(about)->family == AF_INET;
	struct ip_addr dst =
		v4 ? ip_addr_v4(pkt_ip4(about)->dst_addr) : ip_addr_v6(&pkt_ip6(about)->ip6_dst);
	struct ip_addr to =
		v4 ? ip_addr_v4(pkt_ip4(about)->src_addr) : ip_addr_v6(&pkt_ip6(about)->ip6_src);

	if (pkt_const(about)->flags & PKT_L3_ANYCAST || (v4 && *dst.v6 == 127) ||
	    addr_is_own_on(ctx->gen, pkt_const(about)->in, &dst) || is_local_route(about))
		return dst;
	if (v4 && param_get(&inbound_ifaddr))
		return addr_select(ctx->gen, pkt_const(about)->in, &to);
	if (nh->src.family != AF_UNSPEC)
		return nh->src;
	/*
	 * IPv4 chooses on the way out, by the gateway where there is one; IPv6 by the destination, among
	 * the addresses of the port the packet came in by.
	 */
	if (v4)
		return addr_select(ctx->gen, nh->port, nh->gw.family != AF_UNSPEC ? &nh->gw : &to);
	return addr_select(ctx->gen, pkt_const(about)->in, &to);
}

/* The error leaves when the burst is through, and nat asks what it knew of the connection before. */
static void
attach(struct rte_mbuf *m, const struct rte_mbuf *about)
{
	enum ct_info info;
	const struct ct *ct = ct_of(about, &info);

	ct_attach(m, about);
	if (ct != NULL && (ct_status(ct) & CT_NAT_DONE_MASK) != CT_NAT_DONE_MASK)
		pkt(m)->flags |= PKT_NAT_AHEAD;
}

void
icmp_error(const struct hook_ctx *ctx, struct rte_mbuf *about, uint8_t type, uint8_t code,
	   uint32_t info)
{
	const struct pkt *a = pkt_const(about);
	bool v4 = a->family == AF_INET;
	const void *peer = v4 ? (const void *)&pkt_ip4(about)->src_addr : &pkt_ip6(about)->ip6_src;
	struct pkt_icmp_error e = { .type = type, .code = code, .info = info };
	struct options4_echo echo = { 0 };
	const struct nexthop *nh;
	struct rte_mbuf *m;
	struct ip_addr src;

	if (a->twin != 0 && (v4 ? allowed4(about) : allowed6(about, &e)))
		host_error(ctx, about, &e);
	if (a->flags & PKT_ORIGINATED || !(v4 ? allowed4(about) : allowed6(about, &e)))
		return;
	if (v4 && a->flags & PKT_OPTIONS &&
	    !options4_echo_make(ctx, about, type == ICMP_PARAMETERPROB ? info >> 24 : UINT8_MAX,
				&echo))
		return;
	nh = nexthop_get(route_back(ctx, about, &echo));
	if (nh->type != NEXTHOP_UNICAST && nh->type != NEXTHOP_BROADCAST &&
	    nh->type != NEXTHOP_LOCAL)
		return;
	src = source_for(ctx, about, nh);
	if (src.family == AF_UNSPEC || !icmp_limit_allow(a->family, peer, type, code, ctx->now))
		return;
	m = originate_alloc(ctx, about);
	if (m == NULL)
		return;
	/* A redirect is sent before the packet it is about. */
	if (v4 && type == ICMP_REDIRECT)
		pkt(m)->burst_pos--;
	e.ttl = pkt_default_ttl(a->family);
	/* Linux: errors go as internetwork control, keeping the offender's TOS bits. */
	if (v4)
		e.tos = (pkt_ip4(about)->type_of_service & 0x1e) | 0xc0;
	e.options = echo.len;
	pkt_build_icmp_error(m, about, &src.v4, &e);
	options4_echo_put(m, &echo);
	attach(m, about);
	/* A link-local peer is only on the port it came from. */
	if (!v4 && IN6_IS_ADDR_LINKLOCAL(&pkt_ip6(about)->ip6_src)) {
		pkt(m)->nh = route6_on_link(ctx->gen, a->in);
		pkt(m)->out = a->in;
		pkt(m)->flags |= PKT_ROUTED;
	}
	originate(ctx, m);
}
