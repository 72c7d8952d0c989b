/* SPDX-License-Identifier: BSD-3-Clause */
/* Expiry: ct_sweep.c. */
#pragma once

#include "ct.h"
#include "hook.h"

/* Control: room for the entries of a family's pool. 0 or -ENOMEM. */
int ct_sweep_reserve(enum hook_family family, uint32_t items);
/* The sweep looks at the entry at that time, not before. */
void ct_sweep_set(const struct ct *ct, uint32_t at);
/* The entry has entered the table: it is looked at when it expires, and now and then. */
void ct_sweep_watch(const struct ct *ct, uint32_t now);

/* Far from now: for entries that are not in the table. */
static inline uint32_t
ct_sweep_never(uint32_t now)
{
	return now + INT32_MAX / 2;
}

/* Is the item in the table? Cheap; wrong for what has been out of it for half a year. */
bool ct_sweep_likely(enum hook_family family, uint32_t item, uint32_t now);

/* Worker, every round: a part of what has expired is removed; all of it within about a second. */
void ct_sweep(unsigned lane, uint64_t now_ms);
