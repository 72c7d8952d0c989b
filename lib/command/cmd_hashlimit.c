/* SPDX-License-Identifier: BSD-3-Clause */
/* hashlimit: the tables of -m hashlimit, and what Linux has in /proc/net/ipt_hashlimit/NAME. Control lcore. */
#include <string.h>

#include "cmd.h"
#include "cmd_table.h"
#include "rule_hashlimit.h"

static int
show_tables(struct cmd *c)
{
	static const struct cmd_column columns[] = {
		{ "family", "family" }, { "name", "name" },   { "entries", "entries" },
		{ "room", "room" },     { "rules", "rules" }, { "full", "full" },
	};
	struct cmd_table t = cmd_table(c, columns, RTE_DIM(columns));

	for (struct rule_hashlimit *h = NULL; (h = rule_hashlimit_next(h)) != NULL;) {
		struct rule_hashlimit_info i = rule_hashlimit_info(h);

		cmd_table_text(&t, hook_family_name(i.family));
		cmd_table_text(&t, i.name);
		cmd_table_number(&t, i.entries);
		cmd_table_number(&t, i.room);
		cmd_table_number(&t, i.rules);
		cmd_table_number(&t, i.full);
	}
	return cmd_table_end(&t);
}

static int
hashlimit(struct cmd *c)
{
	bool six = c->argc > 1 && strcmp(c->argv[1], "-6") == 0;
	struct rule_hashlimit *t;

	if (c->argc == 1)
		return show_tables(c);
	if (c->argc != 2 + six)
		return cmd_fail(c, 2, "expected hashlimit [[-6] NAME]");
	t = rule_hashlimit_find(c->argv[1 + six], six ? HOOK_IP6 : HOOK_IP4);
	if (t == NULL)
		return cmd_fail(c, 1, "no rule has a table called \"%s\"", c->argv[1 + six]);
	rule_hashlimit_print(t, &c->out);
	return 0;
}

CMD_REGISTER(hashlimit, "hashlimit", hashlimit, "hashlimit [[-6] NAME]",
	     "tables of -m hashlimit, as /proc/net/ipt_hashlimit (-6: ip6t_hashlimit) shows them")
