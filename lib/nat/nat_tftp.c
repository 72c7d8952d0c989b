/* SPDX-License-Identifier: BSD-3-Clause */
/* TFTP: nothing stands in the request, its answer goes to where the request came from. */
#include "nat_follow.h"
#include "nat_help.h"

verdict_t
nat_tftp(const struct ct_help *h, enum ct_said said, uint32_t off, uint32_t len,
	 struct ct_expect *e)
{
	e->saved_port = ct_tuple(h->ct, CT_ORIGINAL).sport;
	e->expected = nat_follow;
	return nat_expect(h, e) == 0 ? VERDICT_ACCEPT : ct_help_drop();
}
