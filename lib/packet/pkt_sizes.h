/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The fragments that a datagram came in, so that it can leave in the same: Linux keeps them as they are. Their sizes
 * stand at the start of the first mbuf's headroom, where a frame that grows by a header or two does not reach.
 * Hosts make fragments of one size; a list too long for the room is of no use to anybody, and is not kept: such a
 * datagram leaves in fragments of the longest size. Private to lib/packet; means something while struct pkt's
 * frag_max does.
 */
#pragma once

#include "pkt.h"

#define PKT_SIZES_MAX 110

struct pkt_sizes {
	uint16_t nb;     /* of fragments; 0: not known */
	uint16_t behind; /* bytes of payload behind the first one */
	/* In 8 bytes, of the second one on; the last one has the rest. */
	uint8_t len8[PKT_SIZES_MAX - 2];
};

_Static_assert(sizeof(struct pkt_sizes) + 16 <= RTE_PKTMBUF_HEADROOM, "room for longer headers");

static inline struct pkt_sizes *
pkt_sizes(const struct rte_mbuf *m)
{
	return (struct pkt_sizes *)m->buf_addr;
}
