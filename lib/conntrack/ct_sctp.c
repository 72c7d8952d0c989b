/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * SCTP (RFC 9260): a packet is a row of chunks, each of which may move the state. Verification tags tell whether a
 * packet is of this association. A connection here is a path: an association may begin and end on others.
 * Workers; the entry is changed under ct_lock().
 */
#include "ct_event.h"
#include "ct_proto.h"
#include "ct_sctp_state.h"
#include "pkt_checksum.h"

#define CHUNK_T 0x01 /* in ABORT and SHUTDOWN_COMPLETE: the tag is the receiver's own, sent back */

/* ct_sctp.flags: a heartbeat with an unknown tag was let pass; its answer will tell. */
#define BEAT_UNKNOWN 0x1

struct header {
	uint16_t sport, dport;
	uint32_t vtag, sum; /* network byte order */
} __rte_packed;

struct chunk {
	uint8_t type, flags;
	uint16_t len; /* network byte order, header included */
};

#define INIT_LEN 16 /* of INIT and INIT ACK behind the chunk's header; begins with the tag */

#define SYSCTL "net.netfilter.nf_conntrack_sctp_timeout_"

CT_TIMEOUT(closed, SYSCTL "closed", 10, "seconds after an SCTP association was aborted")
CT_TIMEOUT(cookie_wait, SYSCTL "cookie_wait", 3, "seconds after INIT")
CT_TIMEOUT(cookie_echoed, SYSCTL "cookie_echoed", 3, "seconds after COOKIE ECHO")
CT_TIMEOUT(established, SYSCTL "established", 210,
	   "seconds that an SCTP path may be silent: heartbeats come more often")
CT_TIMEOUT(shutdown_sent, SYSCTL "shutdown_sent", 3, "seconds after the first SHUTDOWN")
CT_TIMEOUT(shutdown_recd, SYSCTL "shutdown_recd", 3, "seconds after the other side's SHUTDOWN")
CT_TIMEOUT(shutdown_ack_sent, SYSCTL "shutdown_ack_sent", 3, "seconds after SHUTDOWN ACK")
CT_TIMEOUT(heartbeat_sent, SYSCTL "heartbeat_sent", 30,
	   "seconds after a heartbeat on a path whose association is not known")

#define TIMEOUT(state) ((state)-CLOSED)
#define NB_TIMEOUTS TIMEOUT(STATES)

static struct param *const timeouts[NB_TIMEOUTS] = {
	&closed,        &cookie_wait,   &cookie_echoed,     &established,
	&shutdown_sent, &shutdown_recd, &shutdown_ack_sent, &heartbeat_sent,
};

/* The states' names too. */
static const char *const timeout_names[NB_TIMEOUTS] = {
	"CLOSED",        "COOKIE_WAIT",   "COOKIE_ECHOED",     "ESTABLISHED",
	"SHUTDOWN_SENT", "SHUTDOWN_RECD", "SHUTDOWN_ACK_SENT", "HEARTBEAT_SENT",
};

static struct ct_proto sctp;

static bool
chunk_at(const struct rte_mbuf *m, uint32_t off, struct chunk *c)
{
	struct chunk buf;
	const void *at;

	if (off + sizeof(*c) > pkt_l4_len(m))
		return false;
	at = rte_pktmbuf_read(m, pkt_const(m)->l4 + off, sizeof(*c), &buf);
	if (at == NULL)
		return false;
	memcpy(c, at, sizeof(*c));
	return c->len != 0;
}

static uint32_t
chunk_end(uint32_t off, const struct chunk *c)
{
	return off + RTE_ALIGN_CEIL((uint32_t)rte_be_to_cpu_16(c->len), 4u);
}

#define FOR_EACH_CHUNK(m, off, c) \
	for ((off) = sizeof(struct header); chunk_at(m, off, &(c)); (off) = chunk_end(off, &(c)))

/* The tag that an INIT or INIT ACK gives. false: the chunk is cut. */
static bool
init_tag(const struct rte_mbuf *m, uint32_t off, uint32_t *tag)
{
	uint32_t buf;
	const void *at;

	off += sizeof(struct chunk);
	if (off + INIT_LEN > pkt_l4_len(m))
		return false;
	at = rte_pktmbuf_read(m, pkt_const(m)->l4 + off, sizeof(*tag), &buf);
	if (at != NULL)
		memcpy(tag, at, sizeof(*tag));
	return at != NULL;
}

/* The types below 32 that the packet has; 0: none at all, or some that may not stand where they do. */
static uint32_t
scan(const struct rte_mbuf *m, bool *ok)
{
	const uint32_t alone = BIT(INIT) | BIT(INIT_ACK) | BIT(SHUTDOWN_COMPLETE);
	const uint32_t first = BIT(COOKIE_ECHO) | BIT(COOKIE_ACK);
	uint32_t types = 0, off, bit;
	unsigned nb = 0;
	struct chunk c;

	*ok = false;
	FOR_EACH_CHUNK(m, off, c)
	{
		bit = c.type < 32 ? BIT(c.type) : 0;
		types |= bit;
		if (nb++ != 0 && (bit & first || types & alone))
			return 0;
	}
	/* A chunk of no length, on which the walk has stopped, is none. */
	*ok = nb != 0 && off + sizeof(c) > pkt_l4_len(m);
	return types;
}

/* A packet on its way through its chunks. */
struct step {
	struct ct_pkt *p;
	struct ct_sctp *t;
	const struct header *h;
	uint32_t types;
	uint8_t dir;
	uint8_t old, state; /* around the chunk */
	bool moved, assured;
	bool pass; /* it passes, and does not refresh the entry */
};

/* The first packet of a path: false when it cannot be one (RFC 9260 8.4: out of the blue). */
static bool
begin(struct step *st)
{
	struct ct_sctp *t = st->t;
	const struct rte_mbuf *m = st->p->m;
	uint32_t off, vtag = st->h->vtag;
	struct chunk c;

	if (st->types & (BIT(ABORT) | BIT(SHUTDOWN_COMPLETE) | BIT(COOKIE_ACK)))
		return false;
	*t = (struct ct_sctp){ 0 };
	FOR_EACH_CHUNK(m, off, c)
	{
		uint8_t state = sctp_next(CT_ORIGINAL, c.type, NONE);

		if (state == NONE || state == INVALID)
			return false;
		if (c.type == INIT) {
			if (vtag != 0 || !init_tag(m, off, &t->vtag[CT_REPLY]))
				return false;
			t->init[CT_ORIGINAL] = 1;
		} else if (c.type == HEARTBEAT) {
			t->vtag[CT_ORIGINAL] = vtag;
		} else if (c.type == SHUTDOWN_ACK) {
			t->vtag[CT_REPLY] = vtag; /* it is answered with the tag sent back */
		}
	}
	return true;
}

/* Chunks whose packet may have another tag than its direction's: each has a rule of its own (8.5.1). */
static bool
tag_fits(const struct step *st)
{
	const uint32_t own = BIT(INIT) | BIT(SHUTDOWN_COMPLETE) | BIT(COOKIE_ECHO) | BIT(ABORT) |
			     BIT(SHUTDOWN_ACK) | BIT(HEARTBEAT) | BIT(HEARTBEAT_ACK);

	return st->types & own || st->h->vtag == st->t->vtag[st->dir];
}

enum verdict { GOES_ON, IS_SKIPPED, IS_INVALID };

/*
 * Heartbeats come on paths whose association began elsewhere, or anew: one with an unknown tag passes without moving
 * anything; when it is answered, the answer's tag is right.
 */
static enum verdict
heartbeat(struct step *st, bool answer)
{
	struct ct_sctp *t = st->t;
	uint32_t vtag = st->h->vtag;

	if (t->vtag[st->dir] == 0) {
		t->vtag[st->dir] = vtag;
		return GOES_ON;
	}
	if (vtag == t->vtag[st->dir]) {
		t->flags &= ~BEAT_UNKNOWN;
		return GOES_ON;
	}
	if (st->types & BIT(DATA) || st->pass)
		return IS_INVALID;
	if (!answer) {
		t->flags |= BEAT_UNKNOWN;
		t->last_dir = st->dir;
		st->pass = true;
		return IS_SKIPPED;
	}
	if (!(t->flags & BEAT_UNKNOWN) || t->last_dir == st->dir)
		return IS_INVALID;
	t->flags &= ~BEAT_UNKNOWN;
	t->vtag[st->dir] = vtag;
	t->vtag[!st->dir] = 0;
	return GOES_ON;
}

static enum verdict
tag_of_chunk(struct step *st, const struct chunk *c)
{
	struct ct_sctp *t = st->t;
	uint32_t vtag = st->h->vtag;
	bool ok = true;

	switch (c->type) {
	case INIT:
		ok = vtag == 0;
		break;
	case ABORT:
	case SHUTDOWN_COMPLETE:
		ok = vtag == t->vtag[c->flags & CHUNK_T ? !st->dir : st->dir];
		break;
	case COOKIE_ECHO:
		ok = vtag == t->vtag[st->dir];
		break;
	case COOKIE_ACK:
		t->init[0] = t->init[1] = 0;
		break;
	case HEARTBEAT:
	case HEARTBEAT_ACK:
		return heartbeat(st, c->type == HEARTBEAT_ACK);
	}
	return ok ? GOES_ON : IS_INVALID;
}

/* INIT and INIT ACK say with which tag the other side is to answer. */
static bool
learn_tag(struct step *st, const struct chunk *c, uint32_t off)
{
	struct ct_sctp *t = st->t;
	uint32_t tag, *other = &t->vtag[!st->dir];

	if (c->type != INIT && c->type != INIT_ACK)
		return true;
	if (!init_tag(st->p->m, off, &tag))
		return false;
	if (c->type == INIT) {
		/* The one that is known, again: late, or forged. */
		if (tag != *other) {
			if (t->init[st->dir])
				t->init[!st->dir] = 0;
			t->init[st->dir] = 1;
		}
		/* An INIT again does not keep an entry for long. */
		if (st->state == CLOSED && st->old == CLOSED && !st->p->fresh)
			st->pass = true;
	} else if (*other != tag && (t->init[!st->dir] ? t->init[st->dir] : *other != 0)) {
		return false; /* of another association; where both began, the first tag counts */
	}
	*other = tag;
	return true;
}

static bool
chunk_moves(struct step *st, const struct chunk *c, uint32_t off)
{
	struct ct *ct = st->p->ct;

	switch (tag_of_chunk(st, c)) {
	case IS_INVALID:
		return false;
	case IS_SKIPPED:
		return true;
	case GOES_ON:
		break;
	}
	st->old = ct->state;
	st->state = sctp_next(st->dir, c->type, st->old);
	if (st->state == INVALID || !learn_tag(st, c, off))
		return false;
	ct->state = st->state;
	if (st->old == st->state)
		return true;
	st->moved = true;
	if (st->state == ESTABLISHED && !(ct_status_set(ct, CT_ASSURED) & CT_ASSURED))
		st->assured = true;
	return true;
}

static bool
chunks_move(struct step *st)
{
	struct chunk c;
	uint32_t off;

	FOR_EACH_CHUNK(st->p->m, off, c)
	if (!chunk_moves(st, &c, off))
		return false;
	return true;
}

static enum ct_result
sctp_packet(struct ct_pkt *p)
{
	struct step st = { .p = p, .t = &p->ct->sctp, .h = pkt_l4(p->m), .dir = p->dir };
	bool ok;

	st.types = scan(p->m, &ok);
	if (!ok || (p->fresh && !begin(&st)))
		return CT_INVALID;
	ct_lock(p->ct);
	ok = tag_fits(&st) && chunks_move(&st);
	ct_unlock(p->ct);
	if ((st.moved || st.assured) && !p->fresh)
		ct_event(p->ctx->lane, p->ct,
			 st.moved << CT_EVENT_PROTOINFO | st.assured << CT_EVENT_ASSURED);
	if (!ok)
		return CT_INVALID;
	if (!st.pass)
		ct_refresh(p, ct_timeout(p->ct, &sctp, TIMEOUT(RTE_MAX(st.state, CLOSED))));
	return CT_OK;
}

static bool
sctp_valid(const struct rte_mbuf *m, bool check_sum)
{
	return pkt_l4_len(m) >= sizeof(struct header) &&
	       m->data_len >= pkt_const(m)->l4 + sizeof(struct header) &&
	       (!check_sum || pkt_l4_checksum_ok(m));
}

static bool
sctp_can_drop_early(const struct ct *ct)
{
	return ct->state == SHUTDOWN_SENT || ct->state == SHUTDOWN_RECD ||
	       ct->state == SHUTDOWN_ACK_SENT;
}

static const char *
sctp_state_name(const struct ct *ct)
{
	return ct->state == NONE || ct->state >= STATES ? "NONE"
							: timeout_names[TIMEOUT(ct->state)];
}

static int
sctp_state_find(const char *name)
{
	for (int s = CLOSED; s < STATES; s++)
		if (strcmp(name, timeout_names[TIMEOUT(s)]) == 0)
			return s;
	return strcmp(name, "NONE") == 0 ? NONE : -1;
}

static struct ct_proto sctp = {
	.name = "sctp",
	.proto = IPPROTO_SCTP,
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.valid = sctp_valid,
	.packet = sctp_packet,
	.can_drop_early = sctp_can_drop_early,
	.state_name = sctp_state_name,
	.state_find = sctp_state_find,
	.timeouts = timeouts,
	.timeout_names = timeout_names,
	.nb_timeouts = NB_TIMEOUTS,
};

CT_PROTO_REGISTER(sctp)
