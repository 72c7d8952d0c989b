/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * An outline of rules side by side: for each block of them (rule_lin.h) one filter that lets every packet pass that one of
 * them lets pass. Outlines are rules side by side themselves: one step tells of 256 rules which are worth a look. Long
 * runs have one where it leaves most blocks out, as where rules stand in the order of ports or networks; such a chain is
 * fast at once, before it has a trie and where it gets none.
 */
#pragma once

#include "rule_lin.h"

#define RULE_OUTLINE_MIN 128 /* rules; fewer are faster without */

/* Of nb filters. o->block stays NULL where an outline would not pay. Control lcore. */
void rule_outline_make(struct rule_lin *o, const struct rule_filter *f, uint32_t nb, bool ip4,
		       bool upper);
/* What rule_lin_find() says of l, whose outline is o. Workers. */
uint32_t rule_outline_find(const struct rule_lin *l, const struct rule_lin *o, uint32_t pos,
			   uint32_t end, const struct rule_key *k);
