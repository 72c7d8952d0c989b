/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Rewrites packets of translated connections, at the hook points of the nat chains: Linux's nf_nat_packet() and its ICMP
 * part. Workers; the packet is the caller's alone. Headers behind the first segment are not reached (absurd ones).
 */
#pragma once

#include "nat.h"

/* Which of CT_SRC_NAT and CT_DST_NAT, where the connection has it, changes packets of dir at that end. */
static inline uint32_t
nat_bit(enum nat_manip manip, enum ct_dir dir)
{
	return (manip == NAT_SRC) == (dir == CT_ORIGINAL) ? CT_SRC_NAT : CT_DST_NAT;
}
