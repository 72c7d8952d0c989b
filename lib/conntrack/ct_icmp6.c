/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ICMPv6: echo and node information (RFC 4620). Errors, discovery and listeners end in ct_icmp_error.c, which also
 * looks at lengths and checksums.
 */
#include <netinet/icmp6.h>

#include "ct_proto.h"

#define NODE_QUERY 139
#define NODE_REPLY 140

CT_TIMEOUT(icmp6_timeout, "net.netfilter.nf_conntrack_icmpv6_timeout", 30,
	   "seconds that an ICMPv6 question and its answers are remembered")

static struct param *const timeouts[] = { &icmp6_timeout };
static const char *const timeout_names[] = { "timeout" };

static struct ct_proto icmp6;

static bool
icmp6_ports(struct ct_tuple *t, const uint8_t *l4, uint32_t len)
{
	if (len < sizeof(struct icmp6_hdr))
		return false;
	memcpy(&t->dport, l4, sizeof(t->dport));
	memcpy(&t->sport, l4 + offsetof(struct icmp6_hdr, icmp6_id), sizeof(t->sport));
	return true;
}

static bool
is_question(uint8_t type)
{
	return type == ICMP6_ECHO_REQUEST || type == NODE_QUERY;
}

static bool
icmp6_invert(struct ct_tuple *r, const struct ct_tuple *t)
{
	uint8_t type = ct_icmp_type(t);

	r->sport = t->sport;
	if (is_question(type))
		r->dport = ct_icmp_dport(type + 1, ct_icmp_code(t));
	else
		r->dport = ct_icmp_dport(type - 1, ct_icmp_code(t));
	return is_question(type) || type == ICMP6_ECHO_REPLY || type == NODE_REPLY;
}

/* In IPv4 there is no such protocol. Who made an entry by hand may have begun with an answer. */
static enum ct_result
icmp6_packet(struct ct_pkt *p)
{
	struct ct_tuple t = ct_tuple(p->ct, CT_ORIGINAL);

	if (t.family != AF_INET6 || (p->fresh && !is_question(ct_icmp_type(&t))))
		return CT_INVALID;
	ct_refresh(p, ct_timeout(p->ct, &icmp6, 0));
	return CT_OK;
}

static struct ct_proto icmp6 = {
	.name = "icmpv6",
	.proto = IPPROTO_ICMPV6,
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.ports = icmp6_ports,
	.invert = icmp6_invert,
	.packet = icmp6_packet,
	.timeouts = timeouts,
	.timeout_names = timeout_names,
	.nb_timeouts = RTE_DIM(timeouts),
};

CT_PROTO_REGISTER(icmp6)
