/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The set of sinks.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "queue_sink_own.h"

static struct queue_sink *sinks[QUEUE_SINKS_MAX];
static unsigned nb_sinks;

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
	if (spec->kind == QUEUE_SINK_FILE) {
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
queue_sinks_set(const struct queue_sink_spec *specs, unsigned nb, struct err *e)
{
	struct queue_sink *next[QUEUE_SINKS_MAX];

	if (nb > QUEUE_SINKS_MAX)
		return err_set(e, -E2BIG, "at most %d sinks", QUEUE_SINKS_MAX);
	for (unsigned i = 0; i < nb; i++) {
		next[i] = find(sinks, nb_sinks, &specs[i]);
		if (find(next, i, &specs[i]) != NULL) {
			err_set(e, -EINVAL, "\"%s\" is named twice", specs[i].target);
			next[i] = NULL;
		} else if (next[i] == NULL) {
			next[i] = sink_new(&specs[i], e);
		}
		if (next[i] != NULL)
			continue;
		while (i-- > 0)
			if (find(sinks, nb_sinks, &specs[i]) == NULL)
				sink_free(next[i]);
		return -EINVAL;
	}
	queue_sinks_flush();
	for (unsigned i = 0; i < nb_sinks; i++)
		if (find(next, nb, &sinks[i]->stats.spec) == NULL)
			sink_free(sinks[i]);
	memcpy(sinks, next, nb * sizeof(next[0]));
	nb_sinks = nb;
	return 0;
}

int
queue_sinks_reopen(struct err *e)
{
	int rc = 0;

	queue_sinks_flush();
	for (unsigned i = 0; i < nb_sinks; i++) {
		struct queue_sink *s = sinks[i];
		int fd;

		if (s->stats.spec.kind != QUEUE_SINK_FILE)
			continue;
		fd = queue_file_open(s->stats.spec.target, e);
		if (fd < 0) {
			rc = fd;
			continue;
		}
		close(s->fd);
		s->fd = fd;
		s->torn = false;
	}
	return rc;
}

unsigned
queue_sinks_stats(struct queue_sink_stats *stats)
{
	for (unsigned i = 0; i < nb_sinks; i++)
		stats[i] = sinks[i]->stats;
	return nb_sinks;
}

void
queue_sinks_write(const struct queue_line *l)
{
	for (unsigned i = 0; i < nb_sinks; i++) {
		if (sinks[i]->stats.spec.kind == QUEUE_SINK_FILE)
			queue_file_write(sinks[i], l);
		else
			queue_syslog_write(sinks[i], l);
	}
}

void
queue_sinks_flush(void)
{
	for (unsigned i = 0; i < nb_sinks; i++)
		if (sinks[i]->stats.spec.kind == QUEUE_SINK_FILE)
			queue_file_flush(sinks[i]);
}
