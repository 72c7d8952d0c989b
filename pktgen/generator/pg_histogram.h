/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Latencies: counts in buckets that are 1/64 of their value wide (1.6 %), whatever the value; minimum, maximum and sum are
 * exact. One writer (its worker); added up by the main thread while that one rests.
 */
#pragma once

#include <stdint.h>

#define PG_HISTOGRAM_STEPS 64 /* buckets of each power of two */
#define PG_HISTOGRAM_BUCKETS (59 * PG_HISTOGRAM_STEPS)

struct pg_histogram {
	uint64_t nb, sum, min, max; /* min and max only when nb is not 0 */
	uint64_t count[PG_HISTOGRAM_BUCKETS];
};

static inline unsigned
pg_histogram_bucket(uint64_t v)
{
	unsigned shift;

	if (v < 2 * PG_HISTOGRAM_STEPS)
		return v;
	shift = 57 - __builtin_clzll(v);
	return shift * PG_HISTOGRAM_STEPS + (v >> shift);
}

static inline void
pg_histogram_add(struct pg_histogram *h, uint64_t v)
{
	if (h->nb == 0 || v < h->min)
		h->min = v;
	if (v > h->max)
		h->max = v;
	h->nb++;
	h->sum += v;
	h->count[pg_histogram_bucket(v)]++;
}

/* Adds what from has. */
void pg_histogram_merge(struct pg_histogram *h, const struct pg_histogram *from);
/* The value that percent of all are not above: the upper end of its bucket, never above max. 0 of none. */
uint64_t pg_histogram_percentile(const struct pg_histogram *h, double percent);
