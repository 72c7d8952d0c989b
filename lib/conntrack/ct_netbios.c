/* SPDX-License-Identifier: BSD-3-Clause */
/* NetBIOS name service (RFC 1002): a name is asked for by broadcast. */
#include "ct_broadcast.h"

#define PORT 137
#define TIMEOUT 3

static verdict_t
netbios_help(struct ct_help *h)
{
	return ct_broadcast_help(h, RTE_BE16(PORT), TIMEOUT);
}

static const struct ct_expect_policy policy = { .name = "netbios-ns",
						.max = 1,
						.timeout = TIMEOUT };

static struct ct_helper netbios = {
	.name = "netbios-ns",
	.proto = IPPROTO_UDP,
	.families = 1u << HOOK_IP4,
	.policy = &policy,
	.nb_classes = 1,
	.help = netbios_help,
};

CT_HELPER_REGISTER(netbios)
