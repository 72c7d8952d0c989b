/* SPDX-License-Identifier: BSD-3-Clause */
/* Packets whose connection is translated, but for plain TCP and UDP (nat_packet.h). */
#include "base_drop.h"
#include "ct_ext.h"
#include "ct_table.h"
#include "nat_packet.h"
#include "nat_rewrite.h"

DROP_REASON(cut, "nat-truncated",
	    "its connection is translated, and its headers are cut short or of an unknown kind");
DROP_REASON(left, "nat-port-changed",
	    "masqueraded connection whose route leads by another port now: it ends");

struct nat_end
nat_end_of(const struct ct *ct, enum ct_dir dir, enum nat_manip manip)
{
	struct ct_tuple t = ct_tuple(ct, !dir);

	return (struct nat_end){ .addr = manip == NAT_SRC ? t.dst : t.src,
				 .port = manip == NAT_SRC ? t.dport : t.sport,
				 .id = t.sport };
}

static void
rewrite_ip4(struct rte_ipv4_hdr *ip, uint32_t to, enum nat_manip manip)
{
	uint32_t *addr = manip == NAT_SRC ? &ip->src_addr : &ip->dst_addr;

	ip->hdr_checksum = pkt_sum_grow(ip->hdr_checksum, pkt_sum_delta32(*addr, to));
	*addr = to;
}

bool
nat_rewrite(struct rte_mbuf *m, const struct nat_headers *at, const struct nat_end *to,
	    enum nat_manip manip)
{
	uint8_t *ip = rte_pktmbuf_mtod_offset(m, uint8_t *, at->l3), *addr;
	bool v4 = pkt(m)->family == AF_INET;

	if (m->data_len < at->l3 + (v4 ? sizeof(struct rte_ipv4_hdr) : sizeof(struct ip6_hdr)))
		return false;
	if (v4) {
		struct rte_ipv4_hdr *ip4 = (void *)ip;
		uint32_t now = manip == NAT_SRC ? ip4->src_addr : ip4->dst_addr;

		if (!nat_rewrite_l4(m, at, to, manip, pkt_sum_delta32(now, to->addr.v4)))
			return false;
		rewrite_ip4(ip4, to->addr.v4, manip);
		return true;
	}
	addr = ip + (manip == NAT_SRC ? offsetof(struct ip6_hdr, ip6_src)
				      : offsetof(struct ip6_hdr, ip6_dst));
	if (!nat_rewrite_l4(m, at, to, manip, pkt_sum_delta128(addr, &to->addr)))
		return false;
	memcpy(addr, &to->addr, sizeof(to->addr));
	return true;
}

/* The ports that rules see. */
static void
note_ports(struct rte_mbuf *m, const struct nat_end *to, enum nat_manip manip)
{
	struct pkt *p = pkt(m);

	switch (p->proto) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
	case IPPROTO_SCTP:
	case IPPROTO_DCCP:
		*(manip == NAT_SRC ? &p->sport : &p->dport) = to->port;
	}
}

verdict_t
nat_packet(struct rte_mbuf *m, const struct ct *ct, enum ct_dir dir, enum nat_manip manip)
{
	const struct nat_headers at = { .l3 = pkt(m)->l3, .l4 = pkt(m)->l4, .proto = ct->proto };
	struct nat_end to = nat_end_of(ct, dir, manip);

	if (!nat_rewrite(m, &at, &to, manip))
		return VERDICT_DROP_FOR(DROP(cut));
	note_ports(m, &to, manip);
	return VERDICT_ACCEPT;
}

verdict_t
nat_leave(const struct hook_ctx *ctx, const struct rte_mbuf *m, struct ct *ct)
{
	if (ct_status(ct) & CT_CONFIRMED) {
		if (ct->ext != NULL && ct->ext->has & CT_HAS_ACCT)
			ct_acct(ct, CT_ORIGINAL, 1, pkt_const(m)->len);
		ct_remove(ctx->lane, ct);
	}
	return VERDICT_DROP_FOR(DROP(left));
}
