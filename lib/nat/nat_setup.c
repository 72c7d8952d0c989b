/* SPDX-License-Identifier: BSD-3-Clause */
/* Decides one end of a new connection: Linux's nf_nat_setup_info(). */
#include "ct_proto.h"
#include "ct_track.h"
#include "nat_choose.h"
#include "nat_source.h"
#include "nat_stat.h"
#include "nat_tight.h"
#include "nat_warm.h"

struct nat_stat nat_stats[LANE_MAX + 1];

/* The tuple of its packets as they leave, as far as it is decided. */
static bool
tuple_now(const struct ct *ct, struct ct_tuple *t)
{
	struct ct_tuple reply = ct_tuple(ct, CT_REPLY);

	return ct_invert(t, &reply);
}

static void
alter_reply(const struct hook_ctx *ctx, struct ct *ct, const struct ct_tuple *to)
{
	struct ct_tuple reply;

	ct_invert(&reply, to);
	ct_fresh_alter(ctx->lane, ct, &reply);
}

static verdict_t
setup(const struct hook_ctx *ctx, struct ct *ct, const struct nat_range *range,
      enum nat_manip manip)
{
	const struct nat_seek s = { .ctx = ctx, .ct = ct, .range = range, .manip = manip };
	struct ct_tuple now, to;
	uint32_t bits = manip == NAT_SRC ? CT_SRC_NAT_DONE : CT_DST_NAT_DONE;

	if (ct_status(ct) & (CT_CONFIRMED | bits) || !tuple_now(ct, &now))
		return VERDICT_ACCEPT;
	to = now;
	/* Where the destination clashes another source may help. */
	if (!nat_choose(&s, &to) && manip == NAT_SRC) {
		bits |= CT_NAT_EXHAUSTED;
		NAT_STAT_INC(ctx->lane, exhausted);
	}
	if (memcmp(&to, &now, sizeof(to)) != 0) {
		NAT_STAT_INC(ctx->lane, translated);
		alter_reply(ctx, ct, &to);
		bits |= manip == NAT_SRC ? CT_SRC_NAT : CT_DST_NAT;
	}
	ct_status_set(ct, bits);
	if (manip == NAT_SRC)
		nat_source_add(ct);
	return VERDICT_ACCEPT;
}

verdict_t
nat_setup(const struct hook_ctx *ctx, struct ct *ct, const struct nat_range *range,
	  enum nat_manip manip)
{
	if (manip == NAT_SRC)
		nat_warm_range(ctx, range);
	return setup(ctx, ct, range, manip);
}

verdict_t
nat_setup_null(const struct hook_ctx *ctx, struct ct *ct, enum nat_manip manip)
{
	struct ct_tuple reply = ct_tuple(ct, CT_REPLY);
	struct nat_range r = { .flags = NAT_MAP_IPS };

	r.min_addr = r.max_addr = manip == NAT_SRC ? reply.dst : reply.src;
	return setup(ctx, ct, &r, manip);
}

int
nat_prepare(enum hook_family family, struct err *e)
{
	int rc = nat_tight_prepare(e);

	return rc == 0 ? nat_source_prepare(family, e) : rc;
}
