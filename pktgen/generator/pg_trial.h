/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One run of traffic from begin to end, and what came of it. Main thread.
 */
#pragma once

#include "pg_run.h"

struct pg_result {
	double pps;     /* asked for; 0: as fast as it goes */
	double seconds; /* in which was sent */
	struct pg_counters count;
	struct pg_histogram latency, back; /* TSC cycles */
	uint64_t unfinished;               /* connections that were still open at the end */
	bool interrupted;
};

/* Set by a signal: the run under way ends, and no other begins. */
extern volatile int pg_stop;

/* Returns when every worker is in the phase; they read and write nothing more after PG_QUIT. */
void pg_trial_move(struct pg_run *r, enum pg_phase phase);
/*
 * Sends at that rate until the seconds (0: no limit) or the number of packets or connections (0: no limit) is reached, waits
 * until all of it has come or the drain time is over. Workers are in PG_IDLE before and after it.
 */
void pg_trial_run(struct pg_run *r, double pps, double seconds, uint64_t count,
		  struct pg_result *out);
/* Lost packets; in a flood SYNs, with --connections those that were not completed. */
uint64_t pg_result_lost(const struct pg_result *t, const struct pg_options *o);
/* The same as a share of what was sent, 0..1. */
double pg_result_loss(const struct pg_result *t, const struct pg_options *o);
