/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Packets longer than one mbuf: reassembled datagrams and the box's long answers are chains of full
 * segments. Any lane; the mbufs must be the caller's alone.
 */
#pragma once

#include <stdbool.h>

#include "pkt.h"

/* len more bytes at the end, not initialised, in new segments of m's pool. false: no memory, m unchanged. */
bool pkt_chain_extend(struct rte_mbuf *m, uint32_t len);

/* Copies len bytes of src from src_off to dst from dst_off; both are long enough. */
void pkt_chain_copy(struct rte_mbuf *dst, uint32_t dst_off, const struct rte_mbuf *src,
		    uint32_t src_off, uint32_t len);

/*
 * nb bytes take the place of the len at off; what is behind moves, headers know nothing of it. false: no memory, or one
 * segment has no room for what a frame of one segment is to be; m unchanged.
 */
bool pkt_chain_replace(struct rte_mbuf *m, uint32_t off, uint32_t len, const void *bytes,
		       uint32_t nb);

/* IP bytes in the first segment: what may be read through pkt_ip4(), pkt_ip6() and pkt_l4(). */
static inline uint32_t
pkt_linear(const struct rte_mbuf *m)
{
	return RTE_MIN(pkt_const(m)->len, (uint32_t)m->data_len - pkt_const(m)->l3);
}
