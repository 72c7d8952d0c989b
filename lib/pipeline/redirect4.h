/* SPDX-License-Identifier: BSD-3-Clause */
/* ICMP redirects to stations that could have sent a packet straight to its next hop. Workers. */
#pragma once

#include "walk.h"

/* May the port tell of better ways (send_redirects)? */
bool redirect4_enabled(uint16_t port);

/*
 * m goes out by the port it came in by, its sender is on that link. Tells the sender of nh, unless it
 * has been told often enough. m goes on either way.
 */
void redirect4_send(struct walk *w, struct rte_mbuf *m, const struct nexthop *nh);
