/* SPDX-License-Identifier: BSD-3-Clause */
#include "rule.h"
#include "rule_nat_each.h"

static void
each_rule(const struct rule_chain *c, rule_nat_range_fn *fn, void *arg)
{
	for (uint32_t i = 0; i < c->nb; i++) {
		const struct rule *r = c->rules[i];
		const struct rule_ext_type *type = r->target.type;

		if (type != NULL && type->needs & RULE_NEEDS_SOURCE)
			fn(r->ip.inv & RULE_INV_PROTO ? 0 : r->ip.proto, r->target.data, arg);
	}
}

void
rule_nat_each_source(enum hook_family family, rule_nat_range_fn *fn, void *arg)
{
	int type = rule_table_type_find(family, "nat");
	const struct rule_table *t = type >= 0 ? rule_table_get(gen_current(), family, type) : NULL;

	for (unsigned i = 0; t != NULL && i < t->nb_slots; i++)
		if (t->chain[i] != NULL)
			each_rule(t->chain[i], fn, arg);
}
