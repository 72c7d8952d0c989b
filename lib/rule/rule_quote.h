/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Words of iptables-save: quoted where they must be, so that iptables-restore reads them back.
 */
#pragma once

#include <string.h>

#include "base_str.h"

/* A blank and the word; quotes, backslashes and apostrophes get a backslash. */
static inline void
rule_quote(struct str *out, const char *word)
{
	static const char plain[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
	size_t len = strlen(word);

	if (len > 0 && strspn(word, plain) == len) {
		str_printf(out, " %s", word);
		return;
	}
	str_add(out, " \"");
	for (; *word != '\0'; word++) {
		if (strchr("\"\\'", *word) != NULL)
			str_add(out, "\\");
		str_add_bytes(out, word, 1);
	}
	str_add(out, "\"");
}

/* The same for words that iptables never quotes: only where they could not be read back. */
static inline void
rule_quote_odd(struct str *out, const char *word)
{
	if (word[0] == '\0' || strpbrk(word, " \t\"\\'") != NULL)
		rule_quote(out, word);
	else
		str_printf(out, " %s", word);
}
