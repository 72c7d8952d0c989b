/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A built-in chain with the short chains it leads to in their places: `-A FORWARD -j a` is followed by the rules of a. Rule
 * sets that programs make (ufw, Docker) are trees of such chains; walked chain by chain each of them takes a search of its
 * own. Long chains, and those gone to by -g, stay where they are, and are walked as ever. Made with every version of a table
 * by the control lcore, immutable then; read by workers.
 */
#pragma once

#include "rule.h"
#include "rule_lin.h"

#define RULE_FLAT_ITEMS 192 /* more take longer to search than chain by chain */
#define RULE_FLAT_CHAIN 64  /* rules of a chain that is short */
#define RULE_FLAT_NONE UINT16_MAX

struct rule_flat_item {
	struct rule_step step; /* a jump whose chain follows is a RULE_STEP_NEXT */
	uint16_t skip;         /* where to go on when it does not apply */
	uint16_t out;          /* where its chain returns to */
	/* The innermost jump with a condition that its chain was reached by; RULE_FLAT_NONE: it always is. */
	uint16_t gate;
};

struct rule_flat {
	uint16_t nb;
	uint16_t nb_always;
	uint64_t ifaces;     /* bits of patterns that it holds */
	struct rule_lin lin; /* filters of all that have a condition, or do more than to count */
	uint16_t *always;    /* the others, ascending: they apply where the walk passes by */
	struct rule_flat_item item[];
};

/*
 * The chain of the slot, with steps of all chains there; NULL: it leads to no short chain, or is too long with them.
 * net.pollux.rule_inline=0: none are made.
 */
struct rule_flat *rule_flat_make(const struct rule_table *t, uint16_t slot);
void rule_flat_free(struct rule_flat *f);
size_t rule_flat_bytes(const struct rule_flat *f);
