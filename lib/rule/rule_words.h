/* SPDX-License-Identifier: BSD-3-Clause */
/* Lists of words that stand for bits: "NEW,ESTABLISHED". Control lcore. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base_str.h"

struct rule_word {
	const char *name;
	uint32_t bit; /* 0: a word for nothing */
};

/*
 * Adds the bits of a comma list. NULL, or where the text is wrong: from the bad word on. Words may be cut short
 * and in any case; the first of the list wins. exact: only as they are.
 */
const char *rule_words_parse(const char *text, const struct rule_word *words, unsigned nb,
			     bool exact, uint32_t *bits);
/* "NEW,ESTABLISHED", in the order of words. */
void rule_words_text(struct str *out, const struct rule_word *words, unsigned nb, uint32_t bits);
