/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>
#include <rte_cycles.h>

#include "pg_report.h"

#define NAME(field)                                         \
	{                                                   \
#field, offsetof(struct pg_counters, field) \
	}

static const struct {
	const char *name;
	size_t at;
} names[] = {
	NAME(sent),       NAME(sent_bytes), NAME(received),     NAME(received_bytes),
	NAME(late),       NAME(twice),      NAME(bad_checksum), NAME(turned),
	NAME(returned),   NAME(opened),     NAME(established),  NAME(accepted),
	NAME(completed),  NAME(refused),    NAME(timed_out),    NAME(busy),
	NAME(resets),     NAME(answers),    NAME(icmp_errors),  NAME(stale),
	NAME(other),      NAME(asked),      NAME(tx_full),      NAME(no_buffer),
	NAME(reply_lost),
};

_Static_assert(RTE_DIM(names) * sizeof(uint64_t) == sizeof(struct pg_counters), "every counter");

static json_t *
latency(const struct pg_histogram *h)
{
	static const struct {
		const char *name;
		double percent;
	} all[] = { { "p50", 50 }, { "p90", 90 }, { "p99", 99 }, { "p99.9", 99.9 } };
	double hz = rte_get_tsc_hz();
	json_t *j = json_object();

	json_object_set_new(j, "count", json_integer(h->nb));
	if (h->nb == 0)
		return j;
	json_object_set_new(j, "min", json_real(pg_us(h->min, hz)));
	json_object_set_new(j, "mean", json_real(pg_us((double)h->sum / h->nb, hz)));
	for (unsigned i = 0; i < RTE_DIM(all); i++)
		json_object_set_new(
			j, all[i].name,
			json_real(pg_us(pg_histogram_percentile(h, all[i].percent), hz)));
	json_object_set_new(j, "max", json_real(pg_us(h->max, hz)));
	return j;
}

static json_t *
counters(const struct pg_counters *c)
{
	json_t *j = json_object();

	for (unsigned i = 0; i < RTE_DIM(names); i++)
		json_object_set_new(
			j, names[i].name,
			json_integer(*(const uint64_t *)((const char *)c + names[i].at)));
	return j;
}

static json_t *
what_ran(const struct pg_run *r)
{
	static const char *const modes[] = { "stream", "connections", "syn-flood" };
	static const char *const protos[] = { "udp", "tcp", "icmp" };
	const struct pg_options *o = r->o;

	return json_pack("{s:s, s:s, s:s, s:s, s:i, s:i, s:f, s:i, s:f, s:b, s:i}", "mode",
			 modes[o->mode], "tx", r->side[0].name, "rx", r->side[1].name, "proto",
			 protos[o->proto], "family", o->v6 ? 6 : 4, "size", (int)o->size,
			 "mean_size", pg_frame_mean(&r->frame), "flows", (int)o->flows.nb, "zipf",
			 o->zipf, "return", o->turn, "workers", (int)r->nb_workers);
}

static json_t *
result(const struct pg_run *r, const struct pg_result *t)
{
	double s = t->seconds > 0 ? t->seconds : 1;
	json_t *j = json_pack("{s:f, s:f, s:I, s:f, s:I, s:b}", "seconds", t->seconds, "pps_asked",
			      t->pps, "lost", (json_int_t)pg_result_lost(t, r->o), "loss",
			      pg_result_loss(t, r->o), "unfinished", (json_int_t)t->unfinished,
			      "interrupted", t->interrupted);

	json_object_set_new(j, "pps_sent", json_real(t->count.sent / s));
	json_object_set_new(j, "connections_per_second", json_real(t->count.completed / s));
	json_object_set_new(j, "counters", counters(&t->count));
	json_object_set_new(j, "latency_us", latency(&t->latency));
	json_object_set_new(j, "round_trip_us", latency(&t->back));
	return j;
}

static json_t *
search(const struct pg_search *s)
{
	return json_pack("{s:f, s:f, s:f, s:f, s:i, s:b}", "pps", s->passed, "max", s->max, "loss",
			 s->loss, "resolution", s->resolution, "trials", (int)s->trials,
			 "generator_limited", s->limited);
}

int
pg_json_probe(const char *path, struct err *e)
{
	FILE *f;

	if (strcmp(path, "-") == 0)
		return 0;
	f = fopen(path, "a");
	if (f == NULL)
		return err_set(e, -errno, "--json: %s: %s", path, strerror(errno));
	fclose(f);
	return 0;
}

int
pg_json_write(const struct pg_run *r, const struct pg_result *t, const struct pg_search *s,
	      struct err *e)
{
	json_t *j = json_object();
	int rc = 0;

	json_object_set_new(j, "config", what_ran(r));
	json_object_set_new(j, "result", result(r, t));
	if (s != NULL)
		json_object_set_new(j, "search", search(s));
	errno = 0;
	if (strcmp(r->o->json, "-") == 0) {
		rc = json_dumpf(j, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(9));
		printf("\n");
	} else {
		rc = json_dump_file(j, r->o->json, JSON_INDENT(2) | JSON_REAL_PRECISION(9));
	}
	json_decref(j);
	return rc == 0 ? 0 : err_set(e, -EIO, "--json: %s: %s", r->o->json, strerror(errno));
}
