/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Commands: the one language of prompt, socket, batch and configuration file. A noun (iptables, ip,
 * port, show ...) lives in one file and registers itself with CMD_REGISTER. Everything here runs on
 * the control lcore; a command is in force when it returns.
 */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include <rte_common.h>

#include "base_str.h"

/* Who asks: what a command must know of the other end. */
struct cmd_caller {
	const char *cwd;  /* relative file names start there; NULL: the daemon's own directory */
	unsigned columns; /* width of the terminal; 0: no terminal */
};

/*
 * The rest of a command that answers piece by piece: until its caller leaves (log follow), or until all is said
 * (conntrack -L). Bounded: next() is asked for more only when all it gave before has been taken, and adds 256 KB
 * or so at most; what it cannot keep until then it drops, and says so.
 */
struct cmd_stream {
	bool (*next)(void *state, struct str *out); /* false: that was the last */
	/* After the last, or when the caller has enough: the exit status, and last words. NULL: there are none. */
	int (*finish)(void *state, struct str *out, struct str *err);
	void (*end)(void *state); /* frees the state */
	bool endless;             /* there is no last; more may come at any time */
};

/* One running command. The caller owns it and frees out and err. */
struct cmd {
	int argc;
	char **argv;    /* argv[0] is the noun */
	const char *in; /* standard input text (iptables-restore); NULL: none */
	size_t in_len;
	struct cmd_caller caller;
	bool json;       /* show ... -j: the answer is to be JSON */
	struct str out;  /* what the Linux tool prints on stdout */
	struct str err;  /* ... and on stderr */
	bool can_stream; /* set by callers that ask for the rest */
	const struct cmd_stream
		*stream; /* set by the command, which then returns 0; NULL: no rest */
	void *stream_state;
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

#define CMD_REGISTER(id, name_, fn_, usage_, help_)                      \
	static struct cmd_noun cmd_noun_##id = {                         \
		.name = name_, .fn = fn_, .usage = usage_, .help = help_ \
	};                                                               \
	RTE_INIT(cmd_init_##id)                                          \
	{                                                                \
		cmd_register(&cmd_noun_##id);                            \
	}

const struct cmd_noun *cmd_find(const char *name);
/* Sorted by name: first with NULL. */
const struct cmd_noun *cmd_next(const struct cmd_noun *noun);

/* Answers by a stream; callers that cannot take one get all at once. state is the stream's. Exit status. */
int cmd_stream(struct cmd *c, const struct cmd_stream *stream, void *state);
/* Ends every operator error: adds "NOUN: text\n" to c->err and returns rc. */
int cmd_fail(struct cmd *c, int rc, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* Does this command read standard input (NAME-restore, NAME restore, a lone "-", or /dev/stdin)? */
bool cmd_reads_input(int argc, char *const *argv);
/* A file's name as the caller means it: relative ones from its directory. */
void cmd_path(const struct cmd *c, const char *name, char path[PATH_MAX]);
/*
 * Reads a whole file (at most 64 MB), name relative to the caller's directory; /dev/stdin is the command's input. The caller
 * frees the text. NULL: the error is in c->err.
 */
char *cmd_read_file(struct cmd *c, const char *name, size_t *len);
/* Set by `quit`: the control loop ends. */
extern bool cmd_quit;
/* Asked between the lines of a script: has the operator told Pollux to stop? NULL: nobody can. */
extern bool (*cmd_interrupted)(void);

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
/* The same for a caller. */
int cmd_run_line_in(const struct cmd_caller *caller, const char *line, const char *in,
		    size_t in_len, struct str *out, struct str *err);
int cmd_run_script_in(const struct cmd_caller *caller, const char *name, const char *text,
		      bool keep_going, struct str *out, struct str *err);
