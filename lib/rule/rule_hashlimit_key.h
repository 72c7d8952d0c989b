/* SPDX-License-Identifier: BSD-3-Clause */
/* What tells packets apart for -m hashlimit. */
#pragma once

#include "rule_hashlimit.h"

struct rule_hashlimit_key {
	union rule_addr src, dst;
	uint16_t sport, dport; /* network byte order */
};

/* Worker: what the mode asks for, all else 0, padding too. false: the packet is too short to tell. */
bool rule_hashlimit_key(const struct rule_packet *rp, uint8_t mode, const union rule_addr *smask,
			const union rule_addr *dmask, struct rule_hashlimit_key *key);
