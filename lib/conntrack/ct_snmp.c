/* SPDX-License-Identifier: BSD-3-Clause */
/* SNMP: devices are asked for by broadcast. */
#include "ct_broadcast.h"

#define PORT 161
#define TIMEOUT 30

static verdict_t
snmp_help(struct ct_help *h)
{
	return ct_broadcast_help(h, RTE_BE16(PORT), TIMEOUT);
}

static const struct ct_expect_policy policy = { .name = "snmp", .max = 1, .timeout = TIMEOUT };

static struct ct_helper snmp = {
	.name = "snmp",
	.proto = IPPROTO_UDP,
	.families = 1u << HOOK_IP4,
	.policy = &policy,
	.nb_classes = 1,
	.help = snmp_help,
};

CT_HELPER_REGISTER(snmp)
