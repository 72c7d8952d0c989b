/* SPDX-License-Identifier: BSD-3-Clause */
/* IPv4 that is addressed to the box, after INPUT: echo, timestamp, and errors for the rest. */
#include <netinet/ip_icmp.h>

#include "base_clock.h"
#include "base_param.h"
#include "options4.h"
#include "pkt_build.h"
#include "pkt_build_ip.h"
#include "pkt_chain.h"
#include "pkt_checksum.h"
#include "walk.h"

DROP_REASON(icmp_checksum, "local-icmp-checksum", "for the box, ICMP checksum wrong or cut short");

#define TIMESTAMP_LEN 20 /* RFC 792: header and three times */

PARAM_INT(echo_ignore_all, "net.ipv4.icmp_echo_ignore_all", 0, 0, 1, "answer no pings")
PARAM_INT(ignore_broadcasts, "net.ipv4.icmp_echo_ignore_broadcasts", 1, 0, 1,
	  "answer no pings and timestamp requests to broadcast and multicast addresses")

/*
 * An answer of len bytes to the ICMP message: same TOS, addresses swapped, its first bytes (what
 * there is of them).
 */
static struct rte_mbuf *
answer_make(struct walk *w, const struct rte_mbuf *m, uint32_t len)
{
	const struct rte_ipv4_hdr *ip = pkt_ip4(m);
	/* Sent to everybody: answered from our address on the way back. */
	uint32_t own =
		pkt_const(m)->flags & PKT_L3_MULTI
			? options4_address_towards(w->ctx.gen, pkt_const(m)->in, ip->src_addr)
			: ip->dst_addr;
	struct pkt_ip_spec spec = {
		.src = &own,
		.dst = &ip->src_addr,
		.family = AF_INET,
		.proto = IPPROTO_ICMP,
		.tos = ip->type_of_service,
		.ttl = pkt_default_ttl(AF_INET),
		.payload = len,
	};
	struct rte_mbuf *a = originate_build(&w->ctx, m, &spec);

	if (a != NULL)
		pkt_chain_copy(a, pkt(a)->l4, m, pkt_const(m)->l4, RTE_MIN(len, pkt_l4_len(m)));
	return a;
}

static void
answer_send(struct walk *w, const struct rte_mbuf *m, struct rte_mbuf *a)
{
	struct icmphdr *icmp = pkt_l4(a);
	struct options4_echo echo;

	icmp->checksum = 0;
	icmp->checksum = pkt_l4_checksum(a);
	if (icmp->checksum == 0xffff) /* over nothing but zeros: Linux sends the other zero */
		icmp->checksum = 0;
	pkt(a)->dport = *(uint16_t *)icmp;
	if (unlikely(pkt_const(m)->flags & PKT_OPTIONS)) {
		if (!options4_echo_make(&w->ctx, m, UINT8_MAX, &echo)) {
			rte_pktmbuf_free(a);
			return;
		}
		options4_echo_put(a, &echo);
	}
	originate(&w->ctx, a);
}

static void
echo(struct walk *w, const struct rte_mbuf *m)
{
	struct rte_mbuf *a;

	if (param_get(&echo_ignore_all))
		return;
	a = answer_make(w, m, pkt_l4_len(m));
	if (a == NULL)
		return;
	((struct icmphdr *)pkt_l4(a))->type = ICMP_ECHOREPLY;
	answer_send(w, m, a);
}

/* RFC 792: milliseconds since midnight UTC, in the receive and the transmit field. */
static void
timestamp(struct walk *w, const struct rte_mbuf *m)
{
	struct rte_mbuf *a;
	struct icmphdr *icmp;
	uint32_t ms;

	/* Linux asks for the sender's time only; the other two fields are the answer's. */
	if (pkt_l4_len(m) < sizeof(*icmp) + 4)
		return;
	a = answer_make(w, m, TIMESTAMP_LEN);
	if (a == NULL)
		return;
	ms = rte_cpu_to_be_32(clock_midnight_ms());
	icmp = pkt_l4(a);
	icmp->type = ICMP_TIMESTAMPREPLY;
	icmp->code = 0;
	memcpy((uint8_t *)icmp + 12, &ms, 4);
	memcpy((uint8_t *)icmp + 16, &ms, 4);
	answer_send(w, m, a);
}

static void
icmp_receive(struct walk *w, struct rte_mbuf *m)
{
	const struct icmphdr *icmp = pkt_l4(m);

	if (pkt_l4_len(m) < sizeof(*icmp) || !pkt_l4_checksum_ok(m)) {
		walk_drop(w, DROP(icmp_checksum), m);
		return;
	}
	if (pkt(m)->flags & PKT_L3_MULTI && param_get(&ignore_broadcasts)) {
		walk_deliver(w, m);
		return;
	}
	if (icmp->type == ICMP_ECHO)
		echo(w, m);
	else if (icmp->type == ICMP_TIMESTAMP)
		timestamp(w, m);
	walk_deliver(w, m);
}

void
local4_deliver(struct walk *w, struct rte_mbuf **pkts, uint16_t n)
{
	for (uint16_t i = 0; i < n; i++) {
		struct rte_mbuf *m = pkts[i];

		if (pkt(m)->proto == IPPROTO_ICMP) {
			icmp_receive(w, m);
		} else if (!local_closed_port(w, m)) {
			/* IGMP is heard and needs no answer. */
			if (pkt(m)->proto != IPPROTO_IGMP)
				icmp_error(&w->ctx, m, ICMP_DEST_UNREACH, ICMP_PROT_UNREACH, 0);
			walk_deliver(w, m);
		}
	}
}
