/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * REJECT's answer to a packet: whether there is one, and its sending. Called by target_reject.c on
 * workers.
 */
#include <netinet/in.h>

#include <rte_ip.h>

#include "base_drop.h"
#include "ct_tcp.h"
#include "hook_emit.h"
#include "pkt_build.h"
#include "pkt_checksum.h"
#include "pkt_pool.h"
#include "rule_reject.h"

DROP_REASON(reject, "rule-reject", "dropped by a rule with target REJECT");

/*
 * The one's complement sum of the L4 bytes that are there: right means all ones. IPv6, TCP and UDP
 * have a pseudo header.
 */
static bool
payload_sums_up(const struct rule_packet *rp)
{
	uint16_t len = pkt_l4_len(rp->m);
	uint32_t sum = pkt_l4_sum(rp->m);
	const void *addrs = NULL;
	size_t addr_len = 0;

	if (rp->p->family == AF_INET6) {
		addrs = &pkt_ip6(rp->m)->ip6_src;
		addr_len = 2 * sizeof(struct in6_addr);
	} else if (rp->p->proto == IPPROTO_TCP || rp->p->proto == IPPROTO_UDP) {
		addrs = &pkt_ip4(rp->m)->src_addr;
		addr_len = 2 * sizeof(uint32_t);
	} else if (sum == 0) {
		return true; /* Linux sums the IP header too: all ones together */
	}
	if (addrs != NULL) {
		sum += rte_raw_cksum(addrs, addr_len);
		sum += rte_cpu_to_be_16(len);
		sum += rte_cpu_to_be_16(rp->p->proto);
	}
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return sum == 0xffff;
}

/*
 * Linux answers only what it could check. For a protocol whose checksum it does not know it takes
 * the whole payload as summed, unless the protocol is one of those known to have something else; of
 * a first fragment it takes the bytes that are there.
 */
static bool
checksum_ok(const struct rule_packet *rp)
{
	uint16_t len = pkt_l4_len(rp->m);

	if (rp->p->flags & PKT_FRAG_LATER || !(rp->p->flags & PKT_L4))
		return false;
	if (rp->p->family == AF_INET6 && len == 0)
		return false;
	switch (rp->p->proto) {
	case IPPROTO_AH:
	case IPPROTO_ESP:
	case IPPROTO_GRE:
	case IPPROTO_SCTP:
	case IPPROTO_UDPLITE:
		return true;
	case IPPROTO_UDP:
		/* Not summed: also on IPv6, where receivers refuse it. */
		if (len >= 8 && ((const uint16_t *)pkt_l4(rp->m))[3] == 0)
			return true;
		break;
	case IPPROTO_TCP:
		break;
	default:
		return payload_sums_up(rp);
	}
	return rp->p->flags & PKT_FRAG || len < 8 ? payload_sums_up(rp) : pkt_l4_checksum_ok(rp->m);
}

/* How the frame was addressed does not matter here, other than for ICMP errors. */
static bool
is_group(const struct rule_packet *rp)
{
	const struct pkt *p = rp->p;

	if (p->flags & PKT_L3_MULTI)
		return true;
	if (p->family == AF_INET6) {
		const struct ip6_hdr *h = pkt_ip6(rp->m);

		return h->ip6_dst.s6_addr[0] == 0xff || h->ip6_src.s6_addr[0] == 0xff;
	}
	return pkt_ip4(rp->m)->dst_addr == INADDR_BROADCAST ||
	       IN_MULTICAST(rte_be_to_cpu_32(pkt_ip4(rp->m)->dst_addr));
}

static void
send_reset(struct rule_packet *rp)
{
	enum ct_info info;
	struct ct *ct = ct_of(rp->m, &info);
	struct rte_mbuf *m;

	if (rp->p->proto != IPPROTO_TCP || is_group(rp))
		return;
	m = pkt_alloc(rp->ctx->lane);
	if (m == NULL)
		return;
	if (!pkt_build_tcp_reset(m, rp->m)) {
		rte_pktmbuf_free(m);
		return;
	}
	if (ct != NULL)
		ct_tcp_reject(rp->ctx->lane, ct, ct_time(rp->ctx->now));
	ct_attach(m, rp->m);
	pkt(m)->entry = PKT_ENTRY_LOCAL_OUT;
	pkt(m)->burst_pos = rp->p->burst_pos;
	hook_emit.local_out(rp->ctx, m);
}

verdict_t
rule_reject_send(struct rule_packet *rp, const struct rule_reject_kind *kind)
{
	if (checksum_ok(rp)) {
		if (kind->reset)
			send_reset(rp);
		else
			hook_emit.icmp_error(rp->ctx, rp->m, kind->type, kind->code, 0);
	}
	return VERDICT_DROP_FOR(DROP(reject));
}
