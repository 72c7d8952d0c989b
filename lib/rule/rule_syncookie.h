/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * SYN cookies: a first sequence number that says, to who knows the key, that a SYN with these addresses, ports and
 * number came in the last minutes, and about how long its sender's segments may be. Workers; no state.
 */
#pragma once

#include <stdint.h>

#include <rte_mbuf.h>

/* For the SYN m: mss is what it announces (0: nothing). */
uint32_t rule_syncookie_make(const struct rte_mbuf *m, uint32_t seq, uint16_t mss, uint64_t now_ms);
/* The segment m acknowledges the cookie; seq is the SYN's. Returns the length remembered; 0: it is none of ours, or old. */
uint16_t rule_syncookie_check(const struct rte_mbuf *m, uint32_t seq, uint32_t cookie,
			      uint64_t now_ms);
