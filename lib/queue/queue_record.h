/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Private to lib/queue: what a worker writes down about a packet to be logged, and the ring it goes
 * through. One producer (the lane's worker), one consumer (the control lcore).
 */
#pragma once

#include "base_lane.h"
#include "queue_log.h"

#define QUEUE_SLOT 576u   /* bytes of a record with its packet bytes */
#define QUEUE_SLOTS 2048u /* records a ring holds; a power of two */
#define QUEUE_IFACE 16

enum queue_kind { QUEUE_RULE, QUEUE_MARTIAN_SOURCE, QUEUE_MARTIAN_DESTINATION, QUEUE_AUDIT };

struct queue_record {
	uint64_t tsc;        /* when */
	uint64_t now;        /* clock_ms() of the burst */
	uint32_t burst;      /* number of the burst in the lane */
	uint32_t mark;       /* of the packet */
	uint32_t suppressed; /* messages the lane kept back before this one */
	uint32_t len;        /* of the IP packet */
	uint16_t captured;   /* of it, in data */
	uint8_t kind;        /* enum queue_kind */
	uint8_t family;      /* enum hook_family */
	uint8_t level, flags;
	uint8_t proto; /* L4 protocol */
	uint8_t pos;   /* of the packet in the burst, or of the one that caused it */
	bool has_mac;
	uint8_t mac[14]; /* destination, source, type */
	char in[QUEUE_IFACE], out[QUEUE_IFACE];
	char prefix[QUEUE_LOG_PREFIX];
	uint8_t data[]; /* from the IP header on */
};

#define QUEUE_DATA (QUEUE_SLOT - sizeof(struct queue_record))

struct queue_ring {
	/* The worker's: */
	uint32_t fill; /* next slot to fill */
	uint32_t head; /* up to here the control lcore may read: whole bursts only */
	uint32_t burst;
	uint64_t lost;
	uint32_t tail __rte_cache_aligned; /* the control lcore's: next slot to read */
	uint8_t slot[QUEUE_SLOTS][QUEUE_SLOT] __rte_cache_aligned;
};

extern struct queue_ring *queue_rings[LANE_MAX]; /* NULL: not made */

/* Producer. NULL: full. queue_ring_push() keeps the record, queue_ring_publish() shows it. */
static inline struct queue_record *
queue_ring_room(struct queue_ring *r)
{
	if (r->fill - __atomic_load_n(&r->tail, __ATOMIC_ACQUIRE) == QUEUE_SLOTS) {
		__atomic_store_n(&r->lost, r->lost + 1, __ATOMIC_RELAXED);
		return NULL;
	}
	return (struct queue_record *)r->slot[r->fill % QUEUE_SLOTS];
}

static inline void
queue_ring_push(struct queue_ring *r)
{
	r->fill++;
}

static inline void
queue_ring_publish(struct queue_ring *r)
{
	r->burst++;
	__atomic_store_n(&r->head, r->fill, __ATOMIC_RELEASE);
}

/* Consumer. Records there are; those valid until queue_ring_pop(). */
static inline uint32_t
queue_ring_count(const struct queue_ring *r)
{
	return __atomic_load_n(&r->head, __ATOMIC_ACQUIRE) - r->tail;
}

static inline const struct queue_record *
queue_ring_at(const struct queue_ring *r, uint32_t i)
{
	return (const struct queue_record *)r->slot[(r->tail + i) % QUEUE_SLOTS];
}

static inline void
queue_ring_pop(struct queue_ring *r, uint32_t n)
{
	__atomic_store_n(&r->tail, r->tail + n, __ATOMIC_RELEASE);
}
