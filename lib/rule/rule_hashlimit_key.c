/* SPDX-License-Identifier: BSD-3-Clause */
/* Keys of -m hashlimit's tables. Called by rule_hashlimit.c on workers. */
#include <netinet/in.h>
#include <string.h>

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
	int at = ports_at(rp->p->proto);
	const uint16_t *ports;

	/* Of later fragments Linux looks at IPv6's only: what stands in IPv4's where ports would counts. */
	if (at < 0 || (rp->p->flags & PKT_FRAG_LATER && rp->p->family == AF_INET6))
		return true;
	if (rp->p->flags & PKT_EXT_BAD || rp->m->data_len < rp->p->l4 + at + 4u ||
	    rp->p->l3 + rp->p->len < rp->p->l4 + at + 4u)
		return false;
	ports = rte_pktmbuf_mtod_offset(rp->m, const uint16_t *, rp->p->l4 + at);
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
