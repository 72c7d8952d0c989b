/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Names of routing tables: Linux's three, and what /etc/iproute2/rt_tables and rt_tables.d/NAME.conf
 * say, read when first asked for. Control lcore.
 */
#include <dirent.h>
#include <linux/rtnetlink.h>
#include <stdio.h>

#include "base_names.h"
#include "cmd_ip_route.h"

#define DIR_OF_TABLES "/etc/iproute2/rt_tables.d"

static struct names names;

static void
read_all(void)
{
	struct dirent *entry;
	char path[300];
	DIR *dir;

	if (names.nb > 0)
		return;
	names_add(&names, RT_TABLE_LOCAL, "local");
	names_add(&names, RT_TABLE_MAIN, "main");
	names_add(&names, RT_TABLE_DEFAULT, "default");
	names_read(&names, "/etc/iproute2/rt_tables");
	dir = opendir(DIR_OF_TABLES);
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		size_t len = strlen(entry->d_name);

		if (entry->d_name[0] == '.' || len < 5 ||
		    strcmp(entry->d_name + len - 5, ".conf") != 0)
			continue;
		snprintf(path, sizeof(path), DIR_OF_TABLES "/%s", entry->d_name);
		names_read(&names, path);
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
	return names_find(&names, word, table) || ip_get_u32(word, UINT32_MAX, table);
}

const char *
ip_route_table_name(uint32_t table, char buf[16])
{
	const char *name;

	read_all();
	name = names_of(&names, table);
	if (name != NULL)
		return name;
	snprintf(buf, 16, "%u", table);
	return buf;
}
