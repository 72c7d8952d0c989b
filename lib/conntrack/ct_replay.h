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

#define CT_SETTLED (CT_SEEN_REPLY | CT_ASSURED | CT_CONFIRMED)

/*
 * Both ways were seen, nothing about it will change by a packet that ct_replay() takes, as far as rules can see: its packets
 * are ESTABLISHED, no helper reads them.
 */
static inline bool
ct_is_settled(const struct ct *ct, uint32_t status, uint32_t now)
{
	const uint32_t mask = CT_SETTLED | CT_DYING | CT_SEQ_ADJUST | CT_HELPER;

	return (status & mask) == CT_SETTLED && !ct_expired(ct, now);
}

/*
 * p->ct, p->dir, p->m, p->now, p->ctx: the packet of a settled connection is tracked: windows move, the entry lives longer,
 * is counted. false: it is not an ordinary one; nothing was done.
 */
bool ct_replay(struct ct_pkt *p, bool check_sum);
