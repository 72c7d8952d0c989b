/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the operator may set of neighbours: net.ipv4.neigh.PORT.* and net.ipv6.neigh.PORT.*, and the
 * table's thresholds, one set a family. Private to lib/route; any thread.
 */
#pragma once

#include "neigh.h"

/* Of the entry's port and family. Times in ms, never negative. */
uint64_t neigh_param_retrans(const struct neigh *n);
uint64_t neigh_param_reachable(const struct neigh *n); /* half to one and a half times the base */
uint64_t neigh_param_delay_probe(const struct neigh *n);
uint64_t neigh_param_gc_stale(const struct neigh *n);
uint64_t neigh_param_locktime(const struct neigh *n);
/* Numbers of questions. */
unsigned neigh_param_ucast_solicit(const struct neigh *n);
unsigned neigh_param_mcast_solicit(const struct neigh *n);
unsigned neigh_param_mcast_resolicit(const struct neigh *n);
/* Packets that may wait, 1 to NEIGH_PARK_MAX. */
unsigned neigh_param_queue(const struct neigh *n);

/* gc_thresh1, 2, 3 of the family: which is 1 to 3. */
unsigned neigh_param_thresh(uint8_t family, unsigned which);
