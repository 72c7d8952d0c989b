/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Long runs of rules as a trie (rte_acl): which is the first whose addresses, protocol and ports fit. Building takes
 * from milliseconds to seconds, so that rule_build.c does it in a thread of its own; what is there is shared by all
 * versions of a chain that begin their run with the same rules. Searched by workers, a burst at a time.
 */
#pragma once

#include "rule_index.h"
#include "rule_lin.h"

#define RULE_ACL_MIN 128   /* shorter runs are searched side by side (rule_lin.h) */
#define RULE_ACL_MAX 16384 /* longer ones are cut */

struct rule_acl {
	struct rule_index index;
	struct rte_acl_ctx *ctx;
};

/* Whether a trie can say what the filter says of addresses, protocol and ports. */
bool rule_acl_takes(const struct rule_filter *f, bool ip4);
/*
 * Any one thread, for a long time: filters and serials of nb rules; at most that many bytes. NULL: it would take more
 * than that.
 */
struct rule_acl *rule_acl_build(const struct rule_filter *f, const uint64_t *serial, uint32_t nb,
				bool ip4, size_t most);
/* Called by rule_index_free(). */
void rule_acl_free(struct rule_acl *a);

/* Workers: 1 + the first rule that fits, 0: none; of up to PKT_BURST packets. false: it cannot say. */
bool rule_acl_find(const struct rule_acl *a, const struct rule_key *const *keys, uint32_t *results,
		   unsigned n);
