/* SPDX-License-Identifier: BSD-3-Clause */
#include "pkt_checksum.h"

/* Pseudo header of RFC 793 / RFC 8200 8.1, not folded. */
static uint32_t
pseudo_sum(const struct rte_mbuf *m, uint8_t proto, uint32_t len)
{
	const struct pkt *p = pkt_const(m);
	struct {
		uint32_t len, proto;
	} tail = { rte_cpu_to_be_32(len), rte_cpu_to_be_32(proto) };
	uint32_t sum = rte_raw_cksum(&tail, sizeof(tail));

	if (p->family == AF_INET)
		return sum + rte_raw_cksum(&pkt_ip4(m)->src_addr, 8);
	return sum + rte_raw_cksum(&pkt_ip6(m)->ip6_src, 32);
}

static uint16_t
fold(uint32_t sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	return (sum & 0xffff) + (sum >> 16);
}

uint32_t
pkt_l4_sum(const struct rte_mbuf *m)
{
	uint16_t sum = 0;

	if (likely(m->nb_segs == 1))
		return rte_raw_cksum(pkt_l4(m), pkt_l4_len(m));
	rte_raw_cksum_mbuf(m, pkt_const(m)->l4, pkt_l4_len(m), &sum);
	return sum;
}

/* Sum over pseudo header and L4: 0xffff when the checksum in it is right. */
static bool
sum_ok(const struct rte_mbuf *m, bool with_pseudo)
{
	uint32_t sum = pkt_l4_sum(m);

	if (with_pseudo)
		sum += pseudo_sum(m, pkt_const(m)->proto, pkt_l4_len(m));
	return fold(sum) == 0xffff;
}

uint16_t
pkt_l4_checksum(const struct rte_mbuf *m)
{
	const struct pkt *p = pkt_const(m);
	uint32_t sum = pkt_l4_sum(m);

	if (p->proto != IPPROTO_ICMP)
		sum += pseudo_sum(m, p->proto, pkt_l4_len(m));
	return ~fold(sum);
}

bool
pkt_l4_checksum_ok(const struct rte_mbuf *m)
{
	const struct pkt *p = pkt_const(m);
	uint64_t nic = m->ol_flags & RTE_MBUF_F_RX_L4_CKSUM_MASK;

	if (!(p->flags & PKT_L4) || p->flags & PKT_FRAG)
		return true;
	switch (p->proto) {
	case IPPROTO_ICMP:
		return sum_ok(m, false);
	case IPPROTO_ICMPV6:
		return sum_ok(m, true);
	case IPPROTO_UDP:
		if (pkt_l4_len(m) < 8)
			return false;
		if (p->family == AF_INET && ((const uint16_t *)pkt_l4(m))[3] == 0)
			return true;
		break;
	case IPPROTO_UDPLITE: /* its coverage may be partial (RFC 3828): not judged here */
	default:
		return true;
	case IPPROTO_TCP:
		break;
	}
	if (nic == RTE_MBUF_F_RX_L4_CKSUM_GOOD)
		return true;
	return sum_ok(m, true);
}
