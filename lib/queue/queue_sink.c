/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The sets of sinks.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "queue_sink_own.h"

static struct sinks {
	struct queue_sink *sink[QUEUE_SINKS_MAX];
	unsigned nb;
} logs[QUEUE_SINKS];

static void
sink_free(struct queue_sink *s)
{
	if (s->fd >= 0)
		close(s->fd);
	free(s);
}

static bool
same(const struct queue_sink_spec *a, const struct queue_sink_spec *b)
{
	return a->kind == b->kind && strcmp(a->target, b->target) == 0;
}

static struct queue_sink *
find(struct queue_sink **in, unsigned nb, const struct queue_sink_spec *spec)
{
	for (unsigned i = 0; i < nb; i++)
		if (same(&in[i]->stats.spec, spec))
			return in[i];
	return NULL;
}

/* NULL: e says why. */
static struct queue_sink *
sink_new(const struct queue_sink_spec *spec, struct err *e)
{
	struct queue_sink *s = calloc(1, sizeof(*s));

	if (s == NULL)
		abort();
	s->stats.spec = *spec;
	if (spec->kind != QUEUE_SINK_SYSLOG) {
		s->fd = queue_file_open(spec->target, e);
		if (s->fd >= 0)
			return s;
	} else {
		s->fd = -1;
		s->facility = queue_syslog_facility(spec->target);
		if (s->facility >= 0)
			return s;
		err_set(e, -EINVAL,
			"\"%s\" is no facility; expected daemon, user, auth, authpriv, syslog or "
			"local0 to local7",
			spec->target);
	}
	free(s);
	return NULL;
}

int
queue_sinks_set(enum queue_sinks of, const struct queue_sink_spec *specs, unsigned nb,
		struct err *e)
{
	struct queue_sink *next[QUEUE_SINKS_MAX];
	struct sinks *now = &logs[of];

	if (nb > QUEUE_SINKS_MAX)
		return err_set(e, -E2BIG, "at most %d sinks", QUEUE_SINKS_MAX);
	for (unsigned i = 0; i < nb; i++) {
		next[i] = find(now->sink, now->nb, &specs[i]);
		if (find(next, i, &specs[i]) != NULL) {
			err_set(e, -EINVAL, "\"%s\" is named twice", specs[i].target);
			next[i] = NULL;
		} else if (next[i] == NULL) {
			next[i] = sink_new(&specs[i], e);
		}
		if (next[i] != NULL)
			continue;
		while (i-- > 0)
			if (find(now->sink, now->nb, &specs[i]) == NULL)
				sink_free(next[i]);
		return -EINVAL;
	}
	queue_sinks_flush(of);
	for (unsigned i = 0; i < now->nb; i++)
		if (find(next, nb, &now->sink[i]->stats.spec) == NULL)
			sink_free(now->sink[i]);
	memcpy(now->sink, next, nb * sizeof(next[0]));
	now->nb = nb;
	return 0;
}

/* 0 or -errno, the old file goes on. */
static int
reopen(struct queue_sink *s, struct err *e)
{
	int fd;

	if (s->stats.spec.kind == QUEUE_SINK_SYSLOG)
		return 0;
	fd = queue_file_open(s->stats.spec.target, e);
	if (fd < 0)
		return fd;
	close(s->fd);
	s->fd = fd;
	s->torn = false;
	return 0;
}

int
queue_sinks_reopen(struct err *e)
{
	int rc = 0;

	for (unsigned of = 0; of < QUEUE_SINKS; of++) {
		queue_sinks_flush(of);
		for (unsigned i = 0; i < logs[of].nb; i++) {
			int one = reopen(logs[of].sink[i], e);

			rc = one != 0 ? one : rc;
		}
	}
	return rc;
}

unsigned
queue_sinks_stats(enum queue_sinks of, struct queue_sink_stats *stats)
{
	for (unsigned i = 0; i < logs[of].nb; i++)
		stats[i] = logs[of].sink[i]->stats;
	return logs[of].nb;
}

void
queue_sinks_write(enum queue_sinks of, const struct queue_line *l)
{
	for (unsigned i = 0; i < logs[of].nb; i++) {
		struct queue_sink *s = logs[of].sink[i];

		if (s->stats.spec.kind == QUEUE_SINK_SYSLOG)
			queue_syslog_write(s, l);
		else
			queue_file_write(s, l);
	}
}

void
queue_sinks_flush(enum queue_sinks of)
{
	for (unsigned i = 0; i < logs[of].nb; i++)
		if (logs[of].sink[i]->stats.spec.kind != QUEUE_SINK_SYSLOG)
			queue_file_flush(logs[of].sink[i]);
}
