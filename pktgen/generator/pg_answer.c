/* SPDX-License-Identifier: BSD-3-Clause */
#include <rte_arp.h>

#include "pg_answer.h"
#include "pg_checksum.h"

#define ND_SOLICIT 135
#define ND_ADVERT 136
#define ND_LEN 32 /* with the option of the link-layer address */

struct nd {
	struct rte_ether_hdr eth;
	struct rte_ipv6_hdr ip;
	uint8_t type, code;
	uint16_t sum;
	uint8_t flags, reserved[3];
	uint8_t target[16];
	uint8_t option, option_len;
	struct rte_ether_addr mac;
} __attribute__((packed, aligned(2)));

_Static_assert(sizeof(struct nd) == PG_QUESTION_LEN, "the longest of these frames");

bool
pg_host_has(const struct pg_host *h, const struct ip_addr *a)
{
	return pg_range_has(&h->range, a) ||
	       (h->own.family != AF_UNSPEC && ip_addr_equal(&h->own, a));
}

struct ip_addr
pg_target(const uint8_t *p, const struct pg_seen *s)
{
	uint32_t v4;

	if (s->kind == PG_ND_SOLICIT || s->kind == PG_ND_ADVERT)
		return ip_addr_v6(p + s->target);
	memcpy(&v4, p + s->target, sizeof(v4));
	return ip_addr_v4(v4);
}

static uint16_t
answer_arp(const struct pg_host *h, uint8_t *p)
{
	struct rte_ether_hdr *eth = (void *)p;
	struct rte_arp_hdr *arp = (void *)(eth + 1);
	rte_be32_t asked = arp->arp_data.arp_tip;

	arp->arp_opcode = rte_cpu_to_be_16(RTE_ARP_OP_REPLY);
	arp->arp_data.arp_tha = arp->arp_data.arp_sha;
	arp->arp_data.arp_tip = arp->arp_data.arp_sip;
	arp->arp_data.arp_sha = h->mac;
	arp->arp_data.arp_sip = asked;
	eth->dst_addr = arp->arp_data.arp_tha;
	eth->src_addr = h->mac;
	return sizeof(*eth) + sizeof(*arp);
}

/* The rest of a discovery message whose addresses, type, flags and target are set. */
static uint16_t
finish_nd(const struct pg_host *h, struct nd *nd)
{
	nd->eth.src_addr = h->mac;
	nd->eth.ether_type = rte_cpu_to_be_16(RTE_ETHER_TYPE_IPV6);
	nd->ip.vtc_flow = rte_cpu_to_be_32(6u << 28);
	nd->ip.payload_len = rte_cpu_to_be_16(ND_LEN);
	nd->ip.proto = IPPROTO_ICMPV6;
	nd->ip.hop_limits = 255;
	nd->code = 0;
	nd->option = nd->type == ND_ADVERT ? 2 : 1;
	nd->option_len = 1;
	nd->mac = h->mac;
	nd->sum = 0;
	nd->sum = ~pg_checksum_sum(&nd->ip.src_addr, true, IPPROTO_ICMPV6, &nd->type, ND_LEN);
	return sizeof(*nd);
}

static uint16_t
answer_nd(const struct pg_host *h, uint8_t *p)
{
	static const uint8_t none[16], all_nodes[16] = { 0xff, 2, [15] = 1 };
	struct nd *nd = (void *)p;
	bool probe = memcmp(&nd->ip.src_addr, none, 16) == 0; /* duplicate address detection */

	memcpy(&nd->ip.dst_addr, probe ? all_nodes : (const void *)&nd->ip.src_addr, 16);
	memcpy(&nd->ip.src_addr, nd->target, 16);
	nd->eth.dst_addr = nd->eth.src_addr;
	nd->type = ND_ADVERT;
	nd->flags = probe ? 0x20 : 0x60; /* override; solicited */
	memset(nd->reserved, 0, sizeof(nd->reserved));
	return finish_nd(h, nd);
}

uint16_t
pg_answer(const struct pg_host *h, uint8_t *p, const struct pg_seen *s)
{
	struct ip_addr asked = pg_target(p, s);

	if (!pg_host_has(h, &asked))
		return 0;
	return s->kind == PG_ARP_REQUEST ? answer_arp(h, p) : answer_nd(h, p);
}

static uint16_t
ask_arp(const struct pg_host *h, const struct ip_addr *who, uint8_t *p)
{
	struct rte_ether_hdr *eth = (void *)p;
	struct rte_arp_hdr *arp = (void *)(eth + 1);

	memset(p, 0, PG_QUESTION_LEN);
	memset(&eth->dst_addr, 0xff, sizeof(eth->dst_addr));
	eth->src_addr = h->mac;
	eth->ether_type = rte_cpu_to_be_16(RTE_ETHER_TYPE_ARP);
	arp->arp_hardware = rte_cpu_to_be_16(RTE_ARP_HRD_ETHER);
	arp->arp_protocol = rte_cpu_to_be_16(RTE_ETHER_TYPE_IPV4);
	arp->arp_hlen = sizeof(h->mac);
	arp->arp_plen = sizeof(who->v4);
	arp->arp_opcode = rte_cpu_to_be_16(RTE_ARP_OP_REQUEST);
	arp->arp_data.arp_sha = h->mac;
	arp->arp_data.arp_sip = h->own.v4;
	arp->arp_data.arp_tip = who->v4;
	return sizeof(*eth) + sizeof(*arp);
}

uint16_t
pg_ask(const struct pg_host *h, const struct ip_addr *who, uint8_t *p)
{
	static const uint8_t solicited[13] = { 0xff, 2, [11] = 1, 0xff };
	struct nd *nd = (void *)p;

	if (who->family == AF_INET)
		return ask_arp(h, who, p);
	memset(nd, 0, sizeof(*nd));
	memcpy(&nd->ip.dst_addr, solicited, sizeof(solicited));
	memcpy((uint8_t *)&nd->ip.dst_addr + 13, who->v6 + 13, 3);
	memcpy(&nd->ip.src_addr, h->own.v6, 16);
	memset(nd->eth.dst_addr.addr_bytes, 0x33, 2);
	memcpy(nd->eth.dst_addr.addr_bytes + 2, (uint8_t *)&nd->ip.dst_addr + 12, 4);
	memcpy(nd->target, who->v6, 16);
	nd->type = ND_SOLICIT;
	return finish_nd(h, nd);
}
