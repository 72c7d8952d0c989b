/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * `help`: what there is, from the nouns' own words and from topics.
 */
#include <string.h>

#include "cmd_complete.h"
#include "cmd_help.h"
#include "cmd_table.h"

#define WIDTH 100 /* of paragraphs, where the terminal is wider or there is none */

static struct help_topic *topics; /* sorted by name */

void
help_register(struct help_topic *topic)
{
	struct help_topic **at = &topics;

	while (*at != NULL && strcmp((*at)->name, topic->name) < 0)
		at = &(*at)->next;
	topic->next = *at;
	*at = topic;
}

static const struct help_topic *
find_topic(const char *name)
{
	const struct help_topic *t = topics;

	while (t != NULL && strcmp(t->name, name) != 0)
		t = t->next;
	return t;
}

/* A line that starts with a blank is an example: it is never wrapped. */
static void
print_paragraphs(struct cmd *c, const char *text)
{
	unsigned columns = c->caller.columns;
	size_t width = columns != 0 && columns < WIDTH ? columns : WIDTH;

	while (*text != '\0') {
		size_t line = strcspn(text, "\n");
		size_t n = line <= width || *text == ' ' ? line : cmd_wrap(text, width);

		str_printf(&c->out, "%.*s\n", (int)n, text);
		text += n;
		text += *text == '\n' ? 1 : strspn(text, " ");
	}
}

static int
help_one(struct cmd *c, const char *name)
{
	const struct cmd_noun *n = cmd_find(name);
	const struct help_topic *topic = find_topic(name);
	struct str text = { 0 };

	if (n == NULL && topic == NULL)
		return cmd_fail(c, 1, "no command or topic \"%.40s\" (\"help\" lists them)", name);
	if (n != NULL)
		str_printf(&text, "%s: %s\nusage: %s\n", n->name, n->help, n->usage);
	else
		str_printf(&text, "%s: %s\n", topic->name, topic->title);
	if (topic != NULL)
		topic->print(&text);
	print_paragraphs(c, str_text(&text));
	str_free(&text);
	return 0;
}

static int
list(struct cmd *c)
{
	static const struct cmd_column columns[] = { { NULL, "name" }, { NULL, "help" } };
	struct cmd_table t = cmd_table(c, columns, RTE_DIM(columns));

	for (const struct cmd_noun *n = cmd_next(NULL); n != NULL; n = cmd_next(n)) {
		cmd_table_text(&t, n->name);
		cmd_table_text(&t, n->help);
	}
	cmd_table_end(&t);
	str_add(&c->out, "\ntopics:\n");
	t = cmd_table(c, columns, RTE_DIM(columns));
	for (const struct help_topic *topic = topics; topic != NULL; topic = topic->next) {
		if (cmd_find(topic->name) != NULL)
			continue; /* a longer text about a command */
		cmd_table_text(&t, topic->name);
		cmd_table_text(&t, topic->title);
	}
	cmd_table_end(&t);
	str_add(&c->out, "\n\"help NAME\" explains a command or a topic.\n");
	return 0;
}

static int
run(struct cmd *c)
{
	int rc = 0;

	if (c->argc == 1)
		return list(c);
	for (int i = 1; i < c->argc && rc == 0; i++)
		rc = help_one(c, c->argv[i]);
	return rc;
}

static void
complete(struct cmd_complete *c)
{
	for (const struct cmd_noun *n = cmd_next(NULL); n != NULL; n = cmd_next(n))
		cmd_offer(c, n->name);
	for (const struct help_topic *topic = topics; topic != NULL; topic = topic->next)
		cmd_offer(c, topic->name);
}

CMD_REGISTER(help, "help", run, "help [NAME...]", "list commands and topics, or explain one")
CMD_COMPLETE(help, "help", complete)
