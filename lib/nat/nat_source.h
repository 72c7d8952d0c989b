/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Private to lib/nat: connections by their original source, so that a source keeps the address and port it was
 * translated to whoever it talks to (N3). Only for connections that begin; a lock in 256 is held for some steps.
 */
#pragma once

#include "base_err.h"
#include "nat.h"

#define NAT_SOURCE_STEPS 64 /* entries looked at; then no mapping is found */

int nat_source_prepare(enum hook_family family, struct err *e);
/* Control: there will be room for so many connections. 0; -ENOMEM: it is as it was, lists get longer. */
int nat_source_grow(uint32_t connections);
/* Worker: the entry's source is decided. */
void nat_source_add(struct ct *ct);
/* Any lane: it goes (ct_nat_ops.gone). */
void nat_source_remove(struct ct *ct);
/* Any lane, hints and nothing else: entries that are sought by their source and listed soon; that leave the lists. */
void nat_source_warm(struct ct *const *cts, unsigned n);
void nat_source_warm_listed(struct ct *const *cts, unsigned n);
/*
 * Worker: how another connection of tuple's source, in the zone, is translated, put into *to with tuple's destination, if
 * that lies in the range. false: there is none.
 */
bool nat_source_find(const struct ct_tuple *tuple, uint16_t zone, const struct nat_range *r,
		     struct ct_tuple *to);
