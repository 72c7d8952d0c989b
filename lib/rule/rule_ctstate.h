/* SPDX-License-Identifier: BSD-3-Clause */
/* States of connections, as matches state and conntrack know them. */
#pragma once

#include "ct.h"
#include "rule_ext.h"
#include "rule_words.h"

#define RULE_CTSTATE_INVALID 0x01u
#define RULE_CTSTATE_NEW 0x02u
#define RULE_CTSTATE_RELATED 0x04u
#define RULE_CTSTATE_ESTABLISHED 0x08u
#define RULE_CTSTATE_UNTRACKED 0x10u
#define RULE_CTSTATE_SNAT 0x20u
#define RULE_CTSTATE_DNAT 0x40u

#define RULE_CTSTATES 5     /* words that match state knows */
#define RULE_CTSTATES_NAT 7 /* and conntrack */

extern const struct rule_word rule_ctstates[RULE_CTSTATES_NAT];

/* Workers: the packet's state, one bit. A packet that target CT gave a template counts as new. */
static inline uint32_t
rule_ctstate(const struct rte_mbuf *m)
{
	static const uint8_t bit[8] = {
		[CT_INFO_ESTABLISHED] = RULE_CTSTATE_ESTABLISHED,
		[CT_INFO_RELATED] = RULE_CTSTATE_RELATED,
		[CT_INFO_NEW] = RULE_CTSTATE_NEW,
		[CT_INFO_ESTABLISHED_REPLY] = RULE_CTSTATE_ESTABLISHED,
		[CT_INFO_RELATED_REPLY] = RULE_CTSTATE_RELATED,
		[CT_INFO_TEMPLATE] = RULE_CTSTATE_NEW,
		[CT_INFO_UNTRACKED] = RULE_CTSTATE_UNTRACKED,
	};
	uint64_t v = pkt_const(m)->ct;

	return v < CT_INFO_UNTRACKED ? RULE_CTSTATE_INVALID : bit[v & CT_INFO_MASK];
}
