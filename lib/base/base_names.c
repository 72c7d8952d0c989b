/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base_names.h"

void
names_add(struct names *n, uint32_t id, const char *name)
{
	void *p = realloc(n->of, (n->nb + 1) * sizeof(*n->of));

	if (p == NULL)
		return;
	n->of = p;
	n->of[n->nb].id = id;
	snprintf(n->of[n->nb++].name, NAMES_TEXT, "%s", name);
}

void
names_read(struct names *n, const char *path)
{
	FILE *f = fopen(path, "r");
	char line[256], word[16], name[NAMES_TEXT], *end;

	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		unsigned long long id;

		if (sscanf(line, " %15[0-9a-fxA-F] %63[^ \t\n#]", word, name) != 2)
			continue;
		id = strtoull(word, &end, 0);
		if (*end == '\0' && id <= UINT32_MAX)
			names_add(n, id, name);
	}
	if (f != NULL)
		fclose(f);
}

const struct names *
names_once(struct names *n, const char *path, const char *zero)
{
	if (n->nb == 0) {
		names_read(n, path);
		names_add(n, 0, zero);
	}
	return n;
}

bool
names_find(const struct names *n, const char *name, uint32_t *id)
{
	for (unsigned i = 0; i < n->nb; i++)
		if (strcmp(n->of[i].name, name) == 0) {
			*id = n->of[i].id;
			return true;
		}
	return false;
}

const char *
names_of(const struct names *n, uint32_t id)
{
	for (unsigned i = 0; i < n->nb; i++)
		if (n->of[i].id == id)
			return n->of[i].name;
	return NULL;
}
