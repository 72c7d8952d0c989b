/* SPDX-License-Identifier: BSD-3-Clause */
/* Segments of target SYNPROXY: options as they are read and written, and sending. Workers. */
#pragma once

#include <rte_tcp.h>

#include "ct.h"
#include "rule_synproxy.h"

struct synproxy_options {
	uint8_t have; /* RULE_SYNPROXY_* */
	uint8_t wscale;
	uint16_t mss;
	uint32_t tsval, tsecr; /* host byte order */
};

/* A segment: numbers in host byte order. */
struct synproxy_segment {
	bool back; /* from the receiver of the packet that it is about to its sender; else as that one */
	uint32_t seq, ack;
	uint16_t window;
	uint8_t flags; /* RTE_TCP_*_FLAG */
	struct synproxy_options options;
	uint64_t ct; /* pkt.ct */
};

/* The header is there as a whole. Unknown options, and what stands behind a wrong one, do not count. */
void synproxy_read(const struct rte_tcp_hdr *th, struct synproxy_options *o);
/* The box sends it because of m: after the burst, in m's place. */
void synproxy_send(const struct hook_ctx *ctx, const struct rte_mbuf *m,
		   const struct synproxy_segment *s);
/* The time stamps of a segment become those that its receiver knows: the server's are off later than ours. */
void synproxy_shift_times(struct rte_mbuf *m, enum ct_dir dir, uint32_t off);
