/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The table nat is asked once for the destination (PREROUTING, OUTPUT) and once for the source (INPUT, POSTROUTING)
 * of a connection: by its first packet. The connection's status says that it was asked; one that was in the
 * table already when nat came into use is asked again by each packet until it is answered, as in Linux.
 * Then every packet of a translated connection is rewritten (nat_packet.h). Packets without a connection pass by.
 * ICMP errors ask nothing: they follow the connection they are about. Called by hook_walk() on workers.
 */
#include <netinet/in.h>

#include "nat_packet.h"
#include "rule_eval.h"

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

static inline verdict_t
translate(struct rte_mbuf *m, const struct ct *ct, enum ct_dir dir, enum nat_manip manip)
{
	if (unlikely(!nat_is_plain(m, ct)))
		return nat_packet(m, ct, dir, manip);
	if (ct->family == AF_INET)
		nat_plain4(m, ct, dir, manip);
	else
		nat_plain6(m, ct, dir, manip);
	return VERDICT_ACCEPT;
}

/* One end of the packets of a burst; inlined for each end. */
static __rte_always_inline void
walk(const struct hook_ctx *ctx, void *priv, struct rte_mbuf **pkts, uint16_t n,
     verdict_t *verdicts, enum nat_manip manip)
{
	const uint32_t bits[CT_DIRS] = { nat_bit(manip, CT_ORIGINAL), nat_bit(manip, CT_REPLY) };
	bool leaves = manip == NAT_SRC && ctx->point == HOOK_POSTROUTING;

	for (uint16_t i = 0; i < n; i++) {
		enum ct_info info;
		struct ct *ct = ct_of(pkts[i], &info);
		enum ct_dir dir = ct_info_dir(info);

		if (unlikely(ct == NULL))
			continue;
		if (unlikely(is_related(info) && is_icmp(pkt_const(pkts[i])))) {
			verdicts[i] = nat_icmp_error(pkts[i], ct, dir, manip);
			continue;
		}
		if (unlikely(info != CT_INFO_ESTABLISHED && info != CT_INFO_ESTABLISHED_REPLY &&
			     !nat_decided(ct, manip))) {
			verdicts[i] = decide(ctx, priv, pkts[i], ct, manip);
			if (verdicts[i] != VERDICT_ACCEPT)
				continue;
		} else if (leaves && unlikely(nat_left(ct, dir, pkt_const(pkts[i])->out))) {
			verdicts[i] = nat_leave(ctx, pkts[i], ct);
			continue;
		}
		if (ct_status(ct) & bits[dir])
			verdicts[i] = translate(pkts[i], ct, dir, manip);
	}
}

void
rule_hook_nat(const struct hook_ctx *ctx, void *priv, struct rte_mbuf **pkts, uint16_t n,
	      verdict_t *verdicts)
{
	if (nat_manip_at(ctx->point) == NAT_SRC)
		walk(ctx, priv, pkts, n, verdicts, NAT_SRC);
	else
		walk(ctx, priv, pkts, n, verdicts, NAT_DST);
}
