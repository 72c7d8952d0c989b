/* SPDX-License-Identifier: BSD-3-Clause */
#include "pg_search.h"

/* A trial that sent less than this share of the rate asked for was limited by the generator. */
#define REACHED 0.99

void
pg_search_begin(struct pg_search *s, double max, double loss, double resolution)
{
	*s = (struct pg_search){ .max = max, .loss = loss, .resolution = resolution, .next = max };
}

bool
pg_search_result(struct pg_search *s, double offered, double sent, double received)
{
	bool passed = sent > 0 && sent - received <= sent * s->loss;
	bool limited = offered < s->next * REACHED;
	double rate = limited ? offered : s->next;

	s->trials++;
	if (passed && rate > s->passed)
		s->passed = rate;
	if (!passed && (s->failed == 0 || rate < s->failed))
		s->failed = rate;
	if (limited && passed && (s->failed == 0 || s->next < s->failed)) {
		s->limited = true;
		s->failed = rate; /* nothing above it can be tried */
	}
	/* A rate that passed once is not taken back because a lower one failed later. */
	if (s->failed != 0 && s->failed < s->passed)
		s->failed = s->passed;
	s->next = (s->passed + (s->failed == 0 ? s->max : s->failed)) / 2;
	return passed;
}

bool
pg_search_done(const struct pg_search *s)
{
	if (s->trials == 0)
		return false;
	if (s->trials >= PG_TRIALS_MAX || s->passed >= s->max)
		return true;
	return s->failed != 0 && s->failed - s->passed <= s->resolution;
}
