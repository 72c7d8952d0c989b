/* SPDX-License-Identifier: BSD-3-Clause */
/* `show memory`: what uses how much, of huge pages and of the process. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <rte_lcore.h>
#include <rte_malloc.h>

#include "base_mem.h"
#include "cmd_show.h"
#include "cmd_table.h"

/* Memory of the process that is present, in bytes; 0: /proc does not say. */
static size_t
resident(void)
{
	FILE *f = fopen("/proc/self/statm", "r");
	unsigned long pages = 0;

	if (f == NULL)
		return 0;
	if (fscanf(f, "%*u %lu", &pages) != 1)
		pages = 0;
	fclose(f);
	return pages * sysconf(_SC_PAGESIZE);
}

static void
add(struct cmd_table *t, const char *name, struct mem_use use, const char *help)
{
	cmd_table_text(t, name);
	cmd_table_number(t, use.used);
	cmd_table_number(t, use.reserved);
	cmd_table_text(t, help);
}

/* DPDK's heap, everything above that is shared with workers; where there are several nodes also by node. */
static void
add_heaps(struct cmd_table *t)
{
	struct mem_use all = { 0 }, node[RTE_MAX_NUMA_NODES] = { 0 };
	unsigned nb = rte_socket_count();
	struct rte_malloc_socket_stats s;
	char name[32];

	for (unsigned i = 0; i < nb; i++) {
		if (rte_malloc_get_socket_stats(rte_socket_id_by_idx(i), &s) != 0)
			continue;
		node[i] = (struct mem_use){ s.heap_allocsz_bytes, s.heap_totalsz_bytes };
		all.used += node[i].used;
		all.reserved += node[i].reserved;
	}
	add(t, "(DPDK heap)", all, "all of the above that workers share, and the drivers'");
	for (unsigned i = 0; i < nb && nb > 1; i++) {
		snprintf(name, sizeof(name), "(DPDK heap, node %d)", rte_socket_id_by_idx(i));
		add(t, name, node[i], "of these, on that NUMA node");
	}
}

static int show_memory(struct cmd *c, int argc, char **argv);
SHOW_PART(memory, "memory", show_memory, "", "bytes in use and reserved, by what uses them",
	  SHOW_JSON)

static int
show_memory(struct cmd *c, int argc, char **argv)
{
	static const struct cmd_column columns[] = { { "user", "user" },
						     { "used", "used" },
						     { "reserved", "reserved" },
						     { "for", "help" } };
	struct cmd_table t = cmd_table(c, columns, RTE_DIM(columns));
	size_t all = resident();

	if (argc != 0)
		return SHOW_USAGE(c, memory);
	for (const struct mem_user *u = mem_next(NULL); u != NULL; u = mem_next(u))
		add(&t, u->name, u->use(), u->help);
	add_heaps(&t);
	add(&t, "(process)", (struct mem_use){ all, all }, "present pages of ordinary memory");
	return cmd_table_end(&t);
}
