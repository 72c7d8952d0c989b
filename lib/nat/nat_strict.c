/* SPDX-License-Identifier: BSD-3-Clause */
#include <netinet/icmp6.h>
#include <netinet/in.h>

#include <rte_tcp.h>

#include "base_param.h"
#include "nat_strict.h"

PARAM_INT(strict, "net.pollux.nat_strict", 1, 0, 1,
	  "drop INVALID and untracked packets that would leave with a source which rules of table "
	  "nat translate (drop reason nat-strict); 0: let them leave, as Linux does")

DROP_REASON(nat_strict, "nat-strict",
	    "no connection (INVALID or untracked) to translate it by, though a rule translates its "
	    "source: it would tell a hidden address (net.pollux.nat_strict)");

bool
nat_is_strict(void)
{
	return param_get(&strict) != 0;
}

bool
nat_strict_drops(verdict_t v)
{
	return v == VERDICT_DROP_FOR(DROP(nat_strict));
}

/*
 * What the box says on a link, which Linux never tracks and links would not work without: from addresses of the link
 * alone, or neighbour discovery.
 */
static bool
is_of_the_link(const struct rte_mbuf *m)
{
	const struct pkt *p = pkt_const(m);
	const struct ip6_hdr *h = pkt_ip6(m);
	uint8_t type = *(const uint8_t *)&p->dport;

	if (IN6_IS_ADDR_LINKLOCAL(&h->ip6_src) || IN6_IS_ADDR_UNSPECIFIED(&h->ip6_src))
		return true;
	return p->flags & PKT_ORIGINATED && p->flags & PKT_L4 && p->proto == IPPROTO_ICMPV6 &&
	       type >= ND_ROUTER_SOLICIT && type <= ND_REDIRECT;
}

static bool
is_nobodys(const struct rte_mbuf *m)
{
	return pkt_const(m)->family == AF_INET ? pkt_ip4(m)->src_addr == INADDR_ANY
					       : is_of_the_link(m);
}

/* The box's own SYN/ACK without a connection is SYNPROXY's: it has the address that its receiver has asked. */
static bool
answers_syn(const struct rte_mbuf *m)
{
	const uint8_t both = RTE_TCP_SYN_FLAG | RTE_TCP_ACK_FLAG;
	const struct pkt *p = pkt_const(m);
	const struct rte_tcp_hdr *th = pkt_l4(m);

	return p->flags & PKT_ORIGINATED && p->twin == 0 && p->proto == IPPROTO_TCP &&
	       pkt_l4_here(m) >= sizeof(*th) && (th->tcp_flags & both) == both;
}

verdict_t
nat_strict(const struct rte_mbuf *m, const struct nat_range *r)
{
	uint8_t family = pkt_const(m)->family;
	union ct_addr source = { .q = { 0, 0 } };

	if (family == AF_INET)
		source.v4 = pkt_ip4(m)->src_addr;
	else
		memcpy(source.v6, &pkt_ip6(m)->ip6_src, sizeof(source.v6));
	return is_nobodys(m) || answers_syn(m) || nat_has_address(r, &source, family)
		       ? VERDICT_ACCEPT
		       : VERDICT_DROP_FOR(DROP(nat_strict));
}
