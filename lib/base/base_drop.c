/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>

#include "base_drop.h"

uint64_t drop_count[LANE_MAX][DROP_MAX] __rte_cache_aligned;

static struct drop_info infos[DROP_MAX];
static uint64_t base[DROP_MAX];
static uint64_t shared[DROP_MAX]; /* of threads without a lane */
static unsigned nb;

uint16_t
drop_register(const char *name, const char *help)
{
	if (nb == DROP_MAX)
		abort();
	infos[nb] = (struct drop_info){ name, help };
	return nb++;
}

unsigned
drop_nb(void)
{
	return nb;
}

const struct drop_info *
drop_info(unsigned reason)
{
	return &infos[reason];
}

uint64_t
drop_total(unsigned reason)
{
	uint64_t total = __atomic_load_n(&shared[reason], __ATOMIC_RELAXED);

	for (unsigned lane = 0; lane < lane_count(); lane++)
		total += __atomic_load_n(&drop_count[lane][reason], __ATOMIC_RELAXED);
	return total;
}

void
drop_shared(uint16_t reason, struct rte_mbuf *m)
{
	__atomic_fetch_add(&shared[reason], 1, __ATOMIC_RELAXED);
	rte_pktmbuf_free(m);
}

uint64_t
drop_read(unsigned reason)
{
	return drop_total(reason) - base[reason];
}

void
drop_clear(void)
{
	for (unsigned i = 0; i < nb; i++)
		base[i] = drop_total(i);
}
