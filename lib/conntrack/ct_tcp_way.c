/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the state table of TCP cannot know: connections begun anew while we still have the old one, challenge ACKs
 * (RFC 5961), resets that are to be believed, simultaneous open. Workers, under ct_lock().
 */
#include "ct_ext.h"
#include "ct_tcp_seg.h"

/*
 * A SYN within a known connection: the two ends may agree on something that we have missed. It is kept in mind, and
 * the answer tells: a SYN/ACK that the connection is new, an ACK (RFC 5961's challenge) that it is not.
 */
static void
note_syn(struct ct_tcp_step *st)
{
	struct ct_tcp_seen seen = { 0 };

	ct_tcp_options(&st->s, &seen);
	st->t->last_flags = seen.flags;
	st->t->last_wscale = seen.scale;
	if (st->old == CT_TCP_LAST_ACK)
		st->t->last_flags |= CT_TCP_CHALLENGE;
}

/* The SYN/ACK that answers what note_syn() has seen: we begin anew with both. */
static void
begin_anew(struct ct_tcp_step *st)
{
	struct ct_tcp *t = st->t;
	struct ct_tcp_seen *syn = &t->seen[t->last_dir], *answer = &t->seen[st->s.dir];

	st->old = CT_TCP_SYN_SENT;
	st->state = CT_TCP_SYN_RECV;
	t->last_flags &= ~CT_TCP_CHALLENGE;
	syn->end = syn->maxend = t->last_end;
	syn->maxwin = t->last_win != 0 ? t->last_win : 1;
	syn->scale = t->last_wscale;
	syn->flags = t->last_flags;
	*answer = (struct ct_tcp_seen){ .flags = answer->flags & CT_TCP_BE_LIBERAL };
}

static enum ct_tcp_way
ignored(struct ct_tcp_step *st)
{
	const struct ct_tcp_seg *s = &st->s;
	struct ct_tcp *t = st->t;

	if (s->kind == CT_TCP_KIND_SYNACK && t->last_index == CT_TCP_KIND_SYN &&
	    t->last_dir != s->dir && s->ack == t->last_end) {
		begin_anew(st);
		return CT_TCP_WAY_WINDOW;
	}
	t->last_index = s->kind;
	t->last_dir = s->dir;
	t->last_seq = s->seq;
	t->last_end = s->end;
	t->last_win = s->win;
	if (s->kind == CT_TCP_KIND_SYN && s->dir == CT_ORIGINAL)
		note_syn(st);
	if (st->old == CT_TCP_SYN_SENT && s->kind == CT_TCP_KIND_ACK && s->dir == CT_REPLY)
		t->last_ack = s->ack;
	return CT_TCP_WAY_PASS;
}

/* A SYN where a connection has been: RFC 1122 4.2.2.13 lets it begin a new one. */
static enum ct_tcp_way
reopens(struct ct_tcp_step *st)
{
	const struct ct_tcp *t = st->t;

	if (st->old < CT_TCP_TIME_WAIT)
		return CT_TCP_WAY_WINDOW;
	if ((t->seen[0].flags | t->seen[1].flags) & CT_TCP_CLOSE_INIT ||
	    (t->last_dir == st->s.dir && t->last_index == CT_TCP_KIND_RST))
		return CT_TCP_WAY_REOPEN;
	return ignored(st);
}

/* Does the reset answer a segment that we let pass without believing it? */
static bool
answers_ignored(const struct ct_tcp_step *st)
{
	const struct ct_tcp *t = st->t;
	uint32_t status = ct_status(st->p->ct);

	if (((status & CT_SEEN_REPLY && t->last_index == CT_TCP_KIND_SYN &&
	      t->last_dir != st->s.dir) ||
	     (!(status & CT_ASSURED) && t->last_index == CT_TCP_KIND_ACK)) &&
	    st->s.ack == t->last_end)
		return true;
	/* to a challenge ACK */
	return st->old == CT_TCP_SYN_SENT && t->last_index == CT_TCP_KIND_ACK &&
	       t->last_dir == CT_REPLY && st->s.seq == t->last_ack;
}

/* RFC 5961: only a reset with exactly the expected number is believed; others may be answered. */
static enum ct_tcp_way
resets(struct ct_tcp_step *st)
{
	struct ct_tcp *t = st->t;
	const struct ct_tcp_seen *other = &t->seen[!st->s.dir];
	uint32_t seq = st->s.seq;
	bool open = st->p->ct->state == CT_TCP_ESTABLISHED && ct_status(st->p->ct) & CT_ASSURED;

	if (st->s.kind != CT_TCP_KIND_RST)
		return CT_TCP_WAY_WINDOW;
	/* A connection that ends: its tuple may have been used again, the numbers are old. */
	if (ct_tcp_ending(st->p->ct->state))
		return CT_TCP_WAY_STATE;
	if (other->flags & CT_TCP_MAXACK && t->last_index != CT_TCP_KIND_SYN) {
		if (seq == 0 && !open)
			return CT_TCP_WAY_WINDOW;
		if (ct_tcp_before(seq, other->maxack) && !st->ignore_invalid_rst)
			return CT_TCP_WAY_INVALID;
		/* Expected, or right behind the data that its sender has just sent. */
		if (!open || seq == other->maxack ||
		    (t->last_index == CT_TCP_KIND_ACK && t->last_dir == st->s.dir &&
		     seq == t->last_end))
			return CT_TCP_WAY_WINDOW;
		st->state = st->old;
	}
	return answers_ignored(st) ? CT_TCP_WAY_STATE : CT_TCP_WAY_WINDOW;
}

/*
 * Of a connection that target SYNPROXY has begun the client believes that it is established: it may send a keep-alive,
 * which makes SYNPROXY ask the server again.
 */
static bool
waits_for_server(const struct ct_tcp_step *st)
{
	const struct ct_ext *x = st->p->ct->ext;

	return x != NULL && x->has & CT_HAS_SYNPROXY && st->old == CT_TCP_SYN_SENT &&
	       st->s.kind == CT_TCP_KIND_ACK && st->s.dir == CT_ORIGINAL &&
	       st->t->last_dir == CT_ORIGINAL && st->t->seen[CT_ORIGINAL].end - 1 == st->s.seq;
}

/* What the table says, and what it cannot know. */
enum ct_tcp_way
ct_tcp_way(struct ct_tcp_step *st)
{
	struct ct_tcp *t = st->t;

	switch (st->state) {
	case CT_TCP_INVALID:
		return waits_for_server(st) ? CT_TCP_WAY_PASS : CT_TCP_WAY_INVALID;
	case CT_TCP_IGNORE:
		return ignored(st);
	case CT_TCP_SYN_SENT:
		return reopens(st);
	case CT_TCP_SYN_SENT2:
		t->last_flags |= CT_TCP_BOTH_OPEN;
		return CT_TCP_WAY_WINDOW;
	case CT_TCP_SYN_RECV:
		if (st->s.dir == CT_REPLY && st->s.kind == CT_TCP_KIND_ACK &&
		    t->last_flags & CT_TCP_BOTH_OPEN)
			st->state = CT_TCP_ESTABLISHED;
		return CT_TCP_WAY_WINDOW;
	case CT_TCP_TIME_WAIT:
		if (st->old == CT_TCP_LAST_ACK && st->s.kind == CT_TCP_KIND_ACK &&
		    t->last_dir != st->s.dir && t->last_index == CT_TCP_KIND_SYN &&
		    t->last_flags & CT_TCP_CHALLENGE) {
			t->last_flags &= ~CT_TCP_CHALLENGE; /* it is not the last one */
			return CT_TCP_WAY_PASS;
		}
		return CT_TCP_WAY_WINDOW;
	case CT_TCP_CLOSE:
		return resets(st);
	default:
		return CT_TCP_WAY_WINDOW;
	}
}
