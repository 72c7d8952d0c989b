/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_ethdev.h>

#include "pg_port.h"
#include "pg_report.h"

static const char *const protos[] = { "udp", "tcp", "icmp" };

static bool
shown(const struct pg_run *r)
{
	return r->o->progress || isatty(STDERR_FILENO);
}

void
pg_progress(const struct pg_run *r, double seconds, const struct pg_counters *now,
	    const struct pg_counters *before)
{
	if (!shown(r))
		return;
	if (r->o->mode == PG_CONNECTIONS)
		fprintf(stderr, "%6.0f s  opened %lu  set up %lu  complete %lu  failed %lu\n",
			seconds, now->opened - before->opened,
			now->established - before->established, now->completed - before->completed,
			now->refused + now->timed_out - before->refused - before->timed_out);
	else
		fprintf(stderr,
			"%6.0f s  sent %lu  received %lu  returned %lu  under way or lost %ld\n",
			seconds, now->sent - before->sent, now->received - before->received,
			now->returned - before->returned,
			(long)(now->sent - now->received + now->twice));
}

void
pg_progress_trial(const struct pg_run *r, const struct pg_result *t, bool passed)
{
	if (shown(r))
		fprintf(stderr, "trial    %.0f packets/s (sent %.0f): lost %.4f %%: %s\n", t->pps,
			t->count.sent / t->seconds, 100 * pg_result_loss(t, r->o),
			passed ? "passed" : "failed");
}

void
pg_report_head(const struct pg_run *r)
{
	FILE *out = r->report;
	const struct pg_options *o = r->o;

	fprintf(out, "ports     %s -> %s, %u %s\n", r->side[0].name, r->side[1].name, r->nb_workers,
		r->nb_workers == 1 ? "worker" : "workers");
	fprintf(out, "traffic   ");
	if (o->mode == PG_CONNECTIONS)
		fprintf(out, "TCP connections over IPv%c, %u bytes each way", o->v6 ? '6' : '4',
			o->data);
	else if (o->mode == PG_SYN_FLOOD)
		fprintf(out, "TCP SYNs over IPv%c", o->v6 ? '6' : '4');
	else if (o->size == 0)
		fprintf(out, "%s over IPv%c, IMIX", protos[o->proto], o->v6 ? '6' : '4');
	else
		fprintf(out, "%s over IPv%c, %u bytes", protos[o->proto], o->v6 ? '6' : '4',
			o->size);
	fprintf(out, ", %u %s", o->flows.nb, o->flows.nb == 1 ? "flow" : "flows");
	if (o->zipf != 0)
		fprintf(out, ", zipf %g", o->zipf);
	fprintf(out, "%s\n", o->turn ? ", answered" : "");
}

static void
print_latency(FILE *out, const char *name, const struct pg_histogram *h)
{
	double hz = rte_get_tsc_hz();

	if (h->nb == 0)
		return;
	fprintf(out,
		"%-9s us: min %.1f  mean %.1f  50%% %.1f  90%% %.1f  99%% %.1f  99.9%% %.1f  max "
		"%.1f\n",
		name, pg_us(h->min, hz), pg_us((double)h->sum / h->nb, hz),
		pg_us(pg_histogram_percentile(h, 50), hz),
		pg_us(pg_histogram_percentile(h, 90), hz),
		pg_us(pg_histogram_percentile(h, 99), hz),
		pg_us(pg_histogram_percentile(h, 99.9), hz), pg_us(h->max, hz));
}

/* Only what there was. */
static void
print_besides(FILE *out, const struct pg_counters *c)
{
	const struct {
		const char *name;
		uint64_t nb;
	} all[] = {
		{ "wrong checksums", c->bad_checksum },
		{ "ICMP errors", c->icmp_errors },
		{ "resets", c->resets },
		{ "SYN ACKs", c->answers },
		{ "of an earlier run", c->stale },
		{ "others", c->other },
		{ "ARP and discovery answered", c->asked },
		{ "rounds with a full tx queue", c->tx_full },
		{ "without a buffer", c->no_buffer },
		{ "replies not sent", c->reply_lost },
	};
	const char *before = "besides   ";

	for (unsigned i = 0; i < RTE_DIM(all); i++) {
		if (all[i].nb == 0)
			continue;
		fprintf(out, "%s%s %lu", before, all[i].name, all[i].nb);
		before = ", ";
	}
	if (before[0] == ',')
		fprintf(out, "\n");
}

static void
print_ports(const struct pg_run *r)
{
	FILE *out = r->report;

	for (unsigned i = 0; i < r->nb_sides; i++) {
		struct rte_eth_stats s;

		if (rte_eth_stats_get(r->side[i].port, &s) == 0 &&
		    s.imissed + s.ierrors + s.oerrors + s.rx_nombuf > 0)
			fprintf(out,
				"port      %s: missed %lu, rx errors %lu, tx errors %lu, no buffer "
				"%lu\n",
				r->side[i].name, s.imissed, s.ierrors, s.oerrors, s.rx_nombuf);
	}
}

static void
print_connections(FILE *out, const struct pg_result *t)
{
	const struct pg_counters *c = &t->count;

	fprintf(out, "opened    %lu connections in %.3f s: %.0f a second\n", c->opened, t->seconds,
		c->opened / t->seconds);
	fprintf(out, "set up    %lu (servers saw %lu SYNs, %lu handshakes)\n", c->established,
		c->received, c->accepted);
	fprintf(out, "complete  %lu: %.0f a second\n", c->completed, c->completed / t->seconds);
	fprintf(out, "failed    %lu: refused %lu, timed out %lu, open at the end %lu\n",
		c->opened - c->completed, c->refused, c->timed_out, t->unfinished);
	if (c->busy > 0)
		fprintf(out,
			"not begun %lu: their flow's last connection was still open (more "
			"--flows)\n",
			c->busy);
	print_latency(out, "set-up", &t->latency);
	print_latency(out, "complete", &t->back);
}

static void
print_stream(const struct pg_run *r, const struct pg_result *t)
{
	const struct pg_counters *c = &t->count;
	FILE *out = r->report;

	fprintf(out, "sent      %lu packets in %.3f s: %.0f a second, %.1f Mbit/s\n", c->sent,
		t->seconds, c->sent / t->seconds, c->sent_bytes * 8e-6 / t->seconds);
	fprintf(out, "received  %lu packets, %lu bytes\n", c->received, c->received_bytes);
	fprintf(out, "lost      %lu: %.4f %%\n", pg_result_lost(t, r->o),
		100 * pg_result_loss(t, r->o));
	if (c->late + c->twice > 0)
		fprintf(out, "order     late %lu, twice %lu\n", c->late, c->twice);
	if (r->o->turn)
		fprintf(out, "returned  %lu of %lu sent back\n", c->returned, c->turned);
	print_latency(out, "latency", &t->latency);
	print_latency(out, "and back", &t->back);
}

void
pg_report_result(const struct pg_run *r, const struct pg_result *t)
{
	FILE *out = r->report;

	if (r->o->mode == PG_CONNECTIONS)
		print_connections(out, t);
	else
		print_stream(r, t);
	print_besides(out, &t->count);
	print_ports(r);
	if (t->interrupted)
		fprintf(out, "ended before its time\n");
}

void
pg_report_search(const struct pg_run *r, const struct pg_search *s)
{
	double line = pg_ports_line_rate(r);
	FILE *out = r->report;

	if (s->passed == 0) {
		fprintf(out,
			"rate      none passed: lost more than %g %% at every one of %u trials\n",
			100 * s->loss, s->trials);
		return;
	}
	fprintf(out, "rate      %.0f packets a second, %.1f Mbit/s", s->passed,
		s->passed * pg_frame_mean(&r->frame) * 8e-6);
	if (line != 0)
		fprintf(out, ", %.2f %% of the link", 100 * s->passed / line);
	fprintf(out, "; %u trials, up to %.0f a second; lost at most %g %%\n", s->trials, s->max,
		100 * s->loss);
	if (s->limited)
		fprintf(out,
			"note      the generator reached no more than that; what is tested may\n");
}
