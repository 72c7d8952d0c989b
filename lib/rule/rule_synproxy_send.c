/* SPDX-License-Identifier: BSD-3-Clause */
/* Segments of target SYNPROXY. Called by rule_synproxy.c. */
#include "hook_emit.h"
#include "pkt_build.h"
#include "pkt_build_ip.h"
#include "pkt_checksum.h"
#include "pkt_pool.h"
#include "pkt_rewrite.h"
#include "rule_synproxy_send.h"

enum { OPT_END, OPT_NOP, OPT_MSS, OPT_WSCALE, OPT_SACK_PERM, OPT_TIMESTAMP = 8 };

#define LEN_MSS 4
#define LEN_WSCALE 3
#define LEN_SACK_PERM 2
#define LEN_TIMESTAMP 10
#define WSCALE_MAX 14 /* RFC 7323 2.3 */
#define OPTIONS_MAX 40

static uint32_t
read32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3];
}

static uint8_t *
write32(uint8_t *p, uint32_t n)
{
	n = rte_cpu_to_be_32(n);
	memcpy(p, &n, sizeof(n));
	return p + sizeof(n);
}

/* The option at p, before end; NULL: there is none. *next is what stands behind it. */
static const uint8_t *
next_option(const uint8_t *p, const uint8_t *end, const uint8_t **next)
{
	while (p < end && *p == OPT_NOP)
		p++;
	if (end - p < 2 || *p == OPT_END || p[1] < 2 || p[1] > end - p)
		return NULL;
	*next = p + p[1];
	return p;
}

void
synproxy_read(const struct rte_tcp_hdr *th, struct synproxy_options *o)
{
	const uint8_t *p = (const uint8_t *)(th + 1), *next;
	const uint8_t *end = (const uint8_t *)th + (th->data_off >> 4) * 4u;

	*o = (struct synproxy_options){ 0 };
	for (; (p = next_option(p, end, &next)) != NULL; p = next) {
		if (p[0] == OPT_MSS && p[1] == LEN_MSS) {
			o->mss = p[2] << 8 | p[3];
			o->have |= RULE_SYNPROXY_MSS;
		} else if (p[0] == OPT_WSCALE && p[1] == LEN_WSCALE) {
			o->wscale = RTE_MIN(p[2], WSCALE_MAX);
			o->have |= RULE_SYNPROXY_WSCALE;
		} else if (p[0] == OPT_TIMESTAMP && p[1] == LEN_TIMESTAMP) {
			o->tsval = read32(p + 2);
			o->tsecr = read32(p + 6);
			o->have |= RULE_SYNPROXY_TIMESTAMP;
		} else if (p[0] == OPT_SACK_PERM && p[1] == LEN_SACK_PERM) {
			o->have |= RULE_SYNPROXY_SACK_PERM;
		}
	}
}

/* In Linux's order; returns the bytes, a multiple of 4. */
static unsigned
write_options(uint8_t *at, const struct synproxy_options *o)
{
	bool sack = o->have & RULE_SYNPROXY_SACK_PERM;
	uint8_t *p = at;

	if (o->have & RULE_SYNPROXY_MSS)
		p = write32(p, OPT_MSS << 24 | LEN_MSS << 16 | o->mss);
	if (o->have & RULE_SYNPROXY_TIMESTAMP) {
		p = write32(p, (sack ? OPT_SACK_PERM << 24 | LEN_SACK_PERM << 16
				     : OPT_NOP << 24 | OPT_NOP << 16) |
				       OPT_TIMESTAMP << 8 | LEN_TIMESTAMP);
		p = write32(p, o->tsval);
		p = write32(p, o->tsecr);
	} else if (sack) {
		p = write32(p, OPT_NOP << 24 | OPT_NOP << 16 | OPT_SACK_PERM << 8 | LEN_SACK_PERM);
	}
	if (o->have & RULE_SYNPROXY_WSCALE)
		p = write32(p, OPT_NOP << 24 | OPT_WSCALE << 16 | LEN_WSCALE << 8 | o->wscale);
	return p - at;
}

static bool
build(struct rte_mbuf *m, const struct rte_mbuf *about, const struct synproxy_segment *s,
      const uint8_t *options, unsigned nb_options)
{
	bool v4 = pkt_const(about)->family == AF_INET;
	const void *src = v4 ? (const void *)&pkt_ip4(about)->src_addr : &pkt_ip6(about)->ip6_src;
	const void *dst = v4 ? (const void *)&pkt_ip4(about)->dst_addr : &pkt_ip6(about)->ip6_dst;
	const struct pkt_ip_spec spec = {
		.src = s->back ? dst : src,
		.dst = s->back ? src : dst,
		.family = pkt_const(about)->family,
		.proto = IPPROTO_TCP,
		.ttl = pkt_default_ttl(pkt_const(about)->family),
		.df = v4,
		.payload = sizeof(struct rte_tcp_hdr) + nb_options,
	};
	const struct rte_tcp_hdr *in = pkt_l4(about);
	struct rte_tcp_hdr *out = pkt_build_ip(m, &spec);

	if (out == NULL)
		return false;
	out->src_port = s->back ? in->dst_port : in->src_port;
	out->dst_port = s->back ? in->src_port : in->dst_port;
	out->sent_seq = rte_cpu_to_be_32(s->seq);
	out->recv_ack = rte_cpu_to_be_32(s->ack);
	out->data_off = (sizeof(*out) + nb_options) / 4 << 4;
	out->tcp_flags = s->flags;
	out->rx_win = rte_cpu_to_be_16(s->window);
	memcpy(out + 1, options, nb_options);
	out->cksum = pkt_l4_checksum(m);
	pkt(m)->sport = out->src_port;
	pkt(m)->dport = out->dst_port;
	return true;
}

void
synproxy_send(const struct hook_ctx *ctx, const struct rte_mbuf *about,
	      const struct synproxy_segment *s)
{
	uint8_t options[OPTIONS_MAX];
	unsigned nb = write_options(options, &s->options);
	struct rte_mbuf *m = pkt_alloc(ctx->lane);

	if (m == NULL)
		return;
	if (!build(m, about, s, options, nb)) {
		rte_pktmbuf_free(m);
		return;
	}
	pkt(m)->ct = s->ct;
	pkt(m)->entry = PKT_ENTRY_LOCAL_OUT;
	pkt(m)->burst_pos = pkt_const(about)->burst_pos;
	hook_emit.local_out(ctx, m);
}

/* A number at any place in the segment, and the checksum. */
static void
replace(struct rte_tcp_hdr *th, uint8_t *p, uint32_t to)
{
	bool odd = (p - (uint8_t *)th) & 1;
	uint16_t from[2], now[2];

	memcpy(from, p, sizeof(from));
	write32(p, to);
	memcpy(now, p, sizeof(now));
	for (unsigned i = 0; i < RTE_DIM(from); i++)
		th->cksum = pkt_sum_replace(th->cksum, odd ? rte_bswap16(from[i]) : from[i],
					    odd ? rte_bswap16(now[i]) : now[i]);
}

void
synproxy_shift_times(struct rte_mbuf *m, enum ct_dir dir, uint32_t off)
{
	struct rte_tcp_hdr *th = pkt_l4(m);
	const uint8_t *p = (const uint8_t *)(th + 1), *next;
	const uint8_t *end = (const uint8_t *)th + (th->data_off >> 4) * 4u;

	for (; (p = next_option(p, end, &next)) != NULL; p = next) {
		uint8_t *at = (uint8_t *)(uintptr_t)p + (dir == CT_REPLY ? 2 : 6);

		if (p[0] != OPT_TIMESTAMP || p[1] != LEN_TIMESTAMP)
			continue;
		replace(th, at, dir == CT_REPLY ? read32(at) - off : read32(at) + off);
		return;
	}
}
