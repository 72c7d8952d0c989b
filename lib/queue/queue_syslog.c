/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * syslog as a sink: datagrams to /dev/log, as syslog(3) sends them, but never waiting for a log daemon
 * that is slow (syslog(3) does). The facility "kern" is the kernel's alone.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syslog.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "queue_sink_own.h"

#define RETRY_US 1000000 /* between attempts to find a log daemon */

int
queue_syslog_facility(const char *name)
{
	static const struct {
		const char *name;
		int facility;
	} names[] = {
		{ "daemon", LOG_DAEMON }, { "user", LOG_USER },         { "auth", LOG_AUTH },
		{ "syslog", LOG_SYSLOG }, { "authpriv", LOG_AUTHPRIV }, { "local0", LOG_LOCAL0 },
		{ "local1", LOG_LOCAL1 }, { "local2", LOG_LOCAL2 },     { "local3", LOG_LOCAL3 },
		{ "local4", LOG_LOCAL4 }, { "local5", LOG_LOCAL5 },     { "local6", LOG_LOCAL6 },
		{ "local7", LOG_LOCAL7 },
	};

	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i].name, name) == 0)
			return names[i].facility;
	return -1;
}

static bool
connected(struct queue_sink *s, uint64_t now)
{
	static const struct sockaddr_un log = { .sun_family = AF_UNIX, .sun_path = "/dev/log" };

	if (s->fd >= 0)
		return true;
	if (now < s->retry)
		return false;
	s->retry = now + RETRY_US;
	s->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (s->fd >= 0 && connect(s->fd, (const struct sockaddr *)&log, sizeof(log)) == 0)
		return true;
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
	return false;
}

void
queue_syslog_write(struct queue_sink *s, const struct queue_line *l)
{
	time_t second = l->date / 1000000;
	char text[1200], date[32];
	struct tm tm;
	int n;

	localtime_r(&second, &tm);
	strftime(date, sizeof(date), "%b %e %H:%M:%S", &tm);
	n = snprintf(text, sizeof(text), "<%d>%s pollux[%d]: %s", s->facility | l->level, date,
		     (int)getpid(), l->text);
	if (n >= (int)sizeof(text))
		n = sizeof(text) - 1;
	if (!connected(s, l->usec)) {
		s->stats.lost++;
	} else if (send(s->fd, text, n, MSG_NOSIGNAL) == n) {
		s->stats.written++;
	} else {
		s->stats.lost++;
		/* Too busy now, or gone: only then it is looked for again. */
		if (errno != EAGAIN && errno != EINTR && errno != EMSGSIZE) {
			close(s->fd);
			s->fd = -1;
		}
	}
}
