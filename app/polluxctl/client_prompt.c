/* SPDX-License-Identifier: BSD-3-Clause */
/* The client's prompt: libedit's line editing and history, one request a line. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <editline/readline.h>

#include "client.h"

int
prompt_run(struct client *c)
{
	char *line;
	int rc = 0;

	using_history();
	while (rc >= 0 && (line = readline("pollux> ")) != NULL) {
		if (line[strspn(line, " \t")] != '\0') {
			add_history(line);
			rc = client_line(c, line, NULL, 0, false);
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
