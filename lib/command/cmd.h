/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Commands: the one language of prompt, socket, batch and configuration file. A noun (iptables, ip,
 * port, show ...) lives in one file and registers itself with CMD_REGISTER. Everything here runs on
 * the control lcore; a command is in force when it returns.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <rte_common.h>

#include "base_str.h"

/* One running command. The caller owns it and frees out and err. */
struct cmd {
	int argc;
	char **argv;	/* argv[0] is the noun */
	const char *in; /* standard input text (iptables-restore); NULL: none */
	size_t in_len;
	struct str out; /* what the Linux tool prints on stdout */
	struct str err; /* ... and on stderr */
};

/* Returns the Linux tool's exit status: 0 is success. */
typedef int cmd_fn(struct cmd *c);

struct cmd_noun {
	struct cmd_noun *next;
	const char *name;
	cmd_fn *fn;
	const char *usage; /* "port add NAME DEVARGS [queues N] | del NAME": for help */
	const char *help;  /* one line */
};

void cmd_register(struct cmd_noun *noun); /* constructor time */

#define CMD_REGISTER(id, name_, fn_, usage_, help_)                                              \
	static struct cmd_noun cmd_noun_##id = { .name = name_, .fn = fn_, .usage = usage_,      \
						 .help = help_ };                                \
	RTE_INIT(cmd_init_##id)                                                                  \
	{                                                                                        \
		cmd_register(&cmd_noun_##id);                                                    \
	}

const struct cmd_noun *cmd_find(const char *name);
/* Sorted by name: first with NULL. */
const struct cmd_noun *cmd_next(const struct cmd_noun *noun);

/* Runs argv: finds the noun, calls it. Unknown: 127 and a text that says so. */
int cmd_run(struct cmd *c);
/*
 * Splits one line as a shell does (blanks, '...', "...", \x, # comment) and runs it; an empty line is
 * 0. in: standard input for it. Returns the exit status; 2 for bad quoting.
 */
int cmd_run_line(const char *line, const char *in, size_t in_len, struct str *out, struct str *err);
/*
 * Runs a whole script: lines, COMMAND <<END here-documents, comments, "\" at the end of a line.
 * Stops at the first failing line with "NAME:LINE: text" in err unless keep_going. Exit status of the
 * (first failing) line.
 */
int cmd_run_script(const char *name, const char *text, bool keep_going, struct str *out,
		   struct str *err);
