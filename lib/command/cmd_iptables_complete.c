/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Completion of iptables' options, of those that -m, -p and -j bring, and of tables, chains, matches,
 * targets and ports. Control lcore.
 */
#include <stdio.h>
#include <string.h>

#include "cmd_complete.h"
#include "cmd_iptables_parser.h"
#include "rule_name.h"

static enum hook_family
family(const struct cmd_complete *c)
{
	return strncmp(c->argv[0], "ip6", 3) == 0 ? HOOK_IP6 : HOOK_IP4;
}

/* The word behind the last option of these names; NULL: it was not given. */
static const char *
given(const struct cmd_complete *c, const char *letter, const char *name)
{
	const char *value = NULL;

	for (int i = 1; i + 1 < c->argc; i++)
		if (strcmp(c->argv[i], letter) == 0 || strcmp(c->argv[i], name) == 0)
			value = c->argv[i + 1];
	return value;
}

static void
offer_tables(struct cmd_complete *c)
{
	for (unsigned i = 0; i < rule_nb_table_types; i++)
		if (rule_table_types[i].families & 1u << family(c))
			cmd_offer(c, rule_table_types[i].name);
}

static void
offer_chains(struct cmd_complete *c, bool builtin)
{
	const char *name = given(c, "-t", "--table");
	int type = rule_table_type_find(family(c), name != NULL ? name : "filter");
	const struct rule_table *t =
		type >= 0 ? rule_table_get(gen_current(), family(c), type) : NULL;

	for (unsigned p = 0; builtin && type >= 0 && p < HOOK_POINTS; p++)
		if (rule_table_types[type].points & 1u << p)
			cmd_offer(c, hook_point_name(p));
	for (unsigned i = 0; t != NULL && i < t->nb_user; i++)
		cmd_offer(c, t->chain[t->order[i]]->name);
}

static void
offer_extensions(struct cmd_complete *c, bool target)
{
	const struct rule_ext_type *t = NULL;

	while ((t = rule_ext_next(t)) != NULL)
		if (t->target == target && t->families & 1u << family(c))
			cmd_offer(c, t->name);
}

static void
offer_options_of(struct cmd_complete *c, const struct rule_ext_type *t)
{
	char option[64];

	for (unsigned i = 0; t != NULL && i < t->nb_opts; i++) {
		snprintf(option, sizeof(option), "--%s", t->opts[i].name);
		cmd_offer(c, option);
	}
}

/* Those of iptables itself, and of the extensions that the words so far brought. */
static void
offer_options(struct cmd_complete *c)
{
	char option[64];

	for (unsigned i = 0; i < ipt_nb_base_options; i++) {
		snprintf(option, sizeof(option), "--%s", ipt_base_options[i].name);
		cmd_offer(c, option);
	}
	for (int i = 1; i + 1 < c->argc; i++) {
		const char *word = c->argv[i], *value = c->argv[i + 1];
		uint8_t proto;
		struct err e;

		if (strcmp(word, "-m") == 0 || strcmp(word, "--match") == 0)
			offer_options_of(c, rule_match_find(family(c), value));
		else if (strcmp(word, "-j") == 0 || strcmp(word, "--jump") == 0)
			offer_options_of(c, rule_target_find(family(c), value));
		else if ((strcmp(word, "-p") == 0 || strcmp(word, "--protocol") == 0) &&
			 rule_proto_parse(value, &proto, &e) == 0)
			offer_options_of(c, rule_match_for_proto(family(c), proto));
	}
}

/* What the option before takes; false: words of the operator's, or nothing. */
static bool
offer_values(struct cmd_complete *c, const char *option)
{
	static const char commands[] = "ADCIRLSFZXEP";
	int letter = 0;

	if (option == NULL || option[0] != '-')
		return false;
	if (option[1] != '-')
		letter = option[2] == '\0' ? option[1] : 0;
	for (unsigned i = 0; letter == 0 && i < ipt_nb_base_options; i++)
		if (strcmp(option + 2, ipt_base_options[i].name) == 0)
			letter = ipt_base_options[i].val;
	if (letter == 't')
		offer_tables(c);
	else if (letter == 'm')
		offer_extensions(c, false);
	else if (letter == 'j')
		offer_extensions(c, true);
	else if (letter == 'i' || letter == 'o')
		cmd_offer_ports(c);
	if (letter == 'j' || letter == 'g')
		offer_chains(c, false);
	else if (letter != 0 && strchr(commands, letter) != NULL)
		offer_chains(c, letter != 'X' && letter != 'E');
	return letter != 0 && strchr("tmjiogADCIREP", letter) != NULL;
}

static void
complete(struct cmd_complete *c)
{
	const char *before = cmd_complete_previous(c);

	if (c->word[0] == '-' || !offer_values(c, before))
		offer_options(c);
	if (before != NULL && c->argc > 2 && strcmp(c->argv[c->argc - 2], "-P") == 0) {
		cmd_offer(c, "ACCEPT");
		cmd_offer(c, "DROP");
	}
}

CMD_COMPLETE(iptables, "iptables", complete)
CMD_COMPLETE(ip6tables, "ip6tables", complete)
CMD_COMPLETE(iptables_legacy, "iptables-legacy", complete)
CMD_COMPLETE(ip6tables_legacy, "ip6tables-legacy", complete)
