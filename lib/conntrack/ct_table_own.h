/* SPDX-License-Identifier: BSD-3-Clause */
/* Private to ct_table.c and ct_table_make.c: what a family's table is made of. */
#pragma once

#include <rte_hash.h>
#include <rte_spinlock.h>

#include "ct_pool.h"
#include "ct_table.h"

#define CT_WAITING 16384u /* removed entries that wait at most, a power of two */

/* The index readers look in, and a larger one while it is being filled. */
enum { CT_HASH, CT_HASH_NEXT, CT_HASHES };

struct ct_waiting {
	struct ct *ct;
	int32_t pos[CT_HASHES][CT_DIRS]; /* of its keys; negative: none */
	uint64_t token;
};

struct ct_table {
	struct rte_hash *hash[CT_HASHES];
	rte_spinlock_t lock;
	uint32_t count;             /* confirmed */
	uint32_t capacity;          /* flows it was made for */
	uint32_t first, last;       /* of waiting[], free running */
	struct ct_waiting *waiting; /* CT_WAITING of them */
	struct ct_pool pool;
	size_t bytes_entries, bytes_index; /* taken from the system */
} __rte_cache_aligned;

extern struct ct_table ct_tables[HOOK_FAMILIES];

/* The entry's key of a direction and its hash. */
const void *ct_table_key(const struct ct *ct, unsigned dir, uint32_t *hash);
/* Under the lock: puts both keys into one index. 0 or -ENOSPC. */
int ct_table_put(struct rte_hash *hash, struct ct *ct);
