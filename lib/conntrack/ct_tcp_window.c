/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Window tracking ("Real Stateful TCP Packet Filtering in IP Filter", G. van Rooij, with scaling and SACK): of
 * each direction we know how far it has sent (end), how far it may send (maxend) and the largest window it
 * has offered. A segment must lie between the other side's oldest window and what may be sent, and must
 * not acknowledge what was not sent. Workers, under ct_lock().
 */
#include "ct_seqadj.h"
#include "ct_tcp_seg.h"

/* What is looked at of a segment beside the segment itself: some of it is mended first. */
struct check {
	struct ct *ct;
	const struct ct_tcp_seg *s;
	struct ct_tcp_seen *snd, *rcv;
	uint32_t seq, ack, sack, end;
};

static uint32_t
not_zero(uint32_t window)
{
	return window != 0 ? window : 1;
}

void
ct_tcp_window_start(struct ct *ct, const struct ct_tcp_seg *s)
{
	struct ct_tcp_seen *seen = ct->tcp.seen;

	ct->tcp = (struct ct_tcp){ .last_index = CT_TCP_KIND_NONE, .nat_out = ct->nat_out };
	seen[0].end = seen[0].maxend = s->end;
	seen[0].maxwin = not_zero(s->win);
	if (s->kind == CT_TCP_KIND_SYN) {
		ct_tcp_options(s, &seen[0]);
		return;
	}
	seen[0].maxend += seen[0].maxwin;
	seen[0].flags = seen[1].flags = CT_TCP_SACK_PERM | CT_TCP_BE_LIBERAL;
}

/* A SYN or SYN/ACK is the first we see of its sender, or a new beginning. */
static void
syn_starts(struct check *c)
{
	c->snd->end = c->snd->maxend = c->end;
	c->snd->maxwin = not_zero(c->s->win);
	ct_tcp_options(c->s, c->snd);
	/* Scaling is on when both have offered it (RFC 7323 2.2). */
	if (c->s->dir == CT_REPLY && !(c->snd->flags & c->rcv->flags & CT_TCP_WINDOW_SCALE))
		c->snd->scale = c->rcv->scale = 0;
}

/* No SYN of this sender was seen: its first segment has to do. */
static void
midway_starts(struct check *c)
{
	c->snd->end = c->end;
	c->snd->maxwin = not_zero((uint32_t)c->s->win << c->snd->scale);
	c->snd->maxend = c->end + c->snd->maxwin;
	if (c->rcv->maxwin == 0)
		c->rcv->end = c->rcv->maxend = c->sack;
	else if (c->sack == c->rcv->end + 1)
		c->rcv->end++; /* the answer to a keep-alive that we did not see */
}

/* true: a SYN of a simultaneous open; there is nothing to compare it with. */
static bool
starts(struct check *c)
{
	bool syn = c->s->flags & RTE_TCP_SYN_FLAG;

	if (c->snd->maxwin == 0) {
		if (!syn) {
			midway_starts(c);
			return false;
		}
		syn_starts(c);
		return !(c->s->flags & RTE_TCP_ACK_FLAG);
	}
	if (syn && ct_tcp_after(c->end, c->snd->end) &&
	    (c->ct->state == CT_TCP_SYN_SENT || c->ct->state == CT_TCP_SYN_RECV)) {
		syn_starts(c);
		return c->s->dir == CT_REPLY && !(c->s->flags & RTE_TCP_ACK_FLAG);
	}
	return false;
}

/* The other side acknowledges what it got: a helper made it longer or shorter. */
static void
unshift(struct check *c)
{
	int32_t by;

	if (likely(!(ct_status(c->ct) & CT_SEQ_ADJUST)))
		return;
	by = ct_seqadj_offset(c->ct, !c->s->dir, c->ack - 1);
	c->ack -= by;
	c->sack -= by;
}

/* What has no acknowledgement, or none that means something, is taken to acknowledge all. */
static void
mend(struct check *c)
{
	uint8_t flags = c->s->flags;

	if (!(flags & RTE_TCP_ACK_FLAG) || (flags & RTE_TCP_RST_FLAG && c->ack == 0))
		c->ack = c->sack = c->rcv->end;
	if (flags & RTE_TCP_RST_FLAG && c->seq == 0 && c->ct->state == CT_TCP_SYN_SENT)
		c->seq = c->end = c->snd->end; /* the answer to a SYN */
}

/* The segment starts behind the window; perhaps by so little that the receiver takes it all the same. */
static enum ct_tcp_fit
beyond(struct check *c)
{
	struct ct_tcp_seen *snd = c->snd, *rcv = c->rcv;
	uint32_t over = c->end - snd->maxend + 1;

	if (rcv->maxwin == 0 || !ct_tcp_after(c->end, snd->end - rcv->maxwin - 1) ||
	    !ct_tcp_after(c->sack, rcv->end - ct_tcp_ack_window(snd) - 1) || over > rcv->maxwin ||
	    !ct_tcp_before(c->sack, rcv->end + 1))
		return CT_TCP_OUTSIDE;
	/* If so, what acknowledges it must not be too high. */
	snd->end = c->end;
	snd->flags |= CT_TCP_UNACKED;
	return CT_TCP_LATE;
}

static enum ct_tcp_fit
fit(struct check *c)
{
	const struct ct_tcp_seen *snd = c->snd, *rcv = c->rcv;

	if (!ct_tcp_before(c->seq, snd->maxend + 1))
		return beyond(c);
	if (!ct_tcp_before(c->sack, rcv->end + 1))
		return CT_TCP_OUTSIDE;
	if (rcv->maxwin != 0 && !ct_tcp_after(c->end, snd->end - rcv->maxwin - 1))
		return CT_TCP_LATE; /* sends again what was acknowledged */
	if (!ct_tcp_after(c->sack, rcv->end - ct_tcp_ack_window(snd) - 1))
		return CT_TCP_LATE; /* acknowledges what was acknowledged long ago */
	return CT_TCP_FITS;
}

static void
move_sender(struct check *c, uint32_t win)
{
	struct ct_tcp_seen *snd = c->snd;

	snd->maxwin = RTE_MAX(snd->maxwin, win + (c->sack - c->ack));
	if (ct_tcp_after(c->end, snd->end)) {
		snd->end = c->end;
		snd->flags |= CT_TCP_UNACKED;
	}
	if (c->s->flags & RTE_TCP_ACK_FLAG &&
	    (!(snd->flags & CT_TCP_MAXACK) || ct_tcp_after(c->ack, snd->maxack))) {
		snd->maxack = c->ack;
		snd->flags |= CT_TCP_MAXACK;
	}
}

static void
move_receiver(struct check *c, uint32_t win)
{
	struct ct_tcp_seen *snd = c->snd, *rcv = c->rcv;

	if (rcv->maxwin != 0 && ct_tcp_after(c->end, snd->maxend))
		rcv->maxwin += c->end - snd->maxend;
	/* A window of nothing still lets a probe of one byte through. */
	if (ct_tcp_after(c->sack + win, rcv->maxend - 1))
		rcv->maxend = c->sack + win + (win == 0);
	if (c->ack == rcv->end)
		rcv->flags &= ~CT_TCP_UNACKED;
}

enum ct_tcp_fit
ct_tcp_window(struct ct *ct, const struct ct_tcp_seg *s, bool liberal)
{
	struct check c = { .ct = ct,
			   .s = s,
			   .snd = &ct->tcp.seen[s->dir],
			   .rcv = &ct->tcp.seen[!s->dir],
			   .seq = s->seq,
			   .ack = s->ack,
			   .sack = s->ack,
			   .end = s->end };
	enum ct_tcp_fit f;
	uint32_t win = s->win;

	if (c.rcv->flags & CT_TCP_SACK_PERM)
		c.sack = ct_tcp_sack(s, c.sack);
	unshift(&c);
	if (starts(&c))
		return CT_TCP_FITS;
	mend(&c);
	f = fit(&c);
	if (f != CT_TCP_FITS) /* what is liberal moves the state on, but no window */
		return liberal || c.snd->flags & CT_TCP_BE_LIBERAL ? CT_TCP_FITS : f;
	if (!(s->flags & RTE_TCP_SYN_FLAG))
		win <<= c.snd->scale;
	move_sender(&c, win);
	move_receiver(&c, win);
	if (s->kind == CT_TCP_KIND_ACK)
		ct_tcp_count_repeated(&ct->tcp, s->dir, c.seq, c.ack, c.end, s->win);
	return CT_TCP_FITS;
}
