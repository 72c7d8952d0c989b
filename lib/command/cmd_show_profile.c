/* SPDX-License-Identifier: BSD-3-Clause */
/* `show profile`: the cycles of net.pollux.profile=1, by hook function and by part of the way. */
#include "cmd_show.h"
#include "cmd_table.h"
#include "hook.h"
#include "hook_profile.h"

static void
add_row(struct cmd_table *t, const char *hook, const char *name, uint64_t cycles, uint64_t packets)
{
	char each[32];

	snprintf(each, sizeof(each), "%10.1f", packets ? (double)cycles / (double)packets : 0.0);
	cmd_table_text(t, hook);
	cmd_table_text(t, name);
	cmd_table_number(t, packets);
	cmd_table_text(t, each);
}

static void
add_hook(const struct hook_info *i, void *arg)
{
	char hook[32];

	if (i->timed == 0)
		return;
	snprintf(hook, sizeof(hook), "%s %s", hook_family_name(i->family),
		 hook_point_name(i->point));
	add_row(arg, hook, i->name, i->cycles, i->timed);
}

static int show_profile(struct cmd *c, int argc, char **argv);
SHOW_PART(profile, "profile", show_profile, "",
	  "TSC cycles a packet while net.pollux.profile=1: of a burst's way (the walk contains the "
	  "hooks), and of each hook function",
	  SHOW_JSON)

static int
show_profile(struct cmd *c, int argc, char **argv)
{
	static const struct cmd_column columns[] = {
		{ "where", "where" },
		{ "what", "what" },
		{ "packets", "packets" },
		{ "cycles each", "cycles" },
	};
	struct cmd_table t = cmd_table(c, columns, RTE_DIM(columns));

	if (argc != 0)
		return SHOW_USAGE(c, profile);
	for (unsigned i = 0; i < HOOK_STAGES; i++) {
		uint64_t cycles, packets;

		hook_profile_read(i, &cycles, &packets);
		if (packets != 0)
			add_row(&t, "burst", hook_stage_name(i), cycles, packets);
	}
	hook_each(add_hook, &t);
	if (t.nb_cells == 0 && !c->json)
		str_add(&c->out, "nothing measured: sysctl -w net.pollux.profile=1\n");
	return cmd_table_end(&t);
}
