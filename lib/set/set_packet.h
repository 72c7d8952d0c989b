/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Sets and packets: the element that a packet is for a set, and what match set and target SET do with it. Workers.
 */
#pragma once

#include <rte_mbuf.h>

#include "set_elem.h"

#define SET_DIRS_MAX 6 /* "src" and "dst" of one option */

/* Which set, and which end of the packet each part of its elements is. */
struct set_ref {
	uint16_t number;
	uint8_t nb;   /* directions; 0: no set at all */
	uint8_t dirs; /* bit per direction: it is "src" */
};

struct set_packet {
	struct rte_mbuf *m;
	const char *in, *out; /* interfaces, 16 bytes; zeros: none */
	bool framed;          /* its Ethernet header is what came in */
};

/* Is the packet in the set (of a list: in a member)? Directions of less than the set's parts: it is not. */
bool set_packet_test(const struct set_packet *p, const struct set_ref *r, struct set_ask *a,
		     bool return_nomatch);
/* Begins to bring what set_packet_test() reads first into the cache. */
void set_packet_fetch(const struct set_packet *p, const struct set_ref *r);
/*
 * Is the answer about packets of one flow the same until a command changes the set, and need nobody count? What times
 * out, counts or knows MAC addresses is not so.
 */
bool set_stays(uint16_t number);
/* -EEXIST and so on; nobody is told. timeout: seconds, or SET_NO_TIMEOUT. */
int set_packet_add(const struct set_packet *p, const struct set_ref *r, uint32_t timeout,
		   bool exist, uint64_t now);
int set_packet_del(const struct set_packet *p, const struct set_ref *r, uint64_t now);
