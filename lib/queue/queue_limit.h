/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Linux's net_ratelimit() with its defaults (net.core.message_burst=10, message_cost=5): so many
 * messages in an interval that begins with a message. Each has one owner, a thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <rte_common.h>

#define QUEUE_LIMIT_BURST 10
#define QUEUE_LIMIT_MS 5000

struct queue_limit {
	uint64_t begin;
	uint32_t passed; /* since begin */
	uint32_t suppressed;
	bool begun;
} __rte_cache_aligned; /* a lane's own */

static inline bool
queue_limit_allow(struct queue_limit *l, uint64_t now)
{
	if (!l->begun || now > l->begin + QUEUE_LIMIT_MS) {
		l->begun = true;
		l->begin = now;
		l->passed = 0;
	}
	if (l->passed == QUEUE_LIMIT_BURST) {
		l->suppressed++;
		return false;
	}
	l->passed++;
	return true;
}
