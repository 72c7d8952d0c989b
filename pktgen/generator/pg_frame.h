/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Frames as they leave: headers from a template, addresses and ports of a flow, the mark, checksums in full. The template is
 * the main thread's until workers run; building is any worker's.
 */
#pragma once

#include <rte_ether.h>

#include "pg_flow.h"

#define PG_HEADERS_MAX 80 /* Ethernet, IPv6, TCP: 74 */
#define PG_SIZE_MIN \
	64 /* frame sizes count the 4 bytes of the FCS, as RFC 2544 does; buffers do not */
#define PG_SIZE_MAX 9618
#define PG_SIZES 12 /* a round of IMIX */
#define PG_FCS 4

enum pg_proto { PG_UDP, PG_TCP, PG_ICMP };

struct pg_frame {
	uint8_t head[PG_HEADERS_MAX];
	uint8_t headers; /* bytes of it: where the mark begins */
	uint8_t l4;      /* where L4 begins */
	uint8_t sum;     /* where L4's checksum is */
	uint8_t ip_proto;
	bool v6;
	enum pg_proto proto;
	unsigned nb_sizes;
	uint16_t size[PG_SIZES]; /* bytes in the buffer, each in turn */
};

/* TCP's flags and numbers of a segment. */
struct pg_segment {
	uint32_t seq, ack;
	uint8_t flags;
	uint16_t payload; /* bytes, all zero */
};

/* Headers of that protocol; MAC addresses are still to be set (pg_frame_macs()). */
void pg_frame_init(struct pg_frame *f, bool v6, enum pg_proto proto, uint8_t ttl);
void pg_frame_macs(struct pg_frame *f, const struct rte_ether_addr *dst,
		   const struct rte_ether_addr *src);
/* The shortest frame with a mark, FCS included. */
unsigned pg_frame_min(const struct pg_frame *f);
/* All frames that long; with size 0 Simple IMIX: 7 x 64, 4 x 594, 1 x 1518. FCS included; those below the least are as the least. */
void pg_frame_sizes(struct pg_frame *f, unsigned size);
/* The mean of the sizes, FCS included. */
double pg_frame_mean(const struct pg_frame *f);

/* A packet with a mark of len bytes; its time is still 0. */
void pg_frame_build(const struct pg_frame *f, uint8_t *p, uint16_t len, const struct pg_tuple *t,
		    uint32_t flow, uint32_t seq, uint8_t run);
/* Writes the time into a packet that pg_frame_build() made; again when it could not leave at once. */
void pg_frame_stamp(const struct pg_frame *f, uint8_t *p, uint64_t tsc);
/* A TCP segment without a mark; returns its length, at least 60. */
uint16_t pg_frame_segment(const struct pg_frame *f, uint8_t *p, const struct pg_tuple *t,
			  const struct pg_segment *s);
