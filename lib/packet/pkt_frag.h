/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Fragmentation on the way out, as Linux's ip_fragment(), ip6_fragment() and ip6_append_data(): sizes a multiple of 8
 * but for the last, IPv4 options that must not be copied replaced by NOPs in later fragments. What tracking put
 * together (struct pkt's frag_max) leaves in the fragments that it came in where they fit, else in none longer than the
 * longest of them. Takes chains.
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
 * The same for an IPv6 packet that the box made or put together: a fragment header is put into each piece, behind the
 * headers that routers read, m's frame moved down for it. -EMSGSIZE also when these headers are more than there is.
 */
int pkt_fragment6(struct rte_mbuf *m, uint16_t mtu, struct rte_mbuf **out, unsigned max);

#define PKT_FRAGMENTS_MAX 8192 /* as many as a datagram has offsets */
