/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * {packets, bytes} counters, one copy per lane so that counting needs no atomic read-modify-write.
 * A counter is an id. Ids are allocated and freed by the control lcore; free an id only after a
 * grace period. Reading sums the lanes and is exact for everything counted before the last grace
 * period; zeroing moves a base line and never writes what a lane writes.
 */
#pragma once

#include <stdint.h>

#include "base_lane.h"

struct count {
	uint64_t packets;
	uint64_t bytes;
};

#define COUNTER_CHUNK 4096u /* counters in a chunk */
#define COUNTER_CHUNKS 512u /* 2,097,152 counters at most */
#define COUNTER_NONE 0u     /* id 0 is valid and counted but never handed out: a sink */

extern struct count *counter_chunk[LANE_MAX][COUNTER_CHUNKS];

/* -ENOSPC when all ids are taken, -ENOMEM; control lcore. lane_set_count() comes before. */
int counter_alloc(uint32_t *id);
void counter_free(uint32_t id);
struct count counter_read(uint32_t id);
/* Makes counter_read() give c from now on. */
void counter_set(uint32_t id, struct count c);

/*
 * Packets that were counted elsewhere, once for many counters. Constructor time: fn brings them in with counter_credit().
 * Who reads or sets counters calls counter_settle() first, once for all of them. Control lcore.
 */
void counter_settled_by(void (*fn)(void));
void counter_settle(void);
/* counter_read() gives that much more from now on. */
void counter_credit(uint32_t id, struct count c);

/* Worker of that lane only. */
static inline void
counter_add(unsigned lane, uint32_t id, uint64_t packets, uint64_t bytes)
{
	struct count *c = &counter_chunk[lane][id / COUNTER_CHUNK][id % COUNTER_CHUNK];

	/* One writer; relaxed stores so that a concurrent read is whole. */
	__atomic_store_n(&c->packets, c->packets + packets, __ATOMIC_RELAXED);
	__atomic_store_n(&c->bytes, c->bytes + bytes, __ATOMIC_RELAXED);
}
