/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Small nouns: echo, load, start, stop, quit, eal.
 */
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "port.h"

static int
echo(struct cmd *c)
{
	for (int i = 1; i < c->argc; i++)
		str_printf(&c->out, "%s%s", i > 1 ? " " : "", c->argv[i]);
	str_add(&c->out, "\n");
	return 0;
}

CMD_REGISTER(echo, "echo", echo, "echo TEXT...", "print the text")

static int
load(struct cmd *c)
{
	bool input = c->argc == 2 && strcmp(c->argv[1], "-") == 0;
	size_t len = 0;
	char *text;
	int rc;

	if (c->argc != 2)
		return cmd_fail(c, 2, "expected load FILE, or load - for standard input");
	text = input ? strndup(c->in != NULL ? c->in : "", c->in_len)
		     : cmd_read_file(c, c->argv[1], &len);
	if (text == NULL)
		return 1;
	if (!input && strlen(text) != len) {
		free(text);
		return cmd_fail(c, 1, "%s is not a text file", c->argv[1]);
	}
	rc = cmd_run_script_in(&c->caller, input ? "<stdin>" : c->argv[1], text, false, &c->out,
			       &c->err);
	free(text);
	return rc;
}

CMD_REGISTER(load, "load", load, "load FILE|-",
	     "run the commands of a file; stops at the first error")

static int
quit(struct cmd *c)
{
	if (c->argc != 1)
		return cmd_fail(c, 2, "takes no arguments");
	cmd_quit = true;
	return 0;
}

CMD_REGISTER(quit, "quit", quit, "quit", "stop Pollux")

static int
forwarding(struct cmd *c)
{
	if (c->argc != 1)
		return cmd_fail(c, 2, "takes no arguments");
	port_forwarding_set(strcmp(c->argv[0], "start") == 0);
	return 0;
}

CMD_REGISTER(start, "start", forwarding, "start", "workers receive packets (the state at start)")
CMD_REGISTER(stop, "stop", forwarding, "stop", "workers receive no packets until start")

static int
eal(struct cmd *c)
{
	return cmd_fail(c, 1,
			"options for DPDK are read only at start, from the first lines of the "
			"--config file or from the command line");
}

CMD_REGISTER(eal, "eal", eal, "eal OPTIONS",
	     "options for DPDK: first lines of the --config file only")
