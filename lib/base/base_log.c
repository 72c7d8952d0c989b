/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where all of DPDK's log goes. Any thread may log; stdio's lock of the stream makes them take turns
 * in take(), and the control lcore reads what was heard under the same lock.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>

#include "base_log.h"

int log_type;

static FILE *stream;
static char heard[256];

/* Said at every start or with every device, and no trouble. */
static const char *const noise[] = {
	"hugepages reported on node", /* of a size nobody reserved; a real lack is an error later */
	"No legacy callbacks, legacy socket not created",
	/* net_tap's rte_flow needs qdiscs; its and net_memif's messages between processes, sharing. */
	"Specified qdisc kind is unknown",
	"multiq qdisc",
	"Disabling rte flow support",
	"Failed to send start req to secondary",
	"Failed to register mp action callback",
};

RTE_INIT(log_init)
{
	log_type = rte_log_register("pollux");
	if (log_type < 0)
		abort();
	rte_log_set_level(log_type, RTE_LOG_INFO);
}

/* "function(): text" without the function. */
static size_t
function_name(const char *line, size_t len)
{
	size_t n = 0;

	while (n < len && (line[n] == '_' || (line[n] >= '0' && line[n] <= 'z')))
		n++;
	if (n == 0 || len - n < 3 || memcmp(line + n, "():", 3) != 0)
		return 0;
	for (n += 3; n < len && line[n] == ' '; n++)
		;
	return n;
}

static void
hear(const char *line, size_t len)
{
	size_t skip = function_name(line, len);

	/* EAL only says that it failed, the driver before it why. */
	if (heard[0] != '\0' || strncmp(line, "EAL:", RTE_MIN(len, 4u)) == 0 ||
	    strncmp(line, "pollux:", RTE_MIN(len, 7u)) == 0)
		return;
	snprintf(heard, sizeof(heard), "%.*s", (int)(len - skip), line + skip);
	heard[strcspn(heard, "\n")] = '\0';
}

static ssize_t
take(void *cookie, const char *text, size_t size)
{
	for (size_t at = 0, len; at < size; at += len) {
		const char *nl = memchr(text + at, '\n', size - at);
		bool quiet = false;

		len = nl != NULL ? (size_t)(nl - text) + 1 - at : size - at;
		for (unsigned i = 0; i < RTE_DIM(noise) && !quiet; i++)
			quiet = memmem(text + at, len, noise[i], strlen(noise[i])) != NULL;
		if (quiet)
			continue;
		fwrite(text + at, 1, len, stderr);
		hear(text + at, len);
	}
	return size;
}

int
log_open(void)
{
	stream = fopencookie(NULL, "w", (cookie_io_functions_t){ .write = take });
	if (stream == NULL)
		return -ENOMEM;
	/* Whole lines: rte_log() writes one in several pieces. */
	setvbuf(stream, NULL, _IOLBF, BUFSIZ);
	return rte_openlog_stream(stream);
}

void
log_listen(void)
{
	if (stream != NULL)
		flockfile(stream);
	heard[0] = '\0';
	if (stream != NULL)
		funlockfile(stream);
}

const char *
log_heard(void)
{
	static char copy[sizeof(heard)];

	if (stream != NULL)
		flockfile(stream);
	strcpy(copy, heard);
	if (stream != NULL)
		funlockfile(stream);
	return copy;
}
