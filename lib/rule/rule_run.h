/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which parts of a chain are worth an index, and which of them have one: a trie (rule_acl.h) or bit vectors
 * (rule_bits.h). A trie's rules ask the same of the packet's state and interfaces, its gate; where one of them may let a
 * packet go on to the next rule, the run ends with it, because a trie knows only the first that fits. Bit vectors take any
 * rules. Control lcore, but for struct rule_runs, which workers read.
 */
#pragma once

#include "rule_filter.h"
#include "rule_index.h"

struct rule_run {
	uint32_t lo, hi;                /* rules lo .. hi - 1 */
	uint64_t want, care;            /* the gate: what all of them ask besides the trie */
	bool refused;                   /* in a plan: it would take too much, or gain nothing */
	const struct rule_index *index; /* of the first hi - lo of its rules; NULL in a plan */
};

/* In order, none overlaps; all of one kind. */
struct rule_runs {
	uint32_t nb;
	struct rule_run run[];
};

/* The runs of a chain whose filters are f; NULL: there are none. free() it. */
struct rule_runs *rule_run_plan(enum rule_index_kind kind, const struct rule_chain *c,
				const struct rule_filter *f, bool ip4);
/* Those runs of the plan that indexes there are serve, holding them; NULL: none. */
struct rule_runs *rule_run_serve(enum rule_index_kind kind, const struct rule_runs *plan,
				 const struct rule_chain *c, bool ip4);
/* The run of the plan that most lacks an index; NULL: all are served but for a few rules, or refused. */
const struct rule_run *rule_run_wanted(enum rule_index_kind kind, const struct rule_runs *plan,
				       const struct rule_runs *served);
/* Lets go of the indexes; frees those that nobody uses any more. */
void rule_run_drop(struct rule_runs *served);

/* No index could be built for the run that begins with the rule of that serial. */
void rule_run_refuse(struct rule_runs *plan, const struct rule_chain *c, uint64_t serial);

/* An index that was built comes into use: rule_run_serve() finds it. It goes if nothing holds it then. */
void rule_run_offer(struct rule_index *index);
void rule_run_offered(struct rule_index *index);
/* Indexes of that kind are wanted at all; whether they are faster or not. */
bool rule_run_on(enum rule_index_kind kind);
bool rule_run_forced(enum rule_index_kind kind);
/* Of all indexes of that kind. */
size_t rule_run_bytes(enum rule_index_kind kind);
