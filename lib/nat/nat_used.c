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
holder(const struct nat_seek *s, struct ct_tuple *reply, enum ct_dir *dir)
{
	uint32_t now = ct_time(s->ctx->now);
	uint16_t zone = ct_tuple(s->ct, CT_ORIGINAL).zone;
	struct ct *ct = ct_find(s->ctx->lane, reply, dir, now);

	if (likely(ct == NULL || *dir == CT_REPLY || reply->zone == zone))
		return ct;
	reply->family |= CT_TUPLE_APART;
	ct = ct_find(s->ctx->lane, reply, dir, now);
	reply->family &= ~CT_TUPLE_APART;
	return ct != NULL && *dir == CT_REPLY ? ct : NULL;
}

static bool
same_original(const struct ct *a, const struct ct *b)
{
	struct ct_tuple s = ct_tuple(a, CT_ORIGINAL), t = ct_tuple(b, CT_ORIGINAL);

	return memcmp(&s, &t, sizeof(s)) == 0;
}

/* Has one before it in the burst been given the tuple? */
static bool
given(const struct nat_seek *s, const struct ct_tuple *reply)
{
	uint32_t decided = s->manip == NAT_SRC ? CT_SRC_NAT_DONE : CT_DST_NAT_DONE;

	return ct_fresh_decided(s->ctx->lane, reply, s->ct, decided);
}

bool
nat_free(const struct nat_seek *s, const struct ct_tuple *t)
{
	struct ct_tuple reply;
	enum ct_dir dir;

	if (!ct_invert(&reply, t))
		return true;
	reply.zone = ct_tuple(s->ct, CT_REPLY).zone;
	return holder(s, &reply, &dir) == NULL && !given(s, &reply);
}

bool
nat_used(const struct nat_seek *s, const struct ct_tuple *t)
{
	struct ct_tuple reply;
	struct ct *other;
	enum ct_dir dir;

	if (!ct_invert(&reply, t))
		return false;
	reply.zone = ct_tuple(s->ct, CT_REPLY).zone;
	other = holder(s, &reply, &dir);
	/* The same flow, on another lane at this moment: confirming makes one of them. */
	if (likely(other == NULL) ? !given(s, &reply) : same_original(s->ct, other))
		return false;
	CT_STAT_INC(s->ctx->lane, found);
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
nat_used_harder(const struct nat_seek *s, const struct ct_tuple *t)
{
	struct ct_tuple reply;
	struct ct *other;
	enum ct_dir dir;

	if (t->proto != IPPROTO_TCP || s->ct->state != CT_TCP_SYN_SENT)
		return nat_used(s, t);
	ct_invert(&reply, t);
	reply.zone = ct_tuple(s->ct, CT_REPLY).zone;
	other = holder(s, &reply, &dir);
	if (other == NULL)
		return given(s, &reply);
	return dir == CT_ORIGINAL || !outlived(other, s->ct) || !ct_remove(s->ctx->lane, other);
}
