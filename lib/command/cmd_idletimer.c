/* SPDX-License-Identifier: BSD-3-Clause */
/* idletimer: the timers of -j IDLETIMER, and what Linux has in /sys/class/xt_idletimer/timers/LABEL. Control lcore. */
#include <inttypes.h>

#include "cmd.h"
#include "cmd_table.h"
#include "rule_idletimer.h"

static int
show_timers(struct cmd *c)
{
	static const struct cmd_column columns[] = {
		{ "label", "label" },
		{ "kind", "kind" },
		{ "rules", "rules" },
		{ "seconds left", "left" },
	};
	struct cmd_table t = cmd_table(c, columns, RTE_DIM(columns));

	for (struct rule_idletimer *i = NULL; (i = rule_idletimer_next(i)) != NULL;) {
		cmd_table_text(&t, i->label);
		cmd_table_text(&t, i->alarm ? "alarm" : "timer");
		cmd_table_number(&t, i->rules);
		cmd_table_number(&t, rule_idletimer_left(i));
	}
	return cmd_table_end(&t);
}

static int
idletimer(struct cmd *c)
{
	struct rule_idletimer *t;

	if (c->argc == 1)
		return show_timers(c);
	if (c->argc != 2)
		return cmd_fail(c, 2, "expected idletimer [LABEL]");
	t = rule_idletimer_find(c->argv[1]);
	if (t == NULL)
		return cmd_fail(c, 1, "no rule has a timer called \"%s\"", c->argv[1]);
	str_printf(&c->out, "%" PRIu64 "\n", rule_idletimer_left(t));
	return 0;
}

CMD_REGISTER(idletimer, "idletimer", idletimer, "idletimer [LABEL]",
	     "timers of -j IDLETIMER, as /sys/class/xt_idletimer/timers shows them")
