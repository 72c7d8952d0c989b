/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Words of a command line. Called by the daemon for every line and by the client for here-documents.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd_split.h"

static bool
blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Copies one word to *to, unquoted. Returns where it ends, NULL: *why. */
static const char *
copy_word(const char *at, char **to, const char **why)
{
	while (*at != '\0' && !blank(*at)) {
		char quote = *at;

		if (quote == '\\') {
			if (at[1] == '\0') {
				*why = "a backslash ends the line";
				return NULL;
			}
			*(*to)++ = at[1];
			at += 2;
			continue;
		}
		if (quote != '\'' && quote != '"') {
			*(*to)++ = *at++;
			continue;
		}
		for (at++; *at != quote; at++) {
			/* In double quotes a backslash protects only what is special there. */
			if (quote == '"' && *at == '\\' && (at[1] == '"' || at[1] == '\\'))
				at++;
			if (*at == '\0') {
				*why = quote == '"' ? "a \" is not closed" : "a ' is not closed";
				return NULL;
			}
			*(*to)++ = *at;
		}
		at++;
	}
	*(*to)++ = '\0';
	return at;
}

static const char *
skip_blanks(const char *at)
{
	while (blank(*at))
		at++;
	return at;
}

int
cmd_split(const char *line, struct cmd_words *w, const char **why)
{
	size_t len = strlen(line);
	size_t most = len / 2 + 2; /* a word takes at least one byte and one blank */
	char *to;

	*w = (struct cmd_words){ 0 };
	if (len > CMD_LINE_MAX) {
		*why = "the line is longer than 1 MB";
		return -EINVAL;
	}
	w->text = malloc(len + 2);
	w->word = malloc(most * sizeof(*w->word));
	if (w->text == NULL || w->word == NULL) {
		cmd_words_free(w);
		*why = "out of memory";
		return -ENOMEM;
	}
	to = w->text;
	for (line = skip_blanks(line); *line != '\0' && *line != '#'; line = skip_blanks(line)) {
		if (w->n == CMD_WORDS_MAX) {
			*why = "the line has more than 4096 words";
			line = NULL;
		} else {
			w->word[w->n++] = to;
			line = copy_word(line, &to, why);
		}
		if (line == NULL) {
			cmd_words_free(w);
			return -EINVAL;
		}
	}
	w->word[w->n] = NULL;
	return 0;
}

void
cmd_words_free(struct cmd_words *w)
{
	free(w->text);
	free(w->word);
	*w = (struct cmd_words){ 0 };
}

/* Takes END from behind "<<"; nothing may follow it. */
static bool
here_word(const char *at, char end[CMD_HERE_WORD_MAX])
{
	char quote = '\0';
	size_t n;

	at = skip_blanks(at);
	if (*at == '\'' || *at == '"')
		quote = *at++;
	n = strcspn(at, quote == '\0' ? " \t\r\n'\"" : quote == '"' ? "\"" : "'");
	if (n == 0 || n >= CMD_HERE_WORD_MAX)
		return false;
	memcpy(end, at, n);
	end[n] = '\0';
	at += n;
	if (quote != '\0' && *at++ != quote)
		return false;
	return *skip_blanks(at) == '\0';
}

bool
cmd_here(const char *line, char end[CMD_HERE_WORD_MAX], size_t *cut)
{
	char quote = '\0';

	for (const char *at = line; *at != '\0'; at++) {
		if (quote != '\0') {
			if (quote == '"' && *at == '\\' && at[1] != '\0')
				at++;
			else if (*at == quote)
				quote = '\0';
		} else if (*at == '\\' && at[1] != '\0') {
			at++;
		} else if (*at == '\'' || *at == '"') {
			quote = *at;
		} else if (*at == '#' && (at == line || blank(at[-1]))) {
			return false;
		} else if (at[0] == '<' && at[1] == '<') {
			*cut = at - line;
			return here_word(at + 2, end);
		}
	}
	return false;
}
