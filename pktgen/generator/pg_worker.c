/* SPDX-License-Identifier: BSD-3-Clause */
#include <time.h>

#include <rte_cycles.h>

#include "pg_run.h"

#define NAP_NS 20000

/* What was built and did not leave was never sent. */
static void
drop_pending(struct pg_worker *w)
{
	rte_pktmbuf_free_bulk(w->pending, w->nb_pending);
	w->nb_pending = 0;
}

static uint64_t
my_share(const struct pg_worker *w)
{
	const struct pg_run *r = w->run;
	uint64_t all = r->left;

	if (w->spread.nb == 0)
		return 0;
	if (all == 0)
		return UINT64_MAX;
	if (r->o->mode == PG_CONNECTIONS)
		return all;
	return all / r->nb_workers + (w->index < all % r->nb_workers);
}

static void
enter(struct pg_worker *w, enum pg_phase phase)
{
	uint64_t now = rte_rdtsc();

	if (phase == PG_SEND) {
		w->left = my_share(w);
		w->last_sent = now;
		pg_pace_begin(&w->pace, w->run->pps * w->spread.share, rte_get_tsc_hz(), now);
	} else {
		drop_pending(w);
	}
	w->phase = phase;
	__atomic_store_n(&w->said, phase, __ATOMIC_RELEASE);
}

int
pg_worker_main(void *arg)
{
	static const struct timespec nap = { .tv_nsec = NAP_NS };
	struct pg_worker *w = arg;
	enum pg_phase phase;
	unsigned nb;

	enter(w, PG_IDLE);
	while ((phase = __atomic_load_n(&w->run->phase, __ATOMIC_ACQUIRE)) != PG_QUIT) {
		if (phase != w->phase)
			enter(w, phase);
		nb = pg_receive(w);
		if (phase == PG_SEND)
			nb += pg_send(w);
		if (nb == 0 && w->run->o->nap)
			nanosleep(&nap, NULL);
	}
	enter(w, PG_QUIT);
	return 0;
}
