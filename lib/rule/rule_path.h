/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Paths: what packets of known flows meet on their way through the box, so that the flow cache (lib/pipeline/flow.h)
 * need not ask again. A *way* is what packets of one direction meet: the port they come in by, the one they leave by, and
 * the counters of the rules and policies that they hit. A *path* is the ways of both directions; its number is in the
 * entries of all connections that take it (ct.path).
 * Numbers are not used again, and are void as soon as anything changes that a way may depend on: rules, ports,
 * addresses (every generation), parameters, what an operator writes into entries. Workers count packets by way; the
 * control lcore adds that to the rules' counters before anybody reads them (counter_settle()).
 */
#pragma once

#include "base_counter.h"
#include "ct.h"
#include "hook.h"
#include "rule_residual.h"

#define RULE_PATHS 65536u      /* paths that are known at a time, a power of two */
#define RULE_WAYS 65536u       /* ways, the first two included */
#define RULE_WAY_HITS 64u      /* rules and policies that one way may hit */
#define RULE_WAY_ROOM 1048576u /* and all together */

/* A direction's way: none is known; or packets have to walk, as rules look at more than the flow. */
enum { RULE_WAY_NONE, RULE_WAY_WALK, RULE_WAY_FIRST };

struct rule_path {
	uint32_t id; /* 0: void */
	uint16_t way[CT_DIRS];
	uint8_t in[CT_DIRS], out[CT_DIRS]; /* ports, by index */
	uint8_t phase;                     /* enum ct_phase of connections that take it */
	bool residual[CT_DIRS];            /* something is left to do for each packet */
	uint8_t spare;
};

_Static_assert(sizeof(struct rule_path) == 16, "four in a line");

/* RULE_PATHS of them, by the low bits of their number. */
extern struct rule_path *rule_paths;
/* By way, where a path says so. */
extern struct rule_residuals *rule_way_residuals;
/* By lane: packets and bytes of each way, written by that lane alone. */
extern struct count *rule_way_counts[LANE_MAX];

/* Control, after lanes and RCU: memory for all. 0 or -ENOMEM. */
int rule_path_init(void);

/* Worker: the path of that number; NULL: it is void. */
static inline const struct rule_path *
rule_path_get(uint32_t id)
{
	const struct rule_path *p = &rule_paths[id % RULE_PATHS];

	return likely(__atomic_load_n(&p->id, __ATOMIC_ACQUIRE) == id) && id != 0 ? p : NULL;
}

/* Worker of that lane: a packet took the way. */
static inline void
rule_way_count(unsigned lane, uint16_t way, uint32_t bytes)
{
	struct count *c = &rule_way_counts[lane][way];

	__atomic_store_n(&c->packets, c->packets + 1, __ATOMIC_RELAXED);
	__atomic_store_n(&c->bytes, c->bytes + bytes, __ATOMIC_RELAXED);
}

/*
 * Worker, at the start of a burst: what rule_path_note() wants to know, so that nothing is noted that was seen before a
 * change. 0: nothing can be noted now.
 */
uint64_t rule_path_epoch(void);

/* What one direction's packet met. */
struct rule_way {
	uint8_t family;  /* enum hook_family */
	uint8_t in, out; /* ports */
	uint16_t nb;
	const uint32_t *hits; /* ids of counters */
	const struct rule_residuals *residuals;
};

/*
 * Worker: the number of the path that is the one of number was, if that is of the phase (enum ct_phase), with that way for
 * the direction (NULL: its packets have to walk). 0: there is no room, or things have changed since epoch.
 */
uint32_t rule_path_note(uint64_t epoch, uint32_t was, uint8_t phase, enum ct_dir dir,
			const struct rule_way *w);

/* Control, not as a reader: something has changed that a way may depend on; all numbers are void. */
void rule_path_forget(void);

struct rule_path_info {
	uint32_t paths, ways, hits; /* in use */
	uint64_t made, forgotten;   /* paths ever; times that all were void */
	uint64_t full;              /* ways and paths there was no room for */
};
struct rule_path_info rule_path_info(void); /* control */
