/* SPDX-License-Identifier: BSD-3-Clause */
#include <rte_arp.h>
#include <rte_ether.h>
#include <rte_icmp.h>
#include <rte_tcp.h>
#include <rte_udp.h>

#include "pg_checksum.h"
#include "pg_mark.h"
#include "pg_reader.h"

#define L3 ((unsigned)sizeof(struct rte_ether_hdr))
#define IP4 ((unsigned)sizeof(struct rte_ipv4_hdr))
#define IP6 ((unsigned)sizeof(struct rte_ipv6_hdr))
#define ND_LEN 24 /* type, code, checksum, 4 bytes, target */
#define ND_OPTION_TARGET_MAC 2

static uint16_t
be16(const uint8_t *p)
{
	return p[0] << 8 | p[1];
}

static enum pg_kind
read_arp(const uint8_t *p, uint32_t len, struct pg_seen *s)
{
	static const uint8_t ethernet_ip[] = { 0, 1, 8, 0, 6, 4 };
	const struct rte_arp_hdr *arp = (const void *)(p + L3);

	if (len < L3 + sizeof(*arp) || memcmp(p + L3, ethernet_ip, sizeof(ethernet_ip)) != 0)
		return PG_OTHER;
	if (be16(p + L3 + 6) == RTE_ARP_OP_REQUEST) {
		s->target = L3 + offsetof(struct rte_arp_hdr, arp_data.arp_tip);
		return PG_ARP_REQUEST;
	}
	if (be16(p + L3 + 6) != RTE_ARP_OP_REPLY)
		return PG_OTHER;
	s->target = L3 + offsetof(struct rte_arp_hdr, arp_data.arp_sip);
	s->mac = L3 + offsetof(struct rte_arp_hdr, arp_data.arp_sha);
	return PG_ARP_REPLY;
}

/* Discovery's messages, RFC 4861: from the link only, which the hop limit proves. */
static enum pg_kind
read_nd(const uint8_t *p, struct pg_seen *s, uint8_t type)
{
	unsigned at = s->l4 + ND_LEN;

	if (s->end < at || p[L3 + offsetof(struct rte_ipv6_hdr, hop_limits)] != 255)
		return PG_OTHER;
	s->target = s->l4 + 8;
	if (type == 135)
		return PG_ND_SOLICIT;
	while (at + 8 <= s->end && p[at + 1] != 0) {
		if (p[at] == ND_OPTION_TARGET_MAC)
			s->mac = at + 2;
		at += p[at + 1] * 8;
	}
	return PG_ND_ADVERT;
}

static bool
has_mark(const uint8_t *p, const struct pg_seen *s)
{
	uint16_t magic;

	if (s->end < s->payload + PG_MARK_LEN)
		return false;
	magic = be16(p + s->payload);
	return magic == PG_MARK_OUT || magic == PG_MARK_RETURN;
}

static enum pg_kind
read_icmp(const uint8_t *p, struct pg_seen *s)
{
	uint8_t type = p[s->l4];

	s->payload = s->l4 + sizeof(struct rte_icmp_hdr);
	if (s->end < s->payload)
		return PG_OTHER;
	if (s->v6 && (type == 135 || type == 136))
		return read_nd(p, s, type);
	if (s->v6 ? type < 128 : type == 3 || type == 4 || type == 5 || type == 11 || type == 12)
		return PG_ICMP_ERROR;
	if (s->v6 ? type != 128 && type != 129 : type != 8 && type != 0)
		return PG_OTHER;
	return has_mark(p, s) ? PG_MARKED : PG_OTHER;
}

static enum pg_kind
read_tcp(const uint8_t *p, struct pg_seen *s)
{
	unsigned header;

	if (s->end < s->l4 + sizeof(struct rte_tcp_hdr))
		return PG_OTHER;
	header = (p[s->l4 + 12] >> 4) * 4;
	if (header < sizeof(struct rte_tcp_hdr) || s->end < s->l4 + header)
		return PG_OTHER;
	s->payload = s->l4 + header;
	return has_mark(p, s) ? PG_MARKED : PG_SEGMENT;
}

static enum pg_kind
read_l4(const uint8_t *p, struct pg_seen *s)
{
	if (s->end <= s->l4)
		return PG_OTHER;
	if (s->proto == IPPROTO_TCP)
		return read_tcp(p, s);
	if (s->proto == (s->v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP))
		return read_icmp(p, s);
	s->payload = s->l4 + sizeof(struct rte_udp_hdr);
	if (s->proto != IPPROTO_UDP || !has_mark(p, s) || be16(p + s->l4 + 4) != s->end - s->l4)
		return PG_OTHER;
	return PG_MARKED;
}

static enum pg_kind
read_ip4(const uint8_t *p, uint32_t len, struct pg_seen *s)
{
	unsigned header, total;

	if (len < L3 + IP4 || p[L3] >> 4 != 4)
		return PG_OTHER;
	header = (p[L3] & 15) * 4;
	total = be16(p + L3 + 2);
	if (header < IP4 || total < header || L3 + total > len || L3 + total > UINT16_MAX ||
	    (be16(p + L3 + 6) & 0x3fff) != 0)
		return PG_OTHER;
	s->proto = p[L3 + 9];
	s->l4 = L3 + header;
	s->end = L3 + total;
	return read_l4(p, s);
}

static enum pg_kind
read_ip6(const uint8_t *p, uint32_t len, struct pg_seen *s)
{
	unsigned payload;

	if (len < L3 + IP6 || p[L3] >> 4 != 6)
		return PG_OTHER;
	payload = be16(p + L3 + 4);
	if (L3 + IP6 + payload > len || L3 + IP6 + payload > UINT16_MAX)
		return PG_OTHER;
	s->v6 = true;
	s->proto = p[L3 + 6];
	s->l4 = L3 + IP6;
	s->end = L3 + IP6 + payload;
	return read_l4(p, s);
}

void
pg_read(const uint8_t *p, uint32_t len, struct pg_seen *s)
{
	*s = (struct pg_seen){ .kind = PG_OTHER };
	if (len < L3)
		return;
	switch (be16(p + 12)) {
	case RTE_ETHER_TYPE_IPV4:
		s->kind = read_ip4(p, len, s);
		break;
	case RTE_ETHER_TYPE_IPV6:
		s->kind = read_ip6(p, len, s);
		break;
	case RTE_ETHER_TYPE_ARP:
		s->kind = read_arp(p, len, s);
		break;
	default:
		break;
	}
}

bool
pg_checksums_right(const uint8_t *p, const struct pg_seen *s)
{
	const uint8_t *addrs = p + L3 + (s->v6 ? 8 : 12);
	bool whole_ip4 = s->v6 || rte_raw_cksum(p + L3, s->l4 - L3) == 0xffff;

	/* There is none, which IPv6 does not allow (RFC 8200 8.1), whatever the rest sums up to. */
	if (s->proto == IPPROTO_UDP && be16(p + s->l4 + 6) == 0)
		return !s->v6 && whole_ip4;
	return whole_ip4 &&
	       pg_checksum_sum(addrs, s->v6, s->proto, p + s->l4, s->end - s->l4) == 0xffff;
}
