/* SPDX-License-Identifier: BSD-3-Clause */
/* rte_ring_count() for a ring that others use meanwhile: whole reads, a value of some moment. */
#pragma once

#include <rte_ring.h>

static inline unsigned
ring_count(const struct rte_ring *r)
{
	uint32_t cons = __atomic_load_n(&r->cons.tail, __ATOMIC_RELAXED);
	uint32_t prod = __atomic_load_n(&r->prod.tail, __ATOMIC_RELAXED);
	uint32_t n = (prod - cons) & r->mask;

	return n > r->capacity ? r->capacity : n;
}
