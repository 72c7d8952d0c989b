/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The first bytes of the L4 header, for both families. Private to lib/packet.
 */
#pragma once

#include "pkt.h"

static inline void
pkt_parse_l4(const struct rte_mbuf *m, struct pkt *p)
{
	const uint16_t *w;
	uint32_t len;

	if (unlikely(p->flags & (PKT_FRAG_LATER | PKT_EXT_BAD)))
		return;
	p->flags |= PKT_L4;
	len = pkt_l4_len(m);
	w = pkt_l4(m);
	switch (p->proto) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
	case IPPROTO_SCTP:
	case IPPROTO_DCCP:
		if (likely(len >= 4)) {
			p->sport = w[0];
			p->dport = w[1];
		}
		break;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		if (likely(len >= 2))
			p->dport = w[0];
		break;
	}
}
