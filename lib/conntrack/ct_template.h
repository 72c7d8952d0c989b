/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What target CT gives to packets that have no connection yet: how their entry is to be made. Owned by the
 * rule, immutable, at least 8-byte aligned; pkt.ct points to it (CT_INFO_TEMPLATE) until tracking has seen it.
 */
#pragma once

#include "ct.h"

struct ct_helper;
struct ct_timeouts;

struct ct_template {
	uint16_t zone;
	uint8_t zone_dirs; /* CT_ZONE_ORIG, CT_ZONE_REPLY; both: any direction */
	bool zone_mark;    /* the zone is the packet's mark */
	bool has_events;
	bool synproxy;       /* SYNPROXY has sent it */
	uint16_t event_mask; /* bits of enum ct_event */
	uint16_t exp_event_mask;
	const struct ct_helper *helper; /* NULL: none */
	const struct ct_timeouts *timeouts;
} __rte_aligned(8);

static inline void
ct_set_template(struct rte_mbuf *m, const struct ct_template *t)
{
	pkt(m)->ct = (uintptr_t)t | CT_INFO_TEMPLATE;
}

/*
 * What rules see of a packet's connection: also what stands for one to come behind target CT, which is confirmed and
 * else all zeros. Only to read; NULL as ct_of().
 */
static inline const struct ct *
ct_seen_of(const struct rte_mbuf *m, enum ct_info *info)
{
	static const struct ct to_come = { .status = CT_CONFIRMED };
	const struct ct *ct = ct_of(m, info);

	if (*info != CT_INFO_TEMPLATE)
		return ct;
	*info = CT_INFO_NEW;
	return &to_come;
}
