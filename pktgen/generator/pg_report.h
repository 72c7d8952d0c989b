/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What came of it: lines for people while it runs and at the end, and JSON for programs. Main thread.
 */
#pragma once

#include "pg_search.h"
#include "pg_trial.h"

/* A line on standard error, when a terminal reads it or --progress asks for it: what came since `before`. */
void pg_progress(const struct pg_run *r, double seconds, const struct pg_counters *now,
		 const struct pg_counters *before);
/* The same for one trial of a search. */
void pg_progress_trial(const struct pg_run *r, const struct pg_result *t, bool passed);
/* What ran: ports, protocol, sizes, flows. */
void pg_report_head(const struct pg_run *r);
void pg_report_result(const struct pg_run *r, const struct pg_result *t);
void pg_report_search(const struct pg_run *r, const struct pg_search *s);

/*
 * Writes all of it to the file of --json: t is the run, or the last trial that passed; s NULL: no search. 0 or -errno with
 * a text.
 */
int pg_json_write(const struct pg_run *r, const struct pg_result *t, const struct pg_search *s,
		  struct err *e);
/* Can that file be written? Before anything is sent. 0 or -errno with a text. */
int pg_json_probe(const char *path, struct err *e);

static inline double
pg_us(double cycles, double hz)
{
	return cycles * 1e6 / hz;
}
