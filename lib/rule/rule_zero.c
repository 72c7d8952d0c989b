/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The list of counters to zero. Called by rule_edit.c and rule_commit.c.
 */
#include <stdlib.h>

#include "rule_object.h"
#include "rule_zero.h"

struct rule_zero {
	struct rule *rule; /* or */
	struct rule_chain *chain;
};

void
rule_zero_later(struct rule_edit *e, struct rule *r, struct rule_chain *ch)
{
	if (e->nb_zero == e->cap_zero) {
		e->cap_zero = e->cap_zero ? 2 * e->cap_zero : 64;
		e->zero = realloc(e->zero, e->cap_zero * sizeof(e->zero[0]));
		if (e->zero == NULL)
			abort();
	}
	if (r != NULL)
		r->refs++;
	else
		ch->refs++;
	e->zero[e->nb_zero++] = (struct rule_zero){ r, r != NULL ? NULL : ch };
}

void
rule_zero_done(struct rule_edit *e, bool apply)
{
	if (apply)
		counter_settle();
	for (uint32_t i = 0; i < e->nb_zero; i++) {
		struct rule_zero *z = &e->zero[i];

		if (apply)
			counter_set(z->rule ? z->rule->counter : z->chain->policy_counter->id,
				    (struct count){ 0 });
		if (z->rule != NULL)
			rule_put(z->rule);
		else
			rule_chain_put(z->chain);
	}
	free(e->zero);
	e->zero = NULL;
	e->nb_zero = e->cap_zero = 0;
}
