/* SPDX-License-Identifier: BSD-3-Clause */
/* Private to lib/nat: the translated tuple of a new connection. Workers. */
#pragma once

#include "nat.h"

/* Does the tuple's end lie in the range's addresses, and its ports? */
bool nat_in_range(const struct nat_range *r, const struct ct_tuple *t, enum nat_manip manip);
/*
 * Is the tuple's reply that of another connection, confirmed or of this lane's burst? Counted as Linux counts it
 * ("found" of conntrack -S).
 */
bool nat_used(const struct hook_ctx *ctx, const struct ct_tuple *t, const struct ct *ct);
/* The same, but a TCP connection that has ended is taken out of the table for one that begins. */
bool nat_used_harder(const struct hook_ctx *ctx, const struct ct_tuple *t, const struct ct *ct);
/* Nobody has it; not counted. */
bool nat_free(const struct hook_ctx *ctx, const struct ct_tuple *t, const struct ct *ct);
/*
 * tuple: the original direction as it is now, becomes the one to translate to. false: nothing in the range is free, it
 * is one that is used.
 */
bool nat_choose(const struct hook_ctx *ctx, struct ct_tuple *tuple, const struct nat_range *r,
		const struct ct *ct, enum nat_manip manip);
