/* SPDX-License-Identifier: BSD-3-Clause */
#include <rte_tcp.h>

#include "ct_ext.h"
#include "ct_helper.h"
#include "ct_seqadj.h"
#include "ct_tcp_seg.h"
#include "pkt_rewrite.h"

#define OPT_END 0
#define OPT_NOP 1
#define OPT_SACK 5
#define SACK_BLOCK 8

void
ct_seqadj_note(struct ct *ct, enum ct_dir dir, uint32_t seq, int32_t diff)
{
	struct ct_seqadj *a;

	if (diff == 0 || ct->ext == NULL)
		return;
	a = &ct->ext->seqadj[dir];
	ct_status_set(ct, CT_SEQ_ADJUST);
	ct_lock(ct);
	if (a->before == a->after || ct_tcp_before(a->pos, seq)) {
		a->pos = seq;
		a->before = a->after;
		a->after += diff;
	}
	ct_unlock(ct);
}

void
ct_seqadj_begin(struct ct *ct, enum ct_dir dir, int32_t diff)
{
	ct_lock(ct);
	ct->ext->seqadj[dir] = (struct ct_seqadj){ .before = diff, .after = diff };
	ct_unlock(ct);
	ct_status_set(ct, CT_SEQ_ADJUST);
	__atomic_store_n(&ct_helped, true, __ATOMIC_RELAXED);
}

/* What begins the segment whose length changed is still shifted as before it. */
static int32_t
shift_at(const struct ct_seqadj *a, uint32_t seq)
{
	return ct_tcp_after(seq, a->pos) ? a->after : a->before;
}

int32_t
ct_seqadj_offset(const struct ct *ct, enum ct_dir dir, uint32_t seq)
{
	return ct->ext != NULL ? shift_at(&ct->ext->seqadj[dir], seq) : 0;
}

/* The number at p of the header, and the checksum. Options stand at odd places too. */
static void
replace(struct rte_tcp_hdr *tcp, uint8_t *p, uint32_t to)
{
	uint16_t from[2], now[2];
	rte_be32_t be = rte_cpu_to_be_32(to);
	bool odd = (p - (uint8_t *)tcp) & 1;

	memcpy(from, p, sizeof(from));
	memcpy(now, &be, sizeof(now));
	memcpy(p, &be, sizeof(be));
	for (unsigned i = 0; i < RTE_DIM(from); i++)
		tcp->cksum = pkt_sum_replace(tcp->cksum, odd ? rte_bswap16(from[i]) : from[i],
					     odd ? rte_bswap16(now[i]) : now[i]);
}

/* An acknowledgement of what a has shifted goes back to who sent it. */
static void
acknowledge(struct rte_tcp_hdr *tcp, uint8_t *p, const struct ct_seqadj *a)
{
	rte_be32_t be;
	uint32_t ack;

	memcpy(&be, p, sizeof(be));
	ack = rte_be_to_cpu_32(be);
	replace(tcp, p, ack - shift_at(a, ack - a->before));
}

/* false: an option's length lies. */
static bool
acknowledge_blocks(struct rte_tcp_hdr *tcp, const struct ct_seqadj *a)
{
	uint8_t *p = (uint8_t *)(tcp + 1), *end = (uint8_t *)tcp + (tcp->data_off >> 4) * 4u;

	while (p < end && *p != OPT_END) {
		if (*p == OPT_NOP) {
			p++;
			continue;
		}
		if (end - p < 2 || p[1] < 2 || p[1] > end - p)
			return false;
		if (p[0] == OPT_SACK && (p[1] - 2) % SACK_BLOCK == 0)
			for (uint8_t *edge = p + 2; edge < p + p[1]; edge += sizeof(uint32_t))
				acknowledge(tcp, edge, a);
		p += p[1];
	}
	return true;
}

bool
ct_seqadj_apply(struct rte_mbuf *m, struct ct *ct, enum ct_dir dir)
{
	struct rte_tcp_hdr *tcp = pkt_l4(m);
	struct ct_seqadj *a = ct->ext->seqadj;
	uint32_t seq = rte_be_to_cpu_32(tcp->sent_seq);
	bool right = true;

	ct_lock(ct);
	replace(tcp, (uint8_t *)&tcp->sent_seq, seq + shift_at(&a[dir], seq));
	if (tcp->tcp_flags & RTE_TCP_ACK_FLAG) {
		acknowledge(tcp, (uint8_t *)&tcp->recv_ack, &a[!dir]);
		right = acknowledge_blocks(tcp, &a[!dir]);
	}
	ct_unlock(ct);
	return right;
}
