/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which connection a packet belongs to: the hook function at HOOK_PRI_CONNTRACK. The order of things is that
 * of Linux's nf_conntrack_in(). TCP and UDP are looked up a burst at a time; all else, and what is not
 * known, goes packet by packet through ct_new.c.
 */
#include "base_drop.h"
#include "ct_burst.h"
#include "ct_event.h"
#include "ct_hooks.h"
#include "ct_known.h"
#include "ct_new.h"
#include "ct_proto.h"
#include "ct_replay.h"
#include "ct_stat.h"
#include "ct_table.h"

DROP_REASON(full, "ct-full", "a new connection, and there is no room for it");
DROP_REASON(proto, "ct-dropped", "connection tracking of its protocol drops the packet");

PARAM_INT(check_sums, "net.netfilter.nf_conntrack_checksum", 1, 0, 1,
	  "packets with wrong L4 checksums are INVALID in PREROUTING")

bool
ct_checks_sums(void)
{
	return param_get(&check_sums);
}

/* What became of a packet. */
enum outcome { DONE, DEFER, DROP_FULL, DROP_PROTO };

static void
invalid(struct ct_pkt *p)
{
	CT_STAT_INC(p->ctx->lane, invalid);
	pkt(p->m)->ct = 0;
}

/* How the packet of a known flow relates to it. */
static inline enum ct_info
info_of(const struct ct *ct, enum ct_dir dir)
{
	uint32_t status;

	if (dir == CT_REPLY)
		return CT_INFO_ESTABLISHED_REPLY;
	status = ct_status(ct);
	if (likely(status & CT_SEEN_REPLY))
		return CT_INFO_ESTABLISHED;
	return status & CT_EXPECTED ? CT_INFO_RELATED : CT_INFO_NEW;
}

static inline void
seen_reply(struct ct_pkt *p)
{
	if (unlikely(!(ct_status(p->ct) & CT_SEEN_REPLY)) &&
	    !(ct_status_set(p->ct, CT_SEEN_REPLY) & CT_SEEN_REPLY))
		ct_event(p->ctx->lane, p->ct, 1u << CT_EVENT_REPLY);
}

static enum ct_result
any_protocol(struct ct_pkt *p, bool check_sum)
{
	const struct ct_proto *proto = ct_proto(p->ctx->family, p->ct->proto);

	if (proto->valid != NULL && !proto->valid(p->m, check_sum))
		return CT_INVALID;
	return proto->packet(p);
}

/* p->ct and p->dir are set: its protocol has the word. */
static inline enum ct_result
protocol(struct ct_pkt *p, bool check_sum)
{
	enum ct_result r;

	p->info = unlikely(p->fresh && ct_status(p->ct) & CT_EXPECTED) ? CT_INFO_RELATED
								       : info_of(p->ct, p->dir);
	if (p->ct->proto == IPPROTO_UDP)
		r = ct_udp_known(p, check_sum);
	else if (p->ct->proto == IPPROTO_TCP)
		r = ct_tcp_known(p, check_sum);
	else
		r = any_protocol(p, check_sum);
	if (likely(r == CT_OK)) {
		ct_set(p->m, p->ct, p->info);
		if (p->info == CT_INFO_ESTABLISHED_REPLY)
			seen_reply(p);
	}
	return r;
}

/* The protocol's answer, as what becomes of the packet; an entry that is not wanted goes. */
static enum outcome
settle(struct ct_lane *l, struct ct_pkt *p, enum ct_result r)
{
	if (likely(r == CT_OK)) {
		if (unlikely(p->fresh))
			ct_fresh_add(l, p->ct);
		return DONE;
	}
	if (p->fresh)
		ct_free(p->ctx->lane, p->ct);
	if (r != CT_DROP) {
		invalid(p);
		return DONE;
	}
	CT_STAT_INC(p->ctx->lane, drop);
	return DROP_PROTO;
}

/* No entry came of it. */
static enum outcome
without(struct ct_pkt *p, const struct ct_template *tmpl, enum ct_new n)
{
	switch (n) {
	case CT_NEW_DEFER:
		if (tmpl != NULL)
			ct_set_template(p->m, tmpl); /* for the next time */
		return DEFER;
	case CT_NEW_FULL:
		CT_STAT_INC(p->ctx->lane, drop);
		CT_STAT_INC(p->ctx->lane, full);
		return DROP_FULL;
	case CT_NEW_INVALID:
		invalid(p);
		return DONE;
	default:
		return DONE;
	}
}

/* In order mode a flow's packets go through one after another. */
static inline bool
must_wait(const struct ct_lane *l, struct ct *ct)
{
	if (likely(!l->order))
		return false;
	if (__atomic_load_n(&ct->seen, __ATOMIC_RELAXED) == l->seq)
		return true;
	__atomic_store_n(&ct->seen, l->seq, __ATOMIC_RELAXED);
	return false;
}

/* The same for an ICMP error, which goes with the connection that it is about. */
static bool
must_wait_about(const struct ct_lane *l, struct rte_mbuf *m)
{
	enum ct_info info;
	struct ct *ct = ct_of(m, &info);

	if (ct == NULL || !must_wait(l, ct))
		return false;
	pkt(m)->ct = 0;
	return true;
}

/* A packet whose entry is not known: looks by its tuple in every way there is, makes one. */
static enum outcome
slow(struct ct_lane *l, struct ct_pkt *p, bool check_sum)
{
	const struct ct_template *tmpl = ct_new_template(p->m);
	enum ct_result r = CT_AGAIN;
	struct ct_tuple t;
	enum ct_new n;

	pkt(p->m)->ct = 0;
	n = ct_new_icmp(l, p, tmpl, check_sum);
	if (n == CT_NEW_DONE && must_wait_about(l, p->m))
		n = CT_NEW_DEFER;
	if (n != CT_NEW_NOT)
		return without(p, tmpl, n);
	for (unsigned tries = 0; tries < 2 && r == CT_AGAIN; tries++) {
		if (!ct_new_tuple(p, tmpl, &t))
			return without(p, tmpl, CT_NEW_INVALID);
		if (!ct_new_find(p, tmpl, &t)) {
			n = ct_new_make(l, p, tmpl, &t);
			if (n != CT_NEW_DONE)
				return without(p, tmpl, n);
		} else if (must_wait(l, p->ct)) {
			return without(p, tmpl, CT_NEW_DEFER);
		}
		r = protocol(p, check_sum);
	}
	return settle(l, p, r);
}

/* Its entry was found. */
static inline enum outcome
known(struct ct_lane *l, struct ct_pkt *p, bool check_sum)
{
	enum ct_result r;

	if (unlikely(ct_expired(p->ct, p->now) || ct_status(p->ct) & CT_DYING))
		return slow(l, p, check_sum);
	if (unlikely(must_wait(l, p->ct)))
		return DEFER;
	r = protocol(p, check_sum);
	return unlikely(r == CT_AGAIN) ? slow(l, p, check_sum) : settle(l, p, r);
}

#define NOT_LOOKED_UP 0

/*
 * Packets without a template are looked up together; mostly they have been before the first hook. What the table said then
 * holds: who found an entry may use it until the burst ends, and for what was not there slow() looks again.
 */
static void
look_up(enum hook_family family, struct rte_mbuf **pkts, uint16_t n, uint64_t *found)
{
	struct rte_mbuf *ask[PKT_BURST];
	unsigned nb = 0;

	for (unsigned i = 0; i < n; i++)
		if (unlikely(pkt(pkts[i])->found == NOT_LOOKED_UP) && pkt(pkts[i])->ct == 0)
			ask[nb++] = pkts[i];
	if (nb != 0)
		ct_look_up(family, ask, nb);
	for (unsigned i = 0; i < n; i++)
		found[i] = likely(pkt(pkts[i])->ct == 0) ? pkt(pkts[i])->found : NOT_LOOKED_UP;
}

void
ct_track(const struct hook_ctx *ctx, void *priv, struct rte_mbuf **pkts, uint16_t n,
	 verdict_t *verdicts)
{
	struct ct_lane *l = ct_lanes[ctx->lane];
	bool check_sum = ctx->point == HOOK_PREROUTING && param_get(&check_sums);
	uint64_t found[PKT_BURST];

	ct_part_begin(l);
	l->order = ct_order(ctx->gen);
	look_up(ctx->family, pkts, n, found);
	for (unsigned i = 0; i < n; i++) {
		struct ct_pkt p = { .ctx = ctx, .m = pkts[i], .now = ct_time(ctx->now) };
		uint64_t has = pkt(p.m)->ct;
		enum outcome o;

		if (unlikely(has >= CT_INFO_UNTRACKED && (has & CT_INFO_MASK) != CT_INFO_TEMPLATE))
			continue; /* untracked, or an answer of the box that was attached */
		if (likely(found[i] > CT_FOUND_NOTHING)) {
			p.ct = (struct ct *)(uintptr_t)(found[i] & ~CT_INFO_MASK);
			p.dir = found[i] & 1;
			o = known(l, &p, check_sum);
		} else {
			o = slow(l, &p, check_sum);
		}
		if (likely(o == DONE))
			continue;
		if (o == DEFER) {
			ct_defer(l, pkts, i, n, verdicts);
			break;
		}
		verdicts[i] = VERDICT_DROP_FOR(o == DROP_FULL ? DROP(full) : DROP(proto));
	}
	if (unlikely(l->burst.nb_new != l->part))
		ct_fresh_warm(l, ctx->family);
}
