/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * `show hooks`, `show drops`, `show packets`, `show version`: the walk, and where packets are.
 */
#include <string.h>

#include <rte_version.h>

#include "base_drop.h"
#include "cmd_show.h"
#include "cmd_table.h"
#include "hook.h"
#include "pipeline.h"

static void
add_hook(const struct hook_info *i, void *arg)
{
	struct cmd_table *t = arg;
	char priority[16];

	snprintf(priority, sizeof(priority), "%11d", i->priority);
	cmd_table_text(t, hook_family_name(i->family));
	cmd_table_text(t, hook_point_name(i->point));
	cmd_table_text(t, priority);
	cmd_table_text(t, i->name);
	cmd_table_number(t, i->packets);
	cmd_table_number(t, i->dropped);
}

static int show_hooks(struct cmd *c, int argc, char **argv);
SHOW_PART(hooks, "hooks", show_hooks, "", "what runs where, in its order, and what it saw",
	  SHOW_JSON)

static int
show_hooks(struct cmd *c, int argc, char **argv)
{
	static const struct cmd_column columns[] = {
		{ "family", "family" }, { "hook", "hook" },       { "priority", "priority" },
		{ "name", "name" },     { "packets", "packets" }, { "dropped", "dropped" },
	};
	struct cmd_table t = cmd_table(c, columns, RTE_DIM(columns));

	if (argc != 0)
		return SHOW_USAGE(c, hooks);
	hook_each(add_hook, &t);
	if (t.nb_cells == 0 && !c->json)
		str_add(&c->out, "no hook has a function: everything that can be routed passes\n");
	return cmd_table_end(&t);
}

static int show_packets(struct cmd *c, int argc, char **argv);
SHOW_PART(packets, "packets", show_packets, "",
	  "where all packets are: received + originated = sent + delivered + dropped + absorbed + "
	  "parked + queued",
	  SHOW_JSON)

static int
show_packets(struct cmd *c, int argc, char **argv)
{
	struct pipeline_totals t = pipeline_totals();
	const struct {
		const char *name;
		uint64_t n;
	} all[] = { { "received", t.received }, { "originated", t.originated },
		    { "sent", t.sent },         { "delivered", t.delivered },
		    { "dropped", t.dropped },   { "absorbed", t.absorbed },
		    { "parked", t.parked },     { "queued", t.queued } };
	json_t *object = json_object();

	if (argc != 0) {
		json_decref(object);
		return SHOW_USAGE(c, packets);
	}
	for (unsigned i = 0; i < RTE_DIM(all); i++) {
		json_object_set_new(object, all[i].name, json_integer(all[i].n));
		if (!c->json)
			str_printf(&c->out, "%s%s %" PRIu64, i ? " " : "", all[i].name, all[i].n);
	}
	if (c->json)
		return cmd_json(c, object);
	json_decref(object);
	str_add(&c->out, "\n");
	return 0;
}

static int show_drops(struct cmd *c, int argc, char **argv);
SHOW_PART(drops, "drops", show_drops, "[all]", "why packets did not leave, each counted once",
	  SHOW_JSON)

static int
show_drops(struct cmd *c, int argc, char **argv)
{
	static const struct cmd_column columns[] = { { NULL, "reason" },
						     { NULL, "packets" },
						     { NULL, "help" } };
	struct cmd_table t = cmd_table(c, columns, RTE_DIM(columns));
	bool all = argc == 1 && strcmp(argv[0], "all") == 0;

	if (argc > 1 || (argc == 1 && !all))
		return SHOW_USAGE(c, drops);
	for (unsigned i = 0; i < drop_nb(); i++) {
		uint64_t n = drop_read(i);

		if (n == 0 && !all)
			continue;
		cmd_table_text(&t, drop_info(i)->name);
		cmd_table_number(&t, n);
		cmd_table_text(&t, drop_info(i)->help);
	}
	return cmd_table_end(&t);
}

static int clear_drops(struct cmd *c, int argc, char **argv);
SHOW_PART(clear_drops, "drops", clear_drops, "", "the counters of show drops", SHOW_CLEAR)

static int
clear_drops(struct cmd *c, int argc, char **argv)
{
	if (argc != 0)
		return SHOW_USAGE(c, clear_drops);
	drop_clear();
	return 0;
}

static int show_version(struct cmd *c, int argc, char **argv);
SHOW_PART(version, "version", show_version, "", "versions of Pollux and DPDK", SHOW_JSON)

static int
show_version(struct cmd *c, int argc, char **argv)
{
	if (argc != 0)
		return SHOW_USAGE(c, version);
	if (c->json)
		return cmd_json(c, json_pack("{s:s, s:s}", "pollux", POLLUX_VERSION, "dpdk",
					     rte_version()));
	str_printf(&c->out, "pollux %s, %s\n", POLLUX_VERSION, rte_version());
	return 0;
}
