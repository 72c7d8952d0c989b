/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * An IPv6 packet as the kernel's log shows it. Called by the control lcore.
 */
#include <netinet/icmp6.h>
#include <netinet/in.h>

#include "queue_line.h"

/* Where the walk along the headers has come. */
struct at {
	uint64_t offset;
	uint8_t proto;
	bool later; /* a fragment header with an offset was there */
};

static void
address(struct queue_text *t, const char *name, const uint8_t *a)
{
	queue_text_add(t, "%s=", name);
	for (unsigned i = 0; i < 16; i += 2)
		queue_text_add(t, i == 0 ? "%04x" : ":%04x", queue_get16(a + i));
	queue_text_add(t, " ");
}

static bool
is_extension(uint8_t proto)
{
	return proto == IPPROTO_HOPOPTS || proto == IPPROTO_ROUTING || proto == IPPROTO_FRAGMENT ||
	       proto == IPPROTO_ESP || proto == IPPROTO_AH || proto == IPPROTO_DSTOPTS;
}

/* false: the line ends here; so in all of these. */
static bool
fragment(struct queue_text *t, const struct queue_view *v, struct at *at)
{
	const uint8_t *h = queue_at(v, at->offset, 8);

	queue_text_add(t, "FRAG:");
	if (h == NULL) {
		queue_text_add(t, "TRUNCATED ");
		return false;
	}
	queue_text_add(t, "%u ", queue_get16(h + 2) & 0xfff8);
	if (h[3] & 1)
		queue_text_add(t, "INCOMPLETE ");
	queue_text_add(t, "ID:%08x ", queue_get32(h + 4));
	at->later |= (queue_get16(h + 2) & 0xfff8) != 0;
	at->offset += 8;
	return true;
}

/* AH and ESP show something only where options are asked for. */
static bool
ipsec(struct queue_text *t, const struct queue_view *v, const struct at *at)
{
	bool ah = at->proto == IPPROTO_AH;
	const uint8_t *h = queue_at(v, at->offset, ah ? 12 : 8);

	if (!(v->flags & QUEUE_LOG_IP_OPTIONS))
		return ah;
	queue_text_add(t, ah ? "AH " : "ESP ");
	if (at->later) {
		queue_text_add(t, ")");
		return false;
	}
	if (h == NULL) {
		queue_line_incomplete(t, v, at->offset);
		queue_text_add(t, ")");
		return false;
	}
	queue_text_add(t, "SPI=0x%x ", queue_get32(h + (ah ? 4 : 0)));
	if (!ah)
		queue_text_add(t, ")");
	return ah;
}

static bool
extension(struct queue_text *t, const struct queue_view *v, struct at *at)
{
	const uint8_t *h = queue_at(v, at->offset, 2);
	bool options = v->flags & QUEUE_LOG_IP_OPTIONS;

	if (h == NULL) {
		queue_text_add(t, "TRUNCATED");
		return false;
	}
	if (options)
		queue_text_add(t, "OPT ( ");
	if (at->proto == IPPROTO_FRAGMENT) {
		if (!fragment(t, v, at))
			return false;
	} else if (at->proto == IPPROTO_AH || at->proto == IPPROTO_ESP) {
		if (!ipsec(t, v, at))
			return false;
		at->offset += (h[1] + 2) * 4;
	} else {
		if (at->later) {
			queue_text_add(t, "%s", options ? ")" : "");
			return false;
		}
		at->offset += (h[1] + 1) * 8;
	}
	if (options)
		queue_text_add(t, ") ");
	at->proto = h[0];
	return true;
}

static void
icmp_error(struct queue_text *t, const struct queue_view *v, const struct at *at, const uint8_t *h,
	   bool inner)
{
	if (h[0] == ICMP6_PARAM_PROB)
		queue_text_add(t, "POINTER=%08x ", queue_get32(h + 4));
	if (!inner) {
		queue_text_add(t, "[");
		queue_line_ip6(t, v, at->offset + 8, true);
		queue_text_add(t, "] ");
	}
	if (h[0] == ICMP6_PACKET_TOO_BIG)
		queue_text_add(t, "MTU=%u ", queue_get32(h + 4));
}

static bool
icmp(struct queue_text *t, const struct queue_view *v, const struct at *at, bool inner)
{
	const uint8_t *h = queue_at(v, at->offset, 8);

	queue_text_add(t, "PROTO=ICMPv6 ");
	if (at->later)
		return true;
	if (h == NULL) {
		queue_line_incomplete(t, v, at->offset);
		return false;
	}
	queue_text_add(t, "TYPE=%u CODE=%u ", h[0], h[1]);
	switch (h[0]) {
	case ICMP6_ECHO_REQUEST:
	case ICMP6_ECHO_REPLY:
		queue_text_add(t, "ID=%u SEQ=%u ", queue_get16(h + 4), queue_get16(h + 6));
		break;
	case ICMP6_DST_UNREACH:
	case ICMP6_PACKET_TOO_BIG:
	case ICMP6_TIME_EXCEEDED:
	case ICMP6_PARAM_PROB:
		icmp_error(t, v, at, h, inner);
		break;
	}
	return true;
}

static bool
layer4(struct queue_text *t, const struct queue_view *v, const struct at *at, bool inner)
{
	switch (at->proto) {
	case IPPROTO_TCP:
		return queue_line_tcp(t, v, at->offset, at->later);
	case IPPROTO_UDP:
		return queue_line_udp(t, v, at->offset, at->later, "UDP");
	case IPPROTO_UDPLITE:
		return queue_line_udp(t, v, at->offset, at->later, "UDPLITE");
	case IPPROTO_ICMPV6:
		return icmp(t, v, at, inner);
	default:
		queue_text_add(t, "PROTO=%u ", at->proto);
		return true;
	}
}

void
queue_line_ip6(struct queue_text *t, const struct queue_view *v, uint32_t offset, bool inner)
{
	const uint8_t *ip = queue_at(v, offset, 40);
	struct at at = { .offset = (uint64_t)offset + 40 };

	if (ip == NULL) {
		queue_text_add(t, "TRUNCATED");
		return;
	}
	address(t, "SRC", ip + 8);
	address(t, "DST", ip + 24);
	queue_text_add(t, "LEN=%u TC=%u HOPLIMIT=%u FLOWLBL=%u ", queue_get16(ip + 4) + 40,
		       (queue_get32(ip) >> 20) & 0xff, ip[7], queue_get32(ip) & 0xfffff);
	at.proto = ip[6];
	while (is_extension(at.proto))
		if (!extension(t, v, &at))
			return;
	if (layer4(t, v, &at, inner) && !inner && v->mark != 0)
		queue_text_add(t, "MARK=0x%x ", v->mark);
}
