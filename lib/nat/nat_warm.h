/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Hints for a burst in which connections begin: what choosing their sources will read is fetched for all of them
 * together. What the next connection is translated to is guessed: as the last one, from the same range.
 */
#pragma once

#include <rte_mbuf.h>

#include "nat.h"

/* Worker, where sources are translated, before the packets are asked about one by one. */
void nat_warm(const struct hook_ctx *ctx, struct rte_mbuf **pkts, uint16_t n);
/* Any lane: a rule gives sources of that range. */
void nat_warm_range(const struct hook_ctx *ctx, const struct nat_range *range);
