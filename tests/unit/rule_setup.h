/* SPDX-License-Identifier: BSD-3-Clause */
/* Commands and crafted packets for the tests of lib/rule; two ports r0 and r1 of net_null. */
#pragma once

#include "route_setup.h"

#include <netinet/ip6.h>
#include <netinet/icmp6.h>

#include <rte_tcp.h>
#include <rte_udp.h>

#include "base_drop.h"
#include "cmd.h"
#include "pkt_parse.h"
#include "rule_eval.h"

static struct str rule_out, rule_err;

/* Runs a command line; its texts stay in rule_out and rule_err. */
static inline int
run_with(const char *line, const char *in)
{
	str_clear(&rule_out);
	str_clear(&rule_err);
	return cmd_run_line(line, in, in != NULL ? strlen(in) : 0, &rule_out, &rule_err);
}

static inline int
run(const char *line)
{
	return run_with(line, NULL);
}

static inline void
run_ok(const char *line)
{
	int rc = run(line);

	if (rc != 0)
		fail_msg("%s: %d %s", line, rc, str_text(&rule_err));
}

static inline void
restore_ok(const char *text)
{
	int rc = run_with("iptables-restore -c", text);

	if (rc != 0)
		fail_msg("%s: %d %s", text, rc, str_text(&rule_err));
}

/* Everything empty, in both families. */
static inline void
rules_reset(void)
{
	static const char empty[] = "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n"
				    ":OUTPUT ACCEPT [0:0]\nCOMMIT\n";

	assert_int_equal(run_with("iptables-restore", empty), 0);
	assert_int_equal(run_with("ip6tables-restore", empty), 0);
}

struct packet {
	bool ip6;
	uint8_t proto;
	uint16_t frag;   /* offset in bytes, or 1: first fragment with more to come */
	uint16_t w0, w1; /* first two 16-bit words of L4: ports, or type << 8 | code */
	uint8_t tcp_flags;
	uint8_t tcp_option; /* kind of one option of 4 bytes */
	uint16_t l4_len;    /* 0: as much as the protocol's header needs, and 4 bytes */
	bool hop_by_hop;    /* IPv6: such a header before L4 */
	bool ext_cut;       /* IPv6: ... that says it is longer than the packet */
	const char *in, *out;
	bool bad_checksum;
};

static inline unsigned
packet_l4(uint8_t *b, const struct packet *p)
{
	unsigned header = p->proto == IPPROTO_TCP ? 20u : 8u;
	unsigned len = p->l4_len ? p->l4_len : header + (p->tcp_option ? 4u : 0u) + 4u;
	uint8_t full[64] = { 0 };
	uint16_t *w = (uint16_t *)full;

	w[0] = rte_cpu_to_be_16(p->w0);
	w[1] = rte_cpu_to_be_16(p->w1);
	if (p->proto == IPPROTO_TCP) {
		full[12] = p->tcp_option ? 6 << 4 : 5 << 4;
		full[13] = p->tcp_flags;
		full[20] = p->tcp_option;
		full[21] = p->tcp_option ? 4 : 0;
	} else if (p->proto == IPPROTO_UDP) {
		w[2] = rte_cpu_to_be_16(len);
	}
	memcpy(b, full, len);
	return len;
}

static inline unsigned
packet_ip4(uint8_t *b, const struct packet *p)
{
	struct rte_ipv4_hdr *ip4 = (void *)b;
	unsigned len = packet_l4(b + 20, p);
	uint16_t *sum = NULL;

	memset(ip4, 0, sizeof(*ip4));
	ip4->version_ihl = 0x45;
	ip4->total_length = rte_cpu_to_be_16(20 + len);
	ip4->time_to_live = 64;
	ip4->next_proto_id = p->proto;
	if (p->frag != 0)
		ip4->fragment_offset =
			rte_cpu_to_be_16(p->frag == 1 ? RTE_IPV4_HDR_MF_FLAG : p->frag / 8);
	ip4->src_addr = rte_cpu_to_be_32(0x0a010002);
	ip4->dst_addr = rte_cpu_to_be_32(0x0a020002);
	ip4->hdr_checksum = rte_ipv4_cksum(ip4);
	if (p->proto == IPPROTO_TCP && len >= 20)
		sum = (uint16_t *)(b + 20 + 16);
	else if (p->proto == IPPROTO_UDP && len >= 8)
		sum = (uint16_t *)(b + 20 + 6);
	if (sum != NULL)
		*sum = rte_ipv4_udptcp_cksum(ip4, b + 20);
	else if (p->proto == IPPROTO_ICMP && len >= 8)
		*(uint16_t *)(b + 22) = ~rte_raw_cksum(b + 20, len);
	if (p->bad_checksum && sum != NULL)
		*sum ^= 0x1234;
	return 20 + len;
}

static inline unsigned
packet_ip6(uint8_t *b, const struct packet *p)
{
	struct ip6_hdr *h = (void *)b;
	uint8_t *l4 = b + 40;
	unsigned len, ext = 0;

	memset(h, 0, sizeof(*h));
	h->ip6_vfc = 0x60;
	h->ip6_hlim = 64;
	h->ip6_nxt = p->proto;
	h->ip6_src = (struct in6_addr){ .s6_addr = { 0xfd, 1, [15] = 2 } };
	h->ip6_dst = (struct in6_addr){ .s6_addr = { 0xfd, 2, [15] = 2 } };
	if (p->hop_by_hop || p->ext_cut) {
		h->ip6_nxt = p->hop_by_hop ? IPPROTO_HOPOPTS : IPPROTO_ROUTING;
		memset(l4, 0, 8);
		l4[0] = p->proto;
		l4[1] = p->ext_cut ? 200 : 0;
		l4[2] = 1; /* PadN */
		l4[3] = 4;
		ext = 8;
	} else if (p->frag != 0) {
		h->ip6_nxt = IPPROTO_FRAGMENT;
		memset(l4, 0, 8);
		l4[0] = p->proto;
		*(uint16_t *)(l4 + 2) = rte_cpu_to_be_16(p->frag == 1 ? 1 : p->frag);
		ext = 8;
	}
	len = packet_l4(l4 + ext, p);
	h->ip6_plen = rte_cpu_to_be_16(len + ext);
	if (ext == 0 && p->proto == IPPROTO_TCP && len >= 20)
		*(uint16_t *)(l4 + 16) = rte_ipv6_udptcp_cksum((void *)h, l4);
	return 40 + ext + len;
}

static inline struct rte_mbuf *
packet_make(const struct packet *p)
{
	static const struct rte_ether_addr mac = { { 2, 0, 0, 0, 0, 1 } };
	struct rte_mbuf *m = pkt_alloc(0);
	uint8_t b[256] = { 0 };
	struct rte_ether_hdr *eth = (void *)b;
	unsigned len = 14;
	uint16_t reason = 0;
	enum pkt_kind kind;

	eth->dst_addr = mac;
	eth->ether_type = rte_cpu_to_be_16(p->ip6 ? RTE_ETHER_TYPE_IPV6 : RTE_ETHER_TYPE_IPV4);
	len += p->ip6 ? packet_ip6(b + 14, p) : packet_ip4(b + 14, p);
	memcpy(rte_pktmbuf_append(m, len), b, len);
	kind = pkt_parse(m, p->in != NULL ? port_index(p->in) : 0, &mac, &reason);
	if (kind == PKT_KIND_DROP)
		fail_msg("the test's packet is refused: %s", drop_info(reason)->name);
	if (p->out != NULL)
		pkt(m)->out = port_index(p->out);
	return m;
}

/* "accept", "stolen", or the name of the drop reason. The packet stays the caller's. */
static inline const char *
walk(enum hook_point point, struct rte_mbuf *m)
{
	enum hook_family family = pkt(m)->family == AF_INET ? HOOK_IP4 : HOOK_IP6;
	struct hook_ctx ctx = { .gen = gen_current(), .family = family, .point = point };
	verdict_t v = VERDICT_ACCEPT;

	rule_hook(&ctx, rule_hook_priv(family, 0), &m, 1, &v);
	if (v == VERDICT_ACCEPT)
		return "accept";
	return v >= VERDICT_DROP ? drop_info(v - VERDICT_DROP)->name : "stolen";
}

/* Sends the packet through a point and lets it go. */
static inline const char *
meet(enum hook_point point, const struct packet *p)
{
	struct rte_mbuf *m = packet_make(p);
	const char *verdict = walk(point, m);

	rte_pktmbuf_free(m);
	return verdict;
}
