/* SPDX-License-Identifier: BSD-3-Clause */
/* `conntrack -R FILE`: commands, a line each, all read and checked before the first one runs. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "cmd_conntrack.h"
#include "cmd_split.h"

static const char *
verb_letter(enum conntrack_verb verb)
{
	switch (verb) {
	case CONNTRACK_LIST:
		return "-L";
	case CONNTRACK_GET:
		return "-G";
	case CONNTRACK_EVENT:
		return "-E";
	case CONNTRACK_COUNT:
		return "-C";
	case CONNTRACK_STATS:
		return "-S";
	case CONNTRACK_LOAD:
		return "-R";
	case CONNTRACK_VERSION_VERB:
		return "-V";
	case CONNTRACK_HELP:
		return "-h";
	default:
		return NULL; /* may stand in a file */
	}
}

/* Reads one line; *k.verb NONE: there is nothing on it. 0 or an exit status. */
static int
read_line(struct cmd *c, char *line, struct conntrack *k)
{
	struct cmd one = { .caller = c->caller };
	struct cmd_words w = { 0 };
	struct str text = { 0 };
	const char *why;
	int rc;

	while (isspace((unsigned char)*line))
		line++;
	*k = (struct conntrack){ 0 };
	if (*line == '\0' || *line == '#')
		return 0;
	str_printf(&text, "%s%s", strncmp(line, "conntrack ", 10) == 0 ? "" : "conntrack ", line);
	rc = cmd_split(str_text(&text), &w, &why);
	str_free(&text);
	if (rc != 0)
		return conntrack_usage(c, "%s", why);
	one.argc = w.n;
	one.argv = w.word;
	rc = conntrack_parse(&one, k);
	if (rc == 0 && k->verb == CONNTRACK_LOAD)
		rc = conntrack_usage(&one, "unknown option `-R'");
	if (rc == 0)
		rc = conntrack_check(&one, k);
	k->file = NULL;
	str_add(&c->err, str_text(&one.err));
	str_free(&one.err);
	cmd_words_free(&w);
	return rc;
}

struct lines {
	struct conntrack *k;
	unsigned nb, room;
};

static int
read_all(struct cmd *c, char *text, struct lines *l)
{
	char *line, *rest = text;
	int rc = 0;

	while (rc == 0 && (line = strsep(&rest, "\n")) != NULL) {
		if (l->nb == l->room) {
			l->room = l->room == 0 ? 64 : 2 * l->room;
			l->k = realloc(l->k, l->room * sizeof(*l->k));
			if (l->k == NULL)
				abort();
		}
		rc = read_line(c, line, &l->k[l->nb]);
		l->nb += rc == 0 && l->k[l->nb].verb != CONNTRACK_NONE;
	}
	for (unsigned i = 0; rc == 0 && i < l->nb; i++)
		if (verb_letter(l->k[i].verb) != NULL)
			rc = conntrack_usage(c, "Cannot use command `%s' with --load-file",
					     verb_letter(l->k[i].verb));
	return rc;
}

/* What succeeds says nothing. */
static int
run_all(struct cmd *c, const struct lines *l)
{
	int rc = 0;

	for (unsigned i = 0; i < l->nb; i++) {
		struct cmd one = { .caller = c->caller };
		int failed = conntrack_run(&one, &l->k[i]);

		str_add(&c->out, str_text(&one.out));
		if (failed && l->k[i].verb != CONNTRACK_DELETE) {
			str_add(&c->err, str_text(&one.err));
			rc = failed;
		}
		str_free(&one.out);
		str_free(&one.err);
	}
	return rc;
}

int
conntrack_load(struct cmd *c, const struct conntrack *k)
{
	struct lines l = { 0 };
	char *text;
	size_t len;
	int rc;

	if (strcmp(k->file, "-") == 0) {
		text = strndup(c->in != NULL ? c->in : "", c->in_len);
	} else {
		struct cmd quiet = { .argc = c->argc, .argv = c->argv, .caller = c->caller };

		text = cmd_read_file(&quiet, k->file, &len);
		str_free(&quiet.err);
		if (text == NULL) {
			conntrack_usage(c, "Failed to open file %s for reading", k->file);
			return 2;
		}
	}
	rc = read_all(c, text, &l);
	if (rc == 0)
		rc = run_all(c, &l);
	free(text);
	free(l.k);
	return rc;
}
