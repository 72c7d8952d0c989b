/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * TCP and UDP that is addressed to the box: nothing listens here, so they get what Linux sends for a
 * closed port.
 */
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>

#include <rte_tcp.h>
#include <rte_udp.h>

#include "options4.h"
#include "pkt_build.h"
#include "pkt_checksum.h"
#include "pkt_rewrite.h"
#include "walk.h"

DROP_REASON(l4_short, "local-l4-truncated", "for the box, L4 header cut short or impossible");
DROP_REASON(l4_checksum, "local-l4-checksum", "for the box, L4 checksum wrong");

#define ECN_MASK 3

enum { TCP_OPT_EOL = 0, TCP_OPT_NOP = 1, TCP_OPT_MD5 = 19, TCP_OPT_AO = 29, TCP_MD5_LEN = 18 };

static uint8_t
tos_of(const struct rte_mbuf *m)
{
	if (pkt_const(m)->family == AF_INET)
		return pkt_ip4(m)->type_of_service;
	return rte_be_to_cpu_32(pkt_ip6(m)->ip6_flow) >> 20;
}

/*
 * Linux answers no segment that carries a signature (RFC 2385, RFC 5925), as nobody here could have
 * the key, and none whose options cannot be read to where a signature would still fit.
 */
static bool
tcp_answerable(const struct rte_mbuf *m)
{
	const struct rte_tcp_hdr *tcp = pkt_l4(m);
	const uint8_t *opt = (const uint8_t *)(tcp + 1);
	const uint8_t *end = (const uint8_t *)tcp + (tcp->data_off >> 4) * 4;

	while (end - opt >= TCP_MD5_LEN && opt[0] != TCP_OPT_EOL) {
		if (opt[0] == TCP_OPT_NOP) {
			opt++;
			continue;
		}
		if (opt[0] == TCP_OPT_MD5 || opt[0] == TCP_OPT_AO || opt[1] < 2 ||
		    opt[1] > end - opt)
			return false;
		opt += opt[1];
	}
	return true;
}

/* Linux resets with the DSCP of the segment it refuses. */
static void
reset(struct walk *w, struct rte_mbuf *m)
{
	struct options4_echo echo = { 0 };
	struct rte_mbuf *answer;
	uint8_t tos = tos_of(m) & ~ECN_MASK;

	if (pkt(m)->flags & (PKT_L2_BCAST | PKT_L2_MCAST | PKT_L3_MULTI | PKT_L3_ANYCAST) ||
	    !tcp_answerable(m))
		return;
	if (pkt(m)->family == AF_INET && pkt(m)->flags & PKT_OPTIONS &&
	    !options4_echo_make(&w->ctx, m, UINT8_MAX, &echo))
		return;
	answer = originate_alloc(&w->ctx, m);
	if (answer == NULL)
		return;
	if (!pkt_build_tcp_reset(answer, m)) {
		rte_pktmbuf_free(answer);
		return;
	}
	if (tos != 0)
		pkt_tos_set(answer, tos);
	if (pkt(m)->family == AF_INET6)
		local6_reflect_label(answer, m, LABEL_RESET);
	options4_echo_put(answer, &echo);
	if (pkt(m)->family == AF_INET6 && IN6_IS_ADDR_LINKLOCAL(&pkt_ip6(m)->ip6_src)) {
		pkt(answer)->nh = route6_on_link(w->ctx.gen, pkt(m)->in);
		pkt(answer)->out = pkt(m)->in;
		pkt(answer)->flags |= PKT_ROUTED;
	}
	originate(&w->ctx, answer);
}

static bool
tcp_header_ok(const struct rte_mbuf *m)
{
	const struct rte_tcp_hdr *tcp = pkt_l4(m);
	unsigned len = pkt_l4_len(m);
	unsigned hlen;

	if (len < sizeof(*tcp))
		return false;
	hlen = (tcp->data_off >> 4) * 4;
	return hlen >= sizeof(*tcp) && hlen <= len;
}

/* The length in the header may leave out bytes at the end (RFC 768), never add some. */
static bool
udp_header_ok(const struct rte_mbuf *m)
{
	const struct rte_udp_hdr *udp = pkt_l4(m);
	unsigned len;

	if (pkt_l4_len(m) < sizeof(*udp))
		return false;
	len = rte_be_to_cpu_16(udp->dgram_len);
	if (len == 0 && pkt_const(m)->family == AF_INET6)
		return true; /* jumbo payload option (RFC 2675) */
	return len >= sizeof(*udp) && len <= pkt_l4_len(m);
}

/* What the UDP header leaves out is neither summed nor quoted. */
static void
udp_trim(struct rte_mbuf *m)
{
	const struct rte_udp_hdr *udp = pkt_l4(m);
	unsigned len = rte_be_to_cpu_16(udp->dgram_len);
	unsigned over = len == 0 ? 0 : pkt_l4_len(m) - len;

	pkt(m)->len -= over;
	rte_pktmbuf_trim(m, over);
}

/* IPv6 asks for one in UDP (RFC 8200 8.1). */
static bool
checksum_ok(const struct rte_mbuf *m)
{
	const struct rte_udp_hdr *udp = pkt_l4(m);

	if (pkt_const(m)->proto == IPPROTO_UDP && pkt_const(m)->family == AF_INET6 &&
	    udp->dgram_cksum == 0)
		return false;
	return pkt_l4_checksum_ok(m);
}

bool
local_closed_port(struct walk *w, struct rte_mbuf *m)
{
	uint8_t proto = pkt(m)->proto;

	if (proto != IPPROTO_TCP && proto != IPPROTO_UDP)
		return false;
	if (proto == IPPROTO_TCP ? !tcp_header_ok(m) : !udp_header_ok(m)) {
		walk_drop(w, DROP(l4_short), m);
		return true;
	}
	if (proto == IPPROTO_UDP)
		udp_trim(m);
	/* Confirmed by now. What a socket answers belongs to no connection yet: OUTPUT finds it. */
	pkt(m)->ct = 0;
	if (!checksum_ok(m)) {
		walk_drop(w, DROP(l4_checksum), m);
		return true;
	}
	if (proto == IPPROTO_TCP)
		reset(w, m);
	else if (pkt(m)->family == AF_INET)
		icmp_error(&w->ctx, m, ICMP_DEST_UNREACH, ICMP_PORT_UNREACH, 0);
	else
		icmp_error(&w->ctx, m, ICMP6_DST_UNREACH, ICMP6_DST_UNREACH_NOPORT, 0);
	walk_deliver(w, m);
	return true;
}
