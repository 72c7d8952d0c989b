/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <stdlib.h>

#include <rte_common.h>
#include <rte_lcore.h>
#include <rte_malloc.h>

#include "base_counter.h"
#include "base_mem.h"

struct count *counter_chunk[LANE_MAX][COUNTER_CHUNKS];

static struct count *base[COUNTER_CHUNKS]; /* subtracted on read, written by the control lcore */
static uint32_t *free_ids;
static uint32_t nb_free;
static uint32_t cap_free;
static uint32_t nb_used; /* ids below this were handed out at least once */

static int
chunk_alloc(uint32_t chunk)
{
	size_t bytes = COUNTER_CHUNK * sizeof(struct count);

	if (chunk >= COUNTER_CHUNKS)
		return -ENOSPC;
	base[chunk] = calloc(1, bytes);
	if (base[chunk] == NULL)
		return -ENOMEM;
	for (unsigned lane = 0; lane < lane_count(); lane++) {
		counter_chunk[lane][chunk] = rte_zmalloc_socket(
			"counter", bytes, RTE_CACHE_LINE_SIZE, lane_socket(lane));
		if (counter_chunk[lane][chunk] != NULL)
			continue;
		while (lane-- > 0) {
			rte_free(counter_chunk[lane][chunk]);
			counter_chunk[lane][chunk] = NULL;
		}
		free(base[chunk]);
		base[chunk] = NULL;
		return -ENOMEM;
	}
	return 0;
}

int
counter_alloc(uint32_t *id)
{
	int rc;

	if (nb_free > 0) {
		*id = free_ids[--nb_free];
		counter_set(*id, (struct count){ 0 });
		return 0;
	}
	if (nb_used % COUNTER_CHUNK == 0) {
		rc = chunk_alloc(nb_used / COUNTER_CHUNK);
		if (rc != 0)
			return rc;
		if (nb_used == COUNTER_NONE)
			nb_used++;
	}
	*id = nb_used++;
	return 0;
}

void
counter_free(uint32_t id)
{
	if (nb_free == cap_free) {
		uint32_t cap = cap_free ? 2 * cap_free : 64;
		uint32_t *ids = realloc(free_ids, cap * sizeof(*ids));

		if (ids == NULL)
			return; /* the id is lost, nothing else is */
		free_ids = ids;
		cap_free = cap;
	}
	free_ids[nb_free++] = id;
}

static struct count
sum(uint32_t id)
{
	struct count total = { 0 };

	for (unsigned lane = 0; lane < lane_count(); lane++) {
		const struct count *c =
			&counter_chunk[lane][id / COUNTER_CHUNK][id % COUNTER_CHUNK];

		total.packets += __atomic_load_n(&c->packets, __ATOMIC_RELAXED);
		total.bytes += __atomic_load_n(&c->bytes, __ATOMIC_RELAXED);
	}
	return total;
}

struct count
counter_read(uint32_t id)
{
	struct count total = sum(id);
	const struct count *b = &base[id / COUNTER_CHUNK][id % COUNTER_CHUNK];

	/* Unsigned wrap-around is wanted: counter_set() may store a base above the sum. */
	return (struct count){ total.packets - b->packets, total.bytes - b->bytes };
}

void
counter_set(uint32_t id, struct count c)
{
	struct count total = sum(id);

	base[id / COUNTER_CHUNK][id % COUNTER_CHUNK] =
		(struct count){ total.packets - c.packets, total.bytes - c.bytes };
}

void
counter_credit(uint32_t id, struct count c)
{
	struct count *b = &base[id / COUNTER_CHUNK][id % COUNTER_CHUNK];

	b->packets -= c.packets;
	b->bytes -= c.bytes;
}

static void (*settled_by)(void);

void
counter_settled_by(void (*fn)(void))
{
	settled_by = fn;
}

void
counter_settle(void)
{
	if (settled_by != NULL)
		settled_by();
}

static struct mem_use
counter_memory(void)
{
	size_t each = (lane_count() + 1) * sizeof(struct count); /* the lanes' and the base */
	size_t chunks = (nb_used + COUNTER_CHUNK - 1) / COUNTER_CHUNK;

	return (struct mem_use){ .used = (nb_used - nb_free) * each,
				 .reserved = chunks * COUNTER_CHUNK * each };
}

MEM_USER(counters, "counters", "packets and bytes of rules and policies, per lane", counter_memory)
