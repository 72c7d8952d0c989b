/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How iptables complains. Called by all files of the iptables commands; control lcore.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cmd_iptables.h"

#define TRY_HELP "Try `%s -h' or '%s --help' for more information.\n"

int
ipt_bad(struct ipt *x, const char *fmt, ...)
{
	struct str *err = &x->cmd->err;
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (text[0] != '\0')
		str_printf(err, "%s v" IPT_VERSION " (legacy): %s\n", x->prog, text);
	if (x->restoring)
		str_printf(err, "Error occurred at line: %u\n", x->line);
	str_printf(err, TRY_HELP, x->prog, x->prog);
	return IPT_PARAMETER;
}

int
ipt_bad_argument(struct ipt *x, const char *word)
{
	struct str *err = &x->cmd->err;

	str_printf(err, "Bad argument `%s'\n", word);
	if (x->restoring)
		str_printf(err, "Error occurred at line: %u\n", x->line);
	str_printf(err, TRY_HELP, x->prog, x->prog);
	return IPT_PARAMETER;
}

const char *
ipt_strerror(uint32_t command, int error)
{
	static const struct {
		uint32_t commands; /* 0: all others */
		int error;
		const char *text;
	} texts[] = {
		{ IPT_DELETE | IPT_CHECK, ENOENT,
		  "Bad rule (does a matching rule exist in that chain?)" },
		{ IPT_POLICY, ENOENT, "Bad built-in chain name" },
		{ IPT_POLICY, EINVAL, "Bad policy name" },
		{ IPT_NEW, EEXIST, "Chain already exists" },
		{ IPT_INSERT | IPT_APPEND, E2BIG, "Index of insertion too big" },
		{ IPT_REPLACE, E2BIG, "Index of replacement too big" },
		{ IPT_DELETE_NUM, E2BIG, "Index of deletion too big" },
		{ IPT_ZERO_NUM, E2BIG, "Index of counter too big" },
		{ 0, ENOENT, "No chain/target/match by that name" },
		{ 0, ENOMEM, "Memory allocation problem" },
	};

	for (unsigned i = 0; i < RTE_DIM(texts); i++)
		if (texts[i].error == error &&
		    (texts[i].commands == 0 || texts[i].commands & command))
			return texts[i].text;
	return strerror(error);
}
