/* SPDX-License-Identifier: BSD-3-Clause */
/* Behind ct_proto.h only: the refresh of an entry, inlined into every protocol. */
#pragma once

#include "ct_ext.h"

/*
 * The sweep looks at an entry when it was told to, and once in CT_SWEEP_EVERY: only timeouts shorter than that tell it
 * anew. (TCP's timeout falls from days to minutes with every segment of data.)
 */
#define CT_SWEEP_EVERY ct_seconds(60)
void ct_sweep_sooner(const struct ct *ct, uint32_t expires);

/* Counts the packet, where connections are counted. */
static inline void
ct_account(struct ct_pkt *p)
{
	struct ct *ct = p->ct;

	if (unlikely(ct->ext != NULL && ct->ext->has & CT_HAS_ACCT))
		ct_acct(ct, p->dir, 1, pkt(p->m)->len);
}

/* The entry expires that many seconds from now, unless its timeout is fixed. */
static inline void
ct_expire_in(struct ct_pkt *p, uint32_t seconds)
{
	struct ct *ct = p->ct;
	uint32_t steps = ct_seconds(seconds), expires = p->now + steps;
	bool sooner;

	if (p->fresh) {
		ct->expires = steps;
		return;
	}
	if (unlikely(ct_status(ct) & CT_FIXED_TIMEOUT))
		return;
	sooner = steps < CT_SWEEP_EVERY &&
		 (int32_t)(expires - __atomic_load_n(&ct->expires, __ATOMIC_RELAXED)) < 0;
	__atomic_store_n(&ct->expires, expires, __ATOMIC_RELAXED);
	if (unlikely(sooner))
		ct_sweep_sooner(ct, expires); /* not before: the sweep may be looking */
}

static inline void
ct_refresh(struct ct_pkt *p, uint32_t seconds)
{
	ct_account(p);
	ct_expire_in(p, seconds);
}
