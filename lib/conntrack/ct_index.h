/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Private to lib/conntrack: an index, which finds a family's entries by both their tuples. There are kinds of it (a file
 * each), chosen by net.pollux.ct_table, which treat readers alike: they take no lock, and find every entry that is in the
 * index while they look. Writers hold the table's lock. What was taken out stays readable until nobody can see it.
 */
#pragma once

#include "ct.h"
#include "hook.h"

enum ct_index_kind { CT_INDEX_HASH, CT_INDEX_TAG, CT_INDEX_KINDS };

struct ct_index_ops;

/* What an index of any kind begins with. */
struct ct_index {
	const struct ct_index_ops *ops;
	enum hook_family family;
};

/* What a kind may need to know of an entry's keys until they are released. */
struct ct_index_pos {
	int32_t of[CT_DIRS];
};

struct ct_index_ops {
	/* Control: for so many entries. NULL: no memory. */
	struct ct_index *(*create)(enum hook_family family, uint32_t entries);
	/* Control, when no reader sees it any more. */
	void (*destroy)(struct ct_index *index);
	size_t (*bytes)(const struct ct_index *index);

	/* Under the lock: both tuples, of which neither is in it. 0; -ENOSPC: one may be in. */
	int (*put)(struct ct_index *index, struct ct *ct);
	/* Under the lock: those of its tuples that are in; where they were. */
	void (*take_out)(struct ct_index *index, const struct ct *ct, struct ct_index_pos *pos);
	/* Under the lock, when no reader can see what was taken out there. NULL: there is nothing to do. */
	void (*release)(struct ct_index *index, const struct ct_index_pos *pos);

	/*
	 * Any reader: who has the key (struct ct_key4 or struct ct_tuple), with the direction in bit 0; 0: nobody. What it
	 * finds may be on its way out.
	 */
	uint64_t (*find)(const struct ct_index *index, const void *key);
	/* The same for n (1 .. PKT_BURST) keys in a row. */
	void (*find_many)(const struct ct_index *index, const void *keys, unsigned n,
			  uint64_t *found);
	/* A hint, and nothing else: that these n keys are looked for, put in or taken out soon. */
	void (*warm)(const struct ct_index *index, const void *keys, unsigned n);
};

extern const struct ct_index_ops ct_hash_ops[HOOK_FAMILIES]; /* ct_index_hash.c: DPDK's rte_hash */
extern const struct ct_index_ops ct_tag_ops[HOOK_FAMILIES];  /* ct_index_tag.c */

/* Of the kind that net.pollux.ct_table says. */
const struct ct_index_ops *ct_index_wanted(enum hook_family family);

static inline const struct ct_tuple *
ct_index_key6(const struct ct *ct, unsigned dir)
{
	return &((const struct ct6 *)ct)->key[dir];
}
