/* SPDX-License-Identifier: BSD-3-Clause */
/* ICMP and ICMPv6 packets before tracking looks their own flow up. Workers. */
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>

#include "ct_icmp_error.h"
#include "ct_quoted.h"
#include "ct_proto.h"
#include "ct_stat.h"
#include "ct_table.h"
#include "ct_zone.h"
#include "pkt_checksum.h"

#define HEADER 8 /* bytes before what an error quotes */

static enum ct_icmp
invalid(const struct hook_ctx *ctx)
{
	CT_STAT_INC(ctx->lane, error);
	return CT_ICMP_INVALID;
}

/*
 * The quoted packet went the other way, so that its tuple inverted is that of the error's direction. The error must go
 * where packets of that direction go: else anybody could have packets to others called related.
 */
static bool
goes_to(const struct rte_mbuf *m, const struct ct *ct, enum ct_dir dir)
{
	struct ct_tuple t = ct_tuple(ct, dir);

	if (t.family == AF_INET)
		return pkt_ip4(m)->dst_addr == t.dst.v4;
	return memcmp(&pkt_ip6(m)->ip6_dst, &t.dst, sizeof(t.dst)) == 0;
}

static enum ct_icmp
relate(struct rte_mbuf *m, const struct hook_ctx *ctx, uint32_t at, const uint16_t *zones,
       struct ct_tuple *inner)
{
	struct ct_tuple quoted;
	enum ct_dir dir = CT_ORIGINAL;
	struct ct *ct;

	if (!ct_quoted(m, at, &quoted) || !ct_invert(inner, &quoted))
		return invalid(ctx);
	ct = ct_zone_find(ctx->lane, inner, zones, &dir, ct_time(ctx->now));
	inner->zone = zones[CT_REPLY];
	if (ct == NULL)
		return CT_ICMP_UNKNOWN;
	if (!goes_to(m, ct, dir))
		return invalid(ctx);
	ct_set(m, ct, dir == CT_ORIGINAL ? CT_INFO_RELATED : CT_INFO_RELATED_REPLY);
	return CT_ICMP_RELATED;
}

static bool
is_error4(uint8_t type)
{
	return type == ICMP_DEST_UNREACH || type == ICMP_SOURCE_QUENCH || type == ICMP_REDIRECT ||
	       type == ICMP_TIME_EXCEEDED || type == ICMP_PARAMETERPROB;
}

/* Listeners (RFC 2710, 3810), discovery (RFC 4861 without redirects), multicast routers (RFC 4286). */
static bool
is_never_tracked(uint8_t type)
{
	return (type >= MLD_LISTENER_QUERY && type <= ND_NEIGHBOR_ADVERT) || type == 143 ||
	       type == 151 || type == 152;
}

/* A redirect quotes in an option (RFC 4861 4.5), which must be the first one. */
static enum ct_icmp
redirect6(struct rte_mbuf *m, const struct hook_ctx *ctx, const uint16_t *zones,
	  struct ct_tuple *inner)
{
	const struct pkt *p = pkt_const(m);
	uint32_t at = p->l4 + sizeof(struct nd_redirect);
	const struct nd_redirect *r;
	const struct nd_opt_hdr *option;
	struct nd_opt_hdr option_buf;
	struct nd_redirect buf;

	if (pkt_l4_len(m) < sizeof(*r))
		return invalid(ctx);
	r = rte_pktmbuf_read(m, p->l4, sizeof(buf), &buf);
	if (r->nd_rd_hdr.icmp6_code != 0)
		return CT_ICMP_FLOW;
	if (pkt_ip6(m)->ip6_hlim != 255 || !IN6_IS_ADDR_LINKLOCAL(&pkt_ip6(m)->ip6_src))
		return invalid(ctx);
	if (pkt_l4_len(m) < sizeof(*r) + sizeof(*option))
		return invalid(ctx);
	option = rte_pktmbuf_read(m, at, sizeof(option_buf), &option_buf);
	if (option->nd_opt_len == 0)
		return invalid(ctx);
	if (option->nd_opt_type != ND_OPT_REDIRECTED_HEADER)
		return CT_ICMP_FLOW;
	return relate(m, ctx, at + sizeof(struct nd_opt_rd_hdr), zones, inner);
}

enum ct_icmp
ct_icmp_error(struct rte_mbuf *m, const struct hook_ctx *ctx, const uint16_t zones[CT_DIRS],
	      bool check_sum, struct ct_tuple *inner)
{
	uint8_t type;

	if (pkt_l4_here(m) < HEADER || (check_sum && !pkt_l4_checksum_ok(m)))
		return invalid(ctx);
	type = *(const uint8_t *)pkt_l4(m);
	if (ctx->family == HOOK_IP4) {
		if (type > NR_ICMP_TYPES)
			return invalid(ctx);
		if (!is_error4(type))
			return CT_ICMP_FLOW;
	} else if (is_never_tracked(type)) {
		ct_set(m, NULL, CT_INFO_UNTRACKED);
		return CT_ICMP_UNTRACKED;
	} else if (type == ND_REDIRECT) {
		return redirect6(m, ctx, zones, inner);
	} else if (type & ICMP6_INFOMSG_MASK) {
		return CT_ICMP_FLOW;
	}
	return relate(m, ctx, pkt_const(m)->l4 + HEADER, zones, inner);
}
