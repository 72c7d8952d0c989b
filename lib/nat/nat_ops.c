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

static void
warm(struct ct *const *cts, unsigned n)
{
	nat_source_warm_listed(cts, n);
	for (unsigned i = 0; i < n; i++)
		if (ct_status(cts[i]) & CT_NAT_LISTED)
			nat_tight_warm_gone(cts[i]);
}

static int
grow(uint32_t connections)
{
	int rc = nat_tight_grow(connections);

	return rc == 0 ? nat_source_grow(connections) : rc;
}

static const struct ct_nat_ops ops = {
	.announce = nat_announce,
	.pptp_call = nat_pptp_call,
	.pptp_message = nat_pptp_message,
	.sip = &nat_sip,
	.gone = gone,
	.ended = nat_tight_ended,
	.warm = warm,
	.grow = grow,
};

RTE_INIT(nat_ops_init)
{
	ct_nat_ops = &ops;
}
