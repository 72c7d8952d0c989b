/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Lines and scripts. Prompt, socket and configuration file all come through here. Control lcore.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "cmd_split.h"

#define NEST_MAX 8 /* load within load */

int
cmd_run_line_in(const struct cmd_caller *caller, const char *line, const char *in, size_t in_len,
		struct str *out, struct str *err)
{
	struct cmd_words w;
	struct cmd c = { .in = in, .in_len = in_len, .caller = *caller, .out = *out, .err = *err };
	const char *why = NULL;
	int rc = cmd_split(line, &w, &why);

	if (rc != 0) {
		str_printf(err, "%s\n", why);
		return 2;
	}
	if (w.n > 0) {
		c.argc = w.n;
		c.argv = w.word;
		rc = cmd_run(&c);
		*out = c.out;
		*err = c.err;
	}
	cmd_words_free(&w);
	return rc;
}

int
cmd_run_line(const char *line, const char *in, size_t in_len, struct str *out, struct str *err)
{
	return cmd_run_line_in(&(struct cmd_caller){ 0 }, line, in, in_len, out, err);
}

struct script {
	const struct cmd_caller *caller;
	const char *name;
	const char *at;   /* rest of the text */
	unsigned line_no; /* of the line taken last */
	struct str line;
	struct str input;
};

/* Takes one physical line, without its newline. false: the text is at its end. */
static bool
take_line(struct script *s, const char **line, size_t *len)
{
	if (*s->at == '\0')
		return false;
	*line = s->at;
	*len = strcspn(s->at, "\n");
	s->at += *len;
	if (*s->at == '\n')
		s->at++;
	if (*len > 0 && (*line)[*len - 1] == '\r')
		(*len)--;
	s->line_no++;
	return true;
}

/* An odd number of backslashes at the end joins the next line on. */
static bool
goes_on(const struct str *line)
{
	const char *text = str_text(line);
	size_t n = 0;

	if (text[strspn(text, " \t")] == '#')
		return false;
	while (n < line->len && line->text[line->len - 1 - n] == '\\')
		n++;
	return n % 2 == 1;
}

static bool
next_line(struct script *s, unsigned *first)
{
	const char *line;
	size_t len;

	str_clear(&s->line);
	if (!take_line(s, &line, &len))
		return false;
	*first = s->line_no;
	str_add_bytes(&s->line, line, len);
	while (goes_on(&s->line) && take_line(s, &line, &len)) {
		s->line.text[--s->line.len] = '\0';
		str_add_bytes(&s->line, line, len);
	}
	return true;
}

/* Gathers the here-document. false: its end word never came. */
static bool
take_input(struct script *s, const char *end)
{
	const char *line;
	size_t len;

	str_clear(&s->input);
	while (take_line(s, &line, &len)) {
		if (len == strlen(end) && memcmp(line, end, len) == 0)
			return true;
		str_add_bytes(&s->input, line, len);
		str_add_bytes(&s->input, "\n", 1);
	}
	return false;
}

/* Puts "NAME:LINE: " in front of what the command wrote on err from offset on. */
static void
place_error(const struct script *s, unsigned line_no, struct str *err, size_t from)
{
	struct str text = { 0 };

	if (err->len > from)
		str_add(&text, err->text + from);
	else
		str_add(&text, "failed\n");
	if (err->text != NULL) {
		err->len = from;
		err->text[from] = '\0';
	}
	str_printf(err, "%s:%u: %s", s->name, line_no, str_text(&text));
	str_free(&text);
}

static int
run_one(struct script *s, unsigned line_no, struct str *out, struct str *err)
{
	char end[CMD_HERE_WORD_MAX];
	size_t from = err->len, cut;
	const char *in = NULL;
	int rc;

	/* An empty str has no text yet. */
	str_add(&s->line, "");
	if (cmd_here(str_text(&s->line), end, &cut)) {
		s->line.text[cut] = '\0';
		if (!take_input(s, end)) {
			str_printf(err, "%s:%u: the here-document's end \"%s\" is missing\n",
				   s->name, line_no, end);
			return 2;
		}
		in = str_text(&s->input);
	}
	rc = cmd_run_line_in(s->caller, str_text(&s->line), in, in != NULL ? s->input.len : 0, out,
			     err);
	if (rc != 0)
		place_error(s, line_no, err, from);
	return rc;
}

/* A long file must not keep the operator from stopping Pollux. */
static bool
interrupted(const struct script *s, struct str *err)
{
	if (cmd_interrupted == NULL || !cmd_interrupted())
		return false;
	if (!cmd_quit)
		str_printf(err, "%s:%u: told to stop: the rest was not run\n", s->name, s->line_no);
	cmd_quit = true;
	return true;
}

int
cmd_run_script_in(const struct cmd_caller *caller, const char *name, const char *text,
		  bool keep_going, struct str *out, struct str *err)
{
	static unsigned depth;
	struct script s = { .caller = caller, .name = name, .at = text };
	unsigned line_no = 0;
	int rc = 0, one;

	if (depth == NEST_MAX) {
		str_printf(err, "%s: files load each other more than %d deep\n", name, NEST_MAX);
		return 1;
	}
	depth++;
	while ((rc == 0 || keep_going) && !cmd_quit && next_line(&s, &line_no)) {
		one = interrupted(&s, err) ? 1 : run_one(&s, line_no, out, err);
		rc = rc != 0 ? rc : one;
	}
	depth--;
	str_free(&s.line);
	str_free(&s.input);
	return rc;
}

int
cmd_run_script(const char *name, const char *text, bool keep_going, struct str *out,
	       struct str *err)
{
	return cmd_run_script_in(&(struct cmd_caller){ 0 }, name, text, keep_going, out, err);
}
