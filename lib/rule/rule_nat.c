/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The table nat is asked once for the destination (PREROUTING, OUTPUT) and once for the source (INPUT, POSTROUTING)
 * of a connection: by its first packet. The connection's status says that it was asked; one that was in the
 * table already when nat came into use is asked again by each packet until it is answered, as in Linux.
 * Packets without a connection pass by, and ICMP errors, which follow the connection they are about. Called by
 * hook_walk() on workers.
 */
#include <netinet/in.h>

#include "ct.h"
#include "rule_eval.h"

static bool
is_error(const struct pkt *p)
{
	return p->proto == (p->family == AF_INET ? IPPROTO_ICMP : IPPROTO_ICMPV6);
}

/* The connection that this packet has to ask for; NULL: none. done: the status bit of this point. */
static struct ct *
asks(const struct rte_mbuf *m, uint32_t done)
{
	enum ct_info info;
	struct ct *ct = ct_of(m, &info);

	if (ct == NULL || info == CT_INFO_ESTABLISHED || info == CT_INFO_ESTABLISHED_REPLY ||
	    (info != CT_INFO_NEW && is_error(pkt_const(m))))
		return NULL;
	return ct_status(ct) & done ? NULL : ct;
}

void
rule_hook_nat(const struct hook_ctx *ctx, void *priv, struct rte_mbuf **pkts, uint16_t n,
	      verdict_t *verdicts)
{
	bool destination = ctx->point == HOOK_PREROUTING || ctx->point == HOOK_OUTPUT;
	uint32_t done = destination ? CT_DST_NAT_DONE : CT_SRC_NAT_DONE;

	for (uint16_t i = 0; i < n; i++) {
		struct ct *ct = asks(pkts[i], done);

		if (likely(ct == NULL))
			continue;
		rule_hook(ctx, priv, &pkts[i], 1, &verdicts[i]);
		if (verdicts[i] == VERDICT_ACCEPT && !(ct_status(ct) & CT_CONFIRMED))
			ct_status_set(ct, done);
	}
}
