/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * --batch: one command a line, "COMMAND <<END" with the lines up to END as its input. Everything a
 * command prints goes to stdout, then "##rc N", flushed, so that a program can talk with it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "cmd_split.h"

struct reader {
	char *line;
	size_t cap;
	char *input;
	size_t len, input_cap;
};

static bool
read_line(struct reader *r)
{
	ssize_t n = getline(&r->line, &r->cap, stdin);

	if (n < 0)
		return false;
	if (n > 0 && r->line[n - 1] == '\n')
		r->line[n - 1] = '\0';
	return true;
}

static void
keep(struct reader *r)
{
	size_t n = strlen(r->line);

	if (r->len + n + 1 > r->input_cap) {
		r->input_cap = 2 * (r->len + n + 1);
		r->input = realloc(r->input, r->input_cap);
		if (r->input == NULL)
			abort();
	}
	memcpy(r->input + r->len, r->line, n);
	r->input[r->len + n] = '\n';
	r->len += n + 1;
}

static bool
read_here(struct reader *r, const char *end)
{
	while (read_line(r)) {
		if (strcmp(r->line, end) == 0)
			return true;
		keep(r);
	}
	return false;
}

/* One command; false: the daemon is gone. */
static bool
one(struct client *c, struct reader *r)
{
	char end[CMD_HERE_WORD_MAX];
	char *line = r->line;
	size_t cut;
	int rc;

	r->len = 0;
	if (cmd_here(r->line, end, &cut)) {
		line = strndup(r->line, cut);
		if (line == NULL)
			abort();
		if (!read_here(r, end)) {
			printf("the here-document's end \"%s\" is missing\n##rc 2\n", end);
			free(line);
			return true;
		}
	}
	rc = client_line(c, line, r->input, r->len, true);
	if (line != r->line)
		free(line);
	if (rc < 0)
		return false;
	printf("##rc %d\n", rc);
	fflush(stdout);
	return true;
}

int
batch_run(struct client *c)
{
	struct reader r = { 0 };
	int rc = 0;

	while (rc == 0 && read_line(&r))
		if (!one(c, &r)) {
			fputs("polluxctl: the daemon closed the connection\n", stderr);
			rc = 1;
		}
	free(r.line);
	free(r.input);
	return rc;
}
