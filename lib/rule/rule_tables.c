/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The tables there are; a further one (nat) is one line here. The slot of the generation that holds
 * their content is freed here too. Read by everybody, written by nobody.
 */
#include <stdlib.h>
#include <string.h>

#include "rule.h"
#include "rule_object.h"

#define POINT(p) (1u << HOOK_##p)
#define BOTH (1u << HOOK_IP4 | 1u << HOOK_IP6)

const struct rule_table_type rule_table_types[] = {
	{ "filter", HOOK_PRI_FILTER, POINT(INPUT) | POINT(FORWARD) | POINT(OUTPUT), BOTH, false },
	{ "raw", HOOK_PRI_RAW, POINT(PREROUTING) | POINT(OUTPUT), BOTH, false },
	{ "mangle", HOOK_PRI_MANGLE, (1u << HOOK_POINTS) - 1, BOTH, true },
	{ "security", HOOK_PRI_SECURITY, POINT(INPUT) | POINT(FORWARD) | POINT(OUTPUT), BOTH,
	  false },
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
