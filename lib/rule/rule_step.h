/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What one rule asks of one packet, and what a hit does: the only code that decides it. The interpreter
 * calls it for every rule of a chain in turn, compiled forms for the candidates that they find; whoever
 * wants to know what a packet met looks on here. Workers.
 */
#pragma once

#include "base_counter.h"
#include "rule.h"
#include "rule_iface.h"
#include "rule_record.h"

static inline bool
rule_iface_match(const struct rule_packet *rp, const struct rule_ip *ip)
{
	return rule_iface_differs(rp->in, ip->in, ip->in_mask) == !!(ip->inv & RULE_INV_IN) &&
	       rule_iface_differs(rp->out, ip->out, ip->out_mask) == !!(ip->inv & RULE_INV_OUT);
}

static inline bool
rule_addr6_differs(const void *have, const union rule_addr *want, const union rule_addr *mask)
{
	uint64_t h[2];

	memcpy(h, have, sizeof(h));
	return (((h[0] & mask->q[0]) ^ want->q[0]) | ((h[1] & mask->q[1]) ^ want->q[1])) != 0;
}

static inline bool
rule_addr6_match(const struct rule_packet *rp, const struct rule_ip *ip)
{
	const struct ip6_hdr *h = pkt_ip6(rp->m);

	return rule_addr6_differs(&h->ip6_src, &ip->src, &ip->smask) ==
		       !!(ip->inv & RULE_INV_SRC) &&
	       rule_addr6_differs(&h->ip6_dst, &ip->dst, &ip->dmask) == !!(ip->inv & RULE_INV_DST);
}

/*
 * The protocol behind a chain of IPv6 extension headers that is cut short. One whose last header
 * claims more bytes than there are still names what follows; -1: not even that can be read.
 */
static inline int
rule_cut_proto(const struct rule_packet *rp)
{
	const struct pkt *p = rp->p;
	const uint8_t *header = pkt_l4(rp->m);
	uint16_t left = p->l3 + p->len - p->l4;

	if (p->flags & PKT_FRAG_LATER || left < (p->proto == IPPROTO_FRAGMENT ? 4 : 2))
		return -1;
	switch (header[0]) {
	case IPPROTO_HOPOPTS:
	case IPPROTO_ROUTING:
	case IPPROTO_FRAGMENT:
	case IPPROTO_AH:
	case IPPROTO_DSTOPTS:
		return -1;
	default:
		return header[0];
	}
}

static inline bool
rule_proto_match(struct rule_packet *rp, const struct rule_step *s, bool ip4)
{
	int proto = rp->p->proto;

	if (!ip4 && unlikely(rp->p->flags & PKT_EXT_BAD)) {
		proto = rule_cut_proto(rp);
		rp->hotdrop = proto < 0;
	}
	return proto >= 0 && (s->proto != proto) == !!(s->inv & RULE_INV_PROTO);
}

/*
 * The ordinary part of the rule, in the order in which rules differ most often. IPv6 asks for the
 * protocol last: a cut chain of extension headers drops the packet only where a rule asks.
 */
static inline bool
rule_ip_match(struct rule_packet *rp, const struct rule_step *s, bool ip4)
{
	if (ip4) {
		const struct rte_ipv4_hdr *h = pkt_ip4(rp->m);

		if (((h->src_addr & s->smask) != s->src) != !!(s->inv & RULE_INV_SRC) ||
		    ((h->dst_addr & s->dmask) != s->dst) != !!(s->inv & RULE_INV_DST))
			return false;
	} else if (s->flags & RULE_STEP_ADDR6 && !rule_addr6_match(rp, &s->rule->ip)) {
		return false;
	}
	if (s->flags & RULE_STEP_IFACE && !rule_iface_match(rp, &s->rule->ip))
		return false;
	if (s->proto != 0 && !rule_proto_match(rp, s, ip4))
		return false;
	if (s->flags & RULE_STEP_FRAG &&
	    !(rp->p->flags & PKT_FRAG_LATER) != !!(s->inv & RULE_INV_FRAG))
		return false;
	return true;
}

static inline bool
rule_ext_match(struct rule_packet *rp, const struct rule *r)
{
	for (unsigned i = 0; i < r->nb_matches; i++)
		if (!r->match[i].type->match(rp, r->match[i].data))
			return false;
	return true;
}

/* The packet counts, and so do those of its flow that do not walk. */
static inline void
rule_count(const struct rule_packet *rp, uint32_t counter)
{
	counter_add(rp->ctx->lane, counter, 1, rp->p->len);
	if (unlikely(rp->p->record != 0))
		rule_record_hit(rp->ctx->lane, rp->p, counter);
}

/* The rule applies to the packet. */
static inline void
rule_hit(const struct rule_packet *rp, const struct rule_step *s)
{
	rule_count(rp, s->counter);
}

/*
 * All that the rule asks, and the hit where it applies. filtered: the rule's filter let the packet pass. false with
 * rp->hotdrop: the packet is dropped at once.
 */
static inline bool
rule_step_match(struct rule_packet *rp, const struct rule_step *s, bool ip4, bool filtered)
{
	bool exact = filtered && s->flags & RULE_STEP_EXACT;

	if (!exact && !rule_ip_match(rp, s, ip4))
		return false;
	if (unlikely(rp->p->record != 0) && s->flags & RULE_STEP_VARIES)
		rule_record_varying(rp, s->rule);
	if (!exact && s->flags & RULE_STEP_MATCH && !rule_ext_match(rp, s->rule))
		return false;
	rule_hit(rp, s);
	return true;
}
