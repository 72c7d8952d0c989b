/* SPDX-License-Identifier: BSD-3-Clause */
/* Frames for the dataplane tests, with right lengths and checksums. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define DP_FRAME_MAX 2000

struct dp_frame {
	uint8_t bytes[DP_FRAME_MAX];
	unsigned len;
};

struct dp_ip {
	const char *src, *dst; /* text; the family follows from it */
	uint8_t proto, ttl, tos;
	uint16_t sport, dport; /* ICMP: type in the high byte of sport, code in the low one */
	uint16_t payload;      /* bytes behind the L4 header */
	bool df;
	uint16_t id, frag; /* IPv4: identification; offset in 8 bytes and 0x2000 (more) */
	uint8_t side;      /* it comes in on that port: the destination MAC */
	uint8_t flags;     /* TCP: 0 is a SYN */
	uint16_t win;
	uint32_t seq, ack;
};

struct dp_frame dp_ip(const struct dp_ip *s);
/* op 1: request, 2: reply. */
struct dp_frame dp_arp(unsigned side, uint16_t op, const char *sha, const char *sip,
		       const char *tip);
