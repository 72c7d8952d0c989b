/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The part of REJECT that both families share. Called by target_reject.c and target_reject6.c:
 * parsing on the control lcore, sending on workers.
 */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <strings.h>

#include <rte_ip.h>

#include "base_drop.h"
#include "hook_emit.h"
#include "pkt_build.h"
#include "pkt_checksum.h"
#include "pkt_pool.h"
#include "rule_reject.h"

DROP_REASON(reject, "rule-reject", "dropped by a rule with target REJECT");

int
rule_reject_parse(const struct rule_parse *p, const char *text,
		  const struct rule_reject_kind *kinds, unsigned nb, struct rule_reject *out)
{
	size_t len = strlen(text);

	for (unsigned i = 0; i < nb; i++)
		if (strncasecmp(kinds[i].name, text, len) == 0 ||
		    strncasecmp(kinds[i].alias, text, len) == 0) {
			out->kind = i;
			return 0;
		}
	return err_set(p->err, -EINVAL, "unknown reject type \"%s\"", text);
}

int
rule_reject_check(const struct rule_where *w, const struct rule_reject_kind *kind)
{
	if (strcmp(w->table, "filter") != 0)
		return -EINVAL;
	if (kind->reset && (w->ip->proto != IPPROTO_TCP || w->ip->inv & RULE_INV_PROTO))
		return -EINVAL;
	return 0;
}

/* One's complement sum of the L4 bytes and the IPv6 pseudo header: right means all ones. */
static bool
payload_sums_up(const struct rule_packet *rp)
{
	uint16_t len = pkt_l4_len(rp->m);
	uint32_t sum = rte_raw_cksum(pkt_l4(rp->m), len);

	if (rp->p->family == AF_INET6) {
		const struct ip6_hdr *h = pkt_ip6(rp->m);

		sum += rte_raw_cksum(&h->ip6_src, 2 * sizeof(h->ip6_src));
		sum += rte_cpu_to_be_16(len) + rte_cpu_to_be_16(rp->p->proto);
	}
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return sum == 0xffff;
}

/*
 * Linux answers only what it could check: a wrong checksum gets nothing, nor does a fragment (its
 * sum cannot be right). For a protocol whose checksum it does not know it takes the whole payload
 * as summed, unless the protocol is one of those known to have something else.
 */
static bool
checksum_ok(const struct rule_packet *rp)
{
	if (rp->p->flags & PKT_FRAG || !(rp->p->flags & PKT_L4))
		return false;
	switch (rp->p->proto) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		return pkt_l4_checksum_ok(rp->m);
	case IPPROTO_AH:
	case IPPROTO_ESP:
	case IPPROTO_GRE:
	case IPPROTO_SCTP:
	case IPPROTO_UDPLITE:
	case IPPROTO_DCCP:
		return true;
	default:
		return payload_sums_up(rp);
	}
}

static bool
is_group(const struct rule_packet *rp)
{
	const struct pkt *p = rp->p;

	if (p->flags & (PKT_L2_BCAST | PKT_L2_MCAST))
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
	struct rte_mbuf *m;

	if (rp->p->proto != IPPROTO_TCP || is_group(rp))
		return;
	m = pkt_alloc(rp->ctx->lane);
	if (m == NULL)
		return;
	if (pkt_build_tcp_reset(m, rp->m))
		hook_emit.local_out(rp->ctx, m);
	else
		rte_pktmbuf_free(m);
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
