/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How many packets are due. What could not be sent in time is made up for, but never more than PG_PACE_SLACK of it: after a
 * pause no flood follows. One worker's.
 */
#pragma once

#include <stdint.h>

#define PG_PACE_SLACK 0.01 /* seconds of the rate */

struct pg_pace {
	double per_cycle; /* packets a TSC cycle; 0: no limit */
	double slack;     /* packets */
	double gone;      /* packets sent, or given up */
	uint64_t start;
};

static inline void
pg_pace_begin(struct pg_pace *p, double pps, double hz, uint64_t now)
{
	p->per_cycle = pps / hz;
	p->slack = 1 + pps * PG_PACE_SLACK;
	p->gone = 0;
	p->start = now;
}

/* At most max; the caller reports what it sent by pg_pace_sent(). */
static inline unsigned
pg_pace_due(struct pg_pace *p, uint64_t now, unsigned max)
{
	double due;

	if (p->per_cycle == 0)
		return max;
	due = (now - p->start) * p->per_cycle - p->gone;
	if (due > p->slack) {
		p->gone += due - p->slack;
		due = p->slack;
	}
	/* The first packet leaves at once: at time 0 one is due. */
	return due < 0 ? 0 : due + 1 < max ? due + 1 : max;
}

static inline void
pg_pace_sent(struct pg_pace *p, unsigned nb)
{
	p->gone += nb;
}
