/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A packet as filters see it (rule_filter.h). Filled by workers, once per packet and table, and again after a target
 * changed the packet.
 */
#pragma once

#include "rule_ctstate.h"
#include "rule_filter.h"
#include "rule_iface.h"

struct rule_key {
	uint64_t word;   /* protocol, state, interfaces */
	uint32_t src[4]; /* network byte order; IPv4: one word */
	uint32_t dst[4];
	uint16_t wire[2];      /* source and destination port in network byte order */
	uint16_t sport, dport; /* host order; ICMP: type << 8 | code as dport */
};

/* Interfaces of a burst's packets: the last ones seen, as most are the same. */
struct rule_key_ifaces {
	const struct rule_iface_set *set; /* NULL: no rule asks */
	const char *in, *out;
	uint64_t in_bits, out_bits;
};

/*
 * Packets whose L4 header is not there as a whole, so that matches may drop them, and what else is not as filters
 * assume: every rule has to be asked.
 */
static inline bool
rule_key_odd(const struct pkt *p)
{
	uint16_t state = p->flags & (PKT_L4 | PKT_FRAG_LATER | PKT_EXT_BAD);

	return state != PKT_L4 || p->l3 + p->len < p->l4 + (p->proto == IPPROTO_TCP ? 20u : 8u);
}

static inline uint64_t
rule_key_iface_bits(struct rule_key_ifaces *f, const struct rule_packet *rp)
{
	if (f->set == NULL)
		return 0;
	if (rp->in != f->in) {
		f->in = rp->in;
		f->in_bits = rule_iface_bits(f->set, rp->in, false);
	}
	if (rp->out != f->out) {
		f->out = rp->out;
		f->out_bits = rule_iface_bits(f->set, rp->out, true);
	}
	return (f->in_bits | f->out_bits) << RULE_WORD_IFACE_SHIFT;
}

/* All but state and interfaces. */
static inline void
rule_key_tuple(struct rule_key *k, const struct rte_mbuf *m, bool ip4)
{
	const struct pkt *p = pkt_const(m);

	k->word = p->proto;
	k->wire[0] = p->sport;
	k->wire[1] = p->dport;
	if (ip4) {
		const struct rte_ipv4_hdr *h = pkt_ip4(m);

		k->src[0] = h->src_addr;
		k->dst[0] = h->dst_addr;
	} else {
		memcpy(k->src, &pkt_ip6(m)->ip6_src, sizeof(k->src));
		memcpy(k->dst, &pkt_ip6(m)->ip6_dst, sizeof(k->dst));
	}
}

/* rp->in and rp->out are those of the port table: the same name is the same pointer. */
static inline void
rule_key_fill(struct rule_key *k, struct rule_key_ifaces *f, const struct rule_packet *rp, bool ip4)
{
	rule_key_tuple(k, rp->m, ip4);
	k->word |=
		(uint64_t)rule_ctstate(rp->m) << RULE_WORD_STATE_SHIFT | rule_key_iface_bits(f, rp);
	k->sport = rte_be_to_cpu_16(k->wire[0]);
	k->dport = rte_be_to_cpu_16(k->wire[1]);
}
