/* SPDX-License-Identifier: BSD-3-Clause */
/* Private to lib/nat: one end of one packet's headers is changed, be it the packet itself or one that an error quotes. */
#pragma once

#include "nat.h"

/* What that end becomes. */
struct nat_end {
	union ct_addr addr;
	uint16_t port; /* or key; network byte order */
	uint16_t id;   /* ICMP, ICMPv6 */
};

/* Where the headers are: offsets in the data. */
struct nat_headers {
	uint32_t l3, l4;
	uint8_t proto;
};

/* What packets of dir have at that end once they are translated; what errors about them quote at their other end. */
struct nat_end nat_end_of(const struct ct *ct, enum ct_dir dir, enum nat_manip manip);
/* false: the headers are cut short, or their protocol can not be translated. Some may be changed already. */
bool nat_rewrite(struct rte_mbuf *m, const struct nat_headers *at, const struct nat_end *to,
		 enum nat_manip manip);
/* nat_l4.c: the L4 header only; delta: what the pseudo header grows by. */
bool nat_rewrite_l4(struct rte_mbuf *m, const struct nat_headers *at, const struct nat_end *to,
		    enum nat_manip manip, uint32_t delta);
