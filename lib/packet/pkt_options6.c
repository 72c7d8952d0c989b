/* SPDX-License-Identifier: BSD-3-Clause */
#include <limits.h>
#include <netinet/icmp6.h>
#include <string.h>

#include "base_param.h"
#include "pkt_chain.h"
#include "pkt_options6.h"

PARAM_INT(max_hbh_number, "net.ipv6.max_hbh_opts_number", 8, INT_MIN + 1, INT_MAX,
	  "hop-by-hop options in a packet; negative: unknown ones are refused, too")
PARAM_INT(max_hbh_length, "net.ipv6.max_hbh_length", INT_MAX, 0, INT_MAX,
	  "bytes of a hop-by-hop options header")
PARAM_INT(max_dst_number, "net.ipv6.max_dst_opts_number", 8, INT_MIN + 1, INT_MAX,
	  "destination options in a header; negative: unknown ones are refused, too")
PARAM_INT(max_dst_length, "net.ipv6.max_dst_opts_length", INT_MAX, 0, INT_MAX,
	  "bytes of a destination options header")

#define OPTION_CALIPSO 0x07
#define OPTION_IOAM 0x31
#define PADDING_MAX 7 /* more is never needed to align to 8 (RFC 4942 2.1.9.5) */

static const struct pkt_options6 ok = { .verdict = PKT_OPTIONS6_OK };
static const struct pkt_options6 drop = { .verdict = PKT_OPTIONS6_DROP };

static struct pkt_options6
problem(uint8_t code, uint32_t pointer)
{
	return (struct pkt_options6){ PKT_OPTIONS6_PROBLEM, code, pointer, 0 };
}

/* The type's upper two bits say what to do with it (RFC 8200 4.2). */
static struct pkt_options6
unknown(const struct rte_mbuf *m, uint32_t at, uint8_t type, bool strict)
{
	if (strict)
		return drop;
	switch (type >> 6) {
	case 0:
		return ok;
	case 1:
		return drop;
	case 3:
		if (IN6_IS_ADDR_MULTICAST(&pkt_ip6(m)->ip6_dst))
			return drop;
	}
	return problem(ICMP6_PARAMPROB_OPTION, at);
}

/* RFC 2675 section 3. Frames here are shorter than any jumbogram, so at best the packet is cut short. */
static struct pkt_options6
jumbo(const struct rte_mbuf *m, uint32_t at, const uint8_t *o)
{
	uint32_t len;

	if (o[1] != 4 || at % 4 != 2)
		return drop;
	memcpy(&len, o + 2, sizeof(len));
	if (rte_be_to_cpu_32(len) <= UINT16_MAX)
		return problem(ICMP6_PARAMPROB_HEADER, at + 2);
	return pkt_ip6(m)->ip6_plen != 0 ? problem(ICMP6_PARAMPROB_HEADER, at) : drop;
}

static struct pkt_options6
hop_option(const struct rte_mbuf *m, uint32_t at, const uint8_t *o, bool strict)
{
	switch (*o) {
	case IP6OPT_ROUTER_ALERT:
		return o[1] == 2 ? ok : drop; /* nobody here waits for one */
	case IP6OPT_JUMBO:
		return jumbo(m, at, o);
	case OPTION_IOAM:
		return at % 4 == 0 ? ok : drop;
	case OPTION_CALIPSO:
		return drop; /* no domain of interpretation is known */
	default:
		return unknown(m, at, *o, strict);
	}
}

/* Bytes of the option at o, of which `left` are there; 0: malformed. */
static unsigned
option_len(const uint8_t *o, unsigned left)
{
	if (*o == IP6OPT_PAD1)
		return 1;
	return left < 2 || o[1] + 2u > left ? 0 : o[1] + 2;
}

/* RFC 4942 2.1.9.5: nothing may hide in padding. */
static bool
is_blank(const uint8_t *o, unsigned len)
{
	for (unsigned i = 2; i < len; i++)
		if (o[i] != 0)
			return false;
	return true;
}

static struct pkt_options6
read_options(const struct rte_mbuf *m, uint32_t at, uint32_t end, bool hop_by_hop)
{
	const uint8_t *base = (const uint8_t *)pkt_ip6(m);
	int number = param_get(hop_by_hop ? &max_hbh_number : &max_dst_number);
	unsigned max = number < 0 ? -number : number, n = 0, padding = 0;

	for (unsigned len; at < end; at += len) {
		const uint8_t *o = base + at;
		struct pkt_options6 r;

		len = option_len(o, end - at);
		if (len == 0)
			return drop;
		if (*o == IP6OPT_PAD1 || *o == IP6OPT_PADN) {
			padding += len;
			if (padding > PADDING_MAX || !is_blank(o, len))
				return drop;
			continue;
		}
		padding = 0;
		if (++n > max)
			return drop;
		r = hop_by_hop ? hop_option(m, at, o, number < 0) : unknown(m, at, *o, number < 0);
		if (r.verdict != PKT_OPTIONS6_OK)
			return r;
	}
	return ok;
}

struct pkt_options6
pkt_options6(const struct rte_mbuf *m, uint32_t off, bool hop_by_hop)
{
	const uint8_t *header = (const uint8_t *)pkt_ip6(m) + off;
	uint32_t there = pkt_linear(m), len;
	struct pkt_options6 r;

	if (off + 8 > there)
		return drop;
	len = (header[1] + 1u) * 8;
	if (off + len > there ||
	    len > (unsigned)param_get(hop_by_hop ? &max_hbh_length : &max_dst_length))
		return drop;
	r = read_options(m, off + 2, off + len, hop_by_hop);
	r.end = off + len;
	return r;
}
