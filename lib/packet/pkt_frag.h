/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * IPv4 fragmentation on the way out, as Linux's ip_fragment(): sizes a multiple of 8 but for the last, options that
 * must not be copied replaced by NOPs in later fragments.
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

/* A 65,535-byte packet at the smallest legal MTU of 68 needs 1,364 pieces; frames here are smaller. */
#define PKT_FRAGMENTS_MAX 64
