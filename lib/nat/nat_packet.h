/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Rewrites packets of translated connections, at the hook points of the nat chains: Linux's nf_nat_packet() and its ICMP
 * part. Workers; the packet is the caller's alone. Headers behind the first segment are not reached (absurd ones).
 */
#pragma once

#include "nat.h"
#include "pkt_rewrite.h"

/* Which of CT_SRC_NAT and CT_DST_NAT, where the connection has it, changes packets of dir at that end. */
static inline uint32_t
nat_bit(enum nat_manip manip, enum ct_dir dir)
{
	return manip == NAT_SRC ? CT_SRC_NAT << dir : CT_DST_NAT >> dir;
}

/*
 * A packet of the connection's direction dir whose nat_bit() is set, of any protocol: that end becomes what the tuple of
 * the other direction says. The drop when headers are cut short.
 */
verdict_t nat_packet(struct rte_mbuf *m, const struct ct *ct, enum ct_dir dir,
		     enum nat_manip manip);

/*
 * An ICMP or ICMPv6 error about the connection, also where nothing is translated: outside and in what it quotes. The drop
 * when it is not to pass.
 */
verdict_t nat_icmp_error(struct rte_mbuf *m, const struct ct *ct, enum ct_dir dir,
			 enum nat_manip manip);

/* At POSTROUTING: masqueraded, and its way leads by another port now. It cannot go on, as its address does not fit. */
static inline bool
nat_left(const struct ct *ct, enum ct_dir dir, uint16_t out)
{
	return ct_status(ct) & CT_NAT_LEAVES && dir == CT_ORIGINAL &&
	       __atomic_load_n(&ct->nat_out, __ATOMIC_RELAXED) != out;
}

/* Such a connection ends, and its packet with it. */
verdict_t nat_leave(const struct hook_ctx *ctx, const struct rte_mbuf *m, struct ct *ct);

/*
 * TCP and UDP, the way of known flows; inlined with manip as a constant. Tracking has seen to it that their headers are
 * whole and in the first segment, else the packet would have no connection.
 */
static inline bool
nat_is_plain(const struct ct *ct)
{
	return likely(ct->proto == IPPROTO_TCP || ct->proto == IPPROTO_UDP);
}

/* What stands in the packet and what it becomes, read before anything is written: nothing is read twice. */
struct nat_plain {
	struct pkt *p;
	uint16_t *l4;
	uint16_t to;
	uint8_t proto;
};

/* The port becomes n->to, and the checksum follows it and the addresses, which grew by delta. */
static inline void
nat_plain_l4(const struct nat_plain *n, uint32_t delta, enum nat_manip manip)
{
	uint16_t *port = &n->l4[manip == NAT_DST], *sum = &n->l4[n->proto == IPPROTO_TCP ? 8 : 3];
	uint16_t was = *sum, is;

	is = pkt_sum_grow(was, delta + pkt_sum_delta16(*port, n->to));
	*port = n->to;
	*(manip == NAT_SRC ? &n->p->sport : &n->p->dport) = n->to;
	if (n->proto == IPPROTO_TCP)
		*sum = is;
	else if (was != 0)
		*sum = is != 0 ? is : 0xffff; /* RFC 768: 0 is none */
}

static inline void
nat_plain4(struct rte_mbuf *m, const struct ct *ct, enum ct_dir dir, enum nat_manip manip)
{
	const struct ct_key4 *k = &ct->key[!dir];
	const struct nat_plain n = { .p = pkt(m),
				     .l4 = pkt_l4(m),
				     .to = manip == NAT_SRC ? k->dport : k->sport,
				     .proto = ct->proto };
	struct rte_ipv4_hdr *ip = pkt_ip4(m);
	uint32_t *addr = manip == NAT_SRC ? &ip->src_addr : &ip->dst_addr;
	uint32_t to = manip == NAT_SRC ? k->dst : k->src;
	uint32_t delta = pkt_sum_delta32(*addr, to);

	nat_plain_l4(&n, delta, manip);
	*addr = to;
	ip->hdr_checksum = pkt_sum_grow(ip->hdr_checksum, delta);
}

static inline void
nat_plain6(struct rte_mbuf *m, const struct ct *ct, enum ct_dir dir, enum nat_manip manip)
{
	const struct ct_tuple *k = &((const struct ct6 *)ct)->key[!dir];
	const struct nat_plain n = { .p = pkt(m),
				     .l4 = pkt_l4(m),
				     .to = manip == NAT_SRC ? k->dport : k->sport,
				     .proto = ct->proto };
	struct ip6_hdr *ip = pkt_ip6(m);
	struct in6_addr *addr = manip == NAT_SRC ? &ip->ip6_src : &ip->ip6_dst;
	const union ct_addr *to = manip == NAT_SRC ? &k->dst : &k->src;

	nat_plain_l4(&n, pkt_sum_delta128(addr, to), manip);
	memcpy(addr, to, sizeof(*addr));
}
