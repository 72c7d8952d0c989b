/* SPDX-License-Identifier: BSD-3-Clause */
/* Private to lib/conntrack: packets whose entry is not known yet, ct_new.c. Workers. */
#pragma once

#include "ct_burst.h"
#include "ct_proto.h"
#include "ct_template.h"

enum ct_new {
	CT_NEW_DONE,
	CT_NEW_NOT,     /* not what was asked for: go on */
	CT_NEW_DEFER,   /* its flow was begun by a packet ahead that is not through yet */
	CT_NEW_FULL,    /* no room for an entry */
	CT_NEW_INVALID, /* no connection can come of it */
};

/* What a rule asked for, or NULL. */
static inline const struct ct_template *
ct_new_template(const struct rte_mbuf *m)
{
	uint64_t v = pkt_const(m)->ct;

	if ((v & CT_INFO_MASK) != CT_INFO_TEMPLATE)
		return NULL;
	return (const struct ct_template *)(uintptr_t)(v & ~CT_INFO_MASK);
}

/* ICMP errors belong to the connection they tell of; neighbour discovery to none. */
enum ct_new ct_new_icmp(struct ct_lane *l, struct ct_pkt *p, const struct ct_template *tmpl,
			bool check_sum);
/* The packet's tuple, in the zone of the original direction. false: it has none. */
bool ct_new_tuple(const struct ct_pkt *p, const struct ct_template *tmpl, struct ct_tuple *t);
/* Sets p->ct and p->dir. false: no such flow. */
bool ct_new_find(struct ct_pkt *p, const struct ct_template *tmpl, struct ct_tuple *t);
/* Makes the entry: p->ct, fresh. */
enum ct_new ct_new_make(struct ct_lane *l, struct ct_pkt *p, const struct ct_template *tmpl,
			const struct ct_tuple *t);
