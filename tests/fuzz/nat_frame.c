/* SPDX-License-Identifier: BSD-3-Clause */
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <string.h>

#include <rte_byteorder.h>

#include "nat_frame.h"

#define ETHER 14u
#define PAYLOAD 200u
#define QUOTE 500u
#define TTL 64

/* Where things are in a frame. */
struct place {
	bool v6, whole; /* whole: no fragment, and as long as it says */
	uint8_t proto;
	unsigned l4, len; /* from the L4 header on */
};

static uint16_t
get16(const uint8_t *b)
{
	return b[0] << 8 | b[1];
}

static void
put16(uint8_t *b, uint16_t v)
{
	b[0] = v >> 8;
	b[1] = v;
}

/* Of an IP packet of at most len bytes. false: there is no header. */
static bool
locate(const uint8_t *ip, unsigned len, struct place *p)
{
	unsigned total;

	if (len < 20 || (ip[0] >> 4 != 4 && (ip[0] >> 4 != 6 || len < 40)))
		return false;
	p->v6 = ip[0] >> 4 == 6;
	p->l4 = p->v6 ? 40 : (ip[0] & 15) * 4;
	total = p->v6 ? 40 + get16(ip + 4) : get16(ip + 2);
	p->proto = ip[p->v6 ? 6 : 9];
	if (p->l4 < 20 || total < p->l4 || len < p->l4)
		return false;
	p->whole = total <= len && (p->v6 || (get16(ip + 6) & 0x3fff) == 0);
	p->len = RTE_MIN(total, len) - p->l4;
	return true;
}

static uint32_t
add(uint32_t sum, const uint8_t *b, unsigned len)
{
	for (unsigned i = 0; i < len; i++)
		sum += i & 1 ? b[i] : b[i] << 8;
	return sum;
}

static uint16_t
fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

/* Of the L4 bytes, with what they stand for besides. */
static uint16_t
l4_sum(const uint8_t *ip, const struct place *p)
{
	uint32_t sum = 0;

	if (p->proto != IPPROTO_ICMP)
		sum = add(p->proto + p->len, ip + (p->v6 ? 8 : 12), p->v6 ? 32 : 8);
	return fold(add(sum, ip + p->l4, p->len));
}

/* RFC 9260, appendix A. */
static uint32_t
crc32c(const uint8_t *b, unsigned len)
{
	uint32_t crc = UINT32_MAX;

	for (unsigned i = 0; i < len; i++) {
		crc ^= i >= 8 && i < 12 ? 0 : b[i];
		for (unsigned bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78 : 0);
	}
	return ~crc;
}

/* Offset of the checksum in the L4 header; 0: the protocol has none. */
static unsigned
sum_at(const struct place *p)
{
	switch (p->proto) {
	case IPPROTO_TCP:
		return p->len >= 20 ? 16 : 0;
	case IPPROTO_UDP:
		return p->len >= 8 ? 6 : 0;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		return p->len >= 8 && (p->proto == IPPROTO_ICMPV6) == p->v6 ? 2 : 0;
	default:
		return 0;
	}
}

static bool
is_error(const uint8_t *l4, const struct place *p)
{
	return p->v6 ? p->proto == IPPROTO_ICMPV6 && l4[0] < 128
		     : p->proto == IPPROTO_ICMP && (l4[0] == 3 || l4[0] == 11 || l4[0] == 12);
}

static enum sums
packet_sums(const uint8_t *ip, unsigned len, bool quoted)
{
	struct place p;
	uint32_t crc;
	unsigned at;

	if (!locate(ip, len, &p))
		return SUMS_NONE;
	if (!p.v6 && fold(add(0, ip, p.l4)) != 0xffff)
		return SUMS_WRONG;
	if (!p.whole)
		return quoted ? SUMS_RIGHT : SUMS_NONE;
	at = sum_at(&p);
	if (p.proto == IPPROTO_UDP && at != 0 && get16(ip + p.l4 + 4) != p.len)
		return SUMS_NONE;
	if (at != 0 && !(p.proto == IPPROTO_UDP && get16(ip + p.l4 + at) == 0) &&
	    l4_sum(ip, &p) != 0xffff && l4_sum(ip, &p) != 0) /* 0: all bytes are */
		return SUMS_WRONG;
	if (p.proto == IPPROTO_SCTP && p.len >= 12) {
		crc = crc32c(ip + p.l4, p.len);
		return memcmp(ip + p.l4 + 8, &crc, 4) == 0 ? SUMS_RIGHT : SUMS_WRONG;
	}
	if (quoted || at == 0 || !is_error(ip + p.l4, &p))
		return SUMS_RIGHT;
	return packet_sums(ip + p.l4 + 8, p.len - 8, true);
}

enum sums
frame_sums(const struct dp_frame *f)
{
	uint16_t type = f->len > ETHER ? get16(f->bytes + 12) : 0;

	if (type != 0x0800 && type != 0x86dd)
		return SUMS_NONE;
	return packet_sums(f->bytes + ETHER, f->len - ETHER, false);
}

void
frame_sum(struct dp_frame *f)
{
	uint8_t *ip = f->bytes + ETHER;
	struct place p;
	uint32_t crc;
	unsigned at;

	if (!locate(ip, f->len - ETHER, &p))
		return;
	if (!p.v6) {
		put16(ip + 10, 0);
		put16(ip + 10, ~fold(add(0, ip, p.l4)));
	}
	at = sum_at(&p);
	if (at != 0) {
		put16(ip + p.l4 + at, 0);
		put16(ip + p.l4 + at, ~l4_sum(ip, &p));
		if (p.proto == IPPROTO_UDP && get16(ip + p.l4 + at) == 0)
			put16(ip + p.l4 + at, 0xffff);
	}
	if (p.proto == IPPROTO_SCTP && p.len >= 12) {
		crc = crc32c(ip + p.l4, p.len);
		memcpy(ip + p.l4 + 8, &crc, 4);
	}
}

struct dp_frame
frame_empty(unsigned side, bool v6)
{
	struct dp_frame f = { .bytes = { 2, 0, 0, 0, 0, 0x10 + side, 2, 0, 0, 0, 1, side,
					 v6 ? 0x86 : 8, v6 ? 0xdd : 0, v6 ? 0x60 : 0x45 },
			      .len = ETHER + 1 };

	return f;
}

struct dp_frame
frame_first(const char *src, const char *dst, uint8_t side, uint8_t proto, uint16_t sport,
	    uint16_t dport)
{
	bool v6 = strchr(src, ':') != NULL, asks = proto == IPPROTO_ICMP;
	struct dp_ip s = { .src = src,
			   .dst = dst,
			   .proto = asks && v6 ? IPPROTO_ICMPV6 : proto,
			   .ttl = TTL,
			   .sport = asks ? (v6 ? ICMP6_ECHO_REQUEST : ICMP_ECHO) << 8 : sport,
			   .dport = dport,
			   .payload = PAYLOAD,
			   .side = side };
	struct dp_frame f = dp_ip(&s);
	uint8_t *l4 = f.bytes + ETHER + (v6 ? 40 : 20);

	if (asks) {
		put16(l4 + 4, sport);
	} else if (proto == IPPROTO_GRE) {
		memset(l4, 0, 4);
	} else if (proto == IPPROTO_SCTP) {
		memset(l4 + 4, 0, 4);
		memcpy(l4 + 12, (uint8_t[]){ 1, 0, 0, PAYLOAD - 4, 0, 0, 0, 1 },
		       8); /* INIT, its tag */
	}
	return f;
}

uint8_t *
frame_payload(struct dp_frame *f)
{
	return f->bytes + f->len - FRAME_PAYLOAD;
}

void
frame_of(struct dp_frame *f, const struct rte_mbuf *m)
{
	f->len = RTE_MIN(m->pkt_len, (uint32_t)sizeof(f->bytes));
	memcpy(f->bytes, rte_pktmbuf_read(m, 0, f->len, f->bytes), f->len);
}

void
frame_comes_back(struct dp_frame *f, unsigned side)
{
	struct dp_frame empty = frame_empty(side, false);

	memcpy(f->bytes, empty.bytes, 12);
}

unsigned
frame_side(const struct dp_frame *f)
{
	return f->bytes[5] & 1;
}

bool
frame_forwarded(const struct dp_frame *f)
{
	struct place p;

	return f->len > ETHER && locate(f->bytes + ETHER, f->len - ETHER, &p) &&
	       f->bytes[ETHER + (p.v6 ? 7 : 8)] == TTL - 1;
}

/* L4's ends the other way round; what makes it an answer. */
static void
turn_l4(uint8_t *l4, const struct place *p)
{
	uint8_t port[2];

	switch (p->proto) {
	case IPPROTO_ICMP:
		l4[0] = ICMP_ECHOREPLY;
		return;
	case IPPROTO_ICMPV6:
		l4[0] = ICMP6_ECHO_REPLY;
		return;
	case IPPROTO_TCP:
		memcpy(l4 + 8, l4 + 4, 4);
		for (unsigned i = 11; i >= 8 && ++l4[i] == 0; i--)
			;
		l4[13] = 0x12; /* SYN, ACK */
		break;
	case IPPROTO_SCTP:
		memcpy(l4 + 4, l4 + 16, 4); /* the tag that INIT asks for */
		l4[12] = 2;                 /* INIT ACK */
		break;
	case IPPROTO_UDP:
		break;
	default:
		return;
	}
	memcpy(port, l4, 2);
	memcpy(l4, l4 + 2, 2);
	memcpy(l4 + 2, port, 2);
}

struct dp_frame
frame_answer(const struct dp_frame *to, unsigned side)
{
	struct dp_frame f = *to;
	uint8_t *ip = f.bytes + ETHER;
	struct place p;

	frame_comes_back(&f, side);
	if (!locate(ip, f.len - ETHER, &p))
		return f;
	memcpy(ip + (p.v6 ? 8 : 12), to->bytes + ETHER + (p.v6 ? 24 : 16), p.v6 ? 16 : 4);
	memcpy(ip + (p.v6 ? 24 : 16), to->bytes + ETHER + (p.v6 ? 8 : 12), p.v6 ? 16 : 4);
	ip[p.v6 ? 7 : 8] = TTL;
	turn_l4(ip + p.l4, &p);
	frame_sum(&f);
	return f;
}

struct dp_frame
frame_error(const struct dp_frame *about, unsigned side, uint8_t kind)
{
	static const uint8_t types[] = { 3, 11, 12, 3 };
	const uint8_t *quoted = about->bytes + ETHER;
	unsigned len = RTE_MIN(about->len - ETHER, QUOTE), l4;
	struct dp_frame f;
	uint8_t *ip;
	bool v6 = about->bytes[12] == 0x86;

	if (len < (v6 ? 40u : 20u))
		return *about;
	f = frame_empty(side, v6);
	ip = f.bytes + ETHER;
	l4 = v6 ? 40 : 20;
	memcpy(ip + (v6 ? 8 : 12), quoted + (v6 ? 24 : 16), v6 ? 16 : 4);
	memcpy(ip + (v6 ? 24 : 16), quoted + (v6 ? 8 : 12), v6 ? 16 : 4);
	ip[v6 ? 7 : 8] = TTL;
	ip[v6 ? 6 : 9] = v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP;
	put16(ip + (v6 ? 4 : 2), (v6 ? 0 : l4) + 8 + len);
	ip[l4] = v6 ? 1 + kind % 4 : types[kind % 4];
	ip[l4 + 1] = kind >> 2 & 3;
	put16(ip + l4 + 6, 1300);
	memcpy(ip + l4 + 8, quoted, len);
	f.len = ETHER + l4 + 8 + len;
	frame_sum(&f);
	return f;
}

static bool
same_ports(const uint8_t *l4, const uint8_t *first, uint8_t proto)
{
	if (proto == IPPROTO_ICMP || proto == IPPROTO_ICMPV6)
		return memcmp(l4 + 4, first + 4, 4) == 0;
	if (proto == IPPROTO_TCP || proto == IPPROTO_UDP || proto == IPPROTO_SCTP)
		return memcmp(l4, first + 2, 2) == 0 && memcmp(l4 + 2, first, 2) == 0;
	return true;
}

bool
frame_answers(const struct dp_frame *got, const struct dp_frame *f)
{
	const uint8_t *ip = got->bytes + ETHER, *first = f->bytes + ETHER;
	struct place p, q;

	if (got->len != f->len || !locate(ip, got->len - ETHER, &p) ||
	    !locate(first, f->len - ETHER, &q))
		return false;
	if (memcmp(ip + (p.v6 ? 8 : 12), first + (p.v6 ? 24 : 16), p.v6 ? 16 : 4) != 0 ||
	    memcmp(ip + (p.v6 ? 24 : 16), first + (p.v6 ? 8 : 12), p.v6 ? 16 : 4) != 0)
		return false;
	return same_ports(ip + p.l4, first + q.l4, p.proto) &&
	       memcmp(got->bytes + got->len - FRAME_PAYLOAD, f->bytes + f->len - FRAME_PAYLOAD,
		      FRAME_PAYLOAD) == 0;
}

bool
frame_quotes(const struct dp_frame *got, const struct dp_frame *f)
{
	const uint8_t *ip = got->bytes + ETHER, *first = f->bytes + ETHER, *quoted;
	unsigned ends, addrs;
	struct place p, q;

	if (!locate(ip, got->len - ETHER, &p) || !locate(first, f->len - ETHER, &q) ||
	    p.len != 8 + RTE_MIN(f->len - ETHER, QUOTE))
		return false;
	quoted = ip + p.l4 + 8;
	ends = p.v6 ? 8 : 12;
	addrs = p.v6 ? 16 : 4;
	/* To the client; the quotation has all of what it has sent, but for the TTL. */
	return memcmp(ip + ends + addrs, first + ends, addrs) == 0 &&
	       memcmp(quoted, first, p.v6 ? 7 : 8) == 0 &&
	       memcmp(quoted + ends, first + ends, p.len - 8 - ends) == 0;
}
