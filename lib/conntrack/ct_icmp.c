/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ICMP: questions make flows, answers belong to them, the identifier is the port. Errors do not come here but to
 * ct_icmp_error.c, which also looks at lengths and checksums.
 */
#include <netinet/ip_icmp.h>

#include "ct_proto.h"

CT_TIMEOUT(icmp_timeout, "net.netfilter.nf_conntrack_icmp_timeout", 30,
	   "seconds that an ICMP question and its answers are remembered")

static struct param *const timeouts[] = { &icmp_timeout };
static const char *const timeout_names[] = { "timeout" };

static struct ct_proto icmp;

#define NONE UINT8_MAX

/* The answer's type to a question's and back. */
static uint8_t
counterpart(uint8_t type)
{
	switch (type) {
	case ICMP_ECHO:
		return ICMP_ECHOREPLY;
	case ICMP_ECHOREPLY:
		return ICMP_ECHO;
	case ICMP_TIMESTAMP:
	case ICMP_INFO_REQUEST:
	case ICMP_ADDRESS:
		return type + 1;
	case ICMP_TIMESTAMPREPLY:
	case ICMP_INFO_REPLY:
	case ICMP_ADDRESSREPLY:
		return type - 1;
	default:
		return NONE;
	}
}

static bool
is_question(uint8_t type)
{
	return type == ICMP_ECHO || type == ICMP_TIMESTAMP || type == ICMP_INFO_REQUEST ||
	       type == ICMP_ADDRESS;
}

static bool
icmp_ports(struct ct_tuple *t, const uint8_t *l4, uint32_t len)
{
	if (len < ICMP_MINLEN)
		return false;
	memcpy(&t->dport, l4, sizeof(t->dport));
	memcpy(&t->sport, l4 + offsetof(struct icmphdr, un.echo.id), sizeof(t->sport));
	return true;
}

static bool
icmp_invert(struct ct_tuple *r, const struct ct_tuple *t)
{
	uint8_t type = counterpart(ct_icmp_type(t));

	r->sport = t->sport;
	r->dport = ct_icmp_dport(type, ct_icmp_code(t));
	return type != NONE;
}

/* In IPv6 there is no such protocol. */
static enum ct_result
icmp_packet(struct ct_pkt *p)
{
	struct ct_tuple t = ct_tuple(p->ct, CT_ORIGINAL);

	if (t.family != AF_INET || !is_question(ct_icmp_type(&t)))
		return CT_INVALID;
	ct_refresh(p, ct_timeout(p->ct, &icmp, 0));
	return CT_OK;
}

static struct ct_proto icmp = {
	.name = "icmp",
	.proto = IPPROTO_ICMP,
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.ports = icmp_ports,
	.invert = icmp_invert,
	.packet = icmp_packet,
	.timeouts = timeouts,
	.timeout_names = timeout_names,
	.nb_timeouts = RTE_DIM(timeouts),
};

CT_PROTO_REGISTER(icmp)
