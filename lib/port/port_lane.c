/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The lanes' own counters and the idle parameter. Written by workers, read by `show config cores`.
 */
#include "base_param.h"
#include "port_lane.h"

static const char *const idle_words[] = { "poll", "sleep", "irq", NULL };

PARAM_WORD(
	idle, "net.pollux.idle", PORT_IDLE_SLEEP, idle_words,
	"idle workers: poll (busy), sleep (1-100 us), irq (Rx interrupts; set it before port add)");

struct port_lane port_lanes[LANE_MAX];

enum port_idle
port_idle(void)
{
	return param_get(&idle);
}

const char *
port_idle_name(enum port_idle mode)
{
	return idle_words[mode];
}

uint64_t
port_received(uint16_t port)
{
	uint64_t total = 0;

	for (unsigned lane = 0; lane < lane_count(); lane++)
		total += __atomic_load_n(&port_lanes[lane].received[port], __ATOMIC_RELAXED);
	return total;
}

bool
port_lane_is_heir(const struct port_table *table, unsigned lane)
{
	for (unsigned i = 1; i < PORT_MAX; i++) {
		const struct port *p = port_or_twin(table, i);

		if (p == NULL)
			continue;
		for (unsigned from = 0; from < lane_count(); from++)
			if (from != lane && p->tx_lane[from] == lane)
				return true;
	}
	return false;
}
