/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Words of a line of iptables-restore. Called by it alone; pure.
 */
#include "cmd_iptables.h"

int
ipt_split(char *text, char **argv, int argc)
{
	char *from = text, *to = text;
	bool quoted = false, open = false;

	for (;; from++) {
		bool blank = *from == ' ' || *from == '\t' || *from == '\0';

		if (quoted && *from == '\0')
			return -EINVAL;
		if (!quoted && blank) {
			char end = *from;

			if (open)
				*to++ = '\0';
			open = false;
			if (end == '\0')
				return argc;
			continue;
		}
		if (!open) {
			if (argc == IPT_WORDS_MAX)
				return -E2BIG;
			open = true;
			argv[argc++] = to;
		}
		if (quoted && *from == '\\' && from[1] != '\0') {
			*to++ = *++from;
		} else if (*from == '"') {
			/* A quote that closes ends the word, as Linux has it. */
			if (quoted) {
				*to++ = '\0';
				open = false;
			}
			quoted = !quoted;
		} else {
			*to++ = *from;
		}
	}
}
