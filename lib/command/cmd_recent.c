/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * recent: the lists of -m recent, and what Linux has in /proc/net/xt_recent/NAME, to be read and written. Control lcore.
 */
#include "cmd.h"
#include "cmd_table.h"
#include "rule_recent.h"

static int
show_lists(struct cmd *c)
{
	static const struct cmd_column columns[] = {
		{ "name", "name" },   { "addresses", "addresses" }, { "room", "room" },
		{ "rules", "rules" }, { "replaced", "replaced" },
	};
	struct cmd_table t = cmd_table(c, columns, RTE_DIM(columns));

	for (struct rule_recent *r = NULL; (r = rule_recent_next(r)) != NULL;) {
		struct rule_recent_info i = rule_recent_info(r);

		cmd_table_text(&t, i.name);
		cmd_table_number(&t, i.addresses);
		cmd_table_number(&t, i.room);
		cmd_table_number(&t, i.rules);
		cmd_table_number(&t, i.replaced);
	}
	return cmd_table_end(&t);
}

static int
recent(struct cmd *c)
{
	struct rule_recent *r;

	if (c->argc == 1)
		return show_lists(c);
	if (c->argc > 3)
		return cmd_fail(c, 2, "expected recent [NAME [+ADDR | -ADDR | /]]");
	r = rule_recent_find(c->argv[1]);
	if (r == NULL)
		return cmd_fail(c, 1, "no rule has a list called \"%s\"", c->argv[1]);
	if (c->argc == 2)
		rule_recent_print(r, &c->out);
	else if (rule_recent_write(r, c->argv[2]) != 0)
		return cmd_fail(c, 1, "\"%s\": expected +ADDR, -ADDR, or / to forget all",
				c->argv[2]);
	return 0;
}

CMD_REGISTER(recent, "recent", recent, "recent [NAME [+ADDR | -ADDR | /]]",
	     "lists of -m recent, as /proc/net/xt_recent shows and takes them")
