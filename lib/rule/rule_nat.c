/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The table nat is asked once for the destination (PREROUTING, OUTPUT) and once for the source (INPUT, POSTROUTING)
 * of a connection: by its first packet. The connection's status says that it was asked; one that was in the
 * table already when nat came into use is asked again by each packet until it is answered, as in Linux.
 * Then every packet of a translated connection is rewritten (nat_packet.h). Packets without a connection pass by, but
 * for those that must not leave with their source (nat_strict.h).
 * ICMP errors ask nothing: they follow the connection they are about. Called by hook_walk() on workers.
 */
#include <netinet/in.h>

#include "ct_track.h"
#include "nat_packet.h"
#include "nat_strict.h"
#include "nat_warm.h"
#include "rule_eval.h"
#include "rule_ext.h"

static bool
is_icmp(const struct pkt *p)
{
	return p->proto == (p->family == AF_INET ? IPPROTO_ICMP : IPPROTO_ICMPV6);
}

static inline bool
is_related(enum ct_info info)
{
	return info == CT_INFO_RELATED || info == CT_INFO_RELATED_REPLY;
}

/* Asks the table, where that end is not decided. VERDICT_ACCEPT: it is now. */
static __rte_noinline verdict_t
decide(const struct hook_ctx *ctx, void *priv, struct rte_mbuf *m, struct ct *ct,
       enum nat_manip manip)
{
	verdict_t v = VERDICT_ACCEPT;

	nat_leaves_by(ctx->lane, pkt_const(m)->out);
	rule_hook(ctx, priv, &m, 1, &v);
	if (v != VERDICT_ACCEPT || nat_decided(ct, manip))
		return v;
	return nat_setup_null(ctx, ct, manip);
}

/*
 * A packet without a connection leaves: would the rules translate its source, if it had one? Nothing else that they say
 * is meant for it.
 */
static __rte_noinline verdict_t
leave_alone(const struct hook_ctx *ctx, void *priv, struct rte_mbuf *m)
{
	verdict_t v = VERDICT_ACCEPT;

	if (!nat_is_strict() || !(rule_hook_needs(ctx, priv) & RULE_NEEDS_SOURCE))
		return VERDICT_ACCEPT;
	rule_hook(ctx, priv, &m, 1, &v);
	return nat_strict_drops(v) ? v : VERDICT_ACCEPT;
}

/* The first packet of a connection, one that came late, or about one: everything but packets of known flows. */
static __rte_noinline verdict_t
uncommon(const struct hook_ctx *ctx, void *priv, struct rte_mbuf *m, enum nat_manip manip)
{
	enum ct_info info;
	struct ct *ct = ct_of(m, &info);
	verdict_t v = VERDICT_ACCEPT;

	if (ct == NULL)
		return ctx->point == HOOK_POSTROUTING ? leave_alone(ctx, priv, m) : VERDICT_ACCEPT;
	if (is_related(info) && is_icmp(pkt_const(m)))
		return nat_icmp_error(m, ct, ct_info_dir(info), manip);
	if (!nat_decided(ct, manip))
		v = decide(ctx, priv, m, ct, manip);
	else if (ctx->point == HOOK_POSTROUTING &&
		 nat_left(ct, ct_info_dir(info), pkt_const(m)->out))
		return nat_leave(ctx, m, ct);
	if (v == VERDICT_ACCEPT && ct_status(ct) & nat_bit(manip, ct_info_dir(info)))
		v = nat_packet(m, ct, ct_info_dir(info), manip);
	return v;
}

/* pkt.ct: CT_INFO_ESTABLISHED (0) or CT_INFO_ESTABLISHED_REPLY (3) of a connection. */
static inline bool
is_known(uint64_t v)
{
	return v != 0 && (0x9 >> (v & CT_INFO_MASK) & 1) != 0;
}

/* One end of the packets of a burst; inlined for each end of each family, and for POSTROUTING, where they leave. */
static __rte_always_inline void
walk(const struct hook_ctx *ctx, void *priv, struct rte_mbuf **pkts, uint16_t n,
     verdict_t *verdicts, enum nat_manip manip, bool v4, bool leaves)
{
	for (uint16_t i = 0; i < n; i++) {
		uint64_t v = pkt_const(pkts[i])->ct;
		struct ct *ct = (struct ct *)(uintptr_t)(v & ~CT_INFO_MASK);
		enum ct_dir dir = v >> 1 & 1; /* of what is known */

		if (unlikely(!is_known(v))) {
			verdicts[i] = uncommon(ctx, priv, pkts[i], manip);
			continue;
		}
		if (leaves && unlikely(nat_left(ct, dir, pkt_const(pkts[i])->out))) {
			verdicts[i] = nat_leave(ctx, pkts[i], ct);
			continue;
		}
		if (!(ct_status(ct) & nat_bit(manip, dir)))
			continue;
		if (unlikely(!nat_is_plain(ct)))
			verdicts[i] = nat_packet(pkts[i], ct, dir, manip);
		else if (v4)
			nat_plain4(pkts[i], ct, dir, manip);
		else
			nat_plain6(pkts[i], ct, dir, manip);
	}
}

void
rule_hook_nat(const struct hook_ctx *ctx, void *priv, struct rte_mbuf **pkts, uint16_t n,
	      verdict_t *verdicts)
{
	bool v4 = ctx->family == HOOK_IP4, leaves = ctx->point == HOOK_POSTROUTING;

	if (unlikely(nat_manip_at(ctx->point) == NAT_SRC && ct_burst_new(ctx->lane) > 1))
		nat_warm(ctx, pkts, n);
	if (nat_manip_at(ctx->point) == NAT_DST && v4)
		walk(ctx, priv, pkts, n, verdicts, NAT_DST, true, false);
	else if (nat_manip_at(ctx->point) == NAT_DST)
		walk(ctx, priv, pkts, n, verdicts, NAT_DST, false, false);
	else if (v4)
		walk(ctx, priv, pkts, n, verdicts, NAT_SRC, true, leaves);
	else
		walk(ctx, priv, pkts, n, verdicts, NAT_SRC, false, leaves);
}
