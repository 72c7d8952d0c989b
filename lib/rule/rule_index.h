/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What all kinds of indexes of a run of rules have in common: made by a thread, since it takes time, never changed, and
 * shared by all versions of chains that have the same rules in a row. The control lcore owns them and counts who uses
 * them (rule_run.h).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum rule_index_kind { RULE_INDEX_TRIE, RULE_INDEX_BITS, RULE_INDEX_KINDS };

struct rule_index {
	struct rule_index *next; /* of those that are in use */
	enum rule_index_kind kind;
	uint32_t refs; /* runs that use it; control lcore */
	uint32_t nb;   /* rules */
	bool ip4;
	uint64_t *serial; /* theirs */
	size_t bytes;     /* about what it takes */
};

/* Any one thread. It keeps a copy of the serials; false: no memory. */
bool rule_index_init(struct rule_index *index, enum rule_index_kind kind, const uint64_t *serial,
		     uint32_t nb, bool ip4);
void rule_index_free(struct rule_index *index);
