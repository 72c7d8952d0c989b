/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which of several paths a flow takes: a hash of its addresses, or of its ports as well, the same in
 * both directions, under a key made at the start. Any thread.
 */
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>

#include <rte_jhash.h>
#include <rte_random.h>

#include "base_param.h"
#include "pkt.h"
#include "route_key.h"

PARAM_INT(hash_policy4, "net.ipv4.fib_multipath_hash_policy", 0, 0, 1,
	  "IPv4 routes of several paths: a flow is 0: two addresses, 1: with protocol and ports")
PARAM_INT(hash_policy6, "net.ipv6.fib_multipath_hash_policy", 0, 0, 1,
	  "IPv6 routes of several paths: a flow is 0: two addresses, 1: with protocol and ports")

static uint32_t seed;

RTE_INIT(route_hash_init)
{
	seed = rte_rand();
}

/* Both directions of a flow make the same. */
struct flow {
	uint32_t a[4], b[4];
	uint16_t a_port, b_port;
	uint32_t label_or_proto;
};

static uint32_t
hash(struct flow *f)
{
	int d = memcmp(f->a, f->b, sizeof(f->a));

	if (d > 0 || (d == 0 && f->a_port > f->b_port)) {
		struct flow turned = *f;

		memcpy(turned.a, f->b, sizeof(turned.a));
		memcpy(turned.b, f->a, sizeof(turned.b));
		turned.a_port = f->b_port;
		turned.b_port = f->a_port;
		*f = turned;
	}
	return rte_jhash(f, sizeof(*f), seed);
}

static bool
is_error4(uint8_t type)
{
	return type == ICMP_DEST_UNREACH || type == ICMP_SOURCE_QUENCH || type == ICMP_REDIRECT ||
	       type == ICMP_TIME_EXCEEDED || type == ICMP_PARAMETERPROB;
}

/* An ICMP error goes the way of the flow it is about: of the header it quotes. */
static const void *
quoted(const struct rte_mbuf *m, const void *header, size_t size)
{
	const struct pkt *p = pkt_const(m);
	bool v4 = p->family == AF_INET;
	const uint8_t *l4;

	if (p->proto != (v4 ? IPPROTO_ICMP : IPPROTO_ICMPV6) || pkt_l4_len(m) < 8 + size)
		return header;
	l4 = pkt_l4(m);
	return (v4 ? is_error4(l4[0]) : l4[0] < ICMP6_INFOMSG_MASK) ? l4 + 8 : header;
}

static void
add_ports(struct flow *f, const struct pkt *p)
{
	f->label_or_proto = p->proto;
	if (p->flags & PKT_FRAG || p->proto == IPPROTO_ICMP || p->proto == IPPROTO_ICMPV6)
		return;
	f->a_port = p->sport;
	f->b_port = p->dport;
}

uint32_t
route_flow_hash(const struct rte_mbuf *m)
{
	const struct pkt *p = pkt_const(m);
	struct flow f = { 0 };

	if (p->family == AF_INET) {
		bool ports = param_get(&hash_policy4);
		const struct rte_ipv4_hdr *ip = pkt_ip4(m);

		if (!ports)
			ip = quoted(m, ip, sizeof(*ip));
		memcpy(f.a, &ip->src_addr, 4);
		memcpy(f.b, &ip->dst_addr, 4);
		if (ports)
			add_ports(&f, p);
	} else {
		bool ports = param_get(&hash_policy6);
		const struct ip6_hdr *ip = pkt_ip6(m);

		if (!ports)
			ip = quoted(m, ip, sizeof(*ip));
		memcpy(f.a, &ip->ip6_src, 16);
		memcpy(f.b, &ip->ip6_dst, 16);
		f.label_or_proto = ip->ip6_flow & rte_cpu_to_be_32(0xfffff);
		if (ports)
			add_ports(&f, p);
	}
	return hash(&f);
}
