/* SPDX-License-Identifier: BSD-3-Clause */
/* UDP-Lite (RFC 3828), with UDP's timeouts. The first packet after an answer makes it a stream. */
#include "ct_udp.h"
#include "pkt_checksum.h"

static struct ct_proto udplite;

struct header {
	uint16_t sport, dport, coverage, checksum;
};

static bool
udplite_valid(const struct rte_mbuf *m, bool check_sum)
{
	uint32_t there = pkt_l4_len(m), covered;
	const struct header *h = pkt_l4(m);

	if (pkt_l4_here(m) < sizeof(*h))
		return false;
	covered = h->coverage == 0 ? there : rte_be_to_cpu_16(h->coverage);
	if (covered < sizeof(*h) || covered > there || h->checksum == 0)
		return false;
	/*
	 * Linux takes UDP's number into the sum, so that what RFC 3828 calls right is wrong to it, and the other way
	 * round. It is the specification, here too.
	 */
	return !check_sum || pkt_l4_sums_up(m, covered, IPPROTO_UDP);
}

static enum ct_result
udplite_packet(struct ct_pkt *p)
{
	bool replied = ct_status(p->ct) & CT_SEEN_REPLY;

	ct_refresh(p, ct_udp_seconds(p->ct, &udplite, replied ? CT_UDP_REPLIED : CT_UDP_UNREPLIED));
	if (replied)
		ct_assure(p);
	return CT_OK;
}

static struct ct_proto udplite = {
	.name = "udplite",
	.proto = IPPROTO_UDPLITE,
	.families = 1u << HOOK_IP4 | 1u << HOOK_IP6,
	.valid = udplite_valid,
	.packet = udplite_packet,
	.timeouts = ct_udp_timeouts,
	.timeout_names = ct_udp_timeout_names,
	.nb_timeouts = CT_UDP_TIMEOUTS,
};

CT_PROTO_REGISTER(udplite)
