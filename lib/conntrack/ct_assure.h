/* SPDX-License-Identifier: BSD-3-Clause */
/* Private to lib/conntrack: a flow is worth keeping when the table is full, and those who listen learn it. */
#pragma once

#include "ct_event.h"
#include "ct_proto.h"

static inline void
ct_assure(struct ct_pkt *p)
{
	if (likely(ct_status(p->ct) & CT_ASSURED))
		return;
	if (!(ct_status_set(p->ct, CT_ASSURED) & CT_ASSURED))
		ct_event(p->ctx->lane, p->ct, 1u << CT_EVENT_ASSURED);
}
