/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Target SYNPROXY. The client's way: its SYN is answered with a cookie (eval), the ACK of that cookie becomes a SYN to
 * the server, whose acknowledgement field, which means nothing there, tells tracking the cookie (eval). The server's
 * SYN/ACK is answered in the client's name, and the client learns the server's window (hook function). From then on
 * numbers and time stamps of both are shifted: numbers by ct_seqadj.h, time stamps here.
 *
 * The time stamp that a SYN is answered with holds what a cookie has no room for, in its lowest bits: the client's
 * window scale (15: none), and whether it knows SACK and ECN.
 */
#include <errno.h>

#include "ct_ext.h"
#include "ct_tcp.h"
#include "ct_template.h"
#include "hook.h"
#include "pkt_checksum.h"
#include "rule_syncookie.h"
#include "rule_synproxy_send.h"
#include "rule_tcp.h"

DROP_REASON(taken, "rule-synproxy", "taken by target SYNPROXY, which has answered or passed it on");
DROP_REASON(bad, "rule-synproxy-invalid",
	    "target SYNPROXY: no answer to a cookie, an old one, or a wrong checksum");

#define NAME "synproxy"
#define PRIORITY (HOOK_PRI_HELPER - 1) /* numbers are shifted behind it */

#define FLAGS (RTE_TCP_SYN_FLAG | RTE_TCP_ACK_FLAG | RTE_TCP_FIN_FLAG | RTE_TCP_RST_FLAG)
#define ECN_FLAGS (RTE_TCP_ECE_FLAG | RTE_TCP_CWR_FLAG)

#define TIME_LOW 0x3fu /* bits of a time stamp that say something */
#define TIME_WSCALE 0x0fu
#define TIME_SACK 0x10u
#define TIME_ECN 0x20u

static struct {
	uint64_t n[RULE_SYNPROXY_COUNTS];
} __rte_cache_aligned counts[LANE_MAX];

static void
count(const struct hook_ctx *ctx, enum rule_synproxy_count what)
{
	uint64_t *n = &counts[ctx->lane].n[what];

	__atomic_store_n(n, *n + 1, __ATOMIC_RELAXED);
}

uint64_t
rule_synproxy_counted(enum rule_synproxy_count what)
{
	uint64_t sum = 0;

	for (unsigned lane = 0; lane < LANE_MAX; lane++)
		sum += __atomic_load_n(&counts[lane].n[what], __ATOMIC_RELAXED);
	return sum;
}

static const struct ct_template begins = { .zone_dirs = CT_ZONE_ORIG | CT_ZONE_REPLY,
					   .synproxy = true };

static uint64_t
as_reply(const struct rte_mbuf *m)
{
	enum ct_info info;
	struct ct *ct = ct_of(m, &info);

	return ct != NULL ? (uintptr_t)ct | CT_INFO_ESTABLISHED_REPLY : 0;
}

/* The client's time stamp is echoed; ours says what it knows. */
static void
put_time(struct synproxy_options *o, const struct rule_synproxy *s, uint64_t now)
{
	o->tsecr = o->tsval;
	o->tsval = now & ~(uint64_t)TIME_LOW;
	o->tsval |= o->have & RULE_SYNPROXY_WSCALE ? o->wscale : TIME_WSCALE;
	o->tsval |= o->have & RULE_SYNPROXY_SACK_PERM ? TIME_SACK : 0;
	o->tsval |= o->have & RULE_SYNPROXY_ECN ? TIME_ECN : 0;
	o->wscale = s->wscale;
}

static void
answer_syn(struct rule_packet *rp, const struct rte_tcp_hdr *th, const struct rule_synproxy *s)
{
	uint32_t seq = rte_be_to_cpu_32(th->sent_seq);
	struct synproxy_segment a = { .back = true, .ack = seq + 1, .ct = as_reply(rp->m) };
	struct synproxy_options *o = &a.options;

	synproxy_read(th, o);
	if ((th->tcp_flags & ECN_FLAGS) == ECN_FLAGS)
		o->have |= RULE_SYNPROXY_ECN;
	o->have &= s->options;
	a.seq = rule_syncookie_make(rp->m, seq, o->mss, rp->ctx->now);
	o->mss = s->mss;
	if (o->have & RULE_SYNPROXY_TIMESTAMP)
		put_time(o, s, rp->ctx->now);
	else
		o->have &= RULE_SYNPROXY_MSS;
	a.flags = RTE_TCP_SYN_FLAG | RTE_TCP_ACK_FLAG |
		  (o->have & RULE_SYNPROXY_ECN ? RTE_TCP_ECE_FLAG : 0);
	synproxy_send(rp->ctx, rp->m, &a);
}

static void
read_time(struct synproxy_options *o)
{
	o->wscale = o->tsecr & TIME_WSCALE;
	o->have |= o->wscale != TIME_WSCALE ? RULE_SYNPROXY_WSCALE : 0;
	o->have |= o->tsecr & TIME_SACK ? RULE_SYNPROXY_SACK_PERM : 0;
	o->have |= o->tsecr & TIME_ECN ? RULE_SYNPROXY_ECN : 0;
}

/* The client has answered: a SYN to the server, with the number that the client's had. false: no cookie of ours. */
static bool
begin(const struct hook_ctx *ctx, const struct rte_mbuf *m, const struct rte_tcp_hdr *th,
      uint32_t seq)
{
	struct synproxy_segment syn = { .seq = seq,
					.ack = rte_be_to_cpu_32(th->recv_ack) - 1,
					.window = rte_be_to_cpu_16(th->rx_win),
					.ct = (uintptr_t)&begins | CT_INFO_TEMPLATE };
	struct synproxy_options *o = &syn.options;

	synproxy_read(th, o);
	o->mss = rule_syncookie_check(m, seq, syn.ack, ctx->now);
	if (o->mss == 0) {
		count(ctx, RULE_SYNPROXY_COOKIE_INVALID);
		return false;
	}
	count(ctx, RULE_SYNPROXY_COOKIE_VALID);
	o->have |= RULE_SYNPROXY_MSS;
	if (o->have & RULE_SYNPROXY_TIMESTAMP)
		read_time(o);
	syn.flags = RTE_TCP_SYN_FLAG | (o->have & RULE_SYNPROXY_ECN ? ECN_FLAGS : 0);
	synproxy_send(ctx, m, &syn);
	return true;
}

verdict_t
rule_synproxy_eval(struct rule_packet *rp, const struct rule_synproxy *s)
{
	const struct rte_tcp_hdr *th = rule_tcp_header(rp, sizeof(*th));

	if (th == NULL || rp->p->flags & PKT_FRAG_LATER || rule_tcp_len(th) < sizeof(*th) ||
	    rule_tcp_header(rp, rule_tcp_len(th)) == NULL || !pkt_l4_checksum_ok(rp->m))
		return VERDICT_DROP_FOR(DROP(bad));
	switch (th->tcp_flags & FLAGS) {
	case RTE_TCP_SYN_FLAG:
		count(rp->ctx, RULE_SYNPROXY_SYN_RECEIVED);
		answer_syn(rp, th, s);
		return VERDICT_DROP_FOR(DROP(taken));
	case RTE_TCP_ACK_FLAG:
		return begin(rp->ctx, rp->m, th, rte_be_to_cpu_32(th->sent_seq) - 1)
			       ? VERDICT_DROP_FOR(DROP(taken))
			       : VERDICT_DROP_FOR(DROP(bad));
	default:
		return RULE_VERDICT_CONTINUE;
	}
}

/* The server's SYN/ACK: it gets its ACK, and the client the server's window. Both then know each other's numbers. */
static void
join(const struct hook_ctx *ctx, struct rte_mbuf *m, const struct rte_tcp_hdr *th, struct ct *ct)
{
	struct ct_synproxy *s = &ct->ext->synproxy;
	uint32_t seq = rte_be_to_cpu_32(th->sent_seq), ack = rte_be_to_cpu_32(th->recv_ack);
	struct synproxy_segment to = { .flags = RTE_TCP_ACK_FLAG };
	struct synproxy_options o;

	synproxy_read(th, &o);
	if (o.have & RULE_SYNPROXY_TIMESTAMP)
		s->time_off = o.tsval - s->time;
	o.have &= RULE_SYNPROXY_TIMESTAMP;
	to.options = o;
	to.seq = seq + 1;
	to.ack = ack;
	to.window = rte_be_to_cpu_16(th->rx_win) >> o.wscale;
	to.ct = as_reply(m);
	/* As the client would say it: it is shifted on its way out. */
	o.tsecr = o.tsval - s->time_off;
	o.tsval = to.options.tsecr;
	synproxy_send(ctx, m,
		      &(struct synproxy_segment){ .back = true,
						  .seq = ack,
						  .ack = s->isn + 1,
						  .window = ct->tcp.seen[CT_ORIGINAL].maxwin,
						  .flags = RTE_TCP_ACK_FLAG,
						  .options = o });
	ct_seqadj_begin(ct, CT_REPLY, s->isn - seq);
	synproxy_send(ctx, m, &to);
}

/* A SYN of ours on its way to the server; or what its client sends again, before there was an answer. */
static verdict_t
waits_for_server(const struct hook_ctx *ctx, struct rte_mbuf *m, const struct rte_tcp_hdr *th,
		 struct ct *ct, enum ct_dir dir)
{
	struct ct_synproxy *s = &ct->ext->synproxy;
	struct synproxy_options o;

	if ((th->tcp_flags & (RTE_TCP_SYN_FLAG | RTE_TCP_ACK_FLAG)) == RTE_TCP_ACK_FLAG &&
	    dir == CT_ORIGINAL) {
		/* A keep-alive: it has the number before the next one. */
		if (!begin(ctx, m, th, rte_be_to_cpu_32(th->sent_seq)))
			return VERDICT_DROP_FOR(DROP(bad));
		count(ctx, RULE_SYNPROXY_COOKIE_RETRANS);
		return VERDICT_DROP_FOR(DROP(taken));
	}
	synproxy_read(th, &o);
	s->isn = rte_be_to_cpu_32(th->recv_ack);
	if (o.have & RULE_SYNPROXY_TIMESTAMP)
		s->time = o.tsecr;
	return VERDICT_ACCEPT;
}

/* The verdict, before time stamps are shifted. */
static verdict_t
by_state(const struct hook_ctx *ctx, struct rte_mbuf *m, const struct rte_tcp_hdr *th,
	 struct ct *ct, enum ct_dir dir)
{
	struct ct_synproxy *s = &ct->ext->synproxy;
	uint8_t flags = th->tcp_flags;

	switch (__atomic_load_n(&ct->state, __ATOMIC_RELAXED)) {
	case CT_TCP_CLOSE:
		if (flags & RTE_TCP_RST_FLAG && dir != CT_ORIGINAL) {
			ct_seqadj_begin(ct, dir, s->isn - rte_be_to_cpu_32(th->sent_seq) + 1);
			return VERDICT_ACCEPT;
		}
		if (!(flags & RTE_TCP_SYN_FLAG) || flags & RTE_TCP_ACK_FLAG || dir != CT_ORIGINAL)
			return VERDICT_ACCEPT;
		/* Begun anew. */
		ct_seqadj_begin(ct, dir, 0);
		s->time_off = 0;
		count(ctx, RULE_SYNPROXY_CONN_REOPENED);
		/* fall through */
	case CT_TCP_SYN_SENT:
		return waits_for_server(ctx, m, th, ct, dir);
	case CT_TCP_SYN_RECV:
		if ((flags & (RTE_TCP_SYN_FLAG | RTE_TCP_ACK_FLAG)) !=
		    (RTE_TCP_SYN_FLAG | RTE_TCP_ACK_FLAG))
			return VERDICT_ACCEPT;
		join(ctx, m, th, ct);
		return VERDICT_DROP_FOR(DROP(taken));
	default:
		return VERDICT_ACCEPT;
	}
}

/* Tracking has seen that the header is whole. */
static void
look_after(const struct hook_ctx *ctx, void *priv, struct rte_mbuf **pkts, uint16_t n,
	   verdict_t *verdicts)
{
	for (uint16_t i = 0; i < n; i++) {
		enum ct_info info;
		struct ct *ct = ct_of(pkts[i], &info);
		const struct rte_tcp_hdr *th;

		if (ct == NULL || ct->ext == NULL || !(ct->ext->has & CT_HAS_SYNPROXY) ||
		    pkt(pkts[i])->proto != IPPROTO_TCP || info == CT_INFO_RELATED ||
		    info == CT_INFO_RELATED_REPLY)
			continue;
		th = pkt_l4(pkts[i]);
		verdicts[i] = by_state(ctx, pkts[i], th, ct, ct_info_dir(info));
		if (verdicts[i] == VERDICT_ACCEPT && ct->ext->synproxy.time_off != 0)
			synproxy_shift_times(pkts[i], ct_info_dir(info),
					     ct->ext->synproxy.time_off);
	}
}

/* Connections with shifted numbers always walk. */
RTE_INIT(rule_synproxy_init)
{
	hook_replayable(look_after);
}

int
rule_synproxy_register(struct gen *draft, enum hook_family family, bool needed)
{
	static const uint8_t points[] = { HOOK_INPUT, HOOK_POSTROUTING };
	int rc = 0;

	for (unsigned i = 0; rc == 0 && i < RTE_DIM(points); i++) {
		if (!needed) {
			hook_unregister(draft, family, points[i], NAME);
			continue;
		}
		rc = hook_register(draft, family, points[i], PRIORITY, NAME, look_after, NULL);
		rc = rc == -EEXIST ? 0 : rc;
	}
	return rc;
}
