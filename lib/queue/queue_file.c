/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A file as a sink: lines as rsyslog writes them by default,
 *	2026-11-22T07:00:00.123456+01:00 HOST pollux: TEXT
 * or JSON objects, gathered and written once per round. Never waits: a disk that is full, or a pipe nobody reads, loses
 * lines.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "queue_sink_own.h"

#define LINE_MAX_BYTES 1200 /* a line with its stamp */

int
queue_file_open(const char *path, struct err *e)
{
	/* A pipe opens without waiting for its reader, and a terminal does not become ours. */
	int fd =
		open(path, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0640);

	if (fd < 0)
		return err_set(e, -errno, "cannot open %s for appending: %s", path,
			       strerror(errno));
	return fd;
}

/* "2026-11-22T07:00:00", and in zone "+01:00". */
static void
stamp(time_t now, char date[32], char zone[8])
{
	struct tm tm;
	char z[8];

	localtime_r(&now, &tm);
	strftime(date, 32, "%Y-%m-%dT%H:%M:%S", &tm);
	strftime(z, sizeof(z), "%z", &tm);
	snprintf(zone, 8, "%.3s:%.2s", z, z + 3);
}

/* The stamp of the second and the host's name: the same for many lines. */
static const char *
host(void)
{
	static char name[64];

	if (name[0] == '\0' && gethostname(name, sizeof(name) - 1) != 0)
		strcpy(name, "localhost");
	return name;
}

/* At most LINE_MAX_BYTES; how many it would have been. */
static int
print(char *to, const struct queue_sink *s, const struct queue_line *l)
{
	static time_t last = -1;
	static char date[32], zone[8];
	time_t now = l->date / 1000000;
	const char *mend = s->torn ? "\n" : "";

	if (s->stats.spec.kind == QUEUE_SINK_JSON)
		return snprintf(to, LINE_MAX_BYTES, "%s%s\n", mend, l->json);
	if (now != last) {
		stamp(now, date, zone);
		last = now;
	}
	return snprintf(to, LINE_MAX_BYTES, "%s%s.%06u%s %s pollux: %s\n", mend, date,
			(unsigned)(l->date % 1000000), zone, host(), l->text);
}

void
queue_file_write(struct queue_sink *s, const struct queue_line *l)
{
	int n;

	if (s->len + LINE_MAX_BYTES > sizeof(s->buffer))
		queue_file_flush(s);
	n = print(s->buffer + s->len, s, l);
	s->torn = false;
	s->len += n < LINE_MAX_BYTES ? n : LINE_MAX_BYTES - 1;
	s->pending++;
}

void
queue_file_flush(struct queue_sink *s)
{
	const char *at = s->buffer, *end = s->buffer + s->len;
	unsigned lost = 0;

	while (at < end) {
		ssize_t n = write(s->fd, at, end - at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		at += n;
	}
	for (const char *c = at; c < end; c++)
		lost += *c == '\n';
	s->torn = lost > 0 && at > s->buffer && at[-1] != '\n';
	lost = lost < s->pending ? lost : s->pending;
	s->stats.written += s->pending - lost;
	s->stats.lost += lost;
	s->pending = 0;
	s->len = 0;
}
