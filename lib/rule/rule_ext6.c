/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Walks IPv6 extension headers as far as a match needs. Called by matches on workers.
 */
#include <errno.h>

#include "pkt_chain.h"
#include "rule_ext6.h"

#define FRAG_LEN 8 /* bytes of a fragment header */

const uint8_t *
rule_ext6_bytes(const struct rule_packet *rp, unsigned offset, unsigned len)
{
	if (offset + len > pkt_linear(rp->m))
		return NULL;
	return (const uint8_t *)pkt_ip6(rp->m) + offset;
}

bool
rule_ext6_is(uint8_t type)
{
	return type == IPPROTO_HOPOPTS || type == IPPROTO_ROUTING || type == IPPROTO_FRAGMENT ||
	       type == IPPROTO_AH || type == IPPROTO_NONE || type == IPPROTO_DSTOPTS;
}

unsigned
rule_ext6_len(const struct rule_packet *rp, uint8_t type, unsigned offset)
{
	const uint8_t *h = rule_ext6_bytes(rp, offset, 2);

	if (h == NULL || type == IPPROTO_FRAGMENT)
		return FRAG_LEN;
	return type == IPPROTO_AH ? (h[1] + 2u) * 4 : (h[1] + 1u) * 8;
}

int
rule_ext6_find(const struct rule_packet *rp, uint8_t type)
{
	uint8_t next = pkt_ip6(rp->m)->ip6_nxt;
	unsigned offset = sizeof(struct ip6_hdr);

	for (;;) {
		const uint8_t *h;

		if (!rule_ext6_is(next) || next == IPPROTO_NONE)
			return next == type ? (int)offset : -ENOENT;
		h = rule_ext6_bytes(rp, offset, next == IPPROTO_FRAGMENT ? 4 : 2);
		if (h == NULL)
			return -EBADMSG;
		if (next == type)
			return offset;
		if (next == IPPROTO_FRAGMENT && ((h[2] << 8 | h[3]) & ~7) != 0)
			return -ENOENT;
		offset += rule_ext6_len(rp, next, offset);
		next = h[0];
	}
}

int
rule_ext6_skip(const struct rule_packet *rp, uint8_t *proto)
{
	uint8_t next = pkt_ip6(rp->m)->ip6_nxt;
	unsigned offset = sizeof(struct ip6_hdr);

	while (rule_ext6_is(next)) {
		const uint8_t *h = NULL;

		if (next != IPPROTO_NONE)
			h = rule_ext6_bytes(rp, offset, next == IPPROTO_FRAGMENT ? 4 : 2);
		if (h == NULL)
			return -EBADMSG;
		if (next == IPPROTO_FRAGMENT && ((h[2] << 8 | h[3]) & ~7) != 0)
			break;
		offset += rule_ext6_len(rp, next, offset);
		next = h[0];
	}
	*proto = next;
	return offset;
}

const uint8_t *
rule_ext6_get(struct rule_packet *rp, uint8_t type, unsigned len, unsigned *offset)
{
	const uint8_t *h = NULL;
	int at = rule_ext6_find(rp, type);

	if (at >= 0) {
		*offset = at;
		h = rule_ext6_bytes(rp, at, len);
	}
	if (at == -EBADMSG || (at >= 0 && h == NULL))
		rp->hotdrop = true;
	return h;
}
