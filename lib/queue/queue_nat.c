/* SPDX-License-Identifier: BSD-3-Clause */
/* Events of translated connections become lines, as they are moved out of the rings. */
#include <inttypes.h>
#include <time.h>

#include "base_clock.h"
#include "ct_event_read.h"
#include "queue_line.h"
#include "queue_nat.h"

#define LEVEL_INFO 6

static uint64_t lines, told_lost;

static void
put(struct queue_text *text, struct queue_text *json, uint64_t date)
{
	struct queue_line l = { .usec = clock_ms() * 1000,
				.date = date,
				.text = text->text,
				.json = json->text,
				.level = LEVEL_INFO };

	queue_sinks_write(QUEUE_SINKS_NAT, &l);
	lines++;
}

static void
log_one(const struct ct_event_record *r)
{
	struct queue_text text, json;

	queue_nat_line(&text, &json, r);
	put(&text, &json, r->usec);
}

static void
tell_lost(uint64_t lost)
{
	struct queue_text text = { .len = 0 }, json = { .len = 0 };
	struct timespec t;
	uint64_t date;

	clock_gettime(CLOCK_REALTIME, &t);
	date = (uint64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
	queue_text_add(&text, "nat lost lines=%" PRIu64, lost - told_lost);
	queue_text_add(&json,
		       "{\"date\":%" PRIu64 ".%06" PRIu64 ",\"event\":\"lost\",\"lines\":%" PRIu64
		       "}",
		       date / 1000000, date % 1000000, lost - told_lost);
	told_lost = lost;
	put(&text, &json, date);
}

void
queue_nat_flush(void)
{
	uint64_t lost = ct_event_log_lost();

	if (lost != told_lost)
		tell_lost(lost);
	queue_sinks_flush(QUEUE_SINKS_NAT);
}

void
queue_nat_catch_up(void)
{
	ct_event_catch_up();
	queue_nat_flush();
}

int
queue_nat_sinks_set(const struct queue_sink_spec *specs, unsigned nb, struct err *e)
{
	int rc;

	/* What happened until now is for those who were there. */
	queue_nat_catch_up();
	rc = queue_sinks_set(QUEUE_SINKS_NAT, specs, nb, e);
	return rc != 0 ? rc : ct_event_log(nb != 0 ? log_one : NULL, e);
}

struct queue_log_stats
queue_nat_stats(void)
{
	return (struct queue_log_stats){ .lines = lines, .lost = ct_event_log_lost() };
}
