/* SPDX-License-Identifier: BSD-3-Clause */
/* What the rules in force take, for `show memory`. Control lcore. */
#include "base_mem.h"
#include "rule_code.h"
#include "rule_flat.h"

static size_t
rule_bytes(const struct rule *r)
{
	size_t bytes = sizeof(*r) + r->nb_matches * sizeof(r->match[0]);

	for (unsigned i = 0; i < r->nb_matches; i++)
		bytes += r->match[i].type->size;
	return bytes + (r->target.type != NULL ? r->target.type->size : 0);
}

static void
add_chain(struct mem_use *use, const struct rule_chain *c)
{
	size_t bytes = sizeof(*c) + c->nb_jumps * sizeof(*c->jumps);

	for (uint32_t i = 0; i < c->nb; i++)
		bytes += rule_bytes(c->rules[i]);
	if (c->steps != NULL)
		bytes += c->nb * sizeof(*c->steps);
	if (c->code != NULL)
		bytes += rule_code_bytes(c->code);
	use->used += bytes + c->nb * sizeof(*c->rules);
	use->reserved += bytes + c->cap * sizeof(*c->rules);
}

static void
add_table(struct mem_use *use, const struct rule_table *t)
{
	for (unsigned i = 0; i < t->nb_slots; i++)
		if (t->chain[i] != NULL)
			add_chain(use, t->chain[i]);
	for (unsigned p = 0; p < HOOK_POINTS; p++)
		if (t->flat[p] != NULL) {
			use->used += rule_flat_bytes(t->flat[p]);
			use->reserved += rule_flat_bytes(t->flat[p]);
		}
}

static struct mem_use
rule_memory(void)
{
	struct mem_use use = { 0 };

	for (unsigned f = 0; f < HOOK_FAMILIES; f++) {
		for (unsigned type = 0; type < rule_nb_table_types; type++) {
			const struct rule_table *t = rule_table_get(gen_current(), f, type);

			if (t != NULL)
				add_table(&use, t);
		}
	}
	return use;
}

MEM_USER(rules, "rules", "rules and chains in force, as text and compiled", rule_memory)
