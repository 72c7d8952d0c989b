/* SPDX-License-Identifier: BSD-3-Clause */
/* Private to ct_expect*.c: all expectations, by destination. Everything here is used under the lock. */
#pragma once

#include <rte_spinlock.h>

#include "ct_expect.h"

#define CT_EXPECT_BUCKETS 1024u

struct ct_expect_table {
	rte_spinlock_t lock;
	uint32_t due; /* ct_time: none expires earlier; also read without the lock */
	uint32_t last_id;
	struct ct_expect *bucket[CT_EXPECT_BUCKETS];
};

extern struct ct_expect_table ct_expect_table;

/* Takes it out of both lists, tells it, and frees it. */
void ct_expect_unlink(unsigned lane, struct ct_expect *e);

static inline bool
ct_expect_over(const struct ct_expect *e, uint32_t now)
{
	return (int32_t)(e->expires - now) <= 0;
}
