/* SPDX-License-Identifier: BSD-3-Clause */
/* ipset: options and verbs, which may stand anywhere and be cut short. Control lcore. */
#include <stdio.h>
#include <string.h>

#include "cmd_ipset.h"

/* How many words a verb wants, and may have; add, create ... read more themselves. */
static const struct {
	const char *name;
	const char *letters; /* "-A", and, of some, "a" */
	uint8_t must, may;
} verbs[IPSET_VERBS] = {
	[IPSET_CREATE] = { "create", "N", 2, UINT8_MAX },
	[IPSET_ADD] = { "add", "A", 2, UINT8_MAX },
	[IPSET_DEL] = { "del", "D", 2, UINT8_MAX },
	[IPSET_TEST] = { "test", "T", 2, UINT8_MAX },
	[IPSET_DESTROY] = { "destroy", "X", 0, 1 },
	[IPSET_LIST] = { "list", "L", 0, 1 },
	[IPSET_SAVE] = { "save", "S", 0, 1 },
	[IPSET_RESTORE] = { "restore", "R", 0, 0 },
	[IPSET_FLUSH] = { "flush", "F", 0, 1 },
	[IPSET_RENAME] = { "rename", "E", 2, 2 },
	[IPSET_SWAP] = { "swap", "W", 2, 2 },
	[IPSET_HELP] = { "help", "H", 0, UINT8_MAX },
	[IPSET_VERSION_VERB] = { "version", "V", 0, UINT8_MAX },
	[IPSET_QUIT] = { "quit", "Q", 0, UINT8_MAX },
};

/* "add", "ad", "--add", "-A", "a" (an older tool's "n", "x" ... too). */
static int
find_verb(const char *word)
{
	const char *name = word;

	if (word[0] == '-' && word[1] != '-' && word[1] != '\0' && word[2] == '\0') {
		for (int i = 0; i < IPSET_VERBS; i++)
			if (verbs[i].letters[0] == word[1])
				return i;
		return strcmp(word, "-h") == 0   ? IPSET_HELP
		       : strcmp(word, "-v") == 0 ? IPSET_VERSION_VERB
						 : -1;
	}
	if (strncmp(word, "--", 2) == 0)
		name += 2;
	else if (word[0] == '-')
		return -1;
	if (name[0] != '\0' && name[1] == '\0' && name == word)
		for (int i = 0; i < IPSET_VERBS; i++)
			if (verbs[i].letters[0] == (name[0] & ~0x20))
				return i;
	for (int i = 0; i < IPSET_VERBS && name[0] != '\0'; i++)
		if (strncmp(verbs[i].name, name, strlen(name)) == 0)
			return i;
	return -1;
}

enum option { EXIST, OUTPUT, QUIET, RESOLVE, SORTED, NAMES, TERSE, FILE_OPTION, NB_OPTIONS };

static const struct {
	char letter;
	const char *name;
} options[NB_OPTIONS] = {
	[EXIST] = { '!', "exist" },     [OUTPUT] = { 'o', "output" },    [QUIET] = { 'q', "quiet" },
	[RESOLVE] = { 'r', "resolve" }, [SORTED] = { 's', "sorted" },    [NAMES] = { 'n', "name" },
	[TERSE] = { 't', "terse" },     [FILE_OPTION] = { 'f', "file" },
};

/* "-o", "-output", "--output", "-outp". */
static int
find_option(const char *word)
{
	size_t n;

	if (word[0] != '-' || word[1] == '\0')
		return -1;
	for (int i = 0; i < NB_OPTIONS; i++)
		if (word[1] == options[i].letter && word[2] == '\0')
			return i;
	word += word[1] == '-' ? 2 : 1;
	n = strlen(word);
	for (int i = 0; i < NB_OPTIONS; i++)
		if (n > 1 && strncmp(options[i].name, word, n) == 0)
			return i;
	return -1;
}

static int
read_mode(struct ipset *x, const char *word)
{
	static const char *const modes[] = { "plain", "save", "xml" };

	for (unsigned i = 0; i < RTE_DIM(modes); i++)
		if (strcmp(word, modes[i]) == 0) {
			x->mode = i;
			return -1;
		}
	return ipset_fail(x, "Syntax error: unknown output mode '%s'", word);
}

static int
take_option(struct ipset *x, int option, const char *arg)
{
	switch (option) {
	case EXIST:
		x->exist = true;
		break;
	case OUTPUT:
		return read_mode(x, arg);
	case QUIET:
		x->quiet = true;
		break;
	case SORTED:
		x->sorted = true;
		break;
	case NAMES:
		x->names = true;
		break;
	case TERSE:
		x->terse = true;
		break;
	case FILE_OPTION:
		x->file = arg;
		break;
	}
	return -1;
}

/* Takes options out; what is left goes to x->argv. */
static int
take_options(struct ipset *x, int argc, char **argv)
{
	for (int i = 0; i < argc; i++) {
		int option = find_option(argv[i]), rc;
		bool wants = option == OUTPUT || option == FILE_OPTION;

		if (option < 0) {
			if (x->argc == IPSET_WORDS_MAX)
				return ipset_usage(x, "Line is too long to parse.");
			x->argv[x->argc++] = argv[i];
			continue;
		}
		if (wants && i + 1 == argc)
			return ipset_usage(x, "Missing mandatory argument to option %s", argv[i]);
		rc = take_option(x, option, wants ? argv[i + 1] : NULL);
		if (rc >= 0)
			return rc;
		i += wants;
	}
	return -1;
}

static int
check_words(struct ipset *x)
{
	const char *name = verbs[x->verb].name;

	if (x->argc < verbs[x->verb].must)
		return ipset_usage(x, "Missing %smandatory argument to command %s",
				   x->argc == 1 ? "second " : "", name);
	if (x->argc > verbs[x->verb].may)
		return ipset_usage(x, "Unknown argument %s", x->argv[verbs[x->verb].may]);
	if (x->line != 0 &&
	    (x->verb == IPSET_HELP || x->verb == IPSET_VERSION_VERB || x->verb == IPSET_RESTORE))
		return ipset_usage(x, "Command `%s' is invalid in restore mode.", name);
	return -1;
}

int
ipset_parse(struct ipset *x, int argc, char **argv)
{
	int rc, verb;

	x->argc = 0;
	x->mode = IPSET_MODE_NONE;
	rc = take_options(x, argc, argv);
	if (rc >= 0)
		return rc;
	if (x->argc == 0)
		return ipset_usage(x, "No command specified.");
	verb = find_verb(x->argv[0]);
	if (verb < 0)
		return ipset_usage(x, "No command specified: unknown argument %s", x->argv[0]);
	x->verb = verb;
	memmove(x->argv, x->argv + 1, --x->argc * sizeof(x->argv[0]));
	return check_words(x);
}
