/* SPDX-License-Identifier: BSD-3-Clause */
#include "base_lane.h"
#include "ct_expect.h"
#include "ct_proto.h"
#include "ct_table.h"
#include "nat_choose.h"
#include "nat_port.h"
#include "nat_source.h"
#include "nat_warm.h"

/* The last range that a lane's connections got their sources from. */
static struct last {
	struct nat_range range[HOOK_FAMILIES];
} __rte_cache_aligned lasts[LANE_MAX + 1];

void
nat_warm_range(const struct hook_ctx *ctx, const struct nat_range *range)
{
	lasts[ctx->lane].range[ctx->family] = *range;
}

/* Its connection begins, and its source is not decided. */
static struct ct *
beginning(const struct rte_mbuf *m)
{
	enum ct_info info;
	struct ct *ct = ct_of(m, &info);

	if (ct == NULL || info != CT_INFO_NEW ||
	    ct_status(ct) & (CT_CONFIRMED | CT_SRC_NAT_DONE | CT_DYING))
		return NULL;
	return ct;
}

/* The reply to ct's packets if they left as range says, with the port that they have. */
static bool
first_choice(const struct nat_seek *s, struct ct_tuple *leaves, struct ct_tuple *reply)
{
	struct ct_tuple now = ct_tuple(s->ct, CT_REPLY);

	if (!ct_invert(leaves, &now))
		return false;
	nat_choose_address(leaves, s->range, s->manip, ct_expect_zone(s->ct));
	return ct_invert(reply, leaves);
}

/* Where somebody has that one: another port, the one that will be tried first. */
static bool
second_choice(const struct nat_seek *s, struct ct *ct, const struct ct_tuple *leaves,
	      struct ct_tuple *reply)
{
	struct ct_tuple t = *leaves;

	nat_port_draw(ct);
	return nat_port_drawn(s, &t) && ct_invert(reply, &t);
}

/* What choosing is going to look for. */
static void
warm_replies(const struct hook_ctx *ctx, struct ct *const *cts, unsigned n)
{
	const struct nat_range *r = &lasts[ctx->lane].range[ctx->family];
	struct ct_tuple leaves[PKT_BURST], replies[PKT_BURST] = { 0 };
	uint64_t found[PKT_BURST];
	unsigned nb = 0;

	if (!(r->flags & NAT_MAP_IPS) || r->flags & NAT_PROTO_RANDOM_ALL)
		return;
	for (unsigned i = 0; i < n; i++) {
		const struct nat_seek s = { ctx, cts[i], r, NAT_SRC };

		if (!first_choice(&s, &leaves[i], &replies[i]))
			return;
	}
	ct_find_tuples(ctx->family, replies, n, found);
	for (unsigned i = 0; i < n; i++) {
		const struct nat_seek s = { ctx, cts[i], r, NAT_SRC };

		if (found[i] != 0)
			nb += second_choice(&s, cts[i], &leaves[i], &replies[nb]);
	}
	if (nb != 0)
		ct_warm_tuples(ctx->family, replies, nb);
}

void
nat_warm(const struct hook_ctx *ctx, struct rte_mbuf **pkts, uint16_t n)
{
	struct ct *cts[PKT_BURST];
	unsigned nb = 0;

	for (uint16_t i = 0; i < n; i++) {
		struct ct *ct = beginning(pkts[i]);

		if (ct != NULL)
			cts[nb++] = ct;
	}
	if (nb < 2)
		return;
	nat_source_warm(cts, nb);
	warm_replies(ctx, cts, nb);
}
