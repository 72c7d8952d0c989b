/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Rate estimators. Made and ended by rules that name them, measured by control's tick, counted into by the target and read by
 * the match on workers.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rule_rateest.h"
#include "rule_step.h"

#define ESTIMATORS_MAX 4096u
#define SHIFT 8 /* fraction bits of an average, as in Linux */

static struct rule_rateest *estimators;
static uint32_t nb_estimators;

struct rule_rateest *
rule_rateest_next(const struct rule_rateest *e)
{
	return e == NULL ? estimators : e->next;
}

static struct rule_rateest *
find(const char *name)
{
	struct rule_rateest *e = estimators;

	while (e != NULL && strcmp(e->name, name) != 0)
		e = e->next;
	return e;
}

static int
make(const char *name, struct rule_rateest_how how, uint64_t now, struct rule_rateest **out)
{
	struct rule_rateest *e;
	int rc;

	if (nb_estimators == ESTIMATORS_MAX)
		return -ENOSPC;
	e = calloc(1, sizeof(*e));
	if (e == NULL)
		return -ENOMEM;
	rc = counter_alloc(&e->counter);
	if (rc != 0) {
		free(e);
		return rc;
	}
	memcpy(e->name, name, strlen(name));
	e->how = how;
	e->seen = counter_read(e->counter);
	e->measured = now;
	e->due = now + (RULE_RATEEST_STEP_MS << how.interval);
	e->next = estimators;
	estimators = e;
	nb_estimators++;
	*out = e;
	return 0;
}

int
rule_rateest_get(const char *name, struct rule_rateest_how how, uint64_t now,
		 struct rule_rateest **out)
{
	int rc = 0;

	*out = find(name);
	if (*out == NULL)
		rc = make(name, how, now, out);
	else if ((*out)->how.interval != how.interval || (*out)->how.weight != how.weight)
		return -EINVAL;
	if (rc == 0)
		(*out)->rules++;
	return rc;
}

struct rule_rateest *
rule_rateest_share(const char *name)
{
	struct rule_rateest *e = find(name);

	if (e != NULL)
		e->rules++;
	return e;
}

void
rule_rateest_put(struct rule_rateest *e)
{
	struct rule_rateest **at = &estimators;

	if (--e->rules > 0)
		return;
	while (*at != e)
		at = &(*at)->next;
	*at = e->next;
	counter_free(e->counter);
	free(e);
	nb_estimators--;
}

static void
approach(uint64_t *average, uint64_t more, uint64_t ms, uint8_t weight)
{
	uint64_t rate = (more << SHIFT) * 1000 / ms;

	__atomic_store_n(average, *average + (rate >> weight) - (*average >> weight),
			 __ATOMIC_RELAXED);
}

/* Where the tick comes late, all intervals since the last look had the rate of the whole time. */
static void
measure(struct rule_rateest *e, uint64_t now)
{
	struct count c = counter_read(e->counter);
	uint64_t packets = c.packets - e->seen.packets, bytes = c.bytes - e->seen.bytes;

	for (; e->due <= now; e->due += RULE_RATEEST_STEP_MS << e->how.interval) {
		approach(&e->average.packets, packets, now - e->measured, e->how.weight);
		approach(&e->average.bytes, bytes, now - e->measured, e->how.weight);
	}
	e->seen = c;
	e->measured = now;
}

void
rule_rateest_tick(uint64_t now_ms)
{
	bool settled = false;

	for (struct rule_rateest *e = estimators; e != NULL; e = e->next) {
		if (now_ms < e->due)
			continue;
		if (!settled)
			counter_settle();
		settled = true;
		measure(e, now_ms);
	}
}

struct count
rule_rateest_read(const struct rule_rateest *e)
{
	return (struct count){
		.packets = __atomic_load_n(&e->average.packets, __ATOMIC_RELAXED) >> SHIFT,
		.bytes = __atomic_load_n(&e->average.bytes, __ATOMIC_RELAXED) >> SHIFT,
	};
}

/* Packets of known flows are counted by the ways that hit the estimator's counter, as they are for rules. */
void
rule_rateest_count(const struct rule_rateest *e, struct rule_packet *rp)
{
	rule_count(rp, e->counter);
}
