/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The TCP header for matches and targets of rules with -p tcp, besides the match tcp itself. Like Linux's,
 * some look at later IPv4 fragments too and take what is there for a header. Workers.
 */
#pragma once

#include <rte_tcp.h>

#include "pkt_chain.h"
#include "rule.h"

#define RULE_TCP_OPT_NOP 1
#define RULE_TCP_OPT_MSS 2
#define RULE_TCP_OPT_MSS_LEN 4

/* At least len bytes of it; NULL: the packet has fewer, or they are behind the first buffer. */
static inline struct rte_tcp_hdr *
rule_tcp_header(const struct rule_packet *rp, unsigned len)
{
	const struct pkt *p = rp->p;
	uint16_t later6 = p->family == AF_INET6 ? PKT_FRAG_LATER : 0;

	if (p->flags & (PKT_EXT_BAD | later6) || p->l4 + len > p->l3 + pkt_linear(rp->m))
		return NULL;
	return pkt_l4(rp->m);
}

/* Bytes the header says it has. */
static inline unsigned
rule_tcp_len(const struct rte_tcp_hdr *h)
{
	return (h->data_off >> 4) * 4;
}

/*
 * Bytes of the option at offset i of a header of len bytes, as far as anybody can tell: one without a
 * length has one.
 */
static inline unsigned
rule_tcp_option_len(const uint8_t *header, unsigned i, unsigned len)
{
	if (header[i] <= RULE_TCP_OPT_NOP || i + 1 >= len || header[i + 1] == 0)
		return 1;
	return header[i + 1];
}

/* The verdict about a packet whose TCP header a target cannot change: it is cut short. */
verdict_t rule_tcp_cut(void);
