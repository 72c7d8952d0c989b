/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * TCP: what a segment does to its connection. The way of nearly all packets is quick(); the rest asks the
 * state table (ct_tcp_state.c), mends what a table cannot know (ct_tcp_way.c), and checks the windows
 * (ct_tcp_window.c). Workers; the entry is changed under ct_lock().
 */
#include "ct_known.h"
#include "ct_event.h"
#include "ct_ext.h"
#include "ct_nat_ops.h"
#include "ct_tcp_seg.h"

#define SYSCTL "net.netfilter.nf_conntrack_tcp_"

CT_TIMEOUT(syn_sent, SYSCTL "timeout_syn_sent", 120, "seconds after a SYN")
CT_TIMEOUT(syn_recv, SYSCTL "timeout_syn_recv", 60, "seconds after a SYN/ACK")
CT_TIMEOUT(established, SYSCTL "timeout_established", 432000,
	   "seconds that an established TCP connection may be silent")
CT_TIMEOUT(fin_wait, SYSCTL "timeout_fin_wait", 120, "seconds after the first FIN")
CT_TIMEOUT(close_wait, SYSCTL "timeout_close_wait", 60,
	   "seconds after the first FIN was acknowledged")
CT_TIMEOUT(last_ack, SYSCTL "timeout_last_ack", 30, "seconds after both FINs")
CT_TIMEOUT(time_wait, SYSCTL "timeout_time_wait", 120, "seconds after both FINs were acknowledged")
CT_TIMEOUT(closed, SYSCTL "timeout_close", 10, "seconds after a reset")
CT_TIMEOUT(retransmitted, SYSCTL "timeout_max_retrans", 300,
	   "seconds after tcp_max_retrans repetitions or a closed window, at most")
CT_TIMEOUT(unacknowledged, SYSCTL "timeout_unacknowledged", 300,
	   "seconds while data is not acknowledged, at most")

PARAM_INT(loose, SYSCTL "loose", 1, 0, 1, "connections may be joined midway")
PARAM_INT(be_liberal, SYSCTL "be_liberal", 0, 0, 1,
	  "of the segments outside the window only resets are INVALID")
PARAM_INT(ignore_invalid_rst, SYSCTL "ignore_invalid_rst", 0, 0, 1,
	  "resets before the window are not INVALID")
PARAM_INT(max_retrans, SYSCTL "max_retrans", 3, 0, 255,
	  "repetitions of a segment after which timeout_max_retrans counts")

/* Linux has no sysctl for it. */
static struct param syn_sent2 = { .def = 120, .value = 120 };

/* A state's timeout is at TIMEOUT(state); two more come instead of them. */
#define TIMEOUT(state) ((state)-CT_TCP_SYN_SENT)
enum { RETRANS = TIMEOUT(CT_TCP_STATES), UNACKED, NB_TIMEOUTS };

static struct param *const timeouts[NB_TIMEOUTS] = {
	&syn_sent,  &syn_recv, &established, &fin_wait,      &close_wait,     &last_ack,
	&time_wait, &closed,   &syn_sent2,   &retransmitted, &unacknowledged,
};

/* Those of the states are also the states' names. */
static const char *const timeout_names[NB_TIMEOUTS] = {
	"SYN_SENT",  "SYN_RECV", "ESTABLISHED", "FIN_WAIT", "CLOSE_WAIT",     "LAST_ACK",
	"TIME_WAIT", "CLOSE",    "SYN_SENT2",   "RETRANS",  "UNACKNOWLEDGED",
};

static struct ct_proto tcp;

static inline uint32_t
seconds_of(const struct ct *ct, unsigned index)
{
	if (unlikely(ct->ext != NULL))
		return ct_timeout(ct, &tcp, index);
	return param_get(timeouts[index]);
}

/* How long an entry is kept that is in that state now. */
static inline uint32_t
keep(const struct ct *ct, uint8_t state, bool reset)
{
	const struct ct_tcp *t = &ct->tcp;
	uint32_t s = seconds_of(ct, TIMEOUT(state)), shorter;

	if (unlikely(t->retrans >= param_get(&max_retrans))) {
		shorter = seconds_of(ct, RETRANS);
		if (s > shorter)
			return shorter;
	}
	if (unlikely(reset))
		return seconds_of(ct, TIMEOUT(CT_TCP_CLOSE));
	if ((t->seen[0].flags | t->seen[1].flags) & CT_TCP_UNACKED) {
		shorter = seconds_of(ct, UNACKED);
		if (s > shorter)
			return shorter;
	}
	if (unlikely(t->last_win == 0)) {
		shorter = seconds_of(ct, RETRANS);
		if (s > shorter)
			return shorter;
	}
	return s;
}

/* No options, or only a time stamp where everybody puts it. */
static inline bool
plain_options(const struct rte_tcp_hdr *th)
{
	static const uint8_t timestamp[4] = { 1, 1, 8, 10 };

	return th->data_off >> 4 == 5 ||
	       (th->data_off >> 4 == 8 && memcmp(th + 1, timestamp, sizeof(timestamp)) == 0);
}

/* Under ct_lock(): the segment is within the windows of an established connection, and has moved them. */
static inline bool
quick_window(struct ct_tcp *t, uint8_t dir, uint32_t seq, uint32_t ack, uint32_t end, uint16_t win)
{
	struct ct_tcp_seen *snd = &t->seen[dir], *rcv = &t->seen[!dir];
	uint32_t scaled = (uint32_t)win << snd->scale;

	if (unlikely(snd->maxwin == 0 || rcv->maxwin == 0 || !(snd->flags & CT_TCP_MAXACK) ||
		     !ct_tcp_before(seq, snd->maxend + 1) || !ct_tcp_before(ack, rcv->end + 1) ||
		     !ct_tcp_after(end, snd->end - rcv->maxwin - 1) ||
		     !ct_tcp_after(ack, rcv->end - ct_tcp_ack_window(snd) - 1)))
		return false;
	if (snd->maxwin < scaled)
		snd->maxwin = scaled;
	if (ct_tcp_after(end, snd->end)) {
		snd->end = end;
		snd->flags |= CT_TCP_UNACKED;
	}
	if (ct_tcp_after(ack, snd->maxack))
		snd->maxack = ack;
	if (unlikely(ct_tcp_after(end, snd->maxend)))
		rcv->maxwin += end - snd->maxend;
	if (ct_tcp_after(ack + scaled, rcv->maxend - 1))
		rcv->maxend = ack + scaled + (scaled == 0);
	if (ack == rcv->end)
		rcv->flags &= ~CT_TCP_UNACKED;
	ct_tcp_count_repeated(t, dir, seq, ack, end, win);
	t->last_index = CT_TCP_KIND_ACK;
	return true;
}

/* Data or an acknowledgement within an established connection; false: look closer. */
static inline bool
quick(struct ct_pkt *p, const struct rte_tcp_hdr *th)
{
	struct ct *ct = p->ct;
	const uint32_t open = CT_SEEN_REPLY | CT_ASSURED;
	uint32_t seq = rte_be_to_cpu_32(th->sent_seq);
	uint32_t end = seq + pkt_l4_len(p->m) - (th->data_off >> 4) * 4u;
	uint32_t seconds;

	if (unlikely((th->tcp_flags & CT_TCP_FLAGS) != RTE_TCP_ACK_FLAG || p->fresh ||
		     (ct_status(ct) & (open | CT_SEQ_ADJUST)) != open || !plain_options(th)))
		return false;
	ct_lock(ct);
	if (unlikely(ct->state != CT_TCP_ESTABLISHED ||
		     !quick_window(&ct->tcp, p->dir, seq, rte_be_to_cpu_32(th->recv_ack), end,
				   rte_be_to_cpu_16(th->rx_win)))) {
		ct_unlock(ct);
		return false;
	}
	seconds = keep(ct, CT_TCP_ESTABLISHED, false);
	ct_unlock(ct);
	ct_refresh(p, seconds);
	return true;
}

/*
 * FINs and resets outside the window in both directions: they know something that we do not. The entry does not wait
 * for days then.
 */
static void
distrust(struct ct_tcp_step *st)
{
	struct ct *ct = st->p->ct;
	struct ct_tcp *t = st->t;
	uint8_t kind = st->s.kind;
	uint32_t left = ct->expires - st->p->now, shorter = seconds_of(ct, UNACKED);

	if (!(ct_status(ct) & CT_ASSURED) || ct_status(ct) & CT_FIXED_TIMEOUT ||
	    (kind != CT_TCP_KIND_RST && kind != CT_TCP_KIND_FIN))
		return;
	if (t->last_dir == st->s.dir ||
	    (t->last_index != CT_TCP_KIND_FIN && t->last_index != CT_TCP_KIND_RST)) {
		t->last_index = kind;
		t->last_dir = st->s.dir;
		return;
	}
	if (left >= ct_seconds(120) && left > ct_seconds(shorter))
		ct_expire_in(st->p, shorter);
}

/* The segment counts: the entry has its new state; how long it is kept now. */
static uint32_t
move(struct ct_tcp_step *st)
{
	struct ct *ct = st->p->ct;
	struct ct_tcp *t = st->t;

	t->last_index = st->s.kind;
	t->last_dir = st->s.dir;
	__atomic_store_n(&ct->state, st->state, __ATOMIC_RELAXED); /* connlimit reads it */
	if (st->old != st->state && st->state == CT_TCP_FIN_WAIT)
		t->seen[st->s.dir].flags |= CT_TCP_CLOSE_INIT;
	return keep(ct, st->state, st->s.kind == CT_TCP_KIND_RST);
}

/* Without the lock: what follows from the new state for the entry as a whole. */
static void
settle(struct ct_tcp_step *st, uint32_t seconds)
{
	struct ct_pkt *p = st->p;
	uint32_t status = ct_status(p->ct);
	unsigned events = st->old != st->state ? 1u << CT_EVENT_PROTOINFO : 0;

	if (unlikely(events != 0 && st->state >= CT_TCP_TIME_WAIT && st->old < CT_TCP_TIME_WAIT))
		ct_nat_ended(p->ct);
	if (!(status & CT_SEEN_REPLY)) {
		if (st->s.flags & RTE_TCP_RST_FLAG) {
			ct_account(p);
			ct_kill(p); /* nobody has ever answered but by this */
			return;
		}
		/* A SYN again: who tries for long does not keep an entry for long. */
		if (st->s.kind == CT_TCP_KIND_SYN && st->old == CT_TCP_SYN_SENT)
			return;
		if (st->state == CT_TCP_ESTABLISHED)
			seconds = RTE_MIN(seconds, seconds_of(p->ct, UNACKED));
	} else if (!(status & CT_ASSURED) && st->state == CT_TCP_ESTABLISHED &&
		   (st->old == CT_TCP_SYN_RECV || st->old == CT_TCP_ESTABLISHED)) {
		ct_status_set(p->ct, CT_ASSURED);
		events |= 1u << CT_EVENT_ASSURED;
	}
	ct_refresh(p, seconds);
	if (events != 0 && !p->fresh)
		ct_event(p->ctx->lane, p->ct, events);
}

static bool
begin(struct ct *ct, const struct ct_tcp_seg *s)
{
	uint8_t state = ct_tcp_next(CT_ORIGINAL, s->kind, CT_TCP_NONE);

	if (state == CT_TCP_INVALID || (state != CT_TCP_SYN_SENT && !param_get(&loose)))
		return false;
	ct_tcp_window_start(ct, s);
	return true;
}

/* Under ct_lock(). seconds: when the way is CT_TCP_WAY_STATE in the end, how long the entry is kept. */
static enum ct_tcp_way
judge(struct ct_tcp_step *st, uint32_t *seconds)
{
	enum ct_tcp_way way;

	st->old = st->p->ct->state;
	st->state = ct_tcp_next(st->s.dir, st->s.kind, st->old);
	way = ct_tcp_way(st);
	if (way == CT_TCP_WAY_WINDOW) {
		switch (ct_tcp_window(st->p->ct, &st->s, param_get(&be_liberal))) {
		case CT_TCP_FITS:
			way = CT_TCP_WAY_STATE;
			break;
		case CT_TCP_LATE:
			way = CT_TCP_WAY_PASS;
			break;
		case CT_TCP_OUTSIDE:
			distrust(st);
			way = CT_TCP_WAY_INVALID;
		}
	}
	if (way == CT_TCP_WAY_STATE)
		*seconds = move(st);
	return way;
}

static __rte_noinline enum ct_result
look_closer(struct ct_pkt *p, const struct rte_tcp_hdr *th)
{
	struct ct_tcp_step st = { .p = p,
				  .t = &p->ct->tcp,
				  .ignore_invalid_rst = param_get(&ignore_invalid_rst) };
	uint32_t seconds = 0;
	enum ct_tcp_way way;

	ct_tcp_read(&st.s, p, th);
	if (p->fresh && !begin(p->ct, &st.s))
		return CT_INVALID;
	ct_lock(p->ct);
	way = judge(&st, &seconds);
	ct_unlock(p->ct);
	switch (way) {
	case CT_TCP_WAY_STATE:
		settle(&st, seconds);
		return CT_OK;
	case CT_TCP_WAY_REOPEN:
		ct_kill(p);
		return CT_AGAIN;
	case CT_TCP_WAY_INVALID:
		return CT_INVALID;
	default:
		return CT_OK;
	}
}

/* valid() has seen the whole header. */
static enum ct_result
tcp_packet(struct ct_pkt *p)
{
	const struct rte_tcp_hdr *th = pkt_l4(p->m);

	return likely(quick(p, th)) ? CT_OK : look_closer(p, th);
}

enum ct_result
ct_tcp_known(struct ct_pkt *p, bool check_sum)
{
	return likely(ct_tcp_valid(p->m, check_sum)) ? tcp_packet(p) : CT_INVALID;
}

bool
ct_tcp_replay(struct ct_pkt *p, bool check_sum)
{
	return likely(ct_tcp_valid(p->m, check_sum)) && quick(p, pkt_l4(p->m));
}

static bool
tcp_can_drop_early(const struct ct *ct)
{
	return ct_tcp_ending(ct->state);
}

static const char *
tcp_state_name(const struct ct *ct)
{
	return ct->state == CT_TCP_NONE || ct->state >= CT_TCP_STATES
		       ? "NONE"
		       : timeout_names[TIMEOUT(ct->state)];
}

static int
tcp_state_find(const char *name)
{
	for (int s = CT_TCP_SYN_SENT; s < CT_TCP_STATES; s++)
		if (strcmp(name, timeout_names[TIMEOUT(s)]) == 0)
			return s;
	return strcmp(name, "NONE") == 0 ? CT_TCP_NONE : -1;
}

void
ct_tcp_forget_window(struct ct *ct)
{
	ct_lock(ct);
	if (ct->state == CT_TCP_ESTABLISHED)
		ct->tcp.seen[0].maxwin = ct->tcp.seen[1].maxwin = 0;
	ct_unlock(ct);
}

void
ct_tcp_reject(unsigned lane, struct ct *ct, uint32_t now)
{
	uint32_t expires = now + ct_seconds(seconds_of(ct, TIMEOUT(CT_TCP_CLOSE)));
	uint8_t old;

	if (ct->proto != IPPROTO_TCP || !(ct_status(ct) & CT_CONFIRMED))
		return;
	ct_lock(ct);
	old = ct->state;
	ct->state = CT_TCP_CLOSE;
	ct_unlock(ct);
	if (old == CT_TCP_CLOSE || old == CT_TCP_NONE)
		return;
	__atomic_store_n(&ct->expires, expires, __ATOMIC_RELAXED);
	ct_sweep_sooner(ct, expires);
	ct_nat_ended(ct);
	ct_event(lane, ct, 1u << CT_EVENT_PROTOINFO);
}

static struct ct_proto tcp = {
	.name = "tcp",
	.proto = IPPROTO_TCP,
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.valid = ct_tcp_valid,
	.packet = tcp_packet,
	.can_drop_early = tcp_can_drop_early,
	.state_name = tcp_state_name,
	.state_find = tcp_state_find,
	.timeouts = timeouts,
	.timeout_names = timeout_names,
	.nb_timeouts = NB_TIMEOUTS,
};

CT_PROTO_REGISTER(tcp)
