/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The clock of a comparison: ten lines a second on stderr with what came in and what reached a
 * sink, whatever the program between is. Written by one queue's lcore, so that no other thread is
 * needed on its core; devices are listed by control threads before and after packets flow.
 */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include <rte_cycles.h>

#include "replay.h"

#define DEVICES 32

struct totals {
	uint64_t in, out, lost;
};

static struct replay_device *devices[DEVICES];
static struct totals before;
static uint64_t begin, last;

int
replay_report_add(struct replay_device *d)
{
	for (unsigned i = 0; i < DEVICES; i++) {
		if (devices[i] == NULL) {
			__atomic_store_n(&devices[i], d, __ATOMIC_RELEASE);
			return 0;
		}
	}
	return -ENOSPC;
}

void
replay_report_remove(struct replay_device *d)
{
	for (unsigned i = 0; i < DEVICES; i++)
		if (devices[i] == d)
			__atomic_store_n(&devices[i], NULL, __ATOMIC_RELEASE);
	last = 0;
}

static uint64_t
read_count(const uint64_t *count)
{
	return __atomic_load_n(count, __ATOMIC_RELAXED);
}

static struct totals
sums(void)
{
	struct totals t = { 0 };

	for (unsigned i = 0; i < DEVICES; i++) {
		const struct replay_device *d = __atomic_load_n(&devices[i], __ATOMIC_ACQUIRE);

		for (unsigned q = 0; d != NULL && q < REPLAY_QUEUES; q++) {
			t.in += read_count(&d->rxq[q].packets);
			t.lost += read_count(&d->rxq[q].lost);
			t.out += read_count(&d->txq[q].packets);
		}
	}
	return t;
}

static __rte_noinline void
line(uint64_t now)
{
	double seconds = (double)(now - last) / (double)rte_get_tsc_hz();
	struct totals t = sums();
	char text[160];
	int n = snprintf(text, sizeof(text),
			 "replay: at=%.2f in=%.4f out=%.4f lost=%lu seconds=%.4f mhz=%.1f\n",
			 (double)(now - begin) / (double)rte_get_tsc_hz(),
			 (double)(t.in - before.in) / seconds / 1e6,
			 (double)(t.out - before.out) / seconds / 1e6,
			 (unsigned long)(t.lost - before.lost), seconds,
			 (double)rte_get_tsc_hz() / 1e6);

	if (write(STDERR_FILENO, text, (size_t)n) < 0)
		return; /* nobody reads: the packets go on */
	before = t;
	last = rte_rdtsc();
}

void
replay_report(void)
{
	uint64_t now = rte_rdtsc();

	if (unlikely(last == 0)) {
		before = sums();
		begin = last = now;
	} else if (now - last >= rte_get_tsc_hz() / 10) {
		line(now);
	}
}
