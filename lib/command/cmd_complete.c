/* SPDX-License-Identifier: BSD-3-Clause */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "cmd_complete.h"
#include "cmd_split.h"
#include "port.h"

static struct cmd_completer *completers;

void
cmd_complete_register(struct cmd_completer *completer)
{
	completer->next = completers;
	completers = completer;
}

static bool
offered(const struct cmd_complete *c, const char *word)
{
	size_t len = strlen(word);

	for (const char *at = str_text(&c->out); *at != '\0'; at += strcspn(at, "\n") + 1)
		if (strncmp(at, word, len) == 0 && at[len] == '\n')
			return true;
	return false;
}

void
cmd_offer(struct cmd_complete *c, const char *word)
{
	if (strncmp(word, c->word, strlen(c->word)) == 0 && !offered(c, word))
		str_printf(&c->out, "%s\n", word);
}

void
cmd_offer_ports(struct cmd_complete *c)
{
	for (unsigned i = 1; i < PORT_MAX; i++)
		if (port_get(gen_current(), i) != NULL)
			cmd_offer(c, port_get(gen_current(), i)->name);
}

const char *
cmd_complete_previous(const struct cmd_complete *c)
{
	return c->argc > 1 ? c->argv[c->argc - 1] : NULL;
}

static void
offer_usage_word(struct cmd_complete *c, const char *at, size_t len)
{
	char word[64];

	if (len == 0 || len >= sizeof(word))
		return;
	memcpy(word, at, len);
	word[len] = '\0';
	if (strcmp(word, "NAME") == 0 || strcmp(word, "DEV") == 0)
		cmd_offer_ports(c);
	else if (islower((unsigned char)word[0]) || word[0] == '-')
		cmd_offer(c, word);
}

void
cmd_offer_usage(struct cmd_complete *c, const char *usage, int place)
{
	while (place-- > 0) {
		usage += strcspn(usage, " ");
		usage += strspn(usage, " ");
	}
	for (size_t end = strcspn(usage, " "), n; end > 0; end -= n, usage += n) {
		n = strcspn(usage, "|[]. ");
		n = n < end ? n : end;
		offer_usage_word(c, usage, n);
		if (n < end)
			n++;
	}
}

static void
complete_argument(struct cmd_complete *c)
{
	const struct cmd_noun *noun = cmd_find(c->argv[0]);

	for (const struct cmd_completer *k = completers; k != NULL; k = k->next)
		if (strcmp(k->noun, c->argv[0]) == 0) {
			k->fn(c);
			return;
		}
	/* The usage of nouns without a function of their own starts with the noun. */
	if (noun != NULL)
		cmd_offer_usage(c, noun->usage, c->argc);
}

void
cmd_complete_line(const char *line, struct str *out)
{
	struct cmd_complete c = { 0 };
	struct cmd_words w = { 0 };
	const char *why;
	size_t len = strlen(line);

	if (cmd_split(line, &w, &why) != 0)
		return; /* within quotes */
	c.argc = w.n;
	c.argv = w.word;
	c.word = "";
	if (w.n > 0 && !isspace((unsigned char)line[len - 1]))
		c.word = w.word[--c.argc];
	if (c.argc > 0)
		complete_argument(&c);
	else
		for (const struct cmd_noun *n = cmd_next(NULL); n != NULL; n = cmd_next(n))
			cmd_offer(&c, n->name);
	str_add(out, str_text(&c.out));
	str_free(&c.out);
	cmd_words_free(&w);
}

/* complete WORD...: the last one is what is being typed; an empty one for a new word. */
static int
run(struct cmd *c)
{
	struct str line = { 0 };

	for (int i = 1; i < c->argc; i++)
		str_printf(&line, "%s%s", c->argv[i], i + 1 < c->argc ? " " : "");
	cmd_complete_line(str_text(&line), &c->out);
	str_free(&line);
	return 0;
}

CMD_REGISTER(complete, "complete", run, "complete LINE",
	     "list how a line may go on (prompts and shells ask this)")
