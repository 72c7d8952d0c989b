/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What can be checked only when all options of an iptables command line were read: addresses,
 * options against commands, the table, and chains as targets. Called by ipt_parse(). Control lcore.
 */
#include <string.h>

#include "cmd_iptables.h"

#define RULE_COMMANDS (IPT_APPEND | IPT_INSERT | IPT_REPLACE | IPT_DELETE | IPT_CHECK)
#define RULE_OPTIONS                                                                      \
	(IPT_O_SOURCE | IPT_O_DESTINATION | IPT_O_PROTOCOL | IPT_O_JUMP | IPT_O_VERBOSE | \
	 IPT_O_IN | IPT_O_OUT | IPT_O_FRAGMENT)

/* Options that a command understands. */
static uint32_t
allowed_options(uint32_t command)
{
	switch (command) {
	case IPT_INSERT:
	case IPT_APPEND:
	case IPT_REPLACE:
		return RULE_OPTIONS | IPT_O_COUNTERS;
	case IPT_DELETE:
	case IPT_CHECK:
		return RULE_OPTIONS;
	case IPT_LIST:
		return IPT_O_NUMERIC | IPT_O_VERBOSE | IPT_O_EXPANDED | IPT_O_LINENUMBERS;
	case IPT_POLICY:
		return IPT_O_VERBOSE | IPT_O_COUNTERS;
	default:
		return IPT_O_VERBOSE;
	}
}

static int
check_options(struct ipt *x)
{
	static const char letters[] = "nsdpjvxio0cf";
	uint32_t allowed = 0;

	for (uint32_t bit = 1; bit <= IPT_CHECK; bit <<= 1)
		if (x->command & bit)
			allowed |= allowed_options(bit);
	if (x->options & ~allowed)
		return ipt_bad(x, "Illegal option `-%c' with this command",
			       letters[__builtin_ctz(x->options & ~allowed)]);
	return IPT_OK;
}

static int
parse_addresses(struct ipt *x)
{
	struct err e;

	if (x->src != NULL && rule_spec_addr(&x->spec, false, x->src, x->src_invert, &e) != 0)
		return ipt_bad(x, "%s", e.text);
	if (x->dst != NULL && rule_spec_addr(&x->spec, true, x->dst, x->dst_invert, &e) != 0)
		return ipt_bad(x, "%s", e.text);
	if (x->command == IPT_REPLACE && rule_spec_pairs(&x->spec) != 1)
		return ipt_bad(x, "Replacement rule does not specify a unique address");
	return IPT_OK;
}

static int
find_table(struct ipt *x)
{
	const char *prog = x->family == HOOK_IP4 ? "iptables" : "ip6tables";
	int type = rule_table_type_find(x->family, x->table);

	if (type < 0) {
		str_printf(&x->cmd->err,
			   "%s v" IPT_VERSION " (legacy): can't initialize %s table `%s': Table "
			   "does not exist (do you need to insmod?)\n"
			   "Perhaps %s or your kernel needs to be upgraded.\n",
			   x->prog, prog, x->table, prog);
		return IPT_VERSION_RC;
	}
	x->type = type;
	/* Asking for it puts it into use, as in Linux. */
	if (rule_edit_read(x->edit, x->family, type) != NULL)
		return IPT_OK;
	str_printf(&x->cmd->err, "%s: no counters are left for table %s.\n", x->prog, x->table);
	return IPT_OTHER;
}

static int
check_interfaces(struct ipt *x)
{
	static const struct {
		const char *chain;
		uint32_t option;
		char letter;
	} never[] = {
		{ "PREROUTING", IPT_O_OUT, 'o' },
		{ "INPUT", IPT_O_OUT, 'o' },
		{ "OUTPUT", IPT_O_IN, 'i' },
		{ "POSTROUTING", IPT_O_IN, 'i' },
	};

	for (unsigned i = 0; i < RTE_DIM(never); i++)
		if (x->options & never[i].option && strcmp(x->chain, never[i].chain) == 0)
			return ipt_bad(x, "Can't use -%c with %s\n", never[i].letter, x->chain);
	return IPT_OK;
}

static int
resolve_jump(struct ipt *x)
{
	const struct rule_table *t;
	struct err e;
	int rc;

	if (x->jump == NULL)
		return IPT_OK;
	t = rule_edit_read(x->edit, x->family, x->type);
	rc = x->is_goto ? rule_spec_goto(&x->spec, t, x->jump, &e)
			: rule_spec_jump(&x->spec, t, x->jump, &e);
	return rc == 0 ? IPT_OK : ipt_bad(x, "%s", e.text);
}

int
ipt_check_drop(struct ipt *x)
{
	int type = rule_table_type_find(x->family, x->table);
	const struct rule_ext_type *target = x->spec.target.type;
	bool drops = (target != NULL && strcmp(target->name, "DROP") == 0) ||
		     (x->jump != NULL && strcmp(x->jump, "DROP") == 0) ||
		     (x->policy != NULL && strcmp(x->policy, "DROP") == 0);

	if (type < 0 || !rule_table_types[type].translates || !drops)
		return IPT_OK;
	return ipt_bad(x,
		       "\nThe \"%s\" table is not intended for filtering, the use of DROP is "
		       "therefore inhibited.\n\n",
		       x->table);
}

int
ipt_finish(struct ipt *x)
{
	int rc = parse_addresses(x);

	if (rc == IPT_OK)
		rc = check_options(x);
	if (rc != IPT_OK)
		return rc;
	if (x->chain != NULL && strlen(x->chain) > RULE_CHAIN_NAME_NEW)
		return ipt_bad(x, "chain name `%s' too long (must be under %d chars)", x->chain,
			       RULE_CHAIN_NAME_NEW + 1);
	if (x->newname != NULL && strlen(x->newname) >= RULE_CHAIN_NAME)
		return ipt_bad(x, "chain name `%s' too long (must be under %d chars)", x->newname,
			       RULE_CHAIN_NAME);
	if (x->newname != NULL && !ipt_name_ok(x->newname))
		return ipt_bad(x, "Invalid chain name `%s'", x->newname);
	rc = find_table(x);
	if (rc == IPT_OK && x->command & RULE_COMMANDS) {
		rc = check_interfaces(x);
		if (rc == IPT_OK)
			rc = resolve_jump(x);
	}
	return rc;
}
