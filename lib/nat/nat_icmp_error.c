/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ICMP errors about translated connections: to whoever gets them they must be about the packet that he sent, and come
 * from where he sent it. What an error of one direction quotes went the other way, so that its other end is what
 * changes; both become the same.
 */
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>

#include "base_drop.h"
#include "ct_quoted.h"
#include "nat_packet.h"
#include "nat_rewrite.h"
#include "pkt_checksum.h"

DROP_REASON(checksum, "nat-icmp-checksum",
	    "table nat: ICMP error about a connection, with a wrong checksum");
DROP_REASON(redirect, "nat-icmp-redirect",
	    "table nat: ICMP redirect about a connection that is translated, or older than nat");
DROP_REASON(cut, "nat-icmp-truncated",
	    "table nat: ICMP error about a connection, that quotes too little of its packet");

#define HEADER 8 /* bytes before what an error quotes */

static bool
is_redirect(const struct rte_mbuf *m)
{
	uint8_t type = *(const uint8_t *)&pkt_const(m)->dport;

	return type == (pkt_const(m)->family == AF_INET ? ICMP_REDIRECT : ND_REDIRECT);
}

/* Header and quoted IP header are within reach. */
static bool
is_whole(const struct rte_mbuf *m)
{
	uint32_t ip = pkt_const(m)->family == AF_INET ? sizeof(struct rte_ipv4_hdr)
						      : sizeof(struct ip6_hdr);

	return pkt_l4_here(m) >= HEADER + ip;
}

static bool
translate_quoted(struct rte_mbuf *m, const struct nat_end *to, enum nat_manip manip)
{
	struct nat_headers at = { .l3 = pkt(m)->l4 + HEADER };

	return ct_quoted_l4(m, at.l3, &at.l4, &at.proto) && nat_rewrite(m, &at, to, manip);
}

static void
sum_anew(struct rte_mbuf *m)
{
	uint16_t *sum = (uint16_t *)pkt_l4(m) + 1;

	*sum = 0;
	*sum = pkt_l4_checksum(m);
}

verdict_t
nat_icmp_error(struct rte_mbuf *m, const struct ct *ct, enum ct_dir dir, enum nat_manip manip)
{
	const struct nat_headers own = { .l3 = pkt(m)->l3,
					 .l4 = pkt(m)->l4,
					 .proto = pkt(m)->proto };
	uint32_t status = ct_status(ct);
	struct nat_end to;

	if (!is_whole(m))
		return VERDICT_DROP_FOR(DROP(cut));
	if (!pkt_l4_checksum_ok(m))
		return VERDICT_DROP_FOR(DROP(checksum));
	if (is_redirect(m) && ((status & CT_NAT_DONE_MASK) != CT_NAT_DONE_MASK ||
			       status & CT_NAT_MASK || pkt_const(m)->flags & PKT_NAT_AHEAD))
		return VERDICT_DROP_FOR(DROP(redirect));
	if (!(status & nat_bit(manip, dir)))
		return VERDICT_ACCEPT;
	to = nat_end_of(ct, dir, manip);
	if (!translate_quoted(m, &to, manip == NAT_SRC ? NAT_DST : NAT_SRC))
		return VERDICT_DROP_FOR(DROP(cut));
	sum_anew(m);
	return nat_rewrite(m, &own, &to, manip) ? VERDICT_ACCEPT : VERDICT_DROP_FOR(DROP(cut));
}
