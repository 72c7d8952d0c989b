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

/* Its packets if they left as range says, with the port that they have. */
static bool
first_choice(const struct nat_seek *s, struct ct_tuple *leaves)
{
	struct ct_tuple now = ct_tuple(s->ct, CT_REPLY);

	if (!ct_invert(leaves, &now))
		return false;
	nat_choose_address(leaves, s->range, s->manip, ct_expect_zone(s->ct));
	return true;
}

/* May it be translated to that, if nobody else is? */
static bool
may_keep(const struct nat_range *r, const struct ct_tuple *leaves)
{
	return !(r->flags & (NAT_PROTO_RANDOM_ALL | NAT_PROTO_OFFSET)) &&
	       nat_in_range(r, leaves, NAT_SRC);
}

/* Those of n, numbers of leaves, whose reply somebody has. */
static unsigned
taken(const struct hook_ctx *ctx, const struct ct_tuple *leaves, uint8_t *which, unsigned n)
{
	struct ct_tuple replies[PKT_BURST];
	uint64_t found[PKT_BURST];
	unsigned nb = 0;

	if (n == 0)
		return 0;
	for (unsigned i = 0; i < n; i++)
		ct_invert(&replies[i], &leaves[which[i]]);
	ct_find_tuples(ctx->family, replies, n, found);
	for (unsigned i = 0; i < n; i++)
		if (found[i] != 0)
			which[nb++] = which[i];
	return nb;
}

/* Another port, of those that will be tried first. */
static void
warm_others(const struct hook_ctx *ctx, const struct nat_range *r, struct ct *const *cts,
	    struct ct_tuple *leaves, const uint8_t *which, unsigned n)
{
	struct ct_tuple replies[PKT_BURST];
	unsigned nb = 0;

	for (unsigned i = 0; i < n; i++) {
		const struct nat_seek s = { ctx, cts[which[i]], r, NAT_SRC };

		if (!nat_port_draw(&s, cts[which[i]], &leaves[which[i]]))
			return;
	}
	for (unsigned i = 0; i < n; i++) {
		const struct nat_seek s = { ctx, cts[which[i]], r, NAT_SRC };

		nat_port_draw_next(&s, cts[which[i]], &leaves[which[i]]);
		nb += ct_invert(&replies[nb], &leaves[which[i]]);
	}
	if (nb != 0)
		ct_warm_tuples(ctx->family, replies, nb);
}

/* What choosing is going to look for. */
static void
warm_replies(const struct hook_ctx *ctx, struct ct *const *cts, unsigned n)
{
	const struct nat_range *r = &lasts[ctx->lane].range[ctx->family];
	uint8_t kept[PKT_BURST], others[PKT_BURST];
	unsigned nb_kept = 0, nb_others = 0;
	struct ct_tuple leaves[PKT_BURST];

	if (!(r->flags & NAT_MAP_IPS))
		return;
	for (unsigned i = 0; i < n; i++) {
		const struct nat_seek s = { ctx, cts[i], r, NAT_SRC };

		if (!first_choice(&s, &leaves[i]))
			return;
		if (may_keep(r, &leaves[i]))
			kept[nb_kept++] = i;
		else
			others[nb_others++] = i;
	}
	nb_kept = taken(ctx, leaves, kept, nb_kept);
	memcpy(&others[nb_others], kept, nb_kept);
	warm_others(ctx, r, cts, leaves, others, nb_others + nb_kept);
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
