/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include <rte_lcore.h>
#include <rte_malloc.h>

#include "base_mem.h"

static struct mem_user *users;

void
mem_register(struct mem_user *user)
{
	struct mem_user **at = &users;

	while (*at != NULL && strcmp((*at)->name, user->name) < 0)
		at = &(*at)->next;
	user->next = *at;
	*at = user;
}

const struct mem_user *
mem_next(const struct mem_user *user)
{
	return user == NULL ? users : user->next;
}

size_t
mem_heap_bytes(void)
{
	struct rte_malloc_socket_stats s;
	size_t bytes = 0;

	for (unsigned i = 0; i < rte_socket_count(); i++)
		if (rte_malloc_get_socket_stats(rte_socket_id_by_idx(i), &s) == 0)
			bytes += s.heap_allocsz_bytes;
	return bytes;
}
