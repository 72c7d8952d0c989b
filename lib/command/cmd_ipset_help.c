/* SPDX-License-Identifier: BSD-3-Clause */
/* ipset help. Control lcore. */
#include <string.h>

#include "cmd_ipset.h"
#include "set_key.h"

static const char text[] =
	"\nUsage: ipset [options] COMMAND\n\nCommands:\n"
	"create NAME TYPE [OPTION]...    make a set\n"
	"add NAME ENTRY [OPTION]...      put an entry into it, or all of a range\n"
	"del NAME ENTRY                  take it out\n"
	"test NAME ENTRY                 status 0 if it is there\n"
	"list [NAME]                     show sets and their entries\n"
	"save [NAME]                     the same as commands\n"
	"restore                         run such commands from standard input\n"
	"flush [NAME]                    take out all entries\n"
	"destroy [NAME]                  remove a set, or all of them\n"
	"rename NAME NEW, swap NAME NAME\n"
	"help [TYPE], version\n\n"
	"Options:\n"
	"-! -exist     what is there already, or is not there, is no error\n"
	"-o -output    plain, save or xml\n"
	"-s -sorted    entries in order\n"
	"-n -name      only names\n"
	"-t -terse     names and headers\n"
	"-q -quiet     no messages\n"
	"-f -file      a file instead of standard input or output\n"
	"-r -resolve   is ignored: addresses are printed as numbers\n";

static const char *const parts[] = {
	[SET_PART_IP] = "IP",
	[SET_PART_NET] = "IP[/CIDR]",
	[SET_PART_PORT] = "[PROTO:]PORT",
	[SET_PART_MAC] = "MAC",
	[SET_PART_MARK] = "MARK",
	[SET_PART_IFACE] = "[physdev:]IFACE",
	[SET_PART_NAME] = "NAME",
};

static void
put_entry(struct str *out, const struct set_type *t, const char *verb)
{
	str_printf(out, "%-6s NAME ", verb);
	for (unsigned i = 0; i < SET_PARTS && t->part[i] != SET_PART_NONE; i++)
		str_printf(out, "%s%s", i > 0 ? "," : "", parts[t->part[i]]);
	if (set_has(t, SET_PART_NAME))
		str_add(out, " [before|after NAME]");
	if (set_has(t, SET_PART_NET) && strcmp(verb, "del") != 0)
		str_add(out, " [nomatch]");
	if (strcmp(verb, "add") == 0)
		str_printf(out,
			   "%s [timeout N] [packets N] [bytes N] [comment TEXT]\n"
			   "       [skbmark MARK[/MASK]] [skbprio MAJOR:MINOR] [skbqueue N]",
			   set_has(t, SET_PART_IFACE) ? " [wildcard]" : "");
	str_add(out, "\n");
}

static void
put_type(struct str *out, const struct set_type *t)
{
	str_printf(out, "\n%s: %s\n\ncreate NAME %s", t->name, t->help, t->name);
	if (t->families)
		str_add(out, " [family inet|inet6]");
	if (set_has(t, SET_PART_MARK))
		str_add(out, " [markmask N]");
	if (t->hash)
		str_add(out, " [hashsize N] [maxelem N] [bucketsize N] [initval N] [forceadd]");
	else if (!set_has(t, SET_PART_NAME))
		str_add(out, " range FROM-TO|IP/CIDR");
	if (t->narrow)
		str_add(out, t->bits ? " [netmask CIDR|bitmask MASK]" : " [netmask CIDR]");
	if (set_has(t, SET_PART_NAME))
		str_add(out, " [size N]");
	str_add(out, "\n       [timeout N] [counters] [comment] [skbinfo]\n");
	put_entry(out, t, "add");
	put_entry(out, t, "del");
	put_entry(out, t, "test");
}

int
ipset_help(struct ipset *x)
{
	const struct set_type *t = x->argc > 0 ? set_type_find(x->argv[0]) : NULL;
	struct str *out = &x->cmd->out;

	if (x->argc > 0 && t == NULL)
		return ipset_usage(x, "Unknown settype: `%s'", x->argv[0]);
	str_printf(out, IPSET_VERSION "\n%s", text);
	if (t != NULL) {
		put_type(out, t);
		return 0;
	}
	str_add(out, "\nTypes (ipset help TYPE says more):\n");
	while ((t = set_type_next(t)) != NULL)
		str_printf(out, "    %-20s%s\n", t->name, t->help);
	return 0;
}
