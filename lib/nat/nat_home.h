/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Private to lib/nat: ports with which replies come home, to the lane that saw the connection's first packet, where the
 * port they will come in by spreads packets over lanes in a way we know (port_rss.h). Elsewhere a reply may come in on any
 * lane, which costs the two lanes a shared entry, and nothing else. Workers.
 */
#pragma once

#include "nat.h"
#include "port_rss.h"

struct nat_home {
	const struct port_rss *rss;
	uint16_t words; /* exclusive or of all but the port to be chosen */
	uint16_t lane;
};

/* t: what the connection's packets become, its source port is to be chosen. false: it makes no difference. */
bool nat_home_matters(struct nat_home *h, const struct hook_ctx *ctx, const struct ct_tuple *t);

/* Do replies to that port (network byte order) come home? */
static inline bool
nat_home_is(const struct nat_home *h, uint16_t port)
{
	return port_rss_lane(h->rss, h->words ^ rte_be_to_cpu_16(port)) == h->lane;
}
