/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The client's prompt: libedit's line editing and history, one request a line; "COMMAND <<END" takes
 * the lines up to END along. quit, exit and Ctrl-D leave it; Pollux runs on.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <editline/readline.h>

#include "client.h"
#include "cmd_split.h"

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

/* The first words of what `help` prints, each with its NUL, an empty one at the end. */
static char *nouns;

static void
learn_nouns(struct client *c)
{
	size_t len = 0;
	const char *text = client_ask(c, "help", &len), *end = text + len;
	char *to = nouns = text != NULL ? malloc(len + 2) : NULL;

	while (nouns != NULL && text < end) {
		const char *nl = memchr(text, '\n', end - text);
		size_t n;

		if (nl == NULL)
			break;
		n = strcspn(text, " \n");
		/* The last line explains, in a sentence that begins with a quote. */
		if (n > 0 && *text != '"') {
			memcpy(to, text, n);
			to[n] = '\0';
			to += n + 1;
		}
		text = nl + 1;
	}
	if (nouns != NULL)
		*to = '\0';
}

/* readline's generator: one more noun that begins with text at every call; NULL: no more. */
static char *
next_noun(const char *text, int state)
{
	static const char *at;

	if (state == 0)
		at = nouns;
	while (at != NULL && *at != '\0') {
		const char *noun = at;

		at += strlen(at) + 1;
		if (strncmp(noun, text, strlen(text)) == 0)
			return strdup(noun);
	}
	return NULL;
}

/* The first word is a noun; others may be files (load). */
static char **
complete(const char *text, int start, int end)
{
	rl_attempted_completion_over = start == 0;
	return start == 0 ? rl_completion_matches(text, next_noun) : NULL;
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

int
prompt_run(struct client *c)
{
	char *line;
	int rc = 0;

	using_history();
	learn_nouns(c);
	rl_attempted_completion_function = complete;
	while (rc >= 0 && (line = readline("pollux> ")) != NULL) {
		if (strcmp(line, "quit") == 0 || strcmp(line, "exit") == 0) {
			free(line);
			return 0;
		}
		if (line[strspn(line, " \t")] != '\0') {
			add_history(line);
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
