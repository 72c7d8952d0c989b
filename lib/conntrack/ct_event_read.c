/* SPDX-License-Identifier: BSD-3-Clause */
/* The control lcore's side of events. */
#include <errno.h>
#include <stdlib.h>

#include "ct_event.h"
#include "ct_event_ring.h"
#include "ct_expect.h"

#define HISTORY 16384u /* events kept for readers; a power of two */
#define ROUND 1024     /* events moved at most at a time */
#define PATIENCE_MS 5  /* a ring lasts so long at 800,000 events a second */

static struct ct_event_record *history;
static uint64_t first, end;
static unsigned nb_readers;

static int
make_ring(unsigned lane)
{
	struct ct_event_ring *ring;

	if (ct_event_rings[lane] != NULL)
		return 0;
	/* Big enough to come from mmap(): no page is there before it is used. */
	ring = aligned_alloc(RTE_CACHE_LINE_SIZE, sizeof(*ring));
	if (ring == NULL)
		return -ENOMEM;
	ring->head = ring->tail = ring->nb_open = 0;
	__atomic_store_n(&ct_event_rings[lane], ring, __ATOMIC_RELEASE);
	return 0;
}

int
ct_event_listen(struct err *e)
{
	int rc = make_ring(LANE_MAX);

	for (unsigned lane = 0; rc == 0 && lane < lane_count(); lane++)
		rc = make_ring(lane);
	if (rc == 0 && history == NULL)
		history = malloc(HISTORY * sizeof(*history));
	if (rc != 0 || history == NULL)
		return err_set(e, -ENOMEM, "no memory for events of connections");
	nb_readers++;
	__atomic_store_n(&ct_expect_event, ct_event_expect, __ATOMIC_RELEASE);
	__atomic_store_n(&ct_listened, true, __ATOMIC_RELEASE);
	return 0;
}

void
ct_event_ignore(void)
{
	if (--nb_readers == 0)
		__atomic_store_n(&ct_listened, false, __ATOMIC_RELEASE);
}

void
ct_event_by(uint32_t portid)
{
	ct_event_portid = portid;
}

static bool
empty(const struct ct_event_ring *ring)
{
	return ring == NULL || __atomic_load_n(&ring->head, __ATOMIC_ACQUIRE) == ring->tail;
}

static const struct ct_event_record *
next_of(const struct ct_event_ring *ring)
{
	return &ring->slot[ring->tail % CT_EVENT_SLOTS];
}

/* The lane whose next event is the oldest; NULL: all rings are empty. */
static struct ct_event_ring *
oldest(void)
{
	struct ct_event_ring *best = NULL;

	for (unsigned lane = 0; lane <= LANE_MAX; lane++) {
		struct ct_event_ring *ring = ct_event_rings[lane];

		if (!empty(ring) && (best == NULL || next_of(ring)->tsc < next_of(best)->tsc))
			best = ring;
	}
	return best;
}

bool
ct_event_round(void)
{
	struct ct_event_ring *ring = history != NULL ? oldest() : NULL;

	for (unsigned n = 0; n < ROUND && ring != NULL; n++, ring = oldest()) {
		history[end++ % HISTORY] = *next_of(ring);
		__atomic_store_n(&ring->tail, ring->tail + 1, __ATOMIC_RELEASE);
	}
	if (end - first > HISTORY)
		first = end - HISTORY;
	return ring != NULL;
}

int
ct_event_patience(void)
{
	return nb_readers != 0 ? PATIENCE_MS : -1;
}

uint64_t
ct_event_first(void)
{
	return first;
}

uint64_t
ct_event_end(void)
{
	return end;
}

const struct ct_event_record *
ct_event_get(uint64_t n)
{
	return &history[n % HISTORY];
}
