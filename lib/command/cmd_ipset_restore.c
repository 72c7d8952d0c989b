/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ipset restore: a command a line. Lines before one that fails stay in force. Control lcore.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd_ipset.h"

/* Words at blanks; "..." is one. In place; the number of words, -1: too many, or a quote that does not end. */
static int
split(char *line, char **word)
{
	int n = 0;

	for (char *p = line;;) {
		bool quoted;

		while (isspace((unsigned char)*p))
			p++;
		if (*p == '\0')
			return n;
		if (n == IPSET_WORDS_MAX)
			return -1;
		quoted = *p == '"';
		p += quoted;
		word[n++] = p;
		while (*p != '\0' && (quoted ? *p != '"' : !isspace((unsigned char)*p)))
			p++;
		if (*p == '\0')
			return quoted ? -1 : n;
		*p++ = '\0';
	}
}

static int
run_line(struct ipset *all, char *line, unsigned number, bool *more)
{
	struct ipset x = {
		.cmd = all->cmd, .exist = all->exist, .quiet = all->quiet, .line = number
	};
	char *word[IPSET_WORDS_MAX];
	int n, rc;

	while (isspace((unsigned char)*line))
		line++;
	if (*line == '\0' || *line == '#' || strncmp(line, "COMMIT", 6) == 0)
		return 0;
	n = split(line, word);
	if (n < 0)
		return ipset_usage(&x, "Missing mandatory argument of option `%s'", "comment");
	rc = ipset_parse(&x, n, word);
	if (rc >= 0)
		return rc;
	*more = x.verb != IPSET_QUIT;
	return ipset_run(&x);
}

static int
run_lines(struct ipset *x, char *text)
{
	unsigned number = 0;
	bool more = true;
	int rc = 0;

	while (rc == 0 && more && text != NULL && *text != '\0') {
		char *end = strchr(text, '\n');

		if (end != NULL)
			*end++ = '\0';
		rc = run_line(x, text, ++number, &more);
		text = end;
	}
	return rc;
}

int
ipset_restore(struct ipset *x)
{
	size_t len = x->cmd->in_len;
	char *text;
	int rc;

	if (x->file != NULL) {
		text = cmd_read_file(x->cmd, x->file, &len);
		if (text == NULL)
			return 1;
		text = realloc(text, len + 1);
	} else {
		text = malloc(len + 1);
		if (text != NULL && len != 0)
			memcpy(text, x->cmd->in, len);
	}
	if (text == NULL)
		return ipset_fail(x, "%s", strerror(ENOMEM));
	text[len] = '\0';
	rc = run_lines(x, text);
	free(text);
	return rc;
}
