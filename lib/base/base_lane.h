/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Lanes: the small dense numbers of the lcores that handle packets. Workers are lanes
 * 0 .. lane_count()-1. The control lcore has no lane. Set once at start, before the workers run.
 */
#pragma once

#include <stdint.h>

#define LANE_MAX 32

/* Control lcore, once, before workers start. 1 <= n <= LANE_MAX. */
void lane_set_count(unsigned n);
unsigned lane_count(void);
/* NUMA node whose memory the lane's core is near to; SOCKET_ID_ANY (-1) when unknown. */
void lane_set_socket(unsigned lane, int socket);
int lane_socket(unsigned lane);
