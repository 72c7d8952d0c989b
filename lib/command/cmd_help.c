/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * `help`: what there is, from the nouns' own words.
 */
#include "cmd.h"

static int
help_one(struct cmd *c, const char *name)
{
	const struct cmd_noun *n = cmd_find(name);

	if (n == NULL)
		return cmd_fail(c, 1, "no command \"%.40s\" (\"help\" lists them)", name);
	str_printf(&c->out, "%s: %s\nusage: %s\n", n->name, n->help, n->usage);
	return 0;
}

static int
run(struct cmd *c)
{
	int rc = 0;

	if (c->argc > 1) {
		for (int i = 1; i < c->argc && rc == 0; i++)
			rc = help_one(c, c->argv[i]);
		return rc;
	}
	for (const struct cmd_noun *n = cmd_next(NULL); n != NULL; n = cmd_next(n))
		str_printf(&c->out, "%-24s %s\n", n->name, n->help);
	str_add(&c->out, "\"help NAME\" shows how a command is written.\n");
	return 0;
}

CMD_REGISTER(help, "help", run, "help [NAME]", "list the commands, or how one is written")
