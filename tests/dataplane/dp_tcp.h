/* SPDX-License-Identifier: BSD-3-Clause */
/* TCP segments without data, made fast: for tests that give millions. */
#pragma once

#include <stdint.h>

#define DP_FIN 0x01
#define DP_SYN 0x02
#define DP_RST 0x04
#define DP_ACK 0x10

struct dp_tcp {
	uint32_t src, dst; /* host byte order, as all here */
	uint16_t sport, dport;
	uint32_t seq, ack;
	uint8_t flags, side; /* it comes in on that port */
};

/* Gives the frame, with right checksums, to port s->side. */
void dp_tcp_give(const struct dp_tcp *s);
