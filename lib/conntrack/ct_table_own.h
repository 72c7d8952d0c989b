/* SPDX-License-Identifier: BSD-3-Clause */
/* Private to ct_table.c and ct_table_make.c: what a family's table is made of. */
#pragma once

#include <rte_spinlock.h>

#include "ct_index.h"
#include "ct_pool.h"
#include "ct_table.h"

#define CT_WAITING 16384u /* removed entries that wait at most, a power of two */

/* The index readers look in, and a larger one while it is being filled. */
enum { CT_INDEX_NOW, CT_INDEX_NEXT, CT_INDEXES };

struct ct_waiting {
	struct ct *ct;
	struct ct_index_pos pos[CT_INDEXES];
	uint8_t in; /* the indexes it was in, a bit each */
	uint64_t token;
};

struct ct_table {
	/* Every look-up reads, and only the control lcore writes: */
	struct ct_index *index[CT_INDEXES];
	struct ct_waiting *waiting; /* CT_WAITING of them */
	size_t bytes_entries;       /* taken from the system */
	uint32_t capacity;          /* flows it was made for */
	/* Lanes write: */
	rte_spinlock_t lock __rte_cache_aligned;
	uint32_t count;       /* confirmed */
	uint32_t first, last; /* of waiting[], free running */
	struct ct_pool pool;
} __rte_cache_aligned;

_Static_assert(offsetof(struct ct_table, lock) % RTE_CACHE_LINE_SIZE == 0,
	       "look-ups do not read what lanes write");

extern struct ct_table ct_tables[HOOK_FAMILIES];
