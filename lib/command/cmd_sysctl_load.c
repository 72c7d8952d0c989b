/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * `sysctl -p FILE`: NAME = VALUE lines, # and ; comments. A name may be a pattern
 * (net.ipv4.conf.*.rp_filter): it sets what no other line of the file names, and "-NAME" without a
 * value takes a name out of the patterns' reach. "-NAME = VALUE" is a setting like others (sysctl.d(5)
 * would not mind its failing, procps counts it).
 */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base_param.h"
#include "cmd_sysctl.h"

struct setting {
	char *name, *value; /* value NULL: only keeps patterns away from name */
};

struct settings {
	struct setting *all;
	size_t nb;
};

static void
add_setting(struct settings *set, const struct setting *one)
{
	set->all = realloc(set->all, (set->nb + 1) * sizeof(*one));
	if (set->all == NULL)
		abort(); /* like struct str: the control lcore cannot go on without memory */
	set->all[set->nb++] = *one;
}

static int
add_line(struct sysctl *s, struct settings *set, char *text, const char *file, unsigned line)
{
	struct setting one = { 0 };
	char *value = strchr(text, '=');
	bool minus;

	text = sysctl_trim(text);
	if (*text == '\0' || *text == '#' || *text == ';')
		return 0;
	minus = *text == '-';
	text += minus;
	if (value == NULL && !minus) {
		str_printf(&s->c->err, "sysctl: %s(%u): invalid syntax, continuing...\n", file,
			   line);
		return 1;
	}
	if (value != NULL) {
		*value = '\0';
		one.value = sysctl_trim(value + 1);
	}
	one.name = sysctl_trim(text);
	param_dotted(one.name);
	add_setting(set, &one);
	return 0;
}

static bool
is_pattern(const char *name)
{
	return strpbrk(name, "*?[") != NULL;
}

static bool
named(const struct settings *set, const char *name)
{
	for (size_t i = 0; i < set->nb; i++)
		if (!is_pattern(set->all[i].name) && strcmp(set->all[i].name, name) == 0)
			return true;
	return false;
}

static int
apply_pattern(struct sysctl *s, const struct settings *set, const struct setting *one)
{
	int rc = 0;

	/* A '*' stays within one part of the name; dots inside an interface's name are slashes. */
	for (const struct param *p = param_next(NULL); p != NULL; p = param_next(p)) {
		char path[128], pattern[256];

		if (strlen(p->name) >= sizeof(path) || strlen(one->name) >= sizeof(pattern))
			continue;
		strcpy(path, p->name);
		strcpy(pattern, one->name);
		for (char *at = path; *at != '\0'; at++)
			*at = *at == '.' ? '/' : *at == '/' ? '.' : *at;
		for (char *at = pattern; *at != '\0'; at++)
			*at = *at == '.' ? '/' : *at == '/' ? '.' : *at;
		if (fnmatch(pattern, path, FNM_PATHNAME) == 0 && !named(set, p->name))
			rc |= sysctl_write(s, p->name, one->value);
	}
	return rc;
}

static int
apply(struct sysctl *s, const struct settings *set)
{
	int rc = 0;

	for (size_t i = 0; i < set->nb; i++) {
		const struct setting *one = &set->all[i];
		if (one->value == NULL)
			continue;
		if (is_pattern(one->name))
			rc |= apply_pattern(s, set, one);
		else
			rc |= sysctl_write(s, one->name, one->value);
	}
	return rc;
}

/* Settings point into the text, which is kept until they are through. */
static int
load_text(struct sysctl *s, char *text, const char *file)
{
	struct settings set = { 0 };
	unsigned line = 0;
	int rc = 0;
	char *next;

	for (; text != NULL; text = next) {
		next = strchr(text, '\n');
		if (next != NULL)
			*next++ = '\0';
		rc |= add_line(s, &set, text, file, ++line);
	}
	rc |= apply(s, &set);
	free(set.all);
	return rc;
}

static int
load_file(struct sysctl *s, const char *file)
{
	size_t len;
	char *text;
	int rc;

	if (strcmp(file, "-") == 0)
		text = strndup(s->c->in != NULL ? s->c->in : "", s->c->in_len);
	else
		text = cmd_read_file(s->c, file, &len);
	if (text == NULL)
		return 1;
	rc = load_text(s, text, file);
	free(text);
	return rc;
}

int
sysctl_load(struct sysctl *s, int argc, char **argv)
{
	int rc = 0;

	if (s->file != NULL)
		rc = load_file(s, s->file);
	else if (argc == 0)
		rc = load_file(s, "/etc/sysctl.conf");
	for (int i = 0; i < argc; i++)
		rc |= load_file(s, argv[i]);
	return rc;
}
