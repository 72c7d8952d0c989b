/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Masqueraded connections have a port's address and leave by that port only. They go when it is set down or deleted,
 * and when the address leaves it: what it was translated to is nobody's then, or another's.
 */
#pragma once

#include "nat.h"

/* Control: there may be such connections from now on. */
void nat_masquerade_begin(void);
/* Worker: nat_setup() of the source, to the range's address; out: the port's index. */
verdict_t nat_masquerade(const struct hook_ctx *ctx, struct ct *ct, const struct nat_range *range,
			 uint16_t out);
/*
 * Control lcore, every 100 ms: goes on where a large table was not searched all at once when a port or an address
 * went. About a millisecond; nothing when there is nothing to do.
 */
void nat_masquerade_tick(void);
