/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Splitting command lines as a shell does. libc only, pure functions: daemon and client share them.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define CMD_WORDS_MAX 4096      /* words in a line */
#define CMD_LINE_MAX (1u << 20) /* bytes in a line */
#define CMD_HERE_WORD_MAX 64    /* bytes of a here-document's end word, NUL included */

/* The words of a line. Zeroed before use, freed by cmd_words_free(). */
struct cmd_words {
	int n;
	char **word; /* NULL after the last */
	char *text;  /* what they point into */
};

/*
 * Blanks separate, '...' and "..." keep together, \x is x, # at the start of a word ends the line.
 * 0, or -EINVAL with *why saying what is wrong (a constant text), or -ENOMEM.
 */
int cmd_split(const char *line, struct cmd_words *w, const char **why);
void cmd_words_free(struct cmd_words *w);

/*
 * Is the line of the form COMMAND <<END? Then end gets the word and *cut the length of the line in
 * front of "<<". Quotes and comments are respected.
 */
bool cmd_here(const char *line, char end[CMD_HERE_WORD_MAX], size_t *cut);
