/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The search for throughput of RFC 2544 26.1: the highest rate at which no more than the given share of packets is lost.
 * It halves the interval between the highest rate that passed and the lowest that failed, beginning at the maximum, until that
 * is no wider than the resolution. Knows nothing of devices. Main thread.
 */
#pragma once

#include <stdbool.h>

#define PG_TRIALS_MAX 64 /* a search ends after so many, whatever happens */

struct pg_search {
	double max;        /* packets a second */
	double loss;       /* share that may be lost, 0..1 */
	double resolution; /* packets a second */
	double passed;     /* highest rate that passed; 0: none */
	double failed;     /* lowest that failed; 0: none */
	double next;       /* the rate to try */
	unsigned trials;
	bool limited; /* the generator sent less than was asked for in a trial that passed */
};

void pg_search_begin(struct pg_search *s, double max, double loss, double resolution);
/*
 * What came of the trial at rate `next`: so many sent and received. offered is the rate at which they really were sent: less than
 * was asked for means that the generator can do no more, and the search goes no higher. true: passed.
 */
bool pg_search_result(struct pg_search *s, double offered, double sent, double received);
/* Is there nothing left to try? Then `passed` is the answer. */
bool pg_search_done(const struct pg_search *s);
