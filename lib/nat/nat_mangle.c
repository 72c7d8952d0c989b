/* SPDX-License-Identifier: BSD-3-Clause */
#include <rte_tcp.h>
#include <rte_udp.h>

#include "ct_seqadj.h"
#include "nat_mangle.h"
#include "pkt_chain.h"
#include "pkt_checksum.h"
#include "pkt_rewrite.h"

#define LONGEST 65535u

/* UDP without a checksum stays without. */
static void
checksum(struct rte_mbuf *m, uint16_t *sum, bool may_lack)
{
	if (may_lack && *sum == 0)
		return;
	*sum = 0;
	*sum = pkt_l4_checksum(m);
	if (may_lack && *sum == 0)
		*sum = 0xffff;
}

bool
nat_mangle(const struct ct_help *h, uint32_t off, uint32_t len, const void *bytes, uint32_t nb)
{
	struct rte_mbuf *m = h->m;
	uint32_t data = ct_help_data(h), longer = pkt(m)->len + nb - len;

	if (data == 0 || longer > LONGEST || data + off + len > pkt(m)->l3 + pkt(m)->len ||
	    !pkt_chain_replace(m, data + off, len, bytes, nb))
		return false;
	pkt_len_set(m, longer);
	if (h->ct->proto == IPPROTO_TCP) {
		struct rte_tcp_hdr *tcp = pkt_l4(m);

		checksum(m, &tcp->cksum, false);
	} else {
		struct rte_udp_hdr *udp = pkt_l4(m);

		udp->dgram_len = rte_cpu_to_be_16(pkt_l4_len(m));
		checksum(m, &udp->dgram_cksum, true);
	}
	return true;
}

void
nat_shift(const struct ct_help *h, int32_t diff)
{
	const struct rte_tcp_hdr *tcp = pkt_l4(h->m);

	if (h->ct->proto == IPPROTO_TCP)
		ct_seqadj_note(h->ct, h->dir, rte_be_to_cpu_32(tcp->sent_seq), diff);
}

bool
nat_mangle_shift(const struct ct_help *h, uint32_t off, uint32_t len, const void *bytes,
		 uint32_t nb)
{
	if (!nat_mangle(h, off, len, bytes, nb))
		return false;
	nat_shift(h, (int32_t)(nb - len));
	return true;
}
