/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The client's prompt: libedit's line editing and history, one request a line; "COMMAND <<END" takes
 * the lines up to END along. quit, exit and Ctrl-D leave it; Pollux runs on.
 */
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <editline/readline.h>

#include "client.h"
#include "cmd_split.h"

#define HISTORY_LINES 1000

/* The lines up to END, each with its newline. NULL: the terminal was closed before, or no memory. */
static char *
read_here(const char *end, size_t *len)
{
	char *text = NULL, *line;
	FILE *f = open_memstream(&text, len);
	bool done = false;

	while (f != NULL && !done && (line = readline("> ")) != NULL) {
		done = strcmp(line, end) == 0;
		if (!done)
			fprintf(f, "%s\n", line);
		free(line);
	}
	if (f != NULL)
		fclose(f);
	if (done)
		return text;
	free(text);
	return NULL;
}

static struct client *asked; /* whom completion asks */
static char *offers;         /* its answer, a line each */

/* readline's generator: one more offer at every call; NULL: no more. */
static char *
next_offer(const char *text, int state)
{
	static const char *at;
	const char *one;

	if (state == 0)
		at = offers;
	if (at == NULL || *at == '\0')
		return NULL;
	one = at;
	at += strcspn(at, "\n");
	at += *at == '\n';
	return strndup(one, strcspn(one, "\n"));
}

/* How the line may go on; without an answer readline offers file names (load FILE). */
static char **
complete(const char *text, int start, int end)
{
	char line[1024];
	const char *answer;
	size_t len = 0;

	if (snprintf(line, sizeof(line), "complete '%.*s'", end, rl_line_buffer) >=
		    (int)sizeof(line) ||
	    memchr(rl_line_buffer, '\'', end) != NULL)
		return NULL;
	answer = client_ask(asked, line, &len);
	free(offers);
	offers = answer != NULL ? strndup(answer, len) : NULL;
	rl_attempted_completion_over = start == 0;
	/* A single "net.ipv4." goes on. */
	rl_completion_append_character =
		len > 1 && memchr(answer, '\n', len) == answer + len - 1 && answer[len - 2] == '.'
			? '\0'
			: ' ';
	return rl_completion_matches(text, next_offer);
}

/* -1: the daemon is gone. */
static int
run(struct client *c, char *line)
{
	char end[CMD_HERE_WORD_MAX], *in = NULL;
	size_t cut, len = 0;
	int rc;

	if (cmd_here(line, end, &cut)) {
		line[cut] = '\0';
		in = read_here(end, &len);
		if (in == NULL)
			return 0;
	}
	rc = client_line(c, line, in, len, false);
	free(in);
	return rc;
}

/* ~/.polluxctl_history; false: there is no home to keep it in. */
static bool
history_file(char path[PATH_MAX])
{
	const char *home = getenv("HOME");

	return home != NULL && home[0] != '\0' &&
	       snprintf(path, PATH_MAX, "%s/.polluxctl_history", home) < PATH_MAX;
}

static void
open_history(void)
{
	char path[PATH_MAX];

	using_history();
	stifle_history(HISTORY_LINES);
	if (history_file(path))
		read_history(path); /* none yet is no error */
}

/* Written after each line: a closed terminal must not lose it. */
static void
remember(const char *line)
{
	mode_t before = umask(077);
	char path[PATH_MAX];

	add_history(line);
	if (history_file(path))
		write_history(path);
	umask(before);
}

int
prompt_run(struct client *c)
{
	char *line;
	int rc = 0;

	open_history();
	asked = c;
	rl_attempted_completion_function = complete;
	while (rc >= 0 && (line = readline("pollux> ")) != NULL) {
		if (strcmp(line, "quit") == 0 || strcmp(line, "exit") == 0) {
			free(line);
			return 0;
		}
		if (line[strspn(line, " \t")] != '\0') {
			remember(line);
			rc = run(c, line);
		}
		free(line);
	}
	if (rc < 0) {
		fputs("polluxctl: the daemon closed the connection\n", stderr);
		return 1;
	}
	putchar('\n');
	return 0;
}
