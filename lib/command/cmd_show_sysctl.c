/* SPDX-License-Identifier: BSD-3-Clause */
/* `show sysctl`: what the parameters are for, which were changed, which have no effect. */
#include <string.h>

#include "base_param.h"
#include "cmd_show.h"
#include "cmd_table.h"

static bool
wanted(const struct param *p, const char *which)
{
	if (which == NULL)
		return true;
	if (strcmp(which, "changed") == 0)
		return !param_is_default(p);
	if (strcmp(which, "inert") == 0)
		return p->inert != NULL;
	return strstr(p->name, which) != NULL;
}

static void
explain(struct cmd_table *t, const struct param *p)
{
	struct str value = { 0 }, help = { 0 };

	str_add(&value, "");
	if (!p->write_only)
		param_print(p, &value);
	str_printf(&help, "%s%s", p->inert != NULL ? "no effect: " : "", p->help);
	cmd_table_text(t, p->name);
	cmd_table_text(t, str_text(&value));
	cmd_table_text(t, str_text(&help));
	str_free(&value);
	str_free(&help);
}

static int show_sysctl(struct cmd *c, int argc, char **argv);
SHOW_PART(sysctl, "sysctl", show_sysctl, "[changed|inert|PART-OF-A-NAME]",
	  "what parameters are for, which were changed, which have no effect here", SHOW_JSON)

static int
show_sysctl(struct cmd *c, int argc, char **argv)
{
	static const struct cmd_column columns[] = { { NULL, "name" },
						     { NULL, "value" },
						     { NULL, "help" } };
	struct cmd_table t = cmd_table(c, columns, RTE_DIM(columns));
	const char *which = argc > 0 ? argv[0] : NULL;

	if (argc > 1)
		return SHOW_USAGE(c, sysctl);
	for (const struct param *p = param_next(NULL); p != NULL; p = param_next(p))
		if (wanted(p, which))
			explain(&t, p);
	if (t.nb_cells != 0 || which == NULL || strcmp(which, "changed") == 0)
		return cmd_table_end(&t);
	return cmd_fail(c, 1, "sysctl: no parameter has \"%s\" in its name", which);
}
