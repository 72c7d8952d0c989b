/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The table nat is asked once for the destination (PREROUTING, OUTPUT) and once for the source (INPUT, POSTROUTING)
 * of a connection: by its first packet. The connection's status says that it was asked; one that was in the
 * table already when nat came into use is asked again by each packet until it is answered, as in Linux.
 * Packets without a connection pass by. So do ICMP errors, which follow the connection they are about, but for
 * those that Linux does not let through while nat is in use. Called by hook_walk() on workers.
 */
#include <netinet/in.h>
#include <netinet/ip_icmp.h>

#include "base_drop.h"
#include "nat.h"
#include "pkt_checksum.h"
#include "rule_eval.h"

DROP_REASON(checksum, "nat-icmp-checksum",
	    "table nat: ICMP error about a connection, with a wrong checksum");
DROP_REASON(redirect, "nat-icmp-redirect",
	    "table nat: ICMP redirect about a connection that is translated, or older than nat");

static bool
is_error(const struct pkt *p)
{
	return p->proto == (p->family == AF_INET ? IPPROTO_ICMP : IPPROTO_ICMPV6);
}

/* An error about the connection. */
static verdict_t
follow(const struct rte_mbuf *m, const struct ct *ct)
{
	const struct pkt *p = pkt_const(m);
	uint32_t status = ct_status(ct);

	if (!pkt_l4_checksum_ok(m))
		return VERDICT_DROP_FOR(DROP(checksum));
	if (p->family == AF_INET && *(const uint8_t *)&p->dport == ICMP_REDIRECT &&
	    ((status & CT_NAT_DONE_MASK) != CT_NAT_DONE_MASK || status & CT_NAT_MASK))
		return VERDICT_DROP_FOR(DROP(redirect));
	return VERDICT_ACCEPT;
}

void
rule_hook_nat(const struct hook_ctx *ctx, void *priv, struct rte_mbuf **pkts, uint16_t n,
	      verdict_t *verdicts)
{
	enum nat_manip manip = nat_manip_at(ctx->point);

	for (uint16_t i = 0; i < n; i++) {
		enum ct_info info;
		struct ct *ct = ct_of(pkts[i], &info);

		if (ct == NULL || info == CT_INFO_ESTABLISHED || info == CT_INFO_ESTABLISHED_REPLY)
			continue;
		if (info != CT_INFO_NEW && is_error(pkt_const(pkts[i]))) {
			verdicts[i] = follow(pkts[i], ct);
			continue;
		}
		if (nat_decided(ct, manip))
			continue;
		nat_leaves_by(ctx->lane, pkt_const(pkts[i])->out);
		rule_hook(ctx, priv, &pkts[i], 1, &verdicts[i]);
		if (verdicts[i] == VERDICT_ACCEPT)
			nat_setup_null(ctx, ct, manip);
	}
}
