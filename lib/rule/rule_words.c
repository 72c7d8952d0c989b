/* SPDX-License-Identifier: BSD-3-Clause */
/* Lists of words. Called by the parsers and printers of matches and targets; control lcore. */
#include <string.h>
#include <strings.h>

#include "rule_words.h"

static const struct rule_word *
find(const char *text, size_t len, const struct rule_word *words, unsigned nb, bool exact)
{
	for (unsigned i = 0; len > 0 && i < nb; i++)
		if (exact ? strlen(words[i].name) == len && memcmp(text, words[i].name, len) == 0
			  : strncasecmp(text, words[i].name, len) == 0)
			return &words[i];
	return NULL;
}

const char *
rule_words_parse(const char *text, const struct rule_word *words, unsigned nb, bool exact,
		 uint32_t *bits)
{
	for (;;) {
		size_t len = strcspn(text, ",");
		const struct rule_word *w = find(text, len, words, nb, exact);

		if (w == NULL)
			return text;
		*bits |= w->bit;
		if (text[len] == '\0')
			return NULL;
		text += len + 1;
	}
}

void
rule_words_text(struct str *out, const struct rule_word *words, unsigned nb, uint32_t bits)
{
	const char *sep = "";

	for (unsigned i = 0; i < nb; i++)
		if (bits & words[i].bit) {
			str_printf(out, "%s%s", sep, words[i].name);
			sep = ",";
		}
}
