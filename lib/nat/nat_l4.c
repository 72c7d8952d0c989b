/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Ports, identifiers and keys of each protocol, with its checksum. What is not known here has neither: only its
 * addresses are translated. An error quotes 8 bytes at least, which may be all that is there (RFC 792); checksums that are
 * not there are not missed.
 */
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>

#include "nat_rewrite.h"
#include "pkt_checksum.h"
#include "pkt_rewrite.h"

#define QUOTED 8u /* bytes that must be there of any protocol */
#define TCP_HEADER 20u
#define SCTP_HEADER 12u
#define DCCP_HEADER 12u

/* The header as 16-bit words, and how many bytes are there. */
struct l4 {
	uint16_t *w;
	uint32_t len;
};

/* What the sum grows by. */
static uint32_t
set(uint16_t *word, uint16_t to)
{
	uint32_t delta = pkt_sum_delta16(*word, to);

	*word = to;
	return delta;
}

/* Its checksum is there when the header is, at that word. */
static void
with_ports(const struct l4 *h, uint32_t delta, enum nat_manip manip, uint16_t to, uint32_t header,
	   unsigned checksum)
{
	delta += set(&h->w[manip == NAT_DST], to);
	if (h->len >= header)
		h->w[checksum] = pkt_sum_grow(h->w[checksum], delta);
}

/* RFC 768: 0 is no checksum, and the sum that would be 0 is written as the other zero. */
static void
udp(const struct l4 *h, uint32_t delta, enum nat_manip manip, uint16_t to, bool must)
{
	uint16_t *sum = &h->w[3];

	delta += set(&h->w[manip == NAT_DST], to);
	if (*sum == 0 && !must)
		return;
	*sum = pkt_sum_grow(*sum, delta);
	if (*sum == 0)
		*sum = 0xffff;
}

/* RFC 9260: a CRC over all, to be made anew. */
static void
sctp(struct rte_mbuf *m, const struct nat_headers *at, const struct l4 *h, enum nat_manip manip,
     uint16_t to)
{
	uint32_t crc;

	h->w[manip == NAT_DST] = to;
	if (h->len < SCTP_HEADER)
		return;
	crc = pkt_sctp_checksum(m, at->l4);
	memcpy(&h->w[4], &crc, sizeof(crc));
}

/* Questions and their answers have an identifier. */
static void
icmp(const struct l4 *h, uint16_t id)
{
	switch (*(const uint8_t *)h->w) {
	case ICMP_ECHO:
	case ICMP_ECHOREPLY:
	case ICMP_TIMESTAMP:
	case ICMP_TIMESTAMPREPLY:
	case ICMP_INFO_REQUEST:
	case ICMP_INFO_REPLY:
	case ICMP_ADDRESS:
	case ICMP_ADDRESSREPLY:
		h->w[1] = pkt_sum_grow(h->w[1], set(&h->w[2], id));
	}
}

/* Unlike ICMP it has a pseudo header. */
static void
icmp6(const struct l4 *h, uint32_t delta, uint16_t id)
{
	uint8_t type = *(const uint8_t *)h->w;

	if (type == ICMP6_ECHO_REQUEST || type == ICMP6_ECHO_REPLY)
		delta += set(&h->w[2], id);
	h->w[1] = pkt_sum_grow(h->w[1], delta);
}

#define GRE_VERSION 7 /* low bits of the second byte; 1: PPTP's (RFC 2637 4.1) */

/* A call id names the receiver's end only. false: a version that nobody knows. */
static bool
gre(const struct l4 *h, enum nat_manip manip, uint16_t key)
{
	uint8_t version = ((const uint8_t *)h->w)[1] & GRE_VERSION;

	if (manip != NAT_DST || version == 0)
		return true;
	if (version != 1)
		return false;
	h->w[3] = key;
	return true;
}

static bool
has_header(uint8_t proto)
{
	switch (proto) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
	case IPPROTO_SCTP:
	case IPPROTO_DCCP:
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
	case IPPROTO_GRE:
		return true;
	default:
		return false;
	}
}

bool
nat_rewrite_l4(struct rte_mbuf *m, const struct nat_headers *at, const struct nat_end *to,
	       enum nat_manip manip, uint32_t delta)
{
	const struct l4 h = { .w = rte_pktmbuf_mtod_offset(m, uint16_t *, at->l4),
			      .len = m->data_len > at->l4 ? m->data_len - at->l4 : 0 };

	if (!has_header(at->proto))
		return true;
	if (h.len < QUOTED)
		return false;
	switch (at->proto) {
	case IPPROTO_TCP:
		with_ports(&h, delta, manip, to->port, TCP_HEADER, 8);
		return true;
	case IPPROTO_DCCP:
		with_ports(&h, delta, manip, to->port, DCCP_HEADER, 3);
		return true;
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
		udp(&h, delta, manip, to->port, at->proto == IPPROTO_UDPLITE);
		return true;
	case IPPROTO_SCTP:
		sctp(m, at, &h, manip, to->port);
		return true;
	case IPPROTO_ICMP:
		icmp(&h, to->id);
		return true;
	case IPPROTO_ICMPV6:
		icmp6(&h, delta, to->id);
		return true;
	default:
		return gre(&h, manip, to->port);
	}
}
