/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * All confirmed connections: entries from a pool, found by both tuples in one of two rte_hash tables (IPv4,
 * IPv6). Readers take no lock; who inserts or removes takes the table's, for both tuples at once. What is
 * removed is used again when no reader can see it any more.
 */
#pragma once

#include "base_err.h"
#include "ct.h"
#include "hook.h"

/* Control, when first needed: memory for nf_conntrack_max entries. 0 or -ENOMEM with text. */
int ct_table_create(struct err *e);
bool ct_table_exists(void);

/* An entry for one lane (LANE_MAX: control), zeroed, not in the table. NULL: none is left. */
struct ct *ct_alloc(unsigned lane, uint8_t family);
/* One that was never in the table. */
void ct_free(unsigned lane, struct ct *ct);

/*
 * Any lane: puts the entry under both its tuples; ct->expires becomes a point in time. 0; -EEXIST: one of
 * them is there already (ct_status() unchanged); -ENOSPC.
 */
int ct_insert(unsigned lane, struct ct *ct, uint32_t now);
/*
 * Any lane: takes it out and frees it after a grace period. false: somebody else did. reason: for the
 * event; portid: who asked (0: nobody).
 */
bool ct_remove(unsigned lane, struct ct *ct);

/* Worker or reader: the entry and the tuple's direction, NULL if none is alive. */
struct ct *ct_find(const struct ct_tuple *t, enum ct_dir *dir, uint32_t now);
/* The same for n <= PKT_BURST IPv4 keys; found[i] is the entry with the direction in bit 0, or 0. */
void ct_find4(const struct ct_key4 *keys, unsigned n, uint64_t *found);

/* Confirmed entries now. */
uint32_t ct_count(void);
/* Control, as a reader: calls fn for all confirmed entries that are alive; stops when it returns false. */
void ct_each(bool (*fn)(struct ct *ct, void *arg), void *arg);

struct ct_table_info {
	uint32_t entries, max, capacity;   /* capacity: what the table was made for */
	uint32_t waiting;                  /* removed, not yet free */
	size_t bytes_entries, bytes_index; /* taken from the system */
	double bytes_per_flow4;            /* entry and both keys, at the table's capacity */
};
struct ct_table_info ct_table_info(void);

/* Worker, now and then: removes what has expired. now: ct_time. */
void ct_sweep(unsigned lane, uint32_t now);
