/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Private to lib/queue: what the kinds of sinks are made of.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "queue_sink.h"

#define QUEUE_SINK_BUFFER 65536u

struct queue_sink {
	struct queue_sink_stats stats;
	int fd;           /* -1: syslog is not connected */
	int facility;     /* SYSLOG */
	bool torn;        /* FILE, JSON: the last line in it is not whole */
	uint64_t retry;   /* SYSLOG: not connected again before, in microseconds */
	size_t len;       /* FILE, JSON: bytes in buffer */
	unsigned pending; /* FILE, JSON: lines in buffer */
	char buffer[QUEUE_SINK_BUFFER];
};

/* A file descriptor or -errno with a text. */
int queue_file_open(const char *path, struct err *e);
void queue_file_write(struct queue_sink *s, const struct queue_line *l);
void queue_file_flush(struct queue_sink *s);

/* "daemon", "user", "local0" ...; -1: unknown. */
int queue_syslog_facility(const char *name);
void queue_syslog_write(struct queue_sink *s, const struct queue_line *l);
