/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Completion: a noun's file may register a function that offers words for the place where the line
 * ends, from the tables that also parse the command. The command `complete` answers with them; the
 * prompts of the daemon and of polluxctl, and shells, use it. Control lcore.
 */
#pragma once

#include "cmd.h"

struct cmd_complete {
	int argc; /* words before the one to be completed; argv[0] is the noun */
	char **argv;
	const char *word; /* what was typed of it, may be empty */
	struct str out;   /* offers that begin with word, a line each */
};

typedef void cmd_complete_fn(struct cmd_complete *c);

struct cmd_completer {
	struct cmd_completer *next;
	const char *noun;
	cmd_complete_fn *fn;
};

void cmd_complete_register(struct cmd_completer *completer); /* constructor time */

#define CMD_COMPLETE(id, noun_, fn_)                                                   \
	static struct cmd_completer cmd_completer_##id = { .noun = noun_, .fn = fn_ }; \
	RTE_INIT(cmd_complete_init_##id)                                               \
	{                                                                              \
		cmd_complete_register(&cmd_completer_##id);                            \
	}

/* Offers a word; it is kept when it begins with c->word and was not offered yet. */
void cmd_offer(struct cmd_complete *c, const char *word);
void cmd_offer_ports(struct cmd_complete *c);
/*
 * Offers the words of a usage text ("info|stats [NAME|all]") at place: lower case words as they are,
 * NAME and DEV as names of ports; other upper case words are the operator's.
 */
void cmd_offer_usage(struct cmd_complete *c, const char *usage, int place);
/* What was typed before the word: NULL when the noun stands there. */
const char *cmd_complete_previous(const struct cmd_complete *c);

/* Completes line up to its end: the offers, a line each. The caller frees out. */
void cmd_complete_line(const char *line, struct str *out);
