/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A chain compiled: finds the first rule at or after a position whose filter (rule_filter.h) lets a packet pass. Made
 * by the control lcore with the chain's steps, immutable then, freed with them.
 */
#pragma once

#include "rule_lin.h"

/* So few rules are asked in turn. */
#define RULE_CODE_FEW 2

struct rule_code {
	struct rule_lin lin;
	uint64_t ifaces; /* bits of patterns that it holds */
};

/* Marks steps whose filters are exact. */
struct rule_code *rule_code_new(const struct rule_chain *c, bool ip4);
void rule_code_free(struct rule_code *code);
size_t rule_code_bytes(const struct rule_code *code);

/* Not compiled: every rule is a candidate. */
static inline bool
rule_code_is_few(const struct rule_code *code)
{
	return code->lin.block == NULL;
}

/* The primitive, unless they are few: the chain's number of rules when there is none. Workers. */
static inline uint32_t
rule_code_next(const struct rule_code *code, uint32_t pos, const struct rule_key *k)
{
	return __atomic_load_n(&rule_lin_find, __ATOMIC_RELAXED)(&code->lin, pos, code->lin.nb, k);
}
