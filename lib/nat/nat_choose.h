/* SPDX-License-Identifier: BSD-3-Clause */
/* Private to lib/nat: the translated tuple of a new connection. Workers. */
#pragma once

#include "nat.h"

/* For whom something is sought. */
struct nat_seek {
	const struct hook_ctx *ctx;
	const struct ct *ct;
	const struct nat_range *range;
	enum nat_manip manip; /* of ct's ends, the one that is being decided */
};

/* The address of the range, where it is not looked who has it: r says NAT_MAP_IPS, or the tuple stays as it is. */
void nat_choose_address(struct ct_tuple *t, const struct nat_range *r, enum nat_manip manip,
			uint16_t zone);
/* Does the tuple's end lie in the range's addresses, and its ports? */
bool nat_in_range(const struct nat_range *r, const struct ct_tuple *t, enum nat_manip manip);
/*
 * Is the tuple's reply that of another connection, confirmed or of this lane's burst? Counted as Linux counts it
 * ("found" of conntrack -S).
 */
bool nat_used(const struct nat_seek *s, const struct ct_tuple *t);
/* The same, but a TCP connection that has ended is taken out of the table for one that begins. */
bool nat_used_harder(const struct nat_seek *s, const struct ct_tuple *t);
/* Nobody has it; not counted. */
bool nat_free(const struct nat_seek *s, const struct ct_tuple *t);
/*
 * tuple: the original direction as it is now, becomes the one to translate to. false: nothing in the range is free, it
 * is one that is used.
 */
bool nat_choose(const struct nat_seek *s, struct ct_tuple *tuple);
