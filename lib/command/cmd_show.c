/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * `show` and `clear`: finds the part, takes -j out.
 */
#include <string.h>

#include "cmd_complete.h"
#include "cmd_show.h"
#include "cmd_table.h"

static struct show_part *parts; /* sorted by name */

void
show_register(struct show_part *part)
{
	struct show_part **at = &parts;

	while (*at != NULL && strcmp((*at)->name, part->name) < 0)
		at = &(*at)->next;
	part->next = *at;
	*at = part;
}

static const char *
noun(const struct show_part *p)
{
	return p->flags & SHOW_CLEAR ? "clear" : "show";
}

int
show_usage(struct cmd *c, const struct show_part *p)
{
	return cmd_fail(c, 2, "%s: expected %s %s%s%s%s", p->name, noun(p), p->name,
			p->usage[0] != '\0' ? " " : "", p->usage,
			p->flags & SHOW_JSON ? " [-j]" : "");
}

static bool
is_json(const char *word)
{
	return strcmp(word, "-j") == 0 || strcmp(word, "--json") == 0;
}

/* Takes -j out of the words, wherever it stands. */
static void
take_json(struct cmd *c)
{
	int n = 0;

	for (int i = 0; i < c->argc; i++) {
		if (is_json(c->argv[i]))
			c->json = true;
		else
			c->argv[n++] = c->argv[i];
	}
	c->argc = n;
}

static int
list_parts(struct cmd *c, int clear)
{
	static const struct cmd_column columns[] = { { NULL, "command" }, { NULL, "help" } };
	struct cmd_table t = cmd_table(c, columns, RTE_DIM(columns));
	char line[160];

	for (const struct show_part *p = parts; p != NULL; p = p->next) {
		if ((p->flags & SHOW_CLEAR) != clear)
			continue;
		snprintf(line, sizeof(line), "%s %s %s", noun(p), p->name, p->usage);
		cmd_table_text(&t, line);
		cmd_table_text(&t, p->help);
	}
	return cmd_table_end(&t);
}

static int
dispatch(struct cmd *c, int clear)
{
	take_json(c);
	if (c->argc < 2)
		return list_parts(c, clear);
	for (const struct show_part *p = parts; p != NULL; p = p->next) {
		if (strcmp(p->name, c->argv[1]) != 0 || (p->flags & SHOW_CLEAR) != clear)
			continue;
		if (c->json && !(p->flags & SHOW_JSON))
			return cmd_fail(c, 2, "%s has no JSON form", p->name);
		return p->fn(c, c->argc - 2, c->argv + 2);
	}
	return cmd_fail(c, 2, "there is no %s %s (\"%s\" alone lists what there is)", c->argv[0],
			c->argv[1], c->argv[0]);
}

static int
show(struct cmd *c)
{
	return dispatch(c, 0);
}

static int
clear(struct cmd *c)
{
	return dispatch(c, SHOW_CLEAR);
}

static void
complete(struct cmd_complete *c, int clear)
{
	for (const struct show_part *p = parts; p != NULL; p = p->next) {
		if ((p->flags & SHOW_CLEAR) != clear)
			continue;
		if (c->argc == 1)
			cmd_offer(c, p->name);
		else if (strcmp(p->name, c->argv[1]) == 0)
			cmd_offer_usage(c, p->usage, c->argc - 2);
	}
	if (c->argc > 1 && !clear)
		cmd_offer(c, "-j");
}

static void
complete_show(struct cmd_complete *c)
{
	complete(c, 0);
}

static void
complete_clear(struct cmd_complete *c)
{
	complete(c, SHOW_CLEAR);
}

CMD_REGISTER(show, "show", show, "show PART [-j] (\"show\" alone lists the parts)",
	     "what is configured and what was counted")
CMD_COMPLETE(show, "show", complete_show)
CMD_REGISTER(clear, "clear", clear, "clear PART (\"clear\" alone lists the parts)",
	     "set counters back to zero")
CMD_COMPLETE(clear, "clear", complete_clear)
