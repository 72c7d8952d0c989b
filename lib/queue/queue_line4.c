/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * An IPv4 packet as the kernel's log shows it. Called by the control lcore.
 */
#include <netinet/in.h>
#include <netinet/ip_icmp.h>

#include "queue_line.h"

/* Bytes a message of the type must have to be shown: with its header, what it is about. */
static unsigned
icmp_needs(uint8_t type)
{
	switch (type) {
	case ICMP_DEST_UNREACH:
	case ICMP_SOURCE_QUENCH:
	case ICMP_REDIRECT:
	case ICMP_TIME_EXCEEDED:
	case ICMP_PARAMETERPROB:
		return 8 + 20;
	case ICMP_TIMESTAMP:
	case ICMP_TIMESTAMPREPLY:
		return 20;
	case ICMP_ADDRESS:
	case ICMP_ADDRESSREPLY:
		return 12;
	default:
		return 8;
	}
}

/* What an error quotes, and what its second word says. */
static void
icmp_error(struct queue_text *t, const struct queue_view *v, uint64_t offset, const uint8_t *h,
	   bool inner)
{
	if (h[0] == ICMP_REDIRECT)
		queue_text_add(t, "GATEWAY=%u.%u.%u.%u ", h[4], h[5], h[6], h[7]);
	/* A quote in a quote is left out. */
	if (!inner) {
		queue_text_add(t, "[");
		queue_line_ip4(t, v, offset + 8, true);
		queue_text_add(t, "] ");
	}
	if (h[0] == ICMP_DEST_UNREACH && h[1] == ICMP_FRAG_NEEDED)
		queue_text_add(t, "MTU=%u ", queue_get16(h + 6));
}

static void
icmp(struct queue_text *t, const struct queue_view *v, uint64_t offset, bool later, bool inner)
{
	const uint8_t *h = queue_at(v, offset, 8);

	queue_text_add(t, "PROTO=ICMP ");
	if (later)
		return;
	if (h == NULL) {
		queue_line_incomplete(t, v, offset);
		return;
	}
	queue_text_add(t, "TYPE=%u CODE=%u ", h[0], h[1]);
	if (v->len - offset < icmp_needs(h[0])) {
		queue_line_incomplete(t, v, offset);
		return;
	}
	switch (h[0]) {
	case ICMP_ECHOREPLY:
	case ICMP_ECHO:
		queue_text_add(t, "ID=%u SEQ=%u ", queue_get16(h + 4), queue_get16(h + 6));
		break;
	case ICMP_PARAMETERPROB:
		queue_text_add(t, "PARAMETER=%u ", h[4]);
		break;
	case ICMP_DEST_UNREACH:
	case ICMP_SOURCE_QUENCH:
	case ICMP_REDIRECT:
	case ICMP_TIME_EXCEEDED:
		icmp_error(t, v, offset, h, inner);
		break;
	}
}

/* AH, ESP: the 4 bytes of the SPI at spi, in a header of size bytes. */
static void
ipsec(struct queue_text *t, const struct queue_view *v, uint64_t offset, unsigned size,
      unsigned spi)
{
	const uint8_t *h = queue_at(v, offset, size);

	if (h != NULL)
		queue_text_add(t, "SPI=0x%x ", queue_get32(h + spi));
	else
		queue_line_incomplete(t, v, offset);
}

/* false: the line ends here. */
static bool
layer4(struct queue_text *t, const struct queue_view *v, const uint8_t *ip, uint64_t offset,
       bool inner)
{
	bool later = queue_get16(ip + 6) & 0x1fff;

	switch (ip[9]) {
	case IPPROTO_TCP:
		return queue_line_tcp(t, v, offset, later);
	case IPPROTO_UDP:
		return queue_line_udp(t, v, offset, later, "UDP");
	case IPPROTO_UDPLITE:
		return queue_line_udp(t, v, offset, later, "UDPLITE");
	case IPPROTO_ICMP:
		icmp(t, v, offset, later, inner);
		return true;
	case IPPROTO_AH:
		if (later)
			return true;
		queue_text_add(t, "PROTO=AH ");
		ipsec(t, v, offset, 12, 4);
		return true;
	case IPPROTO_ESP:
		queue_text_add(t, "PROTO=ESP ");
		if (!later)
			ipsec(t, v, offset, 8, 0);
		return true;
	default:
		queue_text_add(t, "PROTO=%u ", ip[9]);
		return true;
	}
}

static void
header(struct queue_text *t, const uint8_t *ip)
{
	uint16_t frag = queue_get16(ip + 6);

	queue_text_add(t, "SRC=%u.%u.%u.%u DST=%u.%u.%u.%u ", ip[12], ip[13], ip[14], ip[15],
		       ip[16], ip[17], ip[18], ip[19]);
	queue_text_add(t, "LEN=%u TOS=0x%02X PREC=0x%02X TTL=%u ID=%u ", queue_get16(ip + 2),
		       ip[1] & 0x1e, ip[1] & 0xe0, ip[8], queue_get16(ip + 4));
	/* The reserved bit; Linux calls it so from a time when it meant congestion. */
	if (frag & 0x8000)
		queue_text_add(t, "CE ");
	if (frag & 0x4000)
		queue_text_add(t, "DF ");
	if (frag & 0x2000)
		queue_text_add(t, "MF ");
	if (frag & 0x1fff)
		queue_text_add(t, "FRAG:%u ", frag & 0x1fff);
}

void
queue_line_ip4(struct queue_text *t, const struct queue_view *v, uint32_t offset, bool inner)
{
	const uint8_t *ip = queue_at(v, offset, 20), *options;
	unsigned hlen;

	if (ip == NULL) {
		queue_text_add(t, "TRUNCATED");
		return;
	}
	header(t, ip);
	hlen = (ip[0] & 15) * 4;
	if (v->flags & QUEUE_LOG_IP_OPTIONS && hlen > 20) {
		options = queue_at(v, offset + 20, hlen - 20);
		if (options == NULL) {
			queue_text_add(t, "TRUNCATED");
			return;
		}
		queue_text_add(t, "OPT (");
		queue_text_hex(t, options, hlen - 20, "%02X");
		queue_text_add(t, ") ");
	}
	if (layer4(t, v, ip, offset + hlen, inner) && !inner && v->mark != 0)
		queue_text_add(t, "MARK=0x%x ", v->mark);
}
