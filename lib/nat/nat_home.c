/* SPDX-License-Identifier: BSD-3-Clause */
/* The reply's hash is that of the translated packet itself: the key is symmetric. */
#include <rte_ethdev.h>

#include "nat_home.h"

/* By lane: where the packet leaves whose connection is being decided. */
static struct {
	uint16_t port; /* its index; 0: by none */
} __rte_cache_aligned leaves[LANE_MAX];

void
nat_leaves_by(unsigned lane, uint16_t port)
{
	leaves[lane].port = port;
}

/* The kind of packet that devices hash with its ports. 0: there is none. */
static uint64_t
kind_of(const struct ct_tuple *t)
{
	bool ip4 = t->family == AF_INET;

	switch (t->proto) {
	case IPPROTO_TCP:
		return ip4 ? RTE_ETH_RSS_NONFRAG_IPV4_TCP : RTE_ETH_RSS_NONFRAG_IPV6_TCP;
	case IPPROTO_UDP:
		return ip4 ? RTE_ETH_RSS_NONFRAG_IPV4_UDP : RTE_ETH_RSS_NONFRAG_IPV6_UDP;
	case IPPROTO_SCTP:
		return ip4 ? RTE_ETH_RSS_NONFRAG_IPV4_SCTP : RTE_ETH_RSS_NONFRAG_IPV6_SCTP;
	default:
		return 0;
	}
}

static uint16_t
fold(const struct ct_tuple *t)
{
	uint64_t q = t->src.q[0] ^ t->src.q[1] ^ t->dst.q[0] ^ t->dst.q[1];
	uint32_t w = q ^ q >> 32;

	return rte_be_to_cpu_16((uint16_t)(w ^ w >> 16) ^ t->dport);
}

bool
nat_home_matters(struct nat_home *h, const struct hook_ctx *ctx, const struct ct_tuple *t)
{
	const struct port *p;

	/* Without a generation: an expected connection that begins, where it leaves is not known yet (nat_follow.c). */
	if (lane_count() < 2 || ctx->point != HOOK_POSTROUTING || ctx->gen == NULL)
		return false;
	p = port_get(ctx->gen, leaves[ctx->lane].port);
	if (p == NULL || !port_rss_known(&port_rss[p->dpdk_id], kind_of(t), ctx->lane))
		return false;
	*h = (struct nat_home){ .rss = &port_rss[p->dpdk_id], .words = fold(t), .lane = ctx->lane };
	return true;
}
