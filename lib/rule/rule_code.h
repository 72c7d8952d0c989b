/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A chain compiled: finds the first rule at or after a position whose filter (rule_filter.h) lets a packet pass. Made
 * by the control lcore with the chain's steps and freed with them; only indexes come later (rule_build.h).
 */
#pragma once

#include "rule_map.h"
#include "rule_outline.h"
#include "rule_run.h"

/* So few rules are asked in turn. */
#define RULE_CODE_FEW 2

struct rule_code {
	struct rule_lin lin;
	struct rule_lin outline; /* of lin; without blocks: none */
	struct rule_map *map;    /* of all; NULL: none */
	/* By enum rule_index_kind: parts that have an index, NULL: none; workers load each once per search. */
	struct rule_runs *runs[RULE_INDEX_KINDS];
	struct rule_runs *plan[RULE_INDEX_KINDS]; /* parts that should have one. Control lcore */
	uint64_t ifaces;                          /* bits of patterns that it holds */
};

/* Marks steps whose filters are exact. */
struct rule_code *rule_code_new(const struct rule_chain *c, bool ip4);
void rule_code_free(struct rule_code *code);
size_t rule_code_bytes(const struct rule_code *code);
/* An index came: uses it, if it is for this chain. */
void rule_code_serve(enum rule_index_kind kind, struct rule_code *code, const struct rule_chain *c,
		     bool ip4);

/* Not compiled: every rule is a candidate. */
static inline bool
rule_code_is_few(const struct rule_code *code)
{
	return code->lin.block == NULL;
}
