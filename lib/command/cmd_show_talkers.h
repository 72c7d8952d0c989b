/* SPDX-License-Identifier: BSD-3-Clause */
/* The sources with the most connections. Control lcore. */
#pragma once

#include "base_addr.h"

struct talker {
	struct ip_addr addr;
	uint32_t connections;
};

/* Fills at most max of them, the greatest first; how many. Whoever has more than a thousandth is found. */
unsigned talkers_top(struct talker *top, unsigned max);
