/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Who uses memory: what can grow registers itself, in its own file, for `show memory`.
 *	static struct mem_use pool_memory(void) { ... }
 *	MEM_USER(packets, "packet-buffers", "packets in flight, parked and in device queues", pool_memory)
 */
#pragma once

#include <stddef.h>

#include <rte_common.h>

struct mem_use {
	size_t used;     /* bytes in use now */
	size_t reserved; /* bytes taken from the system for it, in use or not */
};

struct mem_user {
	struct mem_user *next;
	const char *name, *help;
	struct mem_use (*use)(void); /* control lcore */
};

void mem_register(struct mem_user *user); /* constructor time */
/* Sorted by name; first with NULL, NULL after the last. */
const struct mem_user *mem_next(const struct mem_user *user);

/* Bytes that DPDK's heaps have given out, on all nodes: before and after, of what was made in between. Any thread. */
size_t mem_heap_bytes(void);

#define MEM_USER(id, name_, help_, use_)                                                      \
	static struct mem_user mem_user_##id = { .name = name_, .help = help_, .use = use_ }; \
	RTE_INIT(mem_init_##id)                                                               \
	{                                                                                     \
		mem_register(&mem_user_##id);                                                 \
	}
