/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * pollux-pktgen: options, start in order, runs, report, stop in reverse.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_launch.h>

#include "base_eal.h"
#include "pg_connect.h"
#include "pg_gateway.h"
#include "pg_port.h"
#include "pg_report.h"

/* Exit statuses. */
enum { OK, CANNOT, TOO_MUCH_LOST };

static struct pg_options options;
static struct pg_run run = { .o = &options };

static int
cannot(const char *text)
{
	fprintf(stderr, "pollux-pktgen: %s\n", text);
	return CANNOT;
}

static void
on_signal(int number)
{
	pg_stop = number;
}

/* A second one ends it at once. */
static void
take_signals(void)
{
	struct sigaction a = { .sa_handler = on_signal, .sa_flags = SA_RESETHAND };

	sigaction(SIGINT, &a, NULL);
	sigaction(SIGTERM, &a, NULL);
}

static int
make_tables(struct pg_run *r, struct err *e)
{
	uint32_t nb = options.flows.nb;

	r->seq = calloc(nb, sizeof(*r->seq));
	r->track = calloc(nb, sizeof(*r->track));
	if (options.mode == PG_CONNECTIONS)
		r->connection = calloc(nb, sizeof(*r->connection));
	if (r->seq == NULL || r->track == NULL ||
	    (options.mode == PG_CONNECTIONS && r->connection == NULL))
		return err_set(e, -ENOMEM, "too little memory for %u flows", nb);
	r->timeout = options.timeout * rte_get_tsc_hz();
	r->id = rte_rdtsc();
	return 0;
}

static int
make_workers(struct pg_run *r, struct err *e)
{
	bool one = options.mode == PG_CONNECTIONS;
	unsigned lcore, i = 0;

	r->nb_workers = rte_lcore_count() - 1;
	if (r->nb_workers == 0 || r->nb_workers > PG_WORKERS_MAX)
		return err_set(
			e, -EINVAL,
			"%u lcores: expected 2 to %u: the first shows and counts, the others "
			"send and receive (-l 0,1, or --lcores '0@0,1@0' on a single core)",
			rte_lcore_count(), PG_WORKERS_MAX + 1);
	if (posix_memalign((void **)&r->worker, RTE_CACHE_LINE_SIZE,
			   r->nb_workers * sizeof(*r->worker)) != 0)
		return err_set(e, -ENOMEM, "too little memory for %u workers", r->nb_workers);
	memset(r->worker, 0, r->nb_workers * sizeof(*r->worker));
	RTE_LCORE_FOREACH_WORKER(lcore) {
		struct pg_worker *w = &r->worker[i];

		*w = (struct pg_worker){ .run = r,
					 .index = i,
					 .lcore = lcore,
					 .said = PG_QUIT,
					 .client = i == 0,
					 .server = i > 0 || r->nb_workers == 1,
					 .queue = { PG_NO_QUEUE, PG_NO_QUEUE } };
		if (pg_spread_init(&w->spread, one && i > 0 ? 0 : options.flows.nb, one ? 0 : i,
				   one ? 1 : r->nb_workers, options.zipf, options.seed, e) != 0)
			return -ENOMEM;
		i++;
	}
	return 0;
}

/* Who the generator is at each port, and to whom it sends. */
static int
address(struct pg_run *r, struct err *e)
{
	struct pg_side *tx = &r->side[0], *rx = &r->side[1];
	struct rte_ether_addr dst = rx->host.mac;
	int rc = 0;

	tx->host.range = options.flows.src;
	tx->host.own = options.address;
	if (tx->host.own.family == AF_UNSPEC)
		tx->host.own = options.flows.src.first;
	rx->host.range = options.flows.dst;
	rx->host.own = options.rx_address;
	if (options.has_src_mac)
		tx->host.mac = options.src_mac;
	if (options.has_dst_mac)
		dst = options.dst_mac;
	if (options.gateway.family != AF_UNSPEC)
		rc = pg_gateway_resolve(r, &options.gateway, &dst, e);
	pg_frame_macs(&r->frame, &dst, &tx->host.mac);
	for (unsigned i = 0; i < r->nb_workers; i++)
		r->worker[i].frame = r->frame;
	return rc;
}

static int
start(struct err *e)
{
	unsigned nb_sizes = options.mode == PG_STREAM ? options.size : PG_SIZE_MIN;
	int rc;

	pg_frame_init(&run.frame, options.v6, options.proto, options.ttl);
	pg_frame_sizes(&run.frame, nb_sizes);
	rc = pg_ports_find(&run, e);
	if (rc == 0)
		rc = make_workers(&run, e);
	if (rc == 0)
		rc = make_tables(&run, e);
	if (rc == 0)
		rc = pg_ports_start(&run, e);
	if (rc == 0)
		rc = address(&run, e);
	return rc;
}

/* Packets a second that are asked for; 0: as fast as it goes. */
static int
rate(double *pps, struct err *e)
{
	double line = pg_ports_line_rate(&run);

	*pps = options.pps;
	if (options.percent != 0)
		*pps = line * options.percent / 100;
	if (options.percent != 0 && line == 0)
		return err_set(e, -EINVAL,
			       "--rate: the speed of %s is not known: expected packets a second",
			       run.side[0].name);
	if (!options.search || *pps != 0)
		return 0;
	*pps = line;
	return line != 0 ? 0
			 : err_set(e, -EINVAL,
				   "--search begins at the link's speed, which is not known of %s: "
				   "expected --rate PPS to begin at",
				   run.side[0].name);
}

static void
warm_up(double pps, struct pg_result *t)
{
	if (options.warm_up > 0)
		pg_trial_run(&run, pps, options.warm_up, 0, t);
}

static bool
too_much(double loss)
{
	return options.loss >= 0 && loss > options.loss;
}

static int
plain(double pps, struct pg_result *t)
{
	warm_up(pps, t);
	pg_trial_run(&run, pps, options.duration, options.count, t);
	pg_report_head(&run);
	pg_report_result(&run, t);
	return too_much(pg_result_loss(t, &options)) ? TOO_MUCH_LOST : OK;
}

/* *best: the trial at the rate that was found. */
static int
search(double max, struct pg_search *s, struct pg_result *best, struct pg_result *t)
{
	pg_search_begin(s, max, RTE_MAX(options.loss, 0), max * options.resolution / 100);
	while (!pg_search_done(s) && !pg_stop) {
		double pps = s->next;
		bool passed;

		warm_up(pps, t);
		pg_trial_run(&run, pps, options.trial, 0, t);
		if (t->interrupted)
			break;
		passed = pg_search_result(s, t->count.sent / t->seconds, t->count.sent,
					  t->count.sent - pg_result_lost(t, &options));
		pg_progress_trial(&run, t, passed);
		if (passed)
			*best = *t;
	}
	if (s->passed == 0)
		*best = *t;
	best->interrupted = t->interrupted;
	pg_report_head(&run);
	pg_report_search(&run, s);
	pg_report_result(&run, best);
	return s->passed > 0 ? OK : TOO_MUCH_LOST;
}

static int
traffic(struct err *e)
{
	/* Large, and one of each. */
	static struct pg_result result, scratch;
	struct pg_search s;
	double pps;
	int rc;

	if (rate(&pps, e) != 0)
		return CANNOT;
	for (unsigned i = 0; i < run.nb_workers; i++)
		rte_eal_remote_launch(pg_worker_main, &run.worker[i], run.worker[i].lcore);
	rc = options.search ? search(pps, &s, &result, &scratch) : plain(pps, &result);
	pg_trial_move(&run, PG_QUIT);
	rte_eal_mp_wait_lcore();
	if (options.json != NULL &&
	    pg_json_write(&run, &result, options.search ? &s : NULL, e) != 0)
		rc = CANNOT;
	return rc;
}

static void
stop(void)
{
	pg_ports_close(&run);
	for (unsigned i = 0; run.worker != NULL && i < run.nb_workers; i++)
		pg_spread_free(&run.worker[i].spread);
	free(run.worker);
	free(run.seq);
	free(run.track);
	free(run.connection);
	rte_eal_cleanup();
}

int
main(int argc, char **argv)
{
	struct err e = { "" };
	int split = 1, rc;

	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
			fputs(pg_options_usage, stdout);
			return OK;
		}
	while (split < argc && strcmp(argv[split], "--") != 0)
		split++;
	if (split == argc)
		return cannot("no \"--\": EAL's options stand before it, the generator's behind; "
			      "--help says more");
	if (pg_options_parse(&options, argv + split + 1, argc - split - 1, &e) != 0 ||
	    (options.json != NULL && pg_json_probe(options.json, &e) != 0))
		return cannot(e.text);
	if (eal_start("pollux-pktgen", argv + 1, split - 1, &e) != 0)
		return cannot(e.text);
	take_signals();
	if (start(&e) != 0) {
		stop();
		return cannot(e.text);
	}
	run.report = options.json != NULL && strcmp(options.json, "-") == 0 ? stderr : stdout;
	rc = traffic(&e);
	stop();
	return rc == CANNOT ? cannot(e.text) : rc;
}
