/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The end of the way through the box: helpers read what passed, and new connections enter the table. What was
 * dropped on the way leaves nothing.
 */
#include "base_drop.h"
#include "ct_burst.h"
#include "ct_event.h"
#include "ct_ext.h"
#include "ct_helper.h"
#include "ct_nat_ops.h"
#include "ct_stat.h"
#include "ct_table.h"

DROP_REASON(seqadj, "ct-seqadj",
	    "its sequence numbers are to be shifted, and its TCP options make no sense");
DROP_REASON(clash, "ct-clash", "another packet made a connection with the same tuple meanwhile");
DROP_REASON(exhausted, "nat-exhausted",
	    "a new connection, and no address and port to translate it to is free");

/* Two packets of one flow, on two lanes: the one that came second joins the first, where that is harmless. */
static bool
join(struct rte_mbuf *m, const struct ct *ct, struct ct *other)
{
	struct ct_tuple mine = ct_tuple(ct, CT_ORIGINAL), its = ct_tuple(other, CT_ORIGINAL);

	if (ct->proto == IPPROTO_TCP || ct->proto == IPPROTO_SCTP || ct->proto == IPPROTO_DCCP ||
	    memcmp(&mine, &its, sizeof(mine)) != 0)
		return false;
	mine = ct_tuple(ct, CT_REPLY);
	its = ct_tuple(other, CT_REPLY);
	if (memcmp(&mine, &its, sizeof(mine)) != 0)
		return false;
	ct_set(m, other, pkt(m)->ct & CT_INFO_MASK);
	return true;
}

static verdict_t
confirm(const struct hook_ctx *ctx, struct rte_mbuf *m, struct ct *ct)
{
	struct ct *other = NULL;
	int rc = ct_insert(ctx->lane, ct, ct_time(ctx->now), &other);

	if (likely(rc == 0)) {
		uint32_t expected = ct_status(ct) & CT_EXPECTED;

		ct_event(ctx->lane, ct, 1u << (expected ? CT_EVENT_RELATED : CT_EVENT_NEW));
		return VERDICT_ACCEPT;
	}
	CT_STAT_INC(ctx->lane, insert_failed);
	if (rc == -EEXIST && join(m, ct, other)) {
		CT_STAT_INC(ctx->lane, clash_resolve);
		return VERDICT_ACCEPT;
	}
	CT_STAT_INC(ctx->lane, drop);
	ct_nat_forget(ct); /* not only when the burst is through */
	return VERDICT_DROP_FOR(ct_status(ct) & CT_NAT_EXHAUSTED ? DROP(exhausted) : DROP(clash));
}

void
ct_confirm(const struct hook_ctx *ctx, void *priv, struct rte_mbuf **pkts, uint16_t n,
	   verdict_t *verdicts)
{
	const struct ct_burst *b = &ct_lanes[ctx->lane]->burst;

	if (likely((b->nb_new | b->events) == 0))
		return;
	for (unsigned i = 0; i < n; i++) {
		enum ct_info info;
		struct ct *ct = ct_of(pkts[i], &info);

		if (ct != NULL && ct_info_dir(info) == CT_ORIGINAL &&
		    !(ct_status(ct) & CT_CONFIRMED))
			verdicts[i] = confirm(ctx, pkts[i], ct);
		if (unlikely(b->events) && ct != NULL && ct_status(ct) & CT_CONFIRMED)
			ct_event_packet(ctx->lane, ct);
	}
}

/* What the helper changes in this packet shifts the next ones. */
static verdict_t
help(struct ct_help *h)
{
	const struct ct_helper *helper = h->ct->ext->helper;
	bool shifted = ct_status(h->ct) & CT_SEQ_ADJUST && pkt(h->m)->proto == h->ct->proto;
	verdict_t v = helper != NULL ? helper->help(h) : VERDICT_ACCEPT;

	if (!shifted || v != VERDICT_ACCEPT || ct_seqadj_apply(h->m, h->ct, h->dir))
		return v;
	CT_STAT_INC(h->ctx->lane, drop);
	return VERDICT_DROP_FOR(DROP(seqadj));
}

void
ct_help(const struct hook_ctx *ctx, void *priv, struct rte_mbuf **pkts, uint16_t n,
	verdict_t *verdicts)
{
	if (likely(!ct_helped))
		return;
	for (unsigned i = 0; i < n; i++) {
		struct ct_help h = { .ctx = ctx, .m = pkts[i], .now = ct_time(ctx->now) };
		enum ct_info info;

		h.ct = ct_of(pkts[i], &info);
		if (h.ct == NULL || h.ct->ext == NULL || info == CT_INFO_RELATED_REPLY)
			continue;
		h.info = info;
		h.dir = ct_info_dir(info);
		verdicts[i] = help(&h);
	}
}
