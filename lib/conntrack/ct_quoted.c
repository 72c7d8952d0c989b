/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Reads quoted packets. Strangers wrote them, and whoever quoted them cut them: nothing is read that is not in the
 * outer packet.
 */
#include <netinet/ip6.h>

#include "ct_proto.h"
#include "ct_quoted.h"

#define NO_OFFSET UINT32_MAX

/* len bytes, not 0, at the offset, copied to buf where segments divide them. NULL: they are not all there. */
static const void *
bytes_at(const struct rte_mbuf *m, uint32_t at, uint32_t len, void *buf)
{
	const struct pkt *p = pkt_const(m);

	if (at > p->l3 + p->len || len > p->l3 + p->len - at)
		return NULL;
	return rte_pktmbuf_read(m, at, len, buf);
}

static bool
is_extension(uint8_t next)
{
	return next == IPPROTO_HOPOPTS || next == IPPROTO_ROUTING || next == IPPROTO_FRAGMENT ||
	       next == IPPROTO_AH || next == IPPROTO_NONE || next == IPPROTO_DSTOPTS;
}

static uint32_t
extension_len(uint8_t type, uint8_t len)
{
	if (type == IPPROTO_FRAGMENT)
		return sizeof(struct ip6_frag);
	return type == IPPROTO_AH ? (len + 2) * 4 : (len + 1) * 8;
}

/* Where L4 begins behind the extension headers; *next, the first one's kind, becomes the protocol. */
static uint32_t
skip_extensions(const struct rte_mbuf *m, uint32_t at, uint8_t *next)
{
	while (is_extension(*next)) {
		uint8_t buf[4];
		const uint8_t *h;

		h = *next == IPPROTO_NONE ? NULL : bytes_at(m, at, 2, buf);
		if (h == NULL)
			return NO_OFFSET;
		if (*next == IPPROTO_FRAGMENT) {
			h = bytes_at(m, at, 4, buf);
			if (h == NULL || (h[2] << 8 | h[3]) & ~7)
				return NO_OFFSET;
		}
		at += extension_len(*next, h[1]);
		*next = h[0];
	}
	return at;
}

/* The L4 header's offset. */
static uint32_t
quoted4(const struct rte_mbuf *m, uint32_t at, struct ct_tuple *t)
{
	struct rte_ipv4_hdr buf;
	const struct rte_ipv4_hdr *h = bytes_at(m, at, sizeof(buf), &buf);

	if (h == NULL || rte_be_to_cpu_16(h->fragment_offset) & RTE_IPV4_HDR_OFFSET_MASK)
		return NO_OFFSET;
	t->src.v4 = h->src_addr;
	t->dst.v4 = h->dst_addr;
	t->proto = h->next_proto_id;
	return at + rte_ipv4_hdr_len(h);
}

static uint32_t
quoted6(const struct rte_mbuf *m, uint32_t at, struct ct_tuple *t)
{
	struct ip6_hdr buf;
	const struct ip6_hdr *h = bytes_at(m, at, sizeof(buf), &buf);

	if (h == NULL)
		return NO_OFFSET;
	memcpy(&t->src, &h->ip6_src, sizeof(t->src));
	memcpy(&t->dst, &h->ip6_dst, sizeof(t->dst));
	t->proto = h->ip6_nxt;
	return skip_extensions(m, at + sizeof(*h), &t->proto);
}

static bool
quoted_ports(const struct rte_mbuf *m, uint32_t at, struct ct_tuple *t)
{
	const struct ct_proto *proto =
		ct_proto(t->family == AF_INET ? HOOK_IP4 : HOOK_IP6, t->proto);
	uint32_t end = pkt_const(m)->l3 + pkt_const(m)->len;
	uint32_t len = at < end ? RTE_MIN(end - at, 8u) : 0;
	uint8_t buf[8] = { 0 };
	const uint8_t *l4 = len != 0 ? bytes_at(m, at, len, buf) : NULL;

	if (l4 == NULL)
		len = 0;
	if (proto->ports != NULL)
		return proto->ports(t, l4 != NULL ? l4 : buf, len);
	if (proto->proto == 0)
		return true;
	if (len < 4)
		return false;
	memcpy(&t->sport, l4, sizeof(t->sport));
	memcpy(&t->dport, l4 + 2, sizeof(t->dport));
	return true;
}

/* The same; the addresses and the protocol are in *t. */
static uint32_t
quoted(const struct rte_mbuf *m, uint32_t at, struct ct_tuple *t)
{
	bool v4 = pkt_const(m)->family == AF_INET;
	uint32_t l4;

	*t = (struct ct_tuple){ .family = pkt_const(m)->family };
	l4 = v4 ? quoted4(m, at, t) : quoted6(m, at, t);
	return v4 && l4 > pkt_const(m)->l3 + pkt_const(m)->len ? NO_OFFSET : l4;
}

bool
ct_quoted(const struct rte_mbuf *m, uint32_t at, struct ct_tuple *t)
{
	uint32_t l4 = quoted(m, at, t);

	return l4 != NO_OFFSET && quoted_ports(m, l4, t);
}

bool
ct_quoted_l4(const struct rte_mbuf *m, uint32_t at, uint32_t *l4, uint8_t *proto)
{
	struct ct_tuple t;

	*l4 = quoted(m, at, &t);
	*proto = t.proto;
	return *l4 != NO_OFFSET;
}
