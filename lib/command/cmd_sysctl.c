/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * `sysctl`: reads and writes parameters with the text and exit status of procps-ng 4.0.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base_param.h"
#include "cmd.h"

struct options {
	bool all, write, values, names, quiet, ignore, binary, load;
};

static void
show(struct cmd *c, const struct options *o, const struct param *p)
{
	if (o->names) {
		str_printf(&c->out, "%s\n", p->name);
		return;
	}
	if (!o->values && !o->binary)
		str_printf(&c->out, "%s = ", p->name);
	param_print(p, &c->out);
	if (!o->binary)
		str_add(&c->out, "\n");
}

static int
unknown(struct cmd *c, const struct options *o, const char *name)
{
	char path[256];

	if (o->ignore)
		return 0;
	snprintf(path, sizeof(path), "%s", name);
	for (char *at = path; *at != '\0'; at++)
		if (*at == '.')
			*at = '/';
	str_printf(&c->err, "sysctl: cannot stat /proc/sys/%s: No such file or directory\n", path);
	return 1;
}

/* A name that is a folder shows all that is in it. */
static bool
show_folder(struct cmd *c, const struct options *o, const char *name)
{
	size_t n = strlen(name);
	bool any = false;

	for (const struct param *p = param_next(NULL); p != NULL; p = param_next(p)) {
		size_t i = 0;

		while (i < n && (name[i] == p->name[i] || (name[i] == '/' && p->name[i] == '.')))
			i++;
		if (i != n || n == 0 || p->name[n] != '.')
			continue;
		show(c, o, p);
		any = true;
	}
	return any;
}

static int
set(struct cmd *c, const struct options *o, const char *name, const char *value)
{
	struct param *p = param_find(name);
	struct err e;

	if (p == NULL)
		return unknown(c, o, name);
	if (param_set_text(p, value, &e) != 0) {
		str_printf(&c->err, "sysctl: setting key \"%s\": Invalid argument\n", p->name);
		str_printf(&c->err, "sysctl: %s\n", e.text);
		return 1;
	}
	if (!o->quiet)
		show(c, o, p);
	return 0;
}

/* name or name=value; text may be written to. */
static int
one(struct cmd *c, const struct options *o, char *text)
{
	char *value = strchr(text, '=');
	char *end;
	struct param *p;

	if (value == NULL && o->write) {
		str_printf(&c->err, "sysctl: \"%s\": expected NAME=VALUE\n", text);
		return 1;
	}
	if (value == NULL) {
		p = param_find(text);
		if (p != NULL)
			show(c, o, p);
		return p != NULL || show_folder(c, o, text) ? 0 : unknown(c, o, text);
	}
	for (end = value; end > text && isblank((unsigned char)end[-1]); end--)
		;
	*end = '\0';
	value++;
	value += strspn(value, " \t");
	for (end = value + strlen(value); end > value && isspace((unsigned char)end[-1]); end--)
		;
	*end = '\0';
	return set(c, o, text, value);
}

/* sysctl.conf: NAME = VALUE lines, # and ; comments; "-NAME = VALUE" does not mind failing. */
static int
load_text(struct cmd *c, struct options *o, char *text)
{
	int rc = 0;
	char *next;

	for (; text != NULL; text = next) {
		struct options mine = *o;

		next = strchr(text, '\n');
		if (next != NULL)
			*next++ = '\0';
		text += strspn(text, " \t");
		if (*text == '\0' || *text == '#' || *text == ';')
			continue;
		if (*text == '-') {
			mine.ignore = true;
			text++;
		}
		mine.write = true;
		if (one(c, &mine, text) != 0)
			rc = 1;
	}
	return rc;
}

static int
load(struct cmd *c, struct options *o, const char *name)
{
	size_t len;
	char *text;
	int rc;

	if (strcmp(name, "-") == 0)
		text = strndup(c->in != NULL ? c->in : "", c->in_len);
	else
		text = cmd_read_file(c, name, &len);
	if (text == NULL)
		return 1;
	rc = load_text(c, o, text);
	free(text);
	return rc;
}

/* One argument of options, "-nw" or "--values". false: unknown. */
static bool
option(struct options *o, const char *arg)
{
	static const char *const longs[] = { "all",   "write",  "values", "names",
					     "quiet", "ignore", "binary", "load" };
	static const char shorts[] = "awnNqebp";
	bool *const flags[] = { &o->all,   &o->write,  &o->values, &o->names,
				&o->quiet, &o->ignore, &o->binary, &o->load };
	const char *at;

	if (arg[1] == '-') {
		for (unsigned i = 0; i < RTE_DIM(longs); i++) {
			if (strcmp(arg + 2, longs[i]) != 0)
				continue;
			*flags[i] = true;
			return true;
		}
		return false;
	}
	for (arg++; *arg != '\0'; arg++) {
		at = strchr(shorts, *arg == 'A' || *arg == 'X' ? 'a' : *arg == 'f' ? 'p' : *arg);
		if (at == NULL)
			return false;
		*flags[at - shorts] = true;
	}
	return true;
}

static int
run(struct cmd *c)
{
	struct options o = { 0 };
	int rc = 0, i;

	for (i = 1; i < c->argc && c->argv[i][0] == '-' && c->argv[i][1] != '\0'; i++)
		if (!option(&o, c->argv[i]))
			return cmd_fail(c, 1,
					"%s: no such option; expected -a -n -N -w -q -e -b -p",
					c->argv[i]);
	if (o.load)
		return load(c, &o, i < c->argc ? c->argv[i] : "/etc/sysctl.conf");
	if (o.all) {
		for (const struct param *p = param_next(NULL); p != NULL; p = param_next(p))
			show(c, &o, p);
		return 0;
	}
	if (i == c->argc)
		return cmd_fail(c, 1, "expected [-n] NAME, -w NAME=VALUE, -a or -p FILE");
	for (; i < c->argc; i++)
		if (one(c, &o, c->argv[i]) != 0)
			rc = 1;
	return rc;
}

CMD_REGISTER(sysctl, "sysctl", run, "sysctl [-n] NAME | [-w] NAME=VALUE | -a | -p FILE",
	     "read and set parameters")
