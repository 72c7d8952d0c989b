/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>

#include "pg_histogram.h"

void
pg_histogram_merge(struct pg_histogram *h, const struct pg_histogram *from)
{
	if (from->nb == 0)
		return;
	if (h->nb == 0 || from->min < h->min)
		h->min = from->min;
	if (from->max > h->max)
		h->max = from->max;
	h->nb += from->nb;
	h->sum += from->sum;
	for (unsigned i = 0; i < PG_HISTOGRAM_BUCKETS; i++)
		h->count[i] += from->count[i];
}

/* The largest value that falls into the bucket. */
static uint64_t
upper_end(unsigned bucket)
{
	unsigned shift;

	if (bucket < 2 * PG_HISTOGRAM_STEPS)
		return bucket;
	shift = bucket / PG_HISTOGRAM_STEPS - 1;
	return ((uint64_t)(bucket - shift * PG_HISTOGRAM_STEPS) << shift) + (1ull << shift) - 1;
}

uint64_t
pg_histogram_percentile(const struct pg_histogram *h, double percent)
{
	uint64_t wanted = ceil(h->nb * percent / 100), seen = 0, v;

	if (h->nb == 0)
		return 0;
	for (unsigned i = 0; i < PG_HISTOGRAM_BUCKETS; i++) {
		seen += h->count[i];
		if (seen == 0 || seen < wanted)
			continue;
		v = upper_end(i);
		return v < h->max ? v : h->max;
	}
	return h->max;
}
