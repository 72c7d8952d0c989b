/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
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
	if (*at != NULL && strcmp((*at)->name, p->name) == 0)
		abort();
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

void
param_set(struct param *p, int value)
{
	__atomic_store_n(&p->value, value, __ATOMIC_RELAXED);
	if (p->changed != NULL)
		p->changed(p);
}

static bool
same_name(const char *dotted, const char *given)
{
	for (; *dotted != '\0' && *given != '\0'; dotted++, given++)
		if (*dotted != *given && !(*dotted == '.' && *given == '/'))
			return false;
	return *dotted == *given;
}

struct param *
param_find(const char *name)
{
	for (struct param *p = params; p != NULL; p = p->next)
		if (same_name(p->name, name))
			return p;
	return NULL;
}

struct param *
param_next(const struct param *p)
{
	return p == NULL ? params : p->next;
}

static int
set_word(struct param *p, const char *text, struct err *e)
{
	struct str all = { 0 };

	for (int i = 0; p->words[i] != NULL; i++) {
		if (strcmp(p->words[i], text) == 0) {
			param_set(p, i);
			str_free(&all);
			return 0;
		}
		str_printf(&all, "%s%s", i ? ", " : "", p->words[i]);
	}
	err_set(e, -EINVAL, "%s: \"%s\" is none of: %s", p->name, text, str_text(&all));
	str_free(&all);
	return -EINVAL;
}

int
param_set_text(struct param *p, const char *text, struct err *e)
{
	char *end;
	long v;

	if (p->words != NULL)
		return set_word(p, text, e);
	errno = 0;
	v = strtol(text, &end, 0);
	if (end == text || *end != '\0' || errno != 0 || v < p->min || v > p->max)
		return err_set(e, -EINVAL, "%s: \"%s\" is not a number from %d to %d", p->name,
			       text, p->min, p->max);
	param_set(p, v);
	return 0;
}

void
param_print(const struct param *p, struct str *out)
{
	if (p->words != NULL)
		str_add(out, p->words[p->value]);
	else
		str_printf(out, "%d", p->value);
}
