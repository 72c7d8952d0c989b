/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Sequence numbers of TCP connections whose data was made longer or shorter on the way (by helpers, for translation):
 * what comes behind is shifted by as much, and what acknowledges it shifted back. Linux's nf_conntrack_seqadj. Windows
 * are tracked in the numbers of those who send them.
 */
#pragma once

#include "ct.h"

/* Of one direction, in the extension. Positions in the sender's numbers, host byte order. */
struct ct_seqadj {
	uint32_t pos;   /* where the length changed last */
	int32_t before; /* what is up to there is shifted by this */
	int32_t after;  /* and what is behind by this */
};

/*
 * Worker: the data of the segment that begins with seq got diff bytes longer. The same segment sent again changes
 * nothing. Where there is an extension; there is with a helper.
 */
void ct_seqadj_note(struct ct *ct, enum ct_dir dir, uint32_t seq, int32_t diff);
/* Worker: all numbers of that direction are shifted by that much from now on. There is an extension. */
void ct_seqadj_begin(struct ct *ct, enum ct_dir dir, int32_t diff);
/* Under ct_lock(): by how much numbers of that direction are shifted at seq. */
int32_t ct_seqadj_offset(const struct ct *ct, enum ct_dir dir, uint32_t seq);
/*
 * Worker, a segment of a connection with CT_SEQ_ADJUST, on its way out: its numbers become those of its receiver, SACK
 * blocks too. false: its options make no sense.
 */
bool ct_seqadj_apply(struct rte_mbuf *m, struct ct *ct, enum ct_dir dir);
