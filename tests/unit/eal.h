/* SPDX-License-Identifier: BSD-3-Clause */
/* EAL, lanes and grace periods for a unit test that needs them: one lane, no hugepages. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <rte_eal.h>

#include "base_lane.h"
#include "base_rcu.h"
#include "pkt_pool.h"

static inline int
eal_setup(void **state)
{
	char *argv[] = { "test", "--no-huge",      "--no-shconf",   "--no-pci", "-m",
			 "256",  "--no-telemetry", "--log-level=3", "-l",       "0" };

	(void)state;
	if (rte_eal_init(RTE_DIM(argv), argv) < 0)
		return -1;
	lane_set_count(1);
	if (rcu_init() != 0)
		return -1;
	return pkt_pool_init(4096);
}
