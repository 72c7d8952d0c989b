/* SPDX-License-Identifier: BSD-3-Clause */
/* What is to be done with a received IPv4 packet, by its addresses and its route. Workers. */
#pragma once

#include "walk.h"

enum input4 {
	INPUT4_FORWARD,
	INPUT4_REDIRECT, /* forward, and tell the sender of the next hop */
	INPUT4_LOCAL,
	INPUT4_MULTI, /* local: a broadcast, or a group we are in */
	INPUT4_NO_WAY,
	INPUT4_MARTIAN_SOURCE,
	INPUT4_RP_FILTER,
	INPUT4_MARTIAN_DESTINATION,
	INPUT4_NOT_MEMBER,
};

/* net.ipv4.conf.PORT.forwarding */
bool input4_forwards(uint16_t port);

/* Host byte order. The first bytes 0, 127 and 224 up are where special addresses live. */
static inline bool
input4_maybe_special(uint32_t a)
{
	uint8_t first = a >> 24;

	return (uint8_t)(first - 1) >= 223 || first == 127;
}

/* As Linux's ip_route_input(). dst: host byte order, mostly the packet's; nh: the route there. */
enum input4 input4_classify(const struct walk *w, const struct rte_mbuf *m, uint32_t dst,
			    const struct nexthop *nh);
