/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The whole router in one process, without threads and without devices: ports are pairs of rings,
 * configuration goes in as commands, one call runs a worker's round. Every test ends with
 * dp_balance(): all packets are accounted for and all mbufs are back. DP_SETTINGS in the environment ("name=value ...") sets
 * parameters first, DP_MB the memory, DP_LANES=4 four lanes and ports of two queues, which the given frames go
 * to in turn.
 */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <rte_mbuf.h>

#include "hook.h"
#include "pipeline.h"

#define DP_SIDES 2

/* EAL, ports p0 and p1 of the MACs 02:00:00:00:00:10 and :11; cmocka group setup. */
int dp_setup(void **state);
/*
 * The same, and a router: 10.1.0.1, fd01::1 on p0, 10.2.0.1, fd02::1 on p1, which forward; the hosts .2 and ::2 of both sides
 * are known (02:00:00:00:01:00 at p0, :01 at p1).
 */
int dp_router(void **state);
int dp_teardown(void **state);

/* Runs the command; fails the test unless its exit status is rc. Returns its output (static). */
const char *dp_command(int rc, const char *line);
#define DP(line) dp_command(0, line)
/* All lines of an array. */
#define DP_ALL(lines)                                            \
	do {                                                     \
		for (unsigned i_ = 0; i_ < RTE_DIM(lines); i_++) \
			DP((lines)[i_]);                         \
	} while (0)

/* Puts a frame into port side's receive ring. */
void dp_give(unsigned side, const void *frame, unsigned len);
/* Frames given that no worker has read yet. */
unsigned dp_unread(unsigned side);
/* One worker's rounds until nothing is left to receive or to hand over. */
void dp_run(void);
/* The next frame the port sent; NULL: none. The caller frees it. */
struct rte_mbuf *dp_take(unsigned side);
/* Frees all frames sent by the port; how many. */
unsigned dp_flush(unsigned side);
/* The count of a drop reason, by name. */
uint64_t dp_dropped(const char *reason);
/* The sum rule, and no mbuf is lost: parked ones are the only ones out. */
void dp_balance(void);

/* Lists of connections by their source (lib/nat) that have something in them. No worker runs. */
unsigned dp_nat_sources(enum hook_family family);

/* For tests with their own threads: what one worker of a lane does once. Returns packets handled. */
unsigned dp_round(unsigned lane);
/* The same for all lanes, one after another. No worker runs. */
void dp_round_all(void);
