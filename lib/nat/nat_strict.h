/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Strict translation (net.pollux.nat_strict): packets without a connection, INVALID or untracked ones, pass by the table
 * nat, and in Linux leave with the source that rules would have hidden. Here they are asked about when they leave, and
 * dropped where a rule would have given their connection another source.
 */
#pragma once

#include "nat.h"

/* Worker: is it on? */
bool nat_is_strict(void);
/*
 * Worker, for targets that translate sources, at POSTROUTING, about a packet without a connection. VERDICT_ACCEPT: its
 * source would stay what it is, or is one of the link alone, or it is neighbour discovery of the box or SYNPROXY's answer; else
 * the drop.
 */
verdict_t nat_strict(const struct rte_mbuf *m, const struct nat_range *r);
/* Is it that drop? */
bool nat_strict_drops(verdict_t v);
