/* SPDX-License-Identifier: BSD-3-Clause */
#include "base_lane.h"

static unsigned count = 1;
static int socket_of[LANE_MAX];

void
lane_set_count(unsigned n)
{
	count = n;
}

unsigned
lane_count(void)
{
	return count;
}

void
lane_set_socket(unsigned lane, int socket)
{
	socket_of[lane] = socket;
}

int
lane_socket(unsigned lane)
{
	return socket_of[lane];
}
