/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * `show` and `clear`: hooks, drops, packets, version here; ports and configuration in their files.
 */
#include <string.h>

#include <rte_version.h>

#include "base_drop.h"
#include "cmd_show.h"
#include "hook.h"
#include "pipeline.h"

struct part {
	const char *name;
	int (*fn)(struct cmd *c, int argc, char **argv);
};

static int
show_hooks(struct cmd *c, int argc, char **argv)
{
	if (argc != 0)
		return cmd_fail(c, 2, "hooks: takes no arguments");
	hook_print(&c->out);
	return 0;
}

static void
print_totals(struct cmd *c)
{
	struct pipeline_totals t = pipeline_totals();

	str_printf(&c->out,
		   "received %" PRIu64 " originated %" PRIu64 " sent %" PRIu64 " delivered %" PRIu64
		   " dropped %" PRIu64 " parked %" PRIu64 " queued %" PRIu64 "\n",
		   t.received, t.originated, t.sent, t.delivered, t.dropped, t.parked, t.queued);
}

static int
show_packets(struct cmd *c, int argc, char **argv)
{
	if (argc != 0)
		return cmd_fail(c, 2, "packets: takes no arguments");
	print_totals(c);
	return 0;
}

static int
show_drops(struct cmd *c, int argc, char **argv)
{
	bool all = argc == 1 && strcmp(argv[0], "all") == 0;

	if (argc > 1 || (argc == 1 && !all))
		return cmd_fail(c, 2, "drops: expected show drops [all]");
	for (unsigned i = 0; i < drop_nb(); i++) {
		uint64_t n = drop_read(i);

		if (n != 0 || all)
			str_printf(&c->out, "%-28s %12" PRIu64 "  %s\n", drop_info(i)->name, n,
				   drop_info(i)->help);
	}
	return 0;
}

static int
show_version(struct cmd *c, int argc, char **argv)
{
	if (argc != 0)
		return cmd_fail(c, 2, "version: takes no arguments");
	str_printf(&c->out, "pollux %s, %s\n", POLLUX_VERSION, rte_version());
	return 0;
}

static int
clear_drops(struct cmd *c, int argc, char **argv)
{
	if (argc != 0)
		return cmd_fail(c, 2, "drops: takes no arguments");
	drop_clear();
	return 0;
}

static int
dispatch(struct cmd *c, const struct part *parts, const char *expected)
{
	for (; c->argc > 1 && parts->name != NULL; parts++)
		if (strcmp(parts->name, c->argv[1]) == 0)
			return parts->fn(c, c->argc - 2, c->argv + 2);
	return cmd_fail(c, 2, "expected %s", expected);
}

static int
show(struct cmd *c)
{
	static const struct part parts[] = {
		{ "port", cmd_show_port },
		{ "config", cmd_show_config },
		{ "hooks", show_hooks },
		{ "drops", show_drops },
		{ "log", cmd_show_log },
		{ "packets", show_packets },
		{ "sysctl", cmd_show_sysctl },
		{ "version", show_version },
		{ NULL, NULL },
	};

	return dispatch(c, parts,
			"show port|config|hooks|drops|log|packets|sysctl|version (see help show)");
}

CMD_REGISTER(show, "show", show,
	     "show port info|stats|xstats|summary [NAME|all] | config cores|rxtx|fwd | hooks | "
	     "drops [all] | log | packets | sysctl [changed|inert|PART] | version",
	     "what is configured and what was counted")

static int
clear(struct cmd *c)
{
	static const struct part parts[] = {
		{ "port", cmd_clear_port },
		{ "drops", clear_drops },
		{ NULL, NULL },
	};

	return dispatch(c, parts, "clear port stats|xstats NAME|all | clear drops");
}

CMD_REGISTER(clear, "clear", clear, "clear port stats|xstats NAME|all | drops",
	     "set counters back to zero")
