/* SPDX-License-Identifier: BSD-3-Clause */
/* New flows: their tuples, their entries, and what rules and expectations give them. */
#include <time.h>

#include "ct_expect.h"
#include "ct_ext.h"
#include "ct_hash.h"
#include "ct_helper.h"
#include "ct_hooks.h"
#include "ct_icmp_error.h"
#include "ct_limit.h"
#include "ct_new.h"
#include "ct_quoted.h"
#include "ct_stat.h"
#include "ct_table.h"
#include "ct_zone.h"
#include "ct_track.h"

PARAM_INT_CALL(accounting, "net.netfilter.nf_conntrack_acct", 0, 0, 1, ct_ext_wanted,
	       "count packets and bytes of new connections")
PARAM_INT_CALL(timestamp, "net.netfilter.nf_conntrack_timestamp", 0, 0, 1, ct_ext_wanted,
	       "note when new connections begin and end")

static uint32_t labels_held; /* rules that look at labels */

static bool
labelled(void)
{
	return __atomic_load_n(&labels_held, __ATOMIC_RELAXED) != 0;
}

bool
ct_ext_for_all(void)
{
	return param_get(&accounting) || param_get(&timestamp) || labelled();
}

int
ct_labels_hold(void)
{
	bool tracking = ct_table_exists(HOOK_IP4) || ct_table_exists(HOOK_IP6);

	/* A table that is made later sees that labels are held. */
	if (!labelled() && tracking && ct_ext_reserve(ct_max()) != 0)
		return -ENOMEM;
	__atomic_fetch_add(&labels_held, 1, __ATOMIC_RELAXED);
	return 0;
}

void
ct_labels_drop(void)
{
	__atomic_fetch_sub(&labels_held, 1, __ATOMIC_RELAXED);
}

void
ct_acct_enable(void)
{
	param_set(&accounting, 1);
}

static uint16_t
zone_of(const struct rte_mbuf *m, const struct ct_template *tmpl, enum ct_dir dir)
{
	if (tmpl == NULL ||
	    !(tmpl->zone_dirs & (dir == CT_ORIGINAL ? CT_ZONE_ORIG : CT_ZONE_REPLY)))
		return 0;
	return tmpl->zone_mark ? pkt_const(m)->mark : tmpl->zone;
}

enum ct_new
ct_new_icmp(struct ct_lane *l, struct ct_pkt *p, const struct ct_template *tmpl, bool check_sum)
{
	uint8_t proto = p->ctx->family == HOOK_IP4 ? IPPROTO_ICMP : IPPROTO_ICMPV6;
	const uint16_t zones[CT_DIRS] = { zone_of(p->m, tmpl, CT_ORIGINAL),
					  zone_of(p->m, tmpl, CT_REPLY) };
	struct ct_tuple inner;

	if (likely(pkt(p->m)->proto != proto) || !(pkt(p->m)->flags & PKT_L4))
		return CT_NEW_NOT;
	switch (ct_icmp_error(p->m, p->ctx, zones, check_sum, &inner)) {
	case CT_ICMP_FLOW:
		return CT_NEW_NOT;
	case CT_ICMP_UNKNOWN:
		if (ct_fresh_has(l, &inner, ct_hash_tuple(&inner)))
			return CT_NEW_DEFER;
		CT_STAT_INC(p->ctx->lane, error);
		return CT_NEW_DONE;
	default:
		return CT_NEW_DONE; /* ct_icmp_error() counted and left it as it is to be */
	}
}

/* The last extension header ends behind the packet: Linux takes the protocol it names all the same. */
static bool
cut_tuple(const struct rte_mbuf *m, struct ct_tuple *t)
{
	uint16_t zone = t->zone;
	bool told = ct_quoted(m, pkt_const(m)->l3, t);

	t->zone = zone;
	return told;
}

bool
ct_new_tuple(const struct ct_pkt *p, const struct ct_template *tmpl, struct ct_tuple *t)
{
	const struct pkt *k = pkt_const(p->m);
	const struct ct_proto *proto = ct_proto(p->ctx->family, k->proto);

	*t = (struct ct_tuple){ .proto = k->proto,
				.family = k->family,
				.zone = zone_of(p->m, tmpl, CT_ORIGINAL) };
	if (k->family == AF_INET) {
		t->src.v4 = pkt_ip4(p->m)->src_addr;
		t->dst.v4 = pkt_ip4(p->m)->dst_addr;
	} else {
		memcpy(&t->src, &pkt_ip6(p->m)->ip6_src, 16);
		memcpy(&t->dst, &pkt_ip6(p->m)->ip6_dst, 16);
	}
	if (k->flags & PKT_FRAG_LATER || (k->family == AF_INET6 && k->proto == IPPROTO_NONE))
		return false;
	if (unlikely(k->flags & PKT_EXT_BAD))
		return cut_tuple(p->m, t);
	if (proto->ports != NULL)
		return proto->ports(t, pkt_l4(p->m), pkt_l4_here(p->m));
	if (proto->proto == 0)
		return true;
	t->sport = k->sport;
	t->dport = k->dport;
	return k->flags & PKT_L4;
}

bool
ct_tuple_of_pkt(const struct hook_ctx *ctx, struct rte_mbuf *m, struct ct_tuple *t)
{
	const struct ct_pkt p = { .ctx = ctx, .m = m };
	const struct ct_proto *proto = ct_proto(ctx->family, pkt(m)->proto);

	/* Tracking leaves it to the protocol to find ports cut short. */
	if (proto->proto != 0 && proto->ports == NULL && pkt_l4_len(m) < 2 * sizeof(uint16_t))
		return false;
	return ct_new_tuple(&p, NULL, t);
}

bool
ct_new_find(struct ct_pkt *p, const struct ct_template *tmpl, struct ct_tuple *t)
{
	const uint16_t zones[CT_DIRS] = { t->zone, zone_of(p->m, tmpl, CT_REPLY) };
	enum ct_dir dir = CT_ORIGINAL;

	p->fresh = false;
	p->ct = ct_zone_find(p->ctx->lane, t, zones, &dir, p->now);
	p->dir = dir;
	return p->ct != NULL;
}

static void
begin_stamp(struct ct_ext *x)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	x->has |= CT_HAS_TIMESTAMP;
	x->start = now.tv_sec * 1000000000ull + now.tv_nsec;
}

void
ct_ext_begin(struct ct *ct, unsigned lane)
{
	bool counted = param_get(&accounting), stamped = param_get(&timestamp), labels = labelled();
	struct ct_ext *x = counted || stamped || labels ? ct_ext_get(ct, lane) : NULL;

	if (x == NULL)
		return;
	if (counted)
		x->has |= CT_HAS_ACCT;
	if (labels)
		x->has |= CT_HAS_LABELS;
	if (stamped)
		begin_stamp(x);
}

/* What the connection is to have from the start. */
static void
extend(struct ct_pkt *p, const struct ct_template *tmpl)
{
	struct ct_ext *x;

	ct_ext_begin(p->ct, p->ctx->lane);
	if (likely(tmpl == NULL || (!tmpl->timeouts && !tmpl->has_events && !tmpl->synproxy)))
		return;
	x = ct_ext_get(p->ct, p->ctx->lane);
	if (x == NULL)
		return;
	x->timeouts = tmpl->timeouts;
	if (tmpl->synproxy)
		x->has |= CT_HAS_SYNPROXY;
	if (tmpl->has_events) {
		x->has |= CT_HAS_EVENTS;
		x->event_mask = tmpl->event_mask;
	}
}

static enum ct_new
alloc(struct ct_lane *l, struct ct_pkt *p)
{
	uint32_t unconfirmed = l->burst.nb_new - l->part;

	if (unlikely(!ct_fresh_room(l)) ||
	    !ct_limit_room(p->ctx->lane, pkt(p->m)->family, unconfirmed, p->now))
		return CT_NEW_FULL;
	p->ct = ct_alloc(p->ctx->lane, pkt(p->m)->family);
	return p->ct != NULL ? CT_NEW_DONE : CT_NEW_FULL;
}

enum ct_new
ct_new_make(struct ct_lane *l, struct ct_pkt *p, const struct ct_template *tmpl,
	    const struct ct_tuple *t)
{
	uint32_t hash = ct_hash_tuple(t);
	struct ct_tuple reply;
	enum ct_new n;

	if (unlikely(ct_fresh_has(l, t, hash)))
		return CT_NEW_DEFER;
	if (!ct_invert(&reply, t))
		return CT_NEW_INVALID;
	n = alloc(l, p);
	if (unlikely(n != CT_NEW_DONE))
		return n;
	p->fresh = true;
	p->dir = CT_ORIGINAL;
	p->ct->proto = t->proto;
	p->ct->zone_dirs = tmpl != NULL ? tmpl->zone_dirs : CT_ZONE_ORIG | CT_ZONE_REPLY;
	reply.zone = zone_of(p->m, tmpl, CT_REPLY);
	ct_tuple_set(p->ct, CT_ORIGINAL, t);
	ct_tuple_set(p->ct, CT_REPLY, &reply);
	extend(p, tmpl);
	if (unlikely(__atomic_load_n(&ct_nb_expects, __ATOMIC_RELAXED) != 0) &&
	    ct_expect_meet(p->ctx->lane, p->ct, t, p->now))
		return CT_NEW_DONE;
	if (tmpl != NULL && tmpl->helper != NULL)
		ct_helper_set(p->ct, tmpl->helper, p->ctx->lane);
	return CT_NEW_DONE;
}
