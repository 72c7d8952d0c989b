/* SPDX-License-Identifier: BSD-3-Clause */
/* TFTP (RFC 1350): a request is answered from another port of the server's. */
#include "ct_nat_ops.h"

enum { READ = 1, WRITE = 2 };

static verdict_t
tftp_help(struct ct_help *h)
{
	struct ct_tuple reply = ct_tuple(h->ct, CT_REPLY);
	struct ct_expect e;
	rte_be16_t opcode;

	if (ct_help_payload(h, 0, &opcode, sizeof(opcode)) < sizeof(opcode))
		return VERDICT_ACCEPT;
	opcode = rte_be_to_cpu_16(opcode);
	if (opcode != READ && opcode != WRITE)
		return VERDICT_ACCEPT;
	ct_expect_init(&e, h->ct, 0, &reply.src, &reply.dst, IPPROTO_UDP, NULL, reply.dport);
	e.dir = CT_REPLY;
	return ct_help_announce(h, CT_SAID_TFTP, 0, 0, &e);
}

static const struct ct_expect_policy policy = { .name = "tftp", .max = 1, .timeout = 300 };

static struct ct_helper tftp = {
	.name = "tftp",
	.proto = IPPROTO_UDP,
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.policy = &policy,
	.nb_classes = 1,
	.help = tftp_help,
};

CT_HELPER_REGISTER(tftp)
