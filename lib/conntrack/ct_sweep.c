/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Expiry: an array, one word an entry of the pool, says when the sweep has to look at the entry itself; packets
 * that prolong an entry do not touch it, so that it may be early, never late.
 */
#include "ct_proto.h"
#include "ct_sweep.h"

uint32_t *ct_sweep_at;

void
ct_sweep_sooner(const struct ct *ct, uint32_t expires)
{
	__atomic_store_n(&ct_sweep_at[ct->index], expires, __ATOMIC_RELAXED);
}
