/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where lines of a log go besides memory: files and syslog, several at once. Nothing here waits: what
 * a sink does not take at once is lost to it, and counted. Control lcore.
 */
#pragma once

#include "base_err.h"
#include "queue_memory.h"

#define QUEUE_SINKS_MAX 8
#define QUEUE_SINK_TARGET 256 /* bytes of a path or a facility, NUL included */

/* Whose lines: each log has its own sinks. */
enum queue_sinks { QUEUE_SINKS_LOG, QUEUE_SINKS_NAT, QUEUE_SINKS };

/* JSON: a file of objects, one a line; only for logs whose lines have them. */
enum queue_sink_kind { QUEUE_SINK_FILE, QUEUE_SINK_JSON, QUEUE_SINK_SYSLOG };

struct queue_sink_spec {
	uint8_t kind;                   /* enum queue_sink_kind */
	char target[QUEUE_SINK_TARGET]; /* FILE, JSON: absolute path; SYSLOG: facility */
};

struct queue_sink_stats {
	struct queue_sink_spec spec;
	uint64_t written, lost; /* lines */
};

/*
 * Replaces all sinks of a log by these; sinks that stay keep their counters. 0, or -errno with a text and nothing
 * has changed: a file cannot be opened, the facility is unknown, or too many.
 */
int queue_sinks_set(enum queue_sinks of, const struct queue_sink_spec *specs, unsigned nb,
		    struct err *e);
/* Opens the files of all logs again, under the names they had: for logrotate. 0 or -errno, the old file goes on. */
int queue_sinks_reopen(struct err *e);
/* Fills at most QUEUE_SINKS_MAX; returns how many there are. */
unsigned queue_sinks_stats(enum queue_sinks of, struct queue_sink_stats *stats);

void queue_sinks_write(enum queue_sinks of, const struct queue_line *l);
/* After the lines of a round. */
void queue_sinks_flush(enum queue_sinks of);
