/* SPDX-License-Identifier: BSD-3-Clause */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base_param.h"

static struct param *params; /* sorted by name */

void
param_register(struct param *p)
{
	struct param **at = &params;

	while (*at != NULL && strcmp((*at)->name, p->name) < 0)
		at = &(*at)->next;
	if (*at != NULL && strcmp((*at)->name, p->name) == 0) {
		fprintf(stderr, "parameter %s is declared twice\n", p->name);
		abort();
	}
	p->next = *at;
	*at = p;
}

void
param_unregister(struct param *p)
{
	struct param **at = &params;

	while (*at != p)
		at = &(*at)->next;
	*at = p->next;
}

static void (*on_write)(void);

void
param_on_write(void (*fn)(void))
{
	on_write = fn;
}

static void
written(struct param *p)
{
	if (p->changed != NULL)
		p->changed(p);
	if (on_write != NULL)
		on_write();
}

void
param_set(struct param *p, int value)
{
	__atomic_store_n(&p->value, value, __ATOMIC_RELAXED);
	written(p);
}

void
param_dotted(char *name)
{
	if (name[strcspn(name, "./")] != '/')
		return;
	for (; *name != '\0'; name++)
		*name = *name == '/' ? '.' : *name == '.' ? '/' : *name;
}

struct param *
param_find(const char *name)
{
	char dotted[128];
	struct param *p = params;

	if (strlen(name) >= sizeof(dotted))
		return NULL;
	strcpy(dotted, name);
	param_dotted(dotted);
	while (p != NULL && strcmp(p->name, dotted) != 0)
		p = p->next;
	return p;
}

struct param *
param_next(const struct param *p)
{
	return p == NULL ? params : p->next;
}

static int
set_number(struct param *p, int value, struct err *e)
{
	int rc = p->check != NULL ? p->check(p, value, e) : 0;

	if (rc == 0)
		param_set(p, value);
	return rc;
}

static int
set_word(struct param *p, const char *text, struct err *e)
{
	struct str all = { 0 };

	for (int i = 0; p->words[i] != NULL; i++) {
		if (strcmp(p->words[i], text) == 0) {
			str_free(&all);
			return set_number(p, i, e);
		}
		str_printf(&all, "%s%s", i ? ", " : "", p->words[i]);
	}
	err_set(e, -EINVAL, "one of %s, not \"%s\"", str_text(&all), text);
	str_free(&all);
	return -EINVAL;
}

/* One number at *at, blanks before it skipped; false: there is none. */
static bool
number(const char **at, long long *v)
{
	char *end;

	errno = 0;
	*v = strtoll(*at, &end, 0);
	if (end == *at || errno != 0 || (*end != '\0' && !isspace((unsigned char)*end)))
		return false;
	*at = end;
	return true;
}

/* The numbers of text, and behind them those of old that it does not replace. NULL: bad text. */
static char *
merge_numbers(const char *text, const char *old, unsigned max)
{
	struct str out = { 0 };
	unsigned n = 0;
	char *copy;
	long long v;

	while (text[strspn(text, " \t")] != '\0') {
		if (n == max || !number(&text, &v)) {
			str_free(&out);
			return NULL;
		}
		str_printf(&out, "%s%lld", n++ ? " " : "", v);
	}
	for (unsigned i = 0; number(&old, &v); i++)
		if (n != 0 && i >= n)
			str_printf(&out, " %lld", v);
	copy = n != 0 ? strdup(str_text(&out)) : NULL;
	str_free(&out);
	return copy;
}

static int
set_text(struct param *p, const char *text, struct err *e)
{
	char *value = p->numbers != 0
			      ? merge_numbers(text, p->text ? p->text : p->text_def, p->numbers)
			      : strndup(text, PARAM_TEXT_MAX);

	if (p->normal != NULL) {
		free(value);
		value = p->normal(text);
	}
	if (value == NULL && p->normal != NULL)
		return err_set(e, -EINVAL, "%s, not \"%s\"", p->help, text);
	if (value == NULL)
		return err_set(e, -EINVAL, "%s%u number%s, not \"%s\"",
			       p->numbers > 1 ? "up to " : "", p->numbers,
			       p->numbers > 1 ? "s" : "", text);
	free(p->text);
	p->text = value;
	if (p->write_only) {
		free(p->text);
		p->text = NULL;
	}
	written(p);
	return 0;
}

int
param_set_text(struct param *p, const char *text, struct err *e)
{
	int max = p->most != NULL ? RTE_MIN(p->most(p), p->max) : p->max;
	const char *at = text;
	long long v;

	if (p->now != NULL)
		return err_set(e, -EPERM, "it can only be read");
	if (p->words != NULL)
		return set_word(p, text, e);
	if (p->text_def != NULL)
		return set_text(p, text, e);
	if (!number(&at, &v) || v < p->min || v > max)
		return err_set(e, -EINVAL, "a number from %d to %d, not \"%s\"", p->min, max, text);
	return set_number(p, v, e);
}

bool
param_is_default(const struct param *p)
{
	if (p->text_def != NULL)
		return p->text == NULL || strcmp(p->text, p->text_def) == 0;
	return p->now != NULL || p->value == p->def;
}

void
param_print(const struct param *p, struct str *out)
{
	const char *text = p->text != NULL ? p->text : p->text_def;

	if (p->words != NULL) {
		str_add(out, p->words[p->value]);
	} else if (text == NULL) {
		str_printf(out, "%d", p->now != NULL ? p->now() : p->value);
	} else {
		/* Linux separates numbers by tabs. */
		for (; *text != '\0'; text++)
			str_printf(out, "%c", p->numbers != 0 && *text == ' ' ? '\t' : *text);
	}
}
