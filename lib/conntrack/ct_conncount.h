/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How many connections there are for a key (an address, or its network): match connlimit. As Linux's nf_conncount it
 * remembers the tuple of every connection it was asked about, and looks which of them are still in the table.
 * Memory is one pool for all who count; locks are by part of the keys.
 */
#pragma once

#include <rte_spinlock.h>

#include "ct.h"
#include "hook.h"

#define CT_CONNCOUNT_PARTS 256

/* Who counts; zeroed memory is ready for use. */
struct ct_conncount {
	struct {
		rte_spinlock_t lock;
		uint32_t keys; /* first one, its number plus 1; 0: none */
	} part[CT_CONNCOUNT_PARTS];
};

struct ct_conncount_key {
	union ct_addr addr;
	uint16_t zone;
};

/* Control: memory, when somebody is to count. 0 or -ENOMEM. */
int ct_conncount_prepare(void);
/* Control: the same for a larger table, if somebody counts. */
int ct_conncount_grow(uint32_t nb);
/*
 * Worker: connections of the key, with that of tuple t, which is ct's original one; ct NULL: the packet has none. A
 * TCP connection that is closed does not count, so that its own packets may find 0; or there is no memory.
 */
uint32_t ct_conncount(struct ct_conncount *c, const struct hook_ctx *ctx,
		      const struct ct_conncount_key *key, const struct ct_tuple *t,
		      const struct ct *ct);
/* Control: forgets everything; workers may be counting. */
void ct_conncount_clear(struct ct_conncount *c);
