/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The last lines of the log, in memory: a bounded ring, the newest replace the oldest. Control lcore.
 */
#pragma once

#include <stdint.h>

#define QUEUE_MEMORY_LINES 8192u

struct queue_line {
	uint64_t usec; /* since the machine started (CLOCK_MONOTONIC), as in the kernel's log */
	uint64_t date; /* the same moment in microseconds since 1970 */
	const char *text;
	const char *json; /* the same as an object, for sinks that want it; NULL: there is none */
	uint8_t level;
};

/* Copies the line. */
void queue_memory_put(const struct queue_line *l);
/* Lines have numbers that never come again; those from first() to end()-1 are there. */
uint64_t queue_memory_first(void);
uint64_t queue_memory_end(void);
/* Valid until the next put(). */
const struct queue_line *queue_memory_get(uint64_t number);
void queue_memory_clear(void);
