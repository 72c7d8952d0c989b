/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The IP header of a packet the box makes: fills struct pkt too, and appends room for everything.
 */
#pragma once

#include <stdbool.h>

#include "pkt.h"

struct pkt_ip_spec {
	const void *src, *dst; /* 4 or 16 bytes, network order */
	uint8_t family, proto, tos, ttl;
	bool df;
	uint16_t payload; /* bytes behind the IP header */
};

/*
 * Returns the L4 bytes, zeroed. IPv4: ID is 0 with DF, else random. A payload longer than the mbuf makes a
 * chain, of which only the first segment is zeroed, or NULL without memory (m is to be freed).
 */
void *pkt_build_ip(struct rte_mbuf *m, const struct pkt_ip_spec *s);
