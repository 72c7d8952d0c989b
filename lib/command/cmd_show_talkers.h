/* SPDX-License-Identifier: BSD-3-Clause */
/* Who, or what, has the most connections. Control lcore. */
#pragma once

#include "ct.h"

struct talker {
	struct ct_tuple key;
	uint32_t connections;
};

/* What the connection counts for: fills the key, which is zeroed. false: for nothing. */
typedef bool talker_key_fn(const struct ct *ct, struct ct_tuple *key);

/* The key is the source of its original direction: src and family. */
talker_key_fn talker_source;

/* Fills at most max of them, the greatest first; how many. Whoever has more than a thousandth is found. */
unsigned talkers_top(talker_key_fn *key, struct talker *top, unsigned max);

struct cmd;
/* The ten greatest sources as a table. Returns 0, the exit status. */
int show_top_sources(struct cmd *c, talker_key_fn *key);
