/* SPDX-License-Identifier: BSD-3-Clause */
/* The control lcore's side of events. */
#include <errno.h>
#include <stdlib.h>

#include "ct_event.h"
#include "ct_event_ring.h"
#include "ct_expect.h"
#include "ct_stat.h"

#define HISTORY 16384u /* events kept for readers; a power of two */
#define ROUND 1024     /* events moved at most at a time */
#define PATIENCE_MS 5  /* a ring lasts so long at 800,000 events a second */

static struct ct_event_record *history;
static uint64_t first, end;
static unsigned nb_readers;
static void (*logger)(const struct ct_event_record *r);

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

/* Memory for events; it stays. */
static int
prepare(struct err *e)
{
	int rc = make_ring(LANE_MAX);

	for (unsigned lane = 0; rc == 0 && lane < lane_count(); lane++)
		rc = make_ring(lane);
	if (rc == 0 && history == NULL)
		history = malloc(HISTORY * sizeof(*history));
	if (rc != 0 || history == NULL)
		return err_set(e, -ENOMEM, "no memory for events of connections");
	return 0;
}

/* Tells the lanes what is wanted. */
static void
announce(void)
{
	unsigned all = nb_readers != 0 ? UINT16_MAX : 0;

	__atomic_store_n(&ct_event_logged, logger != NULL, __ATOMIC_RELEASE);
	__atomic_store_n(&ct_listened, logger != NULL ? all | CT_EVENTS_LOGGED : all,
			 __ATOMIC_RELEASE);
}

int
ct_event_listen(struct err *e)
{
	if (prepare(e) != 0)
		return -ENOMEM;
	nb_readers++;
	__atomic_store_n(&ct_expect_event, ct_event_expect, __ATOMIC_RELEASE);
	announce();
	return 0;
}

void
ct_event_ignore(void)
{
	nb_readers--;
	announce();
}

int
ct_event_log(void (*fn)(const struct ct_event_record *r), struct err *e)
{
	if (fn != NULL && prepare(e) != 0)
		return -ENOMEM;
	logger = fn;
	announce();
	return 0;
}

uint64_t
ct_event_log_lost(void)
{
	uint64_t n = 0;

	for (unsigned lane = 0; lane <= LANE_MAX; lane++)
		n += __atomic_load_n(&ct_stats[lane].log_lost, __ATOMIC_RELAXED);
	return n;
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
		if (next_of(ring)->log != 0 && logger != NULL)
			logger(next_of(ring));
		history[end++ % HISTORY] = *next_of(ring);
		__atomic_store_n(&ring->tail, ring->tail + 1, __ATOMIC_RELEASE);
	}
	if (end - first > HISTORY)
		first = end - HISTORY;
	return ring != NULL;
}

void
ct_event_catch_up(void)
{
	unsigned rounds = (lane_count() + 1) * (CT_EVENT_SLOTS / ROUND);

	for (unsigned i = 0; i < rounds && ct_event_round(); i++)
		;
}

int
ct_event_patience(void)
{
	return ct_listened != 0 ? PATIENCE_MS : -1;
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
