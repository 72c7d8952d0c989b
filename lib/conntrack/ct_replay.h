/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the flow cache asks of tracking: connections of a burst before PREROUTING, and the protocol's part of what a packet
 * of a settled connection does. Workers.
 */
#pragma once

#include "ct_proto.h"

/* pkt.found: the entry with the direction in bit 0; or: */
#define CT_FOUND_NOTHING 2u

/*
 * Looks up plain packets (TCP, UDP, neither fragments nor with options) of a burst: pkt.found; others keep theirs. Entries
 * may have expired.
 */
void ct_look_up(enum hook_family family, struct rte_mbuf **pkts, uint16_t n);

static inline struct ct *
ct_found(const struct pkt *p, enum ct_dir *dir)
{
	*dir = p->found & 1;
	return p->found > CT_FOUND_NOTHING ? (struct ct *)(uintptr_t)(p->found & ~CT_INFO_MASK)
					   : NULL;
}

/* Are L4 checksums looked at (nf_conntrack_checksum)? */
bool ct_checks_sums(void);

/*
 * How far a connection has come. In one phase nothing about it changes by a packet that ct_replay() takes, as far as rules
 * can see, and no helper reads its packets. It only ever goes on to a later phase.
 */
enum ct_phase {
	CT_PHASE_OTHER,    /* its packets have to walk */
	CT_PHASE_ONE_WAY,  /* UDP that nobody has answered, in that direction: NEW, or RELATED */
	CT_PHASE_ANSWERED, /* UDP that is no stream yet: ESTABLISHED */
	CT_PHASE_SETTLED,  /* both ways were seen, and it is assured: ESTABLISHED */
};

static inline enum ct_phase
ct_phase(const struct ct *ct, enum ct_dir dir, uint32_t now)
{
	const uint32_t end = CT_DYING | CT_SEQ_ADJUST | CT_HELPER;
	const uint32_t answered = CT_CONFIRMED | CT_SEEN_REPLY, settled = answered | CT_ASSURED;
	uint32_t status;

	if (unlikely(ct_expired(ct, now)))
		return CT_PHASE_OTHER;
	status = ct_status(ct) & (settled | end);
	if (likely(status == settled))
		return CT_PHASE_SETTLED;
	if (ct->proto != IPPROTO_UDP)
		return CT_PHASE_OTHER;
	if (status == answered)
		return CT_PHASE_ANSWERED;
	return status == CT_CONFIRMED && dir == CT_ORIGINAL ? CT_PHASE_ONE_WAY : CT_PHASE_OTHER;
}

/*
 * p->ct, p->dir, p->m, p->now, p->ctx: the packet of a connection whose phase is known is tracked: windows move, the entry
 * lives longer, is counted. false: it is not an ordinary one, or would bring the next phase; nothing was done.
 */
bool ct_replay(struct ct_pkt *p, bool check_sum);
