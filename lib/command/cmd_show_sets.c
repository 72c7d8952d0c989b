/* SPDX-License-Identifier: BSD-3-Clause */
/* `show sets`: what each set of ipset has and takes. */
#include "cmd_show.h"
#include "cmd_table.h"
#include "set.h"

static int show_sets(struct cmd *c, int argc, char **argv);
SHOW_PART(sets, "sets", show_sets, "",
	  "ipset's sets: elements, memory, packets they had no room for", SHOW_JSON)

/* Slots of the index that are not in use count too, and entries that wait to be used again. */
static void
put(struct cmd_table *t, uint16_t number)
{
	struct set *s = set_get(number);
	uint32_t count = set_count(s);
	uint64_t bytes = set_bytes(s);

	cmd_table_text(t, set_name(number));
	cmd_table_text(t, s->type->name);
	cmd_table_number(t, count);
	cmd_table_number(t, s->type->hash ? s->how.maxelem
			    : s->type->part[0] == SET_PART_NAME
				    ? SET_MAX
				    : (uint64_t)s->how.hi - s->how.lo + 1);
	cmd_table_number(t, bytes);
	cmd_table_number(t, count != 0 ? bytes / count : 0);
	cmd_table_number(t, set_references(number));
	cmd_table_number(t, __atomic_load_n(&s->full, __ATOMIC_RELAXED));
}

static int
show_sets(struct cmd *c, int argc, char **argv)
{
	static const struct cmd_column columns[] = {
		{ "set", "set" },
		{ "type", "type" },
		{ "elements", "elements" },
		{ "most", "most" },
		{ "bytes", "bytes" },
		{ "each", "bytes_each" },
		{ "references", "references" },
		{ "no room", "no_room" },
	};
	struct cmd_table t;

	if (argc != 0)
		return SHOW_USAGE(c, sets);
	t = cmd_table(c, columns, RTE_DIM(columns));
	for (uint16_t n = set_next(0); n != SET_NO_NUMBER; n = set_next(n + 1))
		put(&t, n);
	return cmd_table_end(&t);
}
