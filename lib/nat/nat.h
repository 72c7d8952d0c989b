/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How connections are translated. Decided once, before the connection is confirmed: the reply tuple of its entry
 * becomes the reply to the translated packet, and that is all there is of a binding; packets are rewritten by the
 * tuples (nat_packet.h). Linux's nf_nat is the reference: behaviours N1-N21.
 */
#pragma once

#include "base_err.h"
#include "ct.h"
#include "hook.h"

/* Which end of the packets of the original direction is changed. */
enum nat_manip { NAT_SRC, NAT_DST };

/* nat_range.flags: the bits, and their values, of Linux's NF_NAT_RANGE_*. */
#define NAT_MAP_IPS 0x01u         /* addresses min_addr .. max_addr */
#define NAT_PROTO_SPECIFIED 0x02u /* ports min_port .. max_port */
#define NAT_PROTO_RANDOM 0x04u    /* --random */
#define NAT_PERSISTENT 0x08u      /* --persistent: one address for a source, whatever it talks to */
#define NAT_PROTO_RANDOM_FULLY 0x10u /* --random-fully */
#define NAT_PROTO_OFFSET 0x20u       /* ports are shifted from base_port */
#define NAT_NETMAP 0x40u
#define NAT_PROTO_RANDOM_ALL (NAT_PROTO_RANDOM | NAT_PROTO_RANDOM_FULLY)

/* What a target asks for. Ports, ICMP ids and GRE keys in host byte order. */
struct nat_range {
	uint32_t flags;
	union ct_addr min_addr, max_addr; /* network byte order, as in tuples */
	uint16_t min_port, max_port, base_port;
};

/*
 * Worker: decides one end of a new connection of this packet's; nothing when that end is decided, or the entry is
 * confirmed. Where nothing in the range is free the connection takes what others have (CT_NAT_EXHAUSTED), and its packet
 * is dropped when it is to be confirmed, as in Linux. VERDICT_ACCEPT, always.
 */
verdict_t nat_setup(const struct hook_ctx *ctx, struct ct *ct, const struct nat_range *range,
		    enum nat_manip manip);
/* The same when no rule said anything: its own address, another port if its reply clashes with a connection (N7). */
verdict_t nat_setup_null(const struct hook_ctx *ctx, struct ct *ct, enum nat_manip manip);

/*
 * Worker: the packet whose connection is decided next leaves by that port (index; 0: by none), so that a source port, where
 * one is chosen, can be one with which replies come in on this lane.
 */
void nat_leaves_by(unsigned lane, uint16_t port);

/* Any thread: may the range give this address? Without NAT_MAP_IPS it gives any. */
bool nat_has_address(const struct nat_range *r, const union ct_addr *a, uint8_t family);

/* Is that end decided? */
static inline bool
nat_decided(const struct ct *ct, enum nat_manip manip)
{
	return ct_status(ct) & (manip == NAT_SRC ? CT_SRC_NAT_DONE : CT_DST_NAT_DONE);
}

/* Which end is rewritten at the hook point of a nat chain. */
static inline enum nat_manip
nat_manip_at(enum hook_point point)
{
	return point == HOOK_PREROUTING || point == HOOK_OUTPUT ? NAT_DST : NAT_SRC;
}

/* Control, when the first rules of table nat come: memory for the list by source. 0 or -ENOMEM with text. */
int nat_prepare(enum hook_family family, struct err *e);
/* Memory of that list, besides the connections' own. */
size_t nat_source_bytes(enum hook_family family);
