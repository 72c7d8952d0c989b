/* SPDX-License-Identifier: BSD-3-Clause */
/* Protocols without ports: a flow is a pair of addresses, and lives as long as packets come. */
#include "ct_proto.h"

CT_TIMEOUT(generic_timeout, "net.netfilter.nf_conntrack_generic_timeout", 600,
	   "seconds that a flow of a protocol without a tracker of its own is kept")

static struct param *const timeouts[] = { &generic_timeout };
static const char *const timeout_names[] = { "timeout" };

static struct ct_proto generic;

static enum ct_result
generic_packet(struct ct_pkt *p)
{
	ct_refresh(p, ct_timeout(p->ct, &generic, 0));
	return CT_OK;
}

static struct ct_proto generic = {
	.name = "unknown",
	.proto = 0,
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.packet = generic_packet,
	.timeouts = timeouts,
	.timeout_names = timeout_names,
	.nb_timeouts = RTE_DIM(timeouts),
};

CT_PROTO_REGISTER(generic)
