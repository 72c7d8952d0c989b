/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Text of sysctl: the first line is the words of a command, the rest is its standard input (sysctl
 * -p -). After each input what has changed is written back as `sysctl -a` shows it, and then all
 * must be as it was: so what is shown can be read, and nothing is set that is not shown.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "dp.h"

#define PASSES 3 /* "all" and "default" may change other values */

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct str normal;

static int
run(const char *line, const char *input, struct str *out)
{
	struct str err = { 0 };
	int rc = cmd_run_line(line, input, strlen(input), out, &err);

	if (rc != 0 && err.len == 0)
		abort();
	str_free(&err);
	return rc;
}

static struct str
show_all(void)
{
	struct str out = { 0 };

	if (run("sysctl -a", "", &out) != 0)
		abort();
	return out;
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	if (dp_setup(NULL) != 0)
		exit(1);
	normal = show_all();
	return 0;
}

/* A whole line: one value may be the beginning of another. */
static bool
has_line(const char *text, const char *line)
{
	size_t len = strlen(line);

	for (const char *at = strstr(text, line); at != NULL; at = strstr(at + 1, line))
		if ((at == text || at[-1] == '\n') && at[len] == '\n')
			return true;
	return false;
}

/* Writes back the lines that are not among those of now. */
static void
write_back(const char *now)
{
	char *text = strdup(str_text(&normal)), *rest = text, *line;
	struct str input = { 0 }, out = { 0 };

	while ((line = strsep(&rest, "\n")) != NULL)
		if (*line != '\0' && !has_line(now, line))
			str_printf(&input, "%s\n", line);
	if (run("sysctl -p -", str_text(&input), &out) != 0)
		abort();
	str_free(&input);
	str_free(&out);
	free(text);
}

static void
clean(void)
{
	for (unsigned i = 0; i <= PASSES; i++) {
		struct str now = show_all();
		bool same = strcmp(str_text(&now), str_text(&normal)) == 0;

		if (!same)
			write_back(str_text(&now));
		str_free(&now);
		if (same)
			return;
	}
	abort();
}

/* No files of this machine: only standard input may be loaded. */
static bool
names_a_file(const char *line)
{
	return strchr(line, '/') != NULL || strstr(line, "-sy") != NULL ||
	       strstr(line, "--s") != NULL;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = strndup((const char *)data, size), *rest = text;
	const char *words = strsep(&rest, "\n");
	struct str out = { 0 }, line = { 0 };

	if (!names_a_file(words)) {
		str_printf(&line, "sysctl %s", words);
		run(str_text(&line), rest == NULL ? "" : rest, &out);
		clean();
	}
	str_free(&line);
	str_free(&out);
	free(text);
	return 0;
}
