/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>

#include "base_lane.h"
#include "base_mem.h"
#include "queue_memory.h"
#include "queue_record.h"

static struct queue_line lines[QUEUE_MEMORY_LINES];
static uint64_t first, end;

void
queue_memory_put(const struct queue_line *l)
{
	struct queue_line *to = &lines[end % QUEUE_MEMORY_LINES];

	free((char *)to->text);
	*to = *l;
	to->text = strdup(l->text);
	to->json = NULL;
	if (to->text == NULL)
		abort();
	end++;
	if (end - first > QUEUE_MEMORY_LINES)
		first = end - QUEUE_MEMORY_LINES;
}

uint64_t
queue_memory_first(void)
{
	return first;
}

uint64_t
queue_memory_end(void)
{
	return end;
}

const struct queue_line *
queue_memory_get(uint64_t number)
{
	return &lines[number % QUEUE_MEMORY_LINES];
}

void
queue_memory_clear(void)
{
	first = end;
}

static struct mem_use
log_memory(void)
{
	struct mem_use use = { .reserved = sizeof(lines) };

	for (uint64_t i = first; i < end; i++)
		use.used += sizeof(*lines) + strlen(lines[i % QUEUE_MEMORY_LINES].text) + 1;
	for (unsigned lane = 0; lane < LANE_MAX; lane++)
		use.reserved += queue_rings[lane] != NULL ? sizeof(*queue_rings[lane]) : 0;
	return use;
}

MEM_USER(log, "log", "the last lines of the log, and the lanes' rings of records", log_memory)
