/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The tables there are; a further one is an entry here. The slot of the generation that holds
 * their content is freed here too. Read by everybody, written by nobody.
 */
#include <stdlib.h>
#include <string.h>

#include "rule.h"
#include "rule_object.h"

#define POINT(p) (1u << HOOK_##p)
#define ALL_POINTS ((1u << HOOK_POINTS) - 1)
#define BOTH (1u << HOOK_IP4 | 1u << HOOK_IP6)
#define EVERYWHERE(p)                   \
	{                               \
		(p), (p), (p), (p), (p) \
	}

const struct rule_table_type rule_table_types[] = {
	{
		.name = "filter",
		.priority = EVERYWHERE(HOOK_PRI_FILTER),
		.points = POINT(INPUT) | POINT(FORWARD) | POINT(OUTPUT),
		.families = BOTH,
	},
	{
		.name = "raw",
		.priority = EVERYWHERE(HOOK_PRI_RAW),
		.points = POINT(PREROUTING) | POINT(OUTPUT),
		.families = BOTH,
	},
	{
		.name = "mangle",
		.priority = EVERYWHERE(HOOK_PRI_MANGLE),
		.points = ALL_POINTS,
		.families = BOTH,
		.reroutes = true,
	},
	{
		.name = "security",
		.priority = EVERYWHERE(HOOK_PRI_SECURITY),
		.points = POINT(INPUT) | POINT(FORWARD) | POINT(OUTPUT),
		.families = BOTH,
	},
	{
		.name = "nat",
		.priority = { [HOOK_PREROUTING] = HOOK_PRI_DNAT,
			      [HOOK_OUTPUT] = HOOK_PRI_DNAT,
			      [HOOK_INPUT] = HOOK_PRI_SNAT,
			      [HOOK_POSTROUTING] = HOOK_PRI_SNAT },
		.points = ALL_POINTS & ~POINT(FORWARD),
		.families = BOTH,
		.translates = true,
	},
};
const unsigned rule_nb_table_types = RTE_DIM(rule_table_types);

_Static_assert(RTE_DIM(rule_table_types) <= RULE_TABLES_MAX, "room in struct rule_set");

unsigned rule_gen_slot;

int
rule_table_type_find(enum hook_family family, const char *name)
{
	for (unsigned i = 0; i < rule_nb_table_types; i++)
		if (rule_table_types[i].families & 1u << family &&
		    strcmp(rule_table_types[i].name, name) == 0)
			return i;
	return -1;
}

static void
set_free(void *obj)
{
	struct rule_set *s = obj;

	for (unsigned f = 0; f < HOOK_FAMILIES; f++)
		for (unsigned i = 0; i < rule_nb_table_types; i++)
			if (s->table[f][i] != NULL)
				rule_table_put(s->table[f][i]);
	free(s);
}

RTE_INIT(rule_tables_init)
{
	rule_gen_slot = gen_slot("rules", set_free);
}
