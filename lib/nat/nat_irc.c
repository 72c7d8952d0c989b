/* SPDX-License-Identifier: BSD-3-Clause */
/* IRC's DCC: the address that the others see, as one number, and a port there. */
#include <stdio.h>

#include "nat_follow.h"
#include "nat_help.h"

static unsigned
make(char text[NAT_TEXT_MAX], const struct ct *ct, enum ct_said said, const struct ct_expect *e)
{
	return snprintf(text, NAT_TEXT_MAX, "%u %u",
			rte_be_to_cpu_32(nat_seen_from(ct, CT_ORIGINAL).v4),
			rte_be_to_cpu_16(e->tuple.dport));
}

verdict_t
nat_irc(const struct ct_help *h, enum ct_said said, uint32_t off, uint32_t len, struct ct_expect *e)
{
	return nat_announce_text(h, said, off, len, e, make);
}
