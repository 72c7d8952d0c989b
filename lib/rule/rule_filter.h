/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a rule asks of that part of a packet which is the same for all packets of a flow, as numbers: addresses,
 * protocol, ports or ICMP type, state, interfaces. A filter lets every packet pass that the rule applies to, and
 * every one that a match of the rule would drop or do something about; where it is exact it lets no other pass.
 * What is not in it is asked of the packets that pass (rule_step.h). Control lcore.
 */
#pragma once

#include "rule.h"

/* Bits of a filter's and a key's word. */
#define RULE_WORD_STATE_SHIFT 8
#define RULE_WORD_STATES (UINT64_C(0x1f) << RULE_WORD_STATE_SHIFT) /* RULE_CTSTATE_*, one of them */
#define RULE_WORD_IFACE_SHIFT 13

enum rule_port_side { RULE_PORT_SRC, RULE_PORT_DST };

struct rule_port_range {
	uint16_t lo, hi; /* host order, inclusive; ICMP: type << 8 | code as the destination */
	bool invert;
};

struct rule_filter {
	union rule_addr src, smask, dst, dmask; /* as in struct rule_ip */
	bool not_src, not_dst;
	bool exact;
	struct rule_port_range port[2]; /* enum rule_port_side */
	uint64_t want, care;            /* the packet's word in the bits of care */
	uint64_t ifaces;                /* bits of patterns (rule_iface.h) it holds for its owner */
};

void rule_filter_of(const struct rule *r, struct rule_filter *f);
/* Gives back the patterns. */
void rule_filter_drop(uint64_t ifaces);
