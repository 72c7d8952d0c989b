/* SPDX-License-Identifier: BSD-3-Clause */
#include <time.h>

#include <rte_cycles.h>

#include "base_clock.h"

static uint64_t ahead;

/* The thread's current millisecond, in ticks: two divisions a burst would be a cycle a packet. */
static __thread struct {
	uint64_t start, ticks, number;
} this_ms;

static void
next_ms(uint64_t tsc)
{
	uint64_t per_ms = rte_get_tsc_hz() / 1000;

	this_ms.ticks = per_ms != 0 ? per_ms : 1;
	this_ms.number = tsc / this_ms.ticks;
	this_ms.start = this_ms.number * this_ms.ticks;
}

uint64_t
clock_ms(void)
{
	uint64_t tsc = rte_rdtsc();

	if (unlikely(tsc - this_ms.start >= this_ms.ticks))
		next_ms(tsc);
	return this_ms.number + __atomic_load_n(&ahead, __ATOMIC_RELAXED);
}

uint32_t
clock_midnight_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec % 86400 * 1000 + ts.tv_nsec / 1000000;
}

void
clock_advance(uint64_t ms)
{
	__atomic_fetch_add(&ahead, ms, __ATOMIC_RELAXED);
}
