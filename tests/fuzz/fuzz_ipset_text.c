/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Text for `ipset restore`. What is saved afterwards must be taken again when no set is left, and come back the same:
 * except names with blanks or quotes, which `save` writes as they are, here as in Linux, and timeouts, which go on.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>
#include <rte_eal.h>

#include "base_lane.h"
#include "base_rcu.h"
#include "cmd.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
run(const char *line, const char *in, struct str *out)
{
	struct str err = { 0 };
	int rc = cmd_run_line(line, in, strlen(in), out, &err);

	if (rc != 0 && err.len == 0)
		abort(); /* an error without a text */
	str_free(&err);
	return rc;
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	char *args[] = { "fuzz", "--no-huge",      "--no-shconf",   "--no-pci", "-m",
			 "128",  "--no-telemetry", "--log-level=3", "-l",       "0" };

	(void)argc;
	(void)argv;
	if (rte_eal_init(RTE_DIM(args), args) < 0)
		exit(1);
	lane_set_count(1);
	return rcu_init();
}

/* Lists hold other sets until they are empty. */
static void
clean(void)
{
	struct str out = { 0 };

	if (run("ipset flush", "", &out) != 0 || run("ipset destroy", "", &out) != 0)
		abort();
	str_free(&out);
	rcu_wait();
	rcu_reap();
}

/* Do both ends of the range have all but their last part in common? Then it is short. */
static bool
is_wide(const char *text, const char *dash)
{
	const char *word = dash, *last;
	size_t common;

	while (word > text && (isalnum((unsigned char)word[-1]) || strchr(".:", word[-1]) != NULL))
		word--;
	for (last = dash; last > word && strchr(".:", last[-1]) == NULL; last--)
		;
	common = last - word;
	return word < dash && (strncmp(word, dash + 1, common) != 0 ||
			       strspn(dash + 1 + common, "0123456789abcdef") > 3);
}

/* Ranges of a whole /8 and large tables take their time, which finds nothing; files are this machine's. */
static bool
is_left_out(const char *text)
{
	for (const char *p = text; *p != '\0'; p++)
		if ((*p == '/' && (strspn(p + 1, "0123456789") < 2 || p[1] < '2')) ||
		    (*p == '-' && is_wide(text, p)))
			return true;
	return strstr(text, "hashsize") != NULL || strstr(text, "file") != NULL ||
	       strstr(text, "-f") != NULL;
}

static bool
comes_back(const char *saved)
{
	struct str names = { 0 };
	bool plain;

	if (run("ipset list -name", "", &names) != 0)
		abort();
	plain = strpbrk(str_text(&names), " \t\r\v\f\"'\\") == NULL &&
		strstr(saved, "timeout") == NULL;
	str_free(&names);
	return plain;
}

static void
round_trip(const char *text)
{
	struct str first = { 0 }, second = { 0 }, out = { 0 };
	bool same;

	run("ipset restore", text, &out);
	run("ipset list", "", &out);
	if (run("ipset -sorted save", "", &first) != 0)
		abort();
	same = comes_back(str_text(&first));
	clean();
	if (run("ipset restore", str_text(&first), &out) != 0 && same) {
		fprintf(stderr, "saved and not taken back:\n%s", str_text(&first));
		abort();
	}
	if (run("ipset -sorted save", "", &second) != 0)
		abort();
	if (same && strcmp(str_text(&first), str_text(&second)) != 0) {
		fprintf(stderr, "saved:\n%sthen:\n%s", str_text(&first), str_text(&second));
		abort();
	}
	clean();
	str_free(&first);
	str_free(&second);
	str_free(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = strndup((const char *)data, size);

	if (text == NULL)
		return 0;
	if (!is_left_out(text))
		round_trip(text);
	free(text);
	return 0;
}
