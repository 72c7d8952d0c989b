/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Packets that are forwarded and nothing else, in one pass from frame to frame: while no hook function of their family
 * and no policy rule is there (net.pollux.fast_forward). What it serves leaves, and is counted, as by the walk
 * (pipeline.c), which serves the rest; a burst is cut into runs of either kind, each through before the next begins.
 * Workers.
 */
#pragma once

#include "forward_fast.h"

struct forward_plain {
	uint64_t plain4, plain6; /* by place in the burst: packets that may go this way */
	uint16_t in;             /* the port they came in by */
	unsigned at4, at6;       /* how many of the ids are behind us */
	struct forward_hops *hops;
	uint64_t id4[PKT_BURST], id6[PKT_BURST]; /* next hops, of plain packets only */
};

/* Sorts the burst and looks routes up. false: all of it is for the walk. */
bool forward_plain_begin(const struct walk *w, const struct port *port, struct rte_mbuf **pkts,
			 uint16_t n, struct forward_plain *b);
/* Sends plain packets from the i-th on up to the first that is for the walk, whose place comes back; n: all are sent. */
uint16_t forward_plain_run(struct walk *w, struct forward_plain *b, struct rte_mbuf **pkts,
			   uint16_t i, uint16_t n);
/* The i-th is for the walk; with it those up to the place that comes back, n at most. */
uint16_t forward_plain_next(const struct forward_plain *b, uint16_t i, uint16_t n);
