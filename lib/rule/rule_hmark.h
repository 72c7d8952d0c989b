/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The number that -j HMARK marks packets with: Linux's hash. Of an ICMP error counts what it quotes; of fragments no
 * ports. Workers.
 */
#pragma once

#include "rule.h"

/* What is asked. Ports are source << 16 | destination, or an SPI; host order. */
struct rule_hmark {
	union rule_addr src_mask, dst_mask;
	uint32_t ports_mask, ports_set;
	uint32_t proto_mask;
	uint32_t rnd, mod, offset; /* mod: not 0 */
	bool ct; /* of the connection instead of the packet: its first source, and who answers */
};

/* false: the packet keeps its mark. */
bool rule_hmark(const struct rule_packet *rp, const struct rule_hmark *k, uint32_t *mark);
