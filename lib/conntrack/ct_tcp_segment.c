/* SPDX-License-Identifier: BSD-3-Clause */
/* TCP segments: which are no segments at all, and what the others say. Workers. */
#include "ct_tcp_seg.h"
#include "pkt_checksum.h"

static bool
valid_flags(uint8_t flags)
{
	switch (flags & CT_TCP_FLAGS) {
	case RTE_TCP_SYN_FLAG:
	case RTE_TCP_SYN_FLAG | RTE_TCP_URG_FLAG:
	case RTE_TCP_SYN_FLAG | RTE_TCP_ACK_FLAG:
	case RTE_TCP_RST_FLAG:
	case RTE_TCP_RST_FLAG | RTE_TCP_ACK_FLAG:
	case RTE_TCP_FIN_FLAG | RTE_TCP_ACK_FLAG:
	case RTE_TCP_FIN_FLAG | RTE_TCP_ACK_FLAG | RTE_TCP_URG_FLAG:
	case RTE_TCP_ACK_FLAG:
	case RTE_TCP_ACK_FLAG | RTE_TCP_URG_FLAG:
		return true;
	default:
		return false;
	}
}

bool
ct_tcp_valid(const struct rte_mbuf *m, bool check_sum)
{
	const struct rte_tcp_hdr *th = pkt_l4(m);
	uint32_t len = pkt_l4_len(m), header;

	len = RTE_MIN(len, pkt_l4_here(m));
	if (len < sizeof(*th))
		return false;
	header = (th->data_off >> 4) * 4u;
	return header >= sizeof(*th) && header <= len && valid_flags(th->tcp_flags) &&
	       (!check_sum || pkt_l4_checksum_ok(m));
}

static uint8_t
kind_of(uint8_t flags)
{
	if (flags & RTE_TCP_RST_FLAG)
		return CT_TCP_KIND_RST;
	if (flags & RTE_TCP_SYN_FLAG)
		return flags & RTE_TCP_ACK_FLAG ? CT_TCP_KIND_SYNACK : CT_TCP_KIND_SYN;
	if (flags & RTE_TCP_FIN_FLAG)
		return CT_TCP_KIND_FIN;
	return flags & RTE_TCP_ACK_FLAG ? CT_TCP_KIND_ACK : CT_TCP_KIND_NONE;
}

void
ct_tcp_read(struct ct_tcp_seg *s, const struct ct_pkt *p, const struct rte_tcp_hdr *th)
{
	unsigned header = (th->data_off >> 4) * 4u;

	s->options = (const uint8_t *)(th + 1);
	s->nb_options = header - sizeof(*th);
	s->seq = rte_be_to_cpu_32(th->sent_seq);
	s->ack = rte_be_to_cpu_32(th->recv_ack);
	s->win = rte_be_to_cpu_16(th->rx_win);
	s->flags = th->tcp_flags;
	s->kind = kind_of(th->tcp_flags);
	s->dir = p->dir;
	s->end = s->seq + pkt_l4_len(p->m) - header + !!(s->flags & RTE_TCP_SYN_FLAG) +
		 !!(s->flags & RTE_TCP_FIN_FLAG);
}
