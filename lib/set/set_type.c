/* SPDX-License-Identifier: BSD-3-Clause */
/* Which types of sets there are. */
#include <string.h>

#include "set_type.h"

static struct set_type *types;

void
set_type_register(struct set_type *type)
{
	struct set_type **p = &types;

	while (*p != NULL && strcmp((*p)->name, type->name) < 0)
		p = &(*p)->next;
	type->next = *p;
	*p = type;
}

const struct set_type *
set_type_next(const struct set_type *type)
{
	return type == NULL ? types : type->next;
}

const struct set_type *
set_type_find(const char *name)
{
	const struct set_type *t = types;

	while (t != NULL && strcmp(t->name, name) != 0)
		t = t->next;
	return t;
}
