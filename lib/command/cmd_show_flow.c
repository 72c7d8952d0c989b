/* SPDX-License-Identifier: BSD-3-Clause */
/* `show flow-cache`: how many packets did not ask the rules again, and why the others did. */
#include "cmd_show.h"
#include "cmd_table.h"
#include "flow.h"
#include "rule_path.h"

static void
put(struct cmd_table *t, const char *what, uint64_t n, const char *help)
{
	cmd_table_text(t, what);
	cmd_table_number(t, n);
	cmd_table_text(t, help);
}

static void
put_packets(struct cmd_table *t)
{
	static const struct {
		const char *what, *help;
	} misses[FLOW_MISSES] = {
		[FLOW_OTHER] = { "walked: other", "no ordinary TCP or UDP: protocol, flags, "
						  "fragments, options, TTL" },
		[FLOW_NEW] = { "walked: new", "of no connection that is known" },
		[FLOW_UNSETTLED] = { "walked: unsettled",
				     "at the begin or the end of TCP, or with a helper" },
		[FLOW_UNKNOWN] = { "walked: first", "what they met was noted for the next ones" },
		[FLOW_WALK] = { "walked: rules",
				"rules do more than can be told or done beforehand" },
		[FLOW_DIFFERS] = { "walked: differs", "a rule says otherwise of them than of the "
						      "packet that was noted" },
		[FLOW_ROUTE] = { "walked: route", "several paths, too long, or no way" },
		[FLOW_NEIGHBOUR] = { "walked: neighbour", "whose address is not known" },
		[FLOW_PROTOCOL] = { "walked: protocol",
				    "their checksum or TCP's windows wanted a closer look" },
		[FLOW_BEHIND] = { "walked: behind", "another packet of their connection was ahead "
						    "of them in the burst" },
	};
	struct flow_stat s = flow_stat();

	put(t, "served", s.served, "packets that did not ask rules again");
	for (unsigned i = 0; i < FLOW_MISSES; i++)
		put(t, misses[i].what, s.missed[i], misses[i].help);
}

static int show_flow_cache(struct cmd *c, int argc, char **argv);
SHOW_PART(flow_cache, "flow-cache", show_flow_cache, "",
	  "packets of known flows that asked no rules, and why the others did", SHOW_JSON)

static int
show_flow_cache(struct cmd *c, int argc, char **argv)
{
	static const struct cmd_column columns[] = { { "what", "what" },
						     { "number", "number" },
						     { "", "help" } };
	struct rule_path_info i = rule_path_info();
	struct cmd_table t;

	if (argc != 0)
		return SHOW_USAGE(c, flow_cache);
	t = cmd_table(c, columns, RTE_DIM(columns));
	put_packets(&t);
	put(&t, "paths", i.paths, "pairs of ways that connections take now, of 65,536");
	put(&t, "ways", i.ways, "ports and rules that packets of one direction meet, of 65,534");
	put(&t, "rules on ways", i.hits, "and policies, of 1,048,576");
	put(&t, "no room", i.full, "times that one more way or path was not noted");
	put(&t, "forgotten", i.forgotten,
	    "times that all ways were void, because something changed");
	return cmd_table_end(&t);
}
