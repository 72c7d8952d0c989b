/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * All confirmed connections: entries from a pool, found by both tuples in one of two indexes (IPv4, IPv6; ct_index.h). Readers take no lock; who inserts or removes takes the table's, for both tuples at once. What is
 * removed is used again when no reader can see it any more.
 */
#pragma once

#include "base_err.h"
#include "ct.h"
#include "hook.h"

struct ct_index_ops;

/* Control, when the family is first tracked: memory for nf_conntrack_max entries. 0 or -ENOMEM with text. */
int ct_table_create(enum hook_family family, struct err *e);
/*
 * Control: room for max connections from now on, where the table is made already; it is never made smaller. Traffic goes
 * on. 0; -ENOMEM with text: it is as it was.
 */
int ct_table_grow(enum hook_family family, uint32_t max, struct err *e);
/* Control: an index of that kind takes the place of the one there is. Traffic goes on. 0; -ENOMEM: it is as it was. */
int ct_table_index(enum hook_family family, const struct ct_index_ops *ops, struct err *e);
bool ct_table_exists(enum hook_family family);

/* An entry for one lane (LANE_MAX: control), zeroed, not in the table. NULL: none is left. */
struct ct *ct_alloc(unsigned lane, uint8_t family);
/* One that was never in the table. */
void ct_free(unsigned lane, struct ct *ct);

/* The place of that number (ct_number()). */
struct ct *ct_at(enum hook_family family, uint32_t number);

/*
 * Any lane: puts the entry under both its tuples; ct->expires becomes a point in time. 0; -EEXIST: *other has one of
 * them, the entry is as it was; -ENOSPC: no room, the entry is gone.
 */
int ct_insert(unsigned lane, struct ct *ct, uint32_t now, struct ct **other);
/* Any lane: takes it out; it is freed after a grace period. false: it is not in, or there was no room to wait. */
bool ct_remove(unsigned lane, struct ct *ct);

/* Worker, now and then: what was removed and nobody can see any more is free. */
void ct_reclaim(unsigned lane);

/* Worker, or reader with lane LANE_MAX: the entry and the tuple's direction, NULL if none is alive. */
struct ct *ct_find(unsigned lane, const struct ct_tuple *t, enum ct_dir *dir, uint32_t now);
/*
 * Worker: n (1 .. PKT_BURST) keys; found[i] is the entry with the direction in bit 0, or 0. Entries may
 * have expired.
 */
void ct_find4(const struct ct_key4 *keys, unsigned n, uint64_t *found);
void ct_find6(const struct ct_tuple *keys, unsigned n, uint64_t *found);
/* The same for tuples of a family. */
void ct_find_tuples(enum hook_family family, const struct ct_tuple *tuples, unsigned n,
		    uint64_t *found);

/*
 * Worker: hints, and nothing else: that tuples of these entries (of directions dirs, a bit each), or these tuples, are
 * soon looked for, put in or taken out. All of the family; n is at most PKT_BURST.
 */
void ct_warm(enum hook_family family, struct ct *const *cts, unsigned n, unsigned dirs);
void ct_warm_tuples(enum hook_family family, const struct ct_tuple *tuples, unsigned n);

/* Confirmed entries now. */
uint32_t ct_count(void);
/* Control, as a reader: calls fn for all confirmed entries that are alive; stops when it returns false. */
void ct_each(bool (*fn)(struct ct *ct, void *arg), void *arg);

/* How far a walk in pieces is; zeroed at its start. */
struct ct_place {
	uint8_t family; /* enum hook_family */
	uint32_t next;
};
/*
 * The same for the next n places of the pools, which may be empty: what is there during the whole walk is shown
 * once. false: that was all, or fn returned false.
 */
bool ct_each_some(struct ct_place *at, uint32_t n, bool (*fn)(struct ct *ct, void *arg), void *arg);

struct ct_table_info {
	uint32_t entries, capacity;        /* capacity: what the table was made for */
	uint32_t waiting;                  /* removed, not yet free */
	size_t bytes_entries, bytes_index; /* taken from the system */
	double bytes_per_flow;             /* entry and both keys */
};
struct ct_table_info ct_table_info(enum hook_family family);
