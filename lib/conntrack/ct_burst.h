/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Private to lib/conntrack: a lane's burst under tracking. Entries that a burst makes are listed until it ends;
 * those of the part that is on its way now are found by their tuples.
 */
#pragma once

#include "ct.h"
#include "ct_track.h"

#define CT_FRESH_MAX 1024 /* entries a burst may make, with those of the box's own packets */
#define CT_PART_MAX 128   /* entries a part may make */
#define CT_SLOTS 1024     /* places for their tuples, also those that translation changed */

struct ct_lane {
	struct ct_burst burst; /* first: ct_bursts[] points here */
	uint8_t seq;           /* number of the part, see ct.seen */
	bool order;            /* see ct_need_order() */
	uint16_t part;         /* entries from here on are of the part */
	struct rte_mbuf *deferred[PKT_BURST];
	struct ct *fresh[CT_FRESH_MAX];
	uint16_t slot[CT_SLOTS]; /* by hash of a tuple: 1 + index in fresh[]; 0: nothing */
};

/* ct_burst.c */
extern struct ct_lane *ct_lanes[LANE_MAX + 1]; /* control has none */

/* Control: makes what lanes need. 0 or -ENOMEM. */
int ct_burst_create(void);
/* A new part begins: all that came before is through. */
void ct_part_begin(struct ct_lane *l);
/* Room for one more entry? */
static inline bool
ct_fresh_room(const struct ct_lane *l)
{
	return l->burst.nb_new < CT_FRESH_MAX && l->burst.nb_new - l->part < CT_PART_MAX;
}
/* The entry was made; call only where there is room. */
void ct_fresh_add(struct ct_lane *l, struct ct *ct);
/* Is this a tuple (hash: its ct_hash_tuple()) of an entry of the part? */
bool ct_fresh_has(const struct ct_lane *l, const struct ct_tuple *t, uint32_t hash);
/* The part's entries, all of the family, are on their way to the table: what they need there is fetched meanwhile. */
void ct_fresh_warm(const struct ct_lane *l, enum hook_family family);
/* Packets from the i-th on wait; their verdicts become WAIT. */
void ct_defer(struct ct_lane *l, struct rte_mbuf **pkts, unsigned i, unsigned n,
	      verdict_t *verdicts);
