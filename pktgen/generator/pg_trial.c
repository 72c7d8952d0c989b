/* SPDX-License-Identifier: BSD-3-Clause */
#include <rte_cycles.h>

#include "pg_connect.h"
#include "pg_report.h"
#include "pg_trial.h"

#define TICK_US 2000

volatile int pg_stop;

static double
now_seconds(void)
{
	return (double)rte_rdtsc() / rte_get_tsc_hz();
}

void
pg_trial_move(struct pg_run *r, enum pg_phase phase)
{
	__atomic_store_n(&r->phase, phase, __ATOMIC_RELEASE);
	for (unsigned i = 0; i < r->nb_workers; i++)
		while (__atomic_load_n(&r->worker[i].said, __ATOMIC_ACQUIRE) != phase)
			rte_delay_us_sleep(50);
}

static void
sum_counters(const struct pg_run *r, struct pg_counters *sum)
{
	uint64_t *to = (uint64_t *)sum;

	memset(sum, 0, sizeof(*sum));
	for (unsigned i = 0; i < r->nb_workers; i++) {
		const uint64_t *from = (const uint64_t *)&r->worker[i].count;

		for (unsigned k = 0; k < sizeof(*sum) / sizeof(*to); k++)
			to[k] += __atomic_load_n(&from[k], __ATOMIC_RELAXED);
	}
}

static void
reset(struct pg_run *r)
{
	r->id++;
	memset(r->seq, 0, r->o->flows.nb * sizeof(*r->seq));
	memset(r->track, 0, r->o->flows.nb * sizeof(*r->track));
	if (r->connection != NULL)
		memset(r->connection, 0, r->o->flows.nb * sizeof(*r->connection));
	for (unsigned i = 0; i < r->nb_workers; i++) {
		struct pg_worker *w = &r->worker[i];

		memset(&w->count, 0, sizeof(w->count));
		memset(&w->latency, 0, sizeof(w->latency));
		memset(&w->back, 0, sizeof(w->back));
	}
}

static uint64_t
done(const struct pg_run *r, const struct pg_counters *c)
{
	return r->o->mode == PG_CONNECTIONS ? c->opened : c->sent;
}

/* Has all that can come come? */
static bool
all_came(const struct pg_run *r, const struct pg_counters *c)
{
	if (r->o->mode == PG_CONNECTIONS)
		return c->completed + c->refused + c->timed_out >= c->opened;
	return c->received - c->twice >= c->sent && (!r->o->turn || c->returned >= c->turned);
}

static void
send_until(struct pg_run *r, double seconds, uint64_t count, double begun)
{
	struct pg_counters c, before = { 0 };
	double next = begun + 1, now = begun;

	while (!pg_stop && (seconds == 0 || now - begun < seconds)) {
		rte_delay_us_sleep(TICK_US);
		now = now_seconds();
		if (count != 0 || now >= next)
			sum_counters(r, &c);
		if (count != 0 && done(r, &c) >= count)
			return;
		if (now < next)
			continue;
		pg_progress(r, now - begun, &c, &before);
		before = c;
		next += 1;
	}
}

static void
drain(struct pg_run *r)
{
	double until = now_seconds() + r->o->drain;
	struct pg_counters c;

	do {
		rte_delay_us_sleep(TICK_US);
		sum_counters(r, &c);
	} while (!all_came(r, &c) && now_seconds() < until);
}

static double
last_sent(const struct pg_run *r)
{
	uint64_t last = 0;

	for (unsigned i = 0; i < r->nb_workers; i++)
		last = RTE_MAX(last, r->worker[i].last_sent);
	return (double)last / rte_get_tsc_hz();
}

void
pg_trial_run(struct pg_run *r, double pps, double seconds, uint64_t count, struct pg_result *out)
{
	double begun;

	memset(out, 0, sizeof(*out));
	reset(r);
	r->pps = out->pps = pps;
	r->left = count;
	begun = now_seconds();
	pg_trial_move(r, PG_SEND);
	send_until(r, seconds, count, begun);
	out->seconds = now_seconds() - begun;
	pg_trial_move(r, PG_DRAIN);
	drain(r);
	pg_trial_move(r, PG_IDLE);
	sum_counters(r, &out->count);
	if (count != 0 && done(r, &out->count) >= count)
		out->seconds = last_sent(r) - begun;
	for (unsigned i = 0; i < r->nb_workers; i++) {
		pg_histogram_merge(&out->latency, &r->worker[i].latency);
		pg_histogram_merge(&out->back, &r->worker[i].back);
	}
	out->unfinished = out->count.opened - out->count.completed - out->count.refused -
			  out->count.timed_out;
	out->interrupted = pg_stop;
}

uint64_t
pg_result_lost(const struct pg_result *t, const struct pg_options *o)
{
	const struct pg_counters *c = &t->count;
	uint64_t came = c->received - c->twice;

	if (o->mode == PG_CONNECTIONS)
		return c->opened - c->completed;
	/* With duplicates that came too late to be known as such, more than was sent may have come. */
	return c->sent > came ? c->sent - came : 0;
}

double
pg_result_loss(const struct pg_result *t, const struct pg_options *o)
{
	uint64_t all = o->mode == PG_CONNECTIONS ? t->count.opened : t->count.sent;

	return all == 0 ? 0 : (double)pg_result_lost(t, o) / all;
}
