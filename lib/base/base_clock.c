/* SPDX-License-Identifier: BSD-3-Clause */
#include <time.h>

#include <rte_cycles.h>

#include "base_clock.h"

static uint64_t ahead;

uint64_t
clock_ms(void)
{
	uint64_t per_ms = rte_get_tsc_hz() / 1000;

	return rte_rdtsc() / (per_ms ? per_ms : 1) + __atomic_load_n(&ahead, __ATOMIC_RELAXED);
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
