/* SPDX-License-Identifier: BSD-3-Clause */
/* Packets of connections that are there: they are found a burst at a time. */
#include "ct_known.h"
#include "ct_replay.h"
#include "ct_table.h"

static inline void
key4(struct ct_key4 *k, const struct rte_mbuf *m, const struct pkt *p)
{
	const struct rte_ipv4_hdr *ip = pkt_ip4(m);

	*k = (struct ct_key4){ .src = ip->src_addr,
			       .dst = ip->dst_addr,
			       .sport = p->sport,
			       .dport = p->dport,
			       .proto = p->proto };
}

static inline void
key6(struct ct_tuple *k, const struct rte_mbuf *m, const struct pkt *p)
{
	memcpy(&k->src, &pkt_ip6(m)->ip6_src, 2 * sizeof(k->src));
	k->sport = p->sport;
	k->dport = p->dport;
	k->zone = 0;
	k->proto = p->proto;
	k->family = AF_INET6;
}

static inline bool
is_plain(const struct pkt *p)
{
	return likely((p->flags & (PKT_L4 | PKT_FRAG)) == PKT_L4) &&
	       likely(p->proto == IPPROTO_TCP || p->proto == IPPROTO_UDP);
}

/* The lines of what was found are on their way; of streams of UDP only the first one is read. */
static inline void
place(struct rte_mbuf **pkts, const uint64_t *hit, const uint8_t *at, unsigned nb)
{
	for (unsigned j = 0; j < nb; j++) {
		struct pkt *p = pkt(pkts[at[j]]);
		uintptr_t ct = hit[j] & ~CT_INFO_MASK;

		p->found = hit[j] != 0 ? hit[j] : CT_FOUND_NOTHING;
		rte_prefetch0((const void *)ct);
		if (p->proto == IPPROTO_TCP)
			rte_prefetch0((const void *)(ct + RTE_CACHE_LINE_SIZE));
	}
}

static __rte_always_inline void
look_up(enum hook_family family, struct rte_mbuf **pkts, uint16_t n)
{
	union {
		struct ct_key4 v4[PKT_BURST];
		struct ct_tuple v6[PKT_BURST];
	} keys;
	uint64_t hit[PKT_BURST];
	uint8_t at[PKT_BURST];
	unsigned nb = 0;

	for (unsigned i = 0; i < n; i++) {
		if (!is_plain(pkt(pkts[i])))
			continue;
		if (family == HOOK_IP4)
			key4(&keys.v4[nb], pkts[i], pkt(pkts[i]));
		else
			key6(&keys.v6[nb], pkts[i], pkt(pkts[i]));
		at[nb++] = i;
	}
	if (nb == 0)
		return;
	if (family == HOOK_IP4)
		ct_find4(keys.v4, nb, hit);
	else
		ct_find6(keys.v6, nb, hit);
	place(pkts, hit, at, nb);
}

void
ct_look_up(enum hook_family family, struct rte_mbuf **pkts, uint16_t n)
{
	if (family == HOOK_IP4)
		look_up(HOOK_IP4, pkts, n);
	else
		look_up(HOOK_IP6, pkts, n);
}

bool
ct_replay(struct ct_pkt *p, bool check_sum)
{
	return p->ct->proto == IPPROTO_UDP ? ct_udp_replay(p, check_sum)
					   : ct_tcp_replay(p, check_sum);
}
