/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a lane says about itself: which lcore it is, how it idles, how much it did. The worker of
 * the lane writes, the control lcore reads.
 */
#pragma once

#include <stdint.h>

#include <rte_common.h>

#include "port.h"

/* net.pollux.idle: what a lane does when its queues stay empty. */
enum port_idle { PORT_IDLE_POLL, PORT_IDLE_SLEEP, PORT_IDLE_IRQ };

enum port_idle port_idle(void);
const char *port_idle_name(enum port_idle mode);

struct port_lane {
	uint64_t rounds;  /* times round the loop */
	uint64_t empty;   /* ... without a packet */
	uint64_t slept;   /* times it slept or waited */
	uint64_t packets; /* received */
	uint32_t lcore;
	uint8_t idle; /* enum port_idle in force here; irq falls back to sleep */
	uint64_t received[PORT_MAX];
} __rte_cache_aligned;

extern struct port_lane port_lanes[LANE_MAX];

/* Packets received by the port, all lanes. Control lcore. */
uint64_t port_received(uint16_t port);
/* Does another lane hand frames over to this one? Then it must not sleep long. Any thread. */
bool port_lane_is_heir(const struct port_table *table, unsigned lane);

static inline void
port_lane_add(uint64_t *counter, uint64_t n)
{
	__atomic_store_n(counter, *counter + n, __ATOMIC_RELAXED);
}
