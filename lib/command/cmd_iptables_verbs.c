/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The commands of iptables (-A, -L, -N, ...) and the words that belong to them. Called by the option
 * parser. Control lcore.
 */
#include <ctype.h>
#include <string.h>

#include "cmd_iptables_parser.h"
#include "rule_absent.h"

static char
command_letter(uint32_t command)
{
	static const char letters[] = "IDDRALFZNXPESZC";

	return letters[__builtin_ctz(command)];
}

static int
set_command(struct ipt_parser *p, uint32_t command, uint32_t beside)
{
	struct ipt *x = p->x;

	if (p->invert)
		return ipt_bad(x, "unexpected '!' flag");
	if (x->command & ~beside)
		return ipt_bad(x, "Cannot use -%c with -%c", command_letter(command),
			       command_letter(x->command & ~beside));
	x->command |= command;
	return IPT_OK;
}

static int
rule_number_word(struct ipt_parser *p, const char *word, uint32_t *number)
{
	unsigned long long n;

	if (!rule_number(word, INT32_MAX, &n) || n == 0)
		return ipt_bad(p->x, "Invalid rule number `%s'", word);
	*number = n;
	return IPT_OK;
}

/* -A -C -D -R -I: a chain, for some a number. */
static int
rule_command(struct ipt_parser *p, int c)
{
	struct ipt *x = p->x;
	int rc = IPT_OK;

	x->chain = optarg;
	switch (c) {
	case 'A':
		return set_command(p, IPT_APPEND, 0);
	case 'C':
		return set_command(p, IPT_CHECK, 0);
	case 'D':
		rc = set_command(p, IPT_DELETE, 0);
		if (rc != IPT_OK || !ipt_has_word(p))
			return rc;
		x->command = IPT_DELETE_NUM;
		return rule_number_word(p, p->argv[optind++], &x->number);
	case 'R':
		rc = set_command(p, IPT_REPLACE, 0);
		if (rc == IPT_OK && !ipt_has_word(p))
			rc = ipt_bad(x, "-%c requires a rule number", 'R');
		if (rc != IPT_OK)
			return rc;
		return rule_number_word(p, p->argv[optind++], &x->number);
	default:
		rc = set_command(p, IPT_INSERT, 0);
		x->number = 1;
		if (rc != IPT_OK || !ipt_has_word(p))
			return rc;
		return rule_number_word(p, p->argv[optind++], &x->number);
	}
}

static int
optional_number(struct ipt_parser *p)
{
	if (p->x->chain == NULL || !ipt_has_word(p))
		return IPT_OK;
	return rule_number_word(p, p->argv[optind++], &p->x->number);
}

/* The chain of -L -S -F -Z -X may be left out; -L -S -Z take a number behind it. */
static int
optional_chain(struct ipt_parser *p, bool numbered)
{
	struct ipt *x = p->x;

	if (optarg != NULL)
		x->chain = optarg;
	else if (ipt_has_word(p))
		x->chain = p->argv[optind++];
	return numbered ? optional_number(p) : IPT_OK;
}

bool
ipt_name_ok(const char *name)
{
	for (; *name != '\0'; name++)
		if (isspace((unsigned char)*name) || *name == '"')
			return false;
	return true;
}

static int
check_new_name(struct ipt_parser *p, const char *name)
{
	struct ipt *x = p->x;

	if (strlen(name) > RULE_CHAIN_NAME_NEW)
		return ipt_bad(x, "chain name `%s' too long (must be under %d chars)", name,
			       RULE_CHAIN_NAME_NEW + 1);
	if (name[0] == '-' || name[0] == '!')
		return ipt_bad(x, "chain name not allowed to start with `%c'", name[0]);
	if (name[0] == '\0' || rule_target_find(x->family, name) != NULL ||
	    rule_absent_why(x->family, true, name) != NULL)
		return ipt_bad(x, "chain name may not clash with target name");
	return ipt_name_ok(name) ? IPT_OK : ipt_bad(x, "Invalid chain name `%s'", name);
}

static int
chain_command(struct ipt_parser *p, int c)
{
	struct ipt *x = p->x;
	int rc;

	switch (c) {
	case 'N':
		rc = check_new_name(p, optarg);
		x->chain = optarg;
		return rc != IPT_OK ? rc : set_command(p, IPT_NEW, 0);
	case 'X':
		rc = set_command(p, IPT_DELETE_CHAIN, 0);
		return rc != IPT_OK ? rc : optional_chain(p, false);
	case 'E':
		rc = set_command(p, IPT_RENAME, 0);
		x->chain = optarg;
		if (rc == IPT_OK && !ipt_has_word(p))
			rc = ipt_bad(x, "-E requires old-chain-name and new-chain-name");
		if (rc == IPT_OK)
			x->newname = p->argv[optind++];
		return rc;
	default:
		rc = set_command(p, IPT_POLICY, 0);
		x->chain = optarg;
		if (rc == IPT_OK && !ipt_has_word(p))
			rc = ipt_bad(x, "-P requires a chain and a policy");
		if (rc == IPT_OK)
			x->policy = p->argv[optind++];
		return rc;
	}
}

/* With a number it is all that is done, also beside -L or -S. */
static int
zero_command(struct ipt_parser *p)
{
	int rc = set_command(p, IPT_ZERO, IPT_LIST | IPT_LIST_RULES), before;

	if (rc == IPT_OK)
		rc = optional_chain(p, false);
	before = optind;
	if (rc == IPT_OK)
		rc = optional_number(p);
	if (rc == IPT_OK && optind != before)
		p->x->command = IPT_ZERO_NUM;
	return rc;
}

static int
list_command(struct ipt_parser *p, int c)
{
	int rc;

	switch (c) {
	case 'L':
		rc = set_command(p, IPT_LIST, IPT_ZERO | IPT_ZERO_NUM);
		return rc != IPT_OK ? rc : optional_chain(p, true);
	case 'S':
		rc = set_command(p, IPT_LIST_RULES, IPT_ZERO | IPT_ZERO_NUM);
		return rc != IPT_OK ? rc : optional_chain(p, true);
	case 'F':
		rc = set_command(p, IPT_FLUSH, 0);
		return rc != IPT_OK ? rc : optional_chain(p, false);
	default:
		return zero_command(p);
	}
}

int
ipt_verb(struct ipt_parser *p, int c)
{
	if (strchr("ACDRI", c) != NULL)
		return rule_command(p, c);
	if (strchr("NXEP", c) != NULL)
		return chain_command(p, c);
	return list_command(p, c);
}
