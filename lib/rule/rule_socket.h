/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Sockets of the box, for matches that ask for the one that a packet comes from. Workers.
 */
#pragma once

#include "rule_ext.h"

/*
 * Linux's own packets come from sockets of its kernel, but for IPv6's resets. What the host sends by a twin comes from
 * one that nobody here knows.
 */
static inline bool
rule_has_socket(const struct rule_packet *rp)
{
	const struct pkt *p = rp->p;

	return p->flags & PKT_ORIGINATED && p->twin == 0 &&
	       !(p->family == AF_INET6 && p->proto == IPPROTO_TCP);
}
