/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The hook functions of tracking, and the bursts they cut. Workers.
 *
 * A packet whose flow was first seen earlier in the same burst waits until that one is through (is
 * confirmed or dropped), and all behind it with it: ct_track() steals them, the walk takes them
 * back with ct_deferred_take() when the rest is through and goes on at HOOK_PRI_CONNTRACK.
 */
#pragma once

#include "ct.h"
#include "hook.h"
#include "pkt.h"

/* hook_fn, PREROUTING and OUTPUT at HOOK_PRI_CONNTRACK. */
hook_fn ct_track;
/* hook_fn, POSTROUTING and INPUT at HOOK_PRI_HELPER: payload for helpers. */
hook_fn ct_help;
/* hook_fn, POSTROUTING and INPUT at HOOK_PRI_CONFIRM: new entries enter the table. */
hook_fn ct_confirm;

struct ct_burst {
	uint16_t nb_new;      /* entries made in this burst, confirmed or not */
	uint16_t nb_deferred; /* packets that wait */
	bool events;          /* some are not whole yet (ct_event.h) */
};

/* By lane. */
extern struct ct_burst *ct_bursts[];

/* Packets wait, entries were made, events collected: there is something to do at the end of a (partial) walk. */
static inline bool
ct_burst_busy(unsigned lane)
{
	return ct_bursts[lane] != NULL && (ct_bursts[lane]->nb_new | ct_bursts[lane]->nb_deferred |
					   ct_bursts[lane]->events) != 0;
}

/* Entries that the lane's burst has made so far. */
static inline unsigned
ct_burst_new(unsigned lane)
{
	return ct_bursts[lane] != NULL ? ct_bursts[lane]->nb_new : 0;
}

/* Packets wait. */
static inline bool
ct_burst_waits(unsigned lane)
{
	return ct_bursts[lane] != NULL && ct_bursts[lane]->nb_deferred != 0;
}

/* Moves the waiting packets to pkts (room for PKT_BURST); how many. The next sub-burst begins. */
uint16_t ct_deferred_take(unsigned lane, struct rte_mbuf **pkts);
/* The burst is through, answers of the box included: what was not confirmed is forgotten. */
void ct_burst_end(unsigned lane);
/* Worker: the tuple that a packet without a connection would have, in zone 0. false: it has none. */
bool ct_tuple_of_pkt(const struct hook_ctx *ctx, struct rte_mbuf *m, struct ct_tuple *t);

/* For translation, any lane: gives a new entry another reply tuple, that of the lane's burst as well. */
void ct_fresh_alter(unsigned lane, struct ct *ct, const struct ct_tuple *reply);
/*
 * Any lane: has another new entry of the lane's burst the tuple, whose translation is decided as far as the status
 * bits (CT_SRC_NAT_DONE, CT_DST_NAT_DONE) say?
 */
bool ct_fresh_decided(unsigned lane, const struct ct_tuple *t, const struct ct *but, uint32_t bits);
