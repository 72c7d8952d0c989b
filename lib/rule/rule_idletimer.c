/* SPDX-License-Identifier: BSD-3-Clause */
/* Timers of -j IDLETIMER. Made and ended by control for the target's rules, started by workers. */
#include "rule_idletimer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base_clock.h"

#define TIMERS_MAX 4096u

static struct rule_idletimer *timers;
static uint32_t nb_timers;

struct rule_idletimer *
rule_idletimer_next(const struct rule_idletimer *t)
{
	return t == NULL ? timers : t->next;
}

struct rule_idletimer *
rule_idletimer_find(const char *label)
{
	struct rule_idletimer *t = timers;

	while (t != NULL && strcmp(t->label, label) != 0)
		t = t->next;
	return t;
}

/* It is the name of a file in Linux, beside those that every folder of devices has. */
static bool
good_label(const char *label)
{
	static const char *const taken[] = { "", ".", "..", "power", "subsystem", "uevent" };

	for (unsigned i = 0; i < RTE_DIM(taken); i++)
		if (strcmp(label, taken[i]) == 0)
			return false;
	return strchr(label, '/') == NULL;
}

static struct rule_idletimer *
timer_new(const char *label, bool alarm)
{
	struct rule_idletimer *t = aligned_alloc(RTE_CACHE_LINE_SIZE, sizeof(*t));

	if (t == NULL)
		return NULL;
	memset(t, 0, sizeof(*t));
	memcpy(t->label, label, strnlen(label, sizeof(t->label) - 1));
	t->alarm = alarm;
	t->next = timers;
	timers = t;
	nb_timers++;
	return t;
}

int
rule_idletimer_get(const char *label, bool alarm, struct rule_idletimer **out)
{
	struct rule_idletimer *t = rule_idletimer_find(label);

	if (!good_label(label) || (t != NULL && t->alarm != alarm))
		return -EINVAL;
	if (t == NULL && nb_timers == TIMERS_MAX)
		return -ENOSPC;
	if (t == NULL)
		t = timer_new(label, alarm);
	if (t == NULL)
		return -ENOMEM;
	t->rules++;
	*out = t;
	return 0;
}

void
rule_idletimer_put(struct rule_idletimer *t)
{
	struct rule_idletimer **at = &timers;

	if (--t->rules > 0)
		return;
	while (*at != t)
		at = &(*at)->next;
	*at = t->next;
	nb_timers--;
	free(t);
}

uint64_t
rule_idletimer_left(const struct rule_idletimer *t)
{
	uint64_t until = __atomic_load_n(&t->until, __ATOMIC_RELAXED), now = clock_ms();

	return until > now ? (until - now) / 1000 : 0;
}
