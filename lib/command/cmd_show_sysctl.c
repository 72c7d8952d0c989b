/* SPDX-License-Identifier: BSD-3-Clause */
/* `show sysctl`: what the parameters are for, which were changed, which have no effect. */
#include <string.h>

#include "base_param.h"
#include "cmd_show.h"

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
explain(struct cmd *c, const struct param *p)
{
	str_printf(&c->out, "%s = ", p->name);
	param_print(p, &c->out);
	if (p->write_only)
		str_add(&c->out, "(can only be written)");
	else if (!param_is_default(p) && p->text_def != NULL)
		str_printf(&c->out, " (at start %s)", p->text_def);
	else if (!param_is_default(p) && p->words != NULL)
		str_printf(&c->out, " (at start %s)", p->words[p->def]);
	else if (!param_is_default(p))
		str_printf(&c->out, " (at start %d)", p->def);
	str_printf(&c->out, "\n\t%s%s\n", p->inert != NULL ? "no effect: " : "", p->help);
}

int
cmd_show_sysctl(struct cmd *c, int argc, char **argv)
{
	const char *which = argc > 0 ? argv[0] : NULL;
	bool any = false;

	if (argc > 1)
		return cmd_fail(c, 2,
				"sysctl: expected show sysctl [changed|inert|PART-OF-A-NAME]");
	for (const struct param *p = param_next(NULL); p != NULL; p = param_next(p)) {
		if (!wanted(p, which))
			continue;
		any = true;
		explain(c, p);
	}
	if (!any && which != NULL && strcmp(which, "changed") != 0)
		return cmd_fail(c, 1, "sysctl: no parameter has \"%s\" in its name", which);
	return 0;
}
