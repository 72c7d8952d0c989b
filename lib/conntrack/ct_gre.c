/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * GRE. Version 1 with PPP in it (PPTP, RFC 2637) has call ids, which are its ports; of all else a flow is a pair of
 * addresses, whatever keys its headers have.
 */
#include "ct_assure.h"
#include "ct_gre.h"

#define VERSION_MASK 0x07 /* second byte */
#define VERSION_PPTP 1
#define PROTO_PPP 0x880b
#define CALL_ID 6 /* where it stands */
#define PPTP_MIN 8

CT_TIMEOUT(gre_timeout, "net.netfilter.nf_conntrack_gre_timeout", 30,
	   "seconds that a GRE flow is kept that went one way; new flows take it")
CT_TIMEOUT(gre_timeout_stream, "net.netfilter.nf_conntrack_gre_timeout_stream", 180,
	   "seconds that a GRE flow is kept that goes both ways; new flows take it")

enum { UNREPLIED, REPLIED };

static struct param *const timeouts[] = { &gre_timeout, &gre_timeout_stream };
static const char *const timeout_names[] = { "unreplied", "replied" };

static struct ct_proto gre;

/* What is too short for a call id has none, as has what is not version 1. */
static bool
gre_ports(struct ct_tuple *t, const uint8_t *l4, uint32_t len)
{
	t->sport = t->dport = 0;
	if (len < 4 || (l4[1] & VERSION_MASK) != VERSION_PPTP || len < PPTP_MIN)
		return true;
	if ((l4[2] << 8 | l4[3]) != PROTO_PPP)
		return false;
	memcpy(&t->dport, l4 + CALL_ID, sizeof(t->dport));
	t->sport = ct_gre_call_find(t);
	return true;
}

static uint32_t
seconds(const struct ct *ct, unsigned index)
{
	uint32_t own = index == REPLIED ? ct->gre.stream_timeout : ct->gre.timeout;

	return own != 0 ? own : ct_timeout(ct, &gre, index);
}

static enum ct_result
gre_packet(struct ct_pkt *p)
{
	struct ct *ct = p->ct;

	if (p->fresh) {
		ct->gre.timeout = ct_timeout(ct, &gre, UNREPLIED);
		ct->gre.stream_timeout = ct_timeout(ct, &gre, REPLIED);
	}
	if (!(ct_status(ct) & CT_SEEN_REPLY)) {
		ct_refresh(p, seconds(ct, UNREPLIED));
		return CT_OK;
	}
	ct_refresh(p, seconds(ct, REPLIED));
	ct_assure(p);
	return CT_OK;
}

static struct ct_proto gre = {
	.name = "gre",
	.proto = IPPROTO_GRE,
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.ports = gre_ports,
	.packet = gre_packet,
	.timeouts = timeouts,
	.timeout_names = timeout_names,
	.nb_timeouts = RTE_DIM(timeouts),
};

CT_PROTO_REGISTER(gre)
