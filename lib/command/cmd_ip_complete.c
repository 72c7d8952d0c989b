/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Completion of `ip`, from its own help texts: what stands behind "ip OBJECT" there are the verbs, all
 * other small words are keywords. Control lcore.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "cmd_complete.h"

/* The help of ip, or of one of its objects. */
static void
read_help(const char *object, struct str *help)
{
	struct str out = { 0 };
	char line[64];

	snprintf(line, sizeof(line), "ip %.40s help", object);
	cmd_run_line(line, NULL, 0, &out, help);
	str_free(&out);
}

static bool
is_word(const char *at)
{
	return islower((unsigned char)*at) || *at == '-' || isdigit((unsigned char)*at);
}

/* Offers the small words of the first len bytes of text. */
static void
offer_words(struct cmd_complete *c, const char *text, size_t len)
{
	const char *end = text + len;

	while (text < end) {
		size_t n = strcspn(text, " \n{}[]|/");
		char word[48];

		n = n < (size_t)(end - text) ? n : (size_t)(end - text);
		if (n > 0 && n < sizeof(word) && is_word(text)) {
			snprintf(word, sizeof(word), "%.*s", (int)n, text);
			cmd_offer(c, word);
		}
		text += n + 1;
	}
}

static void
offer_verbs(struct cmd_complete *c, const char *object, const char *help)
{
	for (const char *at = help; (at = strstr(at, "ip ")) != NULL;) {
		size_t len;

		at += strcspn(at, " ") + 1;
		len = strcspn(at, " ");
		if (len == 0 || strncmp(at, object, strlen(object)) != 0)
			continue;
		at += len;
		at += strspn(at, " ");
		offer_words(c, at, strcspn(at, *at == '{' || *at == '[' ? "}]" : " \n"));
	}
	cmd_offer(c, "help");
}

static bool
takes_port(const char *word)
{
	return strcmp(word, "dev") == 0 || strcmp(word, "oif") == 0 || strcmp(word, "iif") == 0 ||
	       strcmp(word, "set") == 0;
}

static void
offer_objects(struct cmd_complete *c)
{
	struct str help = { 0 };
	const char *at;

	read_help("", &help);
	at = strstr(str_text(&help), ":= {");
	if (c->word[0] != '-' && at != NULL)
		offer_words(c, at, strcspn(at, "}"));
	else if (at != NULL && (at = strstr(at, "OPTIONS")) != NULL)
		offer_words(c, at, strlen(at));
	str_free(&help);
}

static void
complete(struct cmd_complete *c)
{
	struct str help = { 0 };
	int object = 1;

	while (object < c->argc && c->argv[object][0] == '-')
		object++;
	if (object >= c->argc) {
		offer_objects(c);
		return;
	}
	read_help(c->argv[object], &help);
	if (object + 1 == c->argc)
		offer_verbs(c, c->argv[object], str_text(&help));
	else if (takes_port(c->argv[c->argc - 1]))
		cmd_offer_ports(c);
	else
		offer_words(c, str_text(&help), help.len);
	str_free(&help);
}

CMD_COMPLETE(ip, "ip", complete)
