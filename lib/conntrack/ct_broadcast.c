/* SPDX-License-Identifier: BSD-3-Clause */
#include "ct_broadcast.h"

uint32_t (*ct_broadcast_mask)(const struct hook_ctx *ctx, uint16_t port, uint32_t dst);

verdict_t
ct_broadcast_help(struct ct_help *h, uint16_t port, uint32_t seconds)
{
	const struct pkt *p = pkt_const(h->m);
	struct ct_tuple reply = ct_tuple(h->ct, CT_REPLY);
	struct ct_expect e;
	uint32_t mask;

	if (p->twin == 0 || h->dir != CT_ORIGINAL || ct_broadcast_mask == NULL)
		return VERDICT_ACCEPT;
	mask = ct_broadcast_mask(h->ctx, p->out, pkt_ip4(h->m)->dst_addr);
	if (mask == 0)
		return VERDICT_ACCEPT;
	ct_expect_init(&e, h->ct, 0, &reply.src, &reply.dst, IPPROTO_UDP, &port, reply.dport);
	e.mask.src.v4 = mask;
	e.flags = CT_EXPECT_PERMANENT;
	ct_expect_add(h->ctx->lane, &e, seconds, h->now);
	ct_help_refresh(h, seconds);
	return VERDICT_ACCEPT;
}
