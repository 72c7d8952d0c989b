/* SPDX-License-Identifier: BSD-3-Clause */
/* Keys of -m hashlimit's tables. Called by rule_hashlimit.c on workers. */
#include <netinet/in.h>
#include <string.h>

#include "rule_ext6.h"
#include "rule_hashlimit_key.h"

/* ESP's and AH's SPI stands where ports would, as Linux has it. -1: no ports there. */
static int
ports_at(uint8_t proto)
{
	switch (proto) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_DCCP:
	case IPPROTO_ESP:
	case IPPROTO_SCTP:
	case IPPROTO_UDPLITE:
		return 0;
	case IPPROTO_AH:
		return 4;
	default:
		return -1;
	}
}

static bool
read_ports(const struct rule_packet *rp, uint8_t mode, struct rule_hashlimit_key *key)
{
	uint8_t proto = rp->p->proto;
	int l4 = rp->p->l4 - rp->p->l3, at;
	const uint16_t *ports;

	/* Of later fragments Linux looks at IPv6's only: what stands in IPv4's where ports would counts. */
	if (rp->p->family == AF_INET6)
		l4 = rule_ext6_skip(rp, &proto);
	at = ports_at(proto);
	if (l4 < 0 || at < 0)
		return l4 >= 0;
	l4 += at;
	if (rp->p->l3 + l4 + 4u > rp->m->data_len || l4 + 4u > rp->p->len)
		return false;
	ports = rte_pktmbuf_mtod_offset(rp->m, const uint16_t *, rp->p->l3 + l4);
	if (mode & RULE_HASHLIMIT_SRCPORT)
		key->sport = ports[0];
	if (mode & RULE_HASHLIMIT_DSTPORT)
		key->dport = ports[1];
	return true;
}

static void
masked(union rule_addr *out, const void *addr, size_t len, const union rule_addr *mask)
{
	memcpy(out, addr, len);
	out->q[0] &= mask->q[0];
	out->q[1] &= mask->q[1];
}

bool
rule_hashlimit_key(const struct rule_packet *rp, uint8_t mode, const union rule_addr *smask,
		   const union rule_addr *dmask, struct rule_hashlimit_key *key)
{
	bool ip4 = rp->p->family == AF_INET;
	const void *src = ip4 ? (const void *)&pkt_ip4(rp->m)->src_addr : &pkt_ip6(rp->m)->ip6_src;
	const void *dst = ip4 ? (const void *)&pkt_ip4(rp->m)->dst_addr : &pkt_ip6(rp->m)->ip6_dst;

	memset(key, 0, sizeof(*key));
	if (mode & RULE_HASHLIMIT_SRCIP)
		masked(&key->src, src, ip4 ? 4 : 16, smask);
	if (mode & RULE_HASHLIMIT_DSTIP)
		masked(&key->dst, dst, ip4 ? 4 : 16, dmask);
	return !(mode & (RULE_HASHLIMIT_SRCPORT | RULE_HASHLIMIT_DSTPORT)) ||
	       read_ports(rp, mode, key);
}
