/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Fragmentation on the way out, as Linux's ip_fragment() and ip6_append_data(): sizes a multiple of 8 but for the
 * last, IPv4 options that must not be copied replaced by NOPs in later fragments. Takes chains.
 */
#pragma once

#include <stdbool.h>

#include "pkt.h"

/*
 * Cuts the packet into fragments of at most mtu IP bytes. m itself becomes the first fragment (cut
 * short in place); the later ones are new mbufs of the same pool in out (at most max), their struct
 * pkt copied. Returns how many are in out, or -ENOMEM (m unchanged, out empty), -EMSGSIZE when mtu is
 * too small for any payload or more than max fragments would be needed.
 */
int pkt_fragment4(struct rte_mbuf *m, uint16_t mtu, struct rte_mbuf **out, unsigned max);

/*
 * The same for an IPv6 packet that the box made: no extension headers, and a fragment header is put
 * into each piece, m's frame moved down for it.
 */
int pkt_fragment6(struct rte_mbuf *m, uint16_t mtu, struct rte_mbuf **out, unsigned max);

/* A 65,535-byte packet at the smallest legal MTU of 68. */
#define PKT_FRAGMENTS_MAX 1365
