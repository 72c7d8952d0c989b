/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Lines and scripts. Each line of the input is split, and what it was split into, quoted again, must
 * give the same words. Then the whole is a script of harmless commands: every line becomes
 * "echo LINE", but for "=WORD" (a word of capitals: the end of a here-document) and "=load" (a
 * script in the script, its text up to END).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "cmd_split.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CAPITALS "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	return 0;
}

static void
must(bool true_here)
{
	if (!true_here)
		abort();
}

static void
quote(struct str *s, const char *word)
{
	str_add(s, "'");
	for (; *word != '\0'; word++)
		if (*word == '\'')
			str_add(s, "'\\''");
		else
			str_add_bytes(s, word, 1);
	str_add(s, "' ");
}

static void
split_again(const struct cmd_words *first)
{
	struct str line = { 0 };
	struct cmd_words w;
	const char *why = NULL;

	for (int i = 0; i < first->n; i++)
		quote(&line, first->word[i]);
	must(cmd_split(str_text(&line), &w, &why) == 0 && w.n == first->n);
	for (int i = 0; i < first->n; i++)
		must(strcmp(w.word[i], first->word[i]) == 0);
	cmd_words_free(&w);
	str_free(&line);
}

static void
one_line(const char *line)
{
	char end[CMD_HERE_WORD_MAX] = "";
	struct cmd_words w;
	const char *why = NULL;
	size_t cut = 0;

	if (cmd_here(line, end, &cut))
		must(cut < strlen(line) && memcmp(line + cut, "<<", 2) == 0 && end[0] != '\0' &&
		     strlen(end) < sizeof(end));
	if (cmd_split(line, &w, &why) != 0) {
		must(why != NULL && w.word == NULL && w.text == NULL);
		return;
	}
	must(w.n <= CMD_WORDS_MAX && w.word[w.n] == NULL);
	split_again(&w);
	cmd_words_free(&w);
}

static void
add_line(struct str *script, const char *line)
{
	const char *word = line + 1;

	if (strcmp(line, "=load") == 0)
		str_add(script, "load - <<END\n");
	else if (line[0] == '=' && word[strspn(word, CAPITALS)] == '\0')
		str_printf(script, "%s\n", word);
	else
		str_printf(script, "echo %s\n", line);
}

static void
run(const char *script, unsigned lines, bool keep_going)
{
	struct str out = { 0 }, err = { 0 };
	int rc = cmd_run_script("fuzz", script, keep_going, &out, &err);
	unsigned line_no = 0;

	must((rc == 0) == (err.len == 0));
	if (rc != 0)
		must(sscanf(err.text, "fuzz:%u: ", &line_no) == 1 && line_no >= 1 &&
		     line_no <= lines);
	str_free(&out);
	str_free(&err);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = strndup((const char *)data, size), *rest = text, *line;
	struct str script = { 0 };
	unsigned lines = 0;

	one_line(text); /* blanks include the newline */
	while ((line = strsep(&rest, "\n")) != NULL) {
		one_line(line);
		add_line(&script, line);
		lines++;
	}
	run(str_text(&script), lines, false);
	run(str_text(&script), lines, true);
	str_free(&script);
	free(text);
	return 0;
}
