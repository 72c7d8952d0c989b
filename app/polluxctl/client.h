/* SPDX-License-Identifier: BSD-3-Clause */
/* One connection to the daemon and the requests over it. libc only. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct client {
	int fd;
	char *buf; /* of the last answer */
	size_t cap;
};

/* false: a line on stderr says why. */
bool client_open(struct client *c, const char *path);
void client_close(struct client *c);
/*
 * Runs one command: argv as given, standard input read only when the daemon wants it. Prints what it
 * prints. Its exit status, or 1 with a line on stderr when the daemon is gone.
 */
int client_run(struct client *c, int argc, char **argv);
/* The same for a line of text with its input; both streams go to stdout when merge. */
int client_line(struct client *c, const char *line, const char *in, size_t in_len, bool merge);

/* Runs a line and prints nothing: its standard output, until the next request. NULL: failed. */
const char *client_ask(struct client *c, const char *line, size_t *len);

/* One command a line from stdin; "##rc N" after each. Exit status: 0, or 1 when the daemon went. */
int batch_run(struct client *c);
/* The prompt on a terminal. */
int prompt_run(struct client *c);
