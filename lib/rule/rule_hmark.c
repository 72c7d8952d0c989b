/* SPDX-License-Identifier: BSD-3-Clause */
/* Linux's hash of what is alike in all packets between two ends. Called by target_hmark.c on workers. */
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>

#include <rte_jhash.h>

#include "ct.h"
#include "rule_hmark.h"

struct hashed {
	uint32_t src, dst; /* host order */
	uint32_t ports;    /* the larger one first */
	uint8_t proto;
};

static const void *
bytes(const struct rule_packet *rp, unsigned offset, unsigned len, void *copy)
{
	return rte_pktmbuf_read(rp->m, rp->p->l3 + offset, len, copy);
}

/* Masked, and of IPv6 in one word. */
static uint32_t
address(const uint32_t *w, const union rule_addr *mask, unsigned words)
{
	uint32_t all = 0;

	for (unsigned i = 0; i < words; i++)
		all ^= w[i] & mask->w[i];
	return rte_be_to_cpu_32(all);
}

static uint32_t
ports(const struct rule_hmark *k, uint32_t n)
{
	n = (n & k->ports_mask) | k->ports_set;
	return n >> 16 < (n & UINT16_MAX) ? n << 16 | n >> 16 : n;
}

static void
packet_ports(const struct rule_packet *rp, const struct rule_hmark *k, unsigned offset,
	     struct hashed *h)
{
	const uint32_t *at;
	uint32_t copy;

	switch (h->proto) {
	case IPPROTO_AH:
		offset += 4;
		/* fallthrough */
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_DCCP:
	case IPPROTO_ESP:
	case IPPROTO_SCTP:
	case IPPROTO_UDPLITE:
		at = bytes(rp, offset, 4, &copy);
		if (at != NULL)
			h->ports = ports(k, rte_be_to_cpu_32(*at));
	}
}

static bool
is_error4(uint8_t type)
{
	return type == ICMP_UNREACH || type == ICMP_SOURCEQUENCH || type == ICMP_REDIRECT ||
	       type == ICMP_TIMXCEED || type == ICMP_PARAMPROB;
}

static bool
packet4(const struct rule_packet *rp, const struct rule_hmark *k, struct hashed *h)
{
	struct rte_ipv4_hdr copy;
	const struct rte_ipv4_hdr *ip = pkt_ip4(rp->m);
	unsigned at = 0, inner;
	uint8_t space;
	const uint8_t *type;

	if (ip->next_proto_id == IPPROTO_ICMP) {
		inner = rte_ipv4_hdr_len(ip);
		type = bytes(rp, inner, 1, &space);
		if (type != NULL && is_error4(*type)) {
			at = inner + 8;
			ip = bytes(rp, at, sizeof(copy), &copy);
			if (ip == NULL)
				return false;
		}
	}
	h->src = address(&ip->src_addr, &k->src_mask, 1);
	h->dst = address(&ip->dst_addr, &k->dst_mask, 1);
	h->proto = ip->next_proto_id;
	if (h->proto != IPPROTO_ICMP &&
	    !(ip->fragment_offset &
	      rte_cpu_to_be_16(RTE_IPV4_HDR_MF_FLAG | RTE_IPV4_HDR_OFFSET_MASK)))
		packet_ports(rp, k, at + rte_ipv4_hdr_len(ip), h);
	return true;
}

/* The protocol of the IPv6 packet at *at, and where that begins. AH counts as one. -1: cut short. */
static int
find6(const struct rule_packet *rp, uint8_t next, unsigned *at, bool *fragment)
{
	uint8_t copy[8];

	*at += sizeof(struct ip6_hdr);
	while (next == IPPROTO_HOPOPTS || next == IPPROTO_ROUTING || next == IPPROTO_DSTOPTS ||
	       next == IPPROTO_FRAGMENT) {
		const uint8_t *h = bytes(rp, *at, sizeof(copy), copy);

		if (h == NULL)
			return -1;
		*at += next == IPPROTO_FRAGMENT ? 8 : (h[1] + 1u) * 8;
		*fragment |= next == IPPROTO_FRAGMENT;
		if (next == IPPROTO_FRAGMENT && ((h[2] << 8 | h[3]) & ~7) != 0)
			return h[0];
		next = h[0];
	}
	return next;
}

static bool
packet6(const struct rule_packet *rp, const struct rule_hmark *k, struct hashed *h)
{
	struct ip6_hdr copy;
	const struct ip6_hdr *ip = pkt_ip6(rp->m);
	bool fragment = false;
	unsigned at = 0;
	uint8_t space;
	int proto = find6(rp, ip->ip6_nxt, &at, &fragment);

	if (proto < 0)
		return true;
	if (proto == IPPROTO_ICMPV6 && !fragment) {
		const uint8_t *type = bytes(rp, at, 1, &space);

		if (type != NULL && *type != 0 && *type < ICMP6_INFOMSG_MASK) {
			at += 8;
			ip = bytes(rp, at, sizeof(copy), &copy);
			if (ip == NULL)
				return false;
			proto = find6(rp, ip->ip6_nxt, &at, &fragment);
			if (proto < 0)
				return false;
		}
	}
	h->src = address(ip->ip6_src.s6_addr32, &k->src_mask, 4);
	h->dst = address(ip->ip6_dst.s6_addr32, &k->dst_mask, 4);
	h->proto = proto;
	if (proto != IPPROTO_ICMPV6 && !fragment)
		packet_ports(rp, k, at, h);
	return true;
}

static bool
connection(const struct rule_packet *rp, const struct rule_hmark *k, struct hashed *h)
{
	unsigned words = rp->p->family == AF_INET ? 1 : 4;
	enum ct_info info;
	struct ct *ct = ct_of(rp->m, &info);
	struct ct_tuple to, back;

	if (ct == NULL)
		return false;
	to = ct_tuple(ct, CT_ORIGINAL);
	back = ct_tuple(ct, CT_REPLY);
	h->src = address(to.src.w, &k->src_mask, words);
	h->dst = address(back.src.w, &k->dst_mask, words);
	h->proto = to.proto;
	if (h->proto != IPPROTO_ICMP)
		h->ports = ports(k, (uint32_t)rte_be_to_cpu_16(to.sport) << 16 |
					    rte_be_to_cpu_16(back.sport));
	return true;
}

bool
rule_hmark(const struct rule_packet *rp, const struct rule_hmark *k, uint32_t *mark)
{
	struct hashed h = { 0 };
	uint32_t hash;

	if (!(k->ct                      ? connection(rp, k, &h)
	      : rp->p->family == AF_INET ? packet4(rp, k, &h)
					 : packet6(rp, k, &h)))
		return false;
	hash = rte_jhash_3words(RTE_MIN(h.src, h.dst), RTE_MAX(h.src, h.dst), h.ports, k->rnd);
	hash ^= h.proto & k->proto_mask;
	*mark = ((uint64_t)hash * k->mod >> 32) + k->offset;
	return true;
}
