/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Whether a translated tuple may be taken: connections are told apart by what they receive, so it is the reply that
 * no other may have. Where ports run short a TCP connection that has ended makes way.
 */
#include "ct_proto.h"
#include "ct_stat.h"
#include "ct_table.h"
#include "ct_tcp.h"
#include "ct_track.h"
#include "nat_choose.h"

/* What stands in the table under the reply; zones may keep it apart from another's original direction. */
static struct ct *
holder(const struct hook_ctx *ctx, struct ct_tuple *reply, uint16_t zone, enum ct_dir *dir)
{
	struct ct *ct = ct_find(ctx->lane, reply, dir, ct_time(ctx->now));

	if (likely(ct == NULL || *dir == CT_REPLY || reply->zone == zone))
		return ct;
	reply->family |= CT_TUPLE_APART;
	ct = ct_find(ctx->lane, reply, dir, ct_time(ctx->now));
	reply->family &= ~CT_TUPLE_APART;
	return ct != NULL && *dir == CT_REPLY ? ct : NULL;
}

static bool
same_original(const struct ct *a, const struct ct *b)
{
	struct ct_tuple s = ct_tuple(a, CT_ORIGINAL), t = ct_tuple(b, CT_ORIGINAL);

	return memcmp(&s, &t, sizeof(s)) == 0;
}

/*
 * Has one before it in the burst been given the tuple? What is before it is past the hooks where that end of both
 * is decided.
 */
static bool
given(const struct hook_ctx *ctx, const struct ct_tuple *reply, const struct ct *ct)
{
	uint32_t decided = ct_status(ct) & CT_DST_NAT_DONE ? CT_SRC_NAT_DONE : CT_DST_NAT_DONE;

	return ct_fresh_decided(ctx->lane, reply, ct, decided);
}

bool
nat_free(const struct hook_ctx *ctx, const struct ct_tuple *t, const struct ct *ct)
{
	struct ct_tuple reply;
	enum ct_dir dir;

	if (!ct_invert(&reply, t))
		return true;
	reply.zone = ct_tuple(ct, CT_REPLY).zone;
	return holder(ctx, &reply, ct_tuple(ct, CT_ORIGINAL).zone, &dir) == NULL &&
	       !given(ctx, &reply, ct);
}

bool
nat_used(const struct hook_ctx *ctx, const struct ct_tuple *t, const struct ct *ct)
{
	struct ct_tuple reply;
	struct ct *other;
	enum ct_dir dir;

	if (!ct_invert(&reply, t))
		return false;
	reply.zone = ct_tuple(ct, CT_REPLY).zone;
	other = holder(ctx, &reply, ct_tuple(ct, CT_ORIGINAL).zone, &dir);
	if (likely(other == NULL))
		return given(ctx, &reply, ct);
	/* The same flow, on another lane at this moment: confirming makes one of them. */
	if (same_original(ct, other))
		return false;
	CT_STAT_INC(ctx->lane, found);
	return true;
}

/* A translated TCP connection that has ended, and the new one goes on behind its sequence numbers (RFC 6191). */
static bool
outlived(const struct ct *old, const struct ct *ct)
{
	uint32_t status = ct_status(old);

	return old->state >= CT_TCP_TIME_WAIT && status & CT_SRC_NAT &&
	       !(status & (CT_FIXED_TIMEOUT | CT_DYING)) &&
	       (int32_t)(ct->tcp.seen[CT_ORIGINAL].end - old->tcp.seen[CT_ORIGINAL].end) > 0;
}

bool
nat_used_harder(const struct hook_ctx *ctx, const struct ct_tuple *t, const struct ct *ct)
{
	struct ct_tuple reply;
	struct ct *other;
	enum ct_dir dir;

	if (t->proto != IPPROTO_TCP || ct->state != CT_TCP_SYN_SENT)
		return nat_used(ctx, t, ct);
	ct_invert(&reply, t);
	reply.zone = ct_tuple(ct, CT_REPLY).zone;
	other = holder(ctx, &reply, ct_tuple(ct, CT_ORIGINAL).zone, &dir);
	if (other == NULL)
		return given(ctx, &reply, ct);
	return dir == CT_ORIGINAL || !outlived(other, ct) || !ct_remove(ctx->lane, other);
}
