/* SPDX-License-Identifier: BSD-3-Clause */
/* What connection tracking, which knows nothing of translation, asks of it. */
#include "ct_nat_ops.h"
#include "nat_help.h"
#include "nat_sip.h"
#include "nat_source.h"
#include "nat_tight.h"

static void
gone(struct ct *ct)
{
	nat_source_remove(ct);
	if (!(ct_status(ct) & CT_NAT_EXHAUSTED))
		nat_tight_gone(ct);
}

static const struct ct_nat_ops ops = {
	.announce = nat_announce,
	.pptp_call = nat_pptp_call,
	.pptp_message = nat_pptp_message,
	.sip = &nat_sip,
	.gone = gone,
	.warm = nat_source_warm_listed,
	.grow = nat_source_grow,
};

RTE_INIT(nat_ops_init)
{
	ct_nat_ops = &ops;
}
