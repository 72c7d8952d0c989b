/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Named drop reasons: every packet that does not leave the box is counted under exactly one.
 * A reason is declared once, in the file that drops, and registers itself:
 *	DROP_REASON(bad_checksum, "ip4-bad-checksum", "IPv4 header checksum is wrong");
 *	drop_pkt(lane, DROP(bad_checksum), m);
 */
#pragma once

#include <stdint.h>

#include <rte_common.h>
#include <rte_mbuf.h>

#include "base_lane.h"

#define DROP_MAX 256

struct drop_info {
	const char *name; /* kebab-case, unique, stable: scripts read it */
	const char *help;
};

extern uint64_t drop_count[LANE_MAX][DROP_MAX];

/* Constructor time. Returns the reason's number; aborts when there are more than DROP_MAX. */
uint16_t drop_register(const char *name, const char *help);
unsigned drop_nb(void);
const struct drop_info *drop_info(unsigned reason);
uint64_t drop_read(unsigned reason);  /* summed over lanes, since start or drop_clear() */
uint64_t drop_total(unsigned reason); /* since start, whatever was cleared */
void drop_clear(void);                /* control lcore */

#define DROP(id) drop_reason_##id
#define DROP_REASON(id, name, help)                                                            \
	static uint16_t drop_reason_##id;                                                      \
	RTE_INIT(drop_reason_init_##id)                                                        \
	{                                                                                      \
		drop_reason_##id = drop_register(name, help);                                  \
	}                                                                                      \
	_Static_assert(sizeof(name) > 1 && sizeof(help) > 1, "a drop reason has a name and a " \
							     "help")

static inline void
drop_add(unsigned lane, uint16_t reason, uint64_t n)
{
	uint64_t *c = &drop_count[lane][reason];

	__atomic_store_n(c, *c + n, __ATOMIC_RELAXED);
}

/* Counts and frees, from any thread: for those that have no lane. */
void drop_shared(uint16_t reason, struct rte_mbuf *m);

/* Counts and frees. Worker of that lane only. */
static inline void
drop_pkt(unsigned lane, uint16_t reason, struct rte_mbuf *m)
{
	drop_add(lane, reason, 1);
	rte_pktmbuf_free(m);
}
