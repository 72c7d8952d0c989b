/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Names of routing tables: Linux's three, and what /etc/iproute2/rt_tables and rt_tables.d/NAME.conf
 * say, read when first asked for. Control lcore.
 */
#include <dirent.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>

#include "cmd_ip_route.h"

#define DIR_OF_TABLES "/etc/iproute2/rt_tables.d"

static struct {
	char name[64];
	uint32_t id;
} * names;
static unsigned nb_names;

static void
add_name(uint32_t id, const char *name)
{
	void *p = realloc(names, (nb_names + 1) * sizeof(*names));

	if (p == NULL)
		return;
	names = p;
	names[nb_names].id = id;
	snprintf(names[nb_names++].name, sizeof(names->name), "%s", name);
}

static void
read_names(const char *path)
{
	FILE *f = fopen(path, "r");
	char line[256], name[64];
	uint32_t id;

	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		char word[16];

		if (sscanf(line, " %15[0-9a-fxA-F] %63[^ \t\n#]", word, name) == 2 &&
		    ip_get_u32(word, UINT32_MAX, &id))
			add_name(id, name);
	}
	if (f != NULL)
		fclose(f);
}

static void
read_all(void)
{
	struct dirent *entry;
	char path[300];
	DIR *dir;

	if (nb_names > 0)
		return;
	add_name(RT_TABLE_LOCAL, "local");
	add_name(RT_TABLE_MAIN, "main");
	add_name(RT_TABLE_DEFAULT, "default");
	read_names("/etc/iproute2/rt_tables");
	dir = opendir(DIR_OF_TABLES);
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		size_t len = strlen(entry->d_name);

		if (entry->d_name[0] == '.' || len < 5 ||
		    strcmp(entry->d_name + len - 5, ".conf") != 0)
			continue;
		snprintf(path, sizeof(path), DIR_OF_TABLES "/%s", entry->d_name);
		read_names(path);
	}
	if (dir != NULL)
		closedir(dir);
}

bool
ip_route_table(const char *word, uint32_t *table)
{
	read_all();
	if (strcmp(word, "all") == 0) {
		*table = RT_TABLE_UNSPEC;
		return true;
	}
	for (unsigned i = 0; i < nb_names; i++)
		if (strcmp(names[i].name, word) == 0) {
			*table = names[i].id;
			return true;
		}
	return ip_get_u32(word, UINT32_MAX, table);
}

const char *
ip_route_table_name(uint32_t table, char buf[16])
{
	read_all();
	for (unsigned i = 0; i < nb_names; i++)
		if (names[i].id == table)
			return names[i].name;
	snprintf(buf, 16, "%u", table);
	return buf;
}
