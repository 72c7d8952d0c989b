/* SPDX-License-Identifier: BSD-3-Clause */
#include "ct_proto.h"
#include "ct_table.h"

void
ct_kill(struct ct_pkt *p)
{
	if (!p->fresh)
		ct_remove(p->ctx->lane, p->ct);
}
